"""Connects the choice of a persona, its pages and the slash menu with what stands behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.core.messages import GenerationParameters
from app.settings.settings import Settings, generation_parameters
from app.store.values import Conversation
from app.ui.chat.slash import Entry, SlashMenu
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts

if TYPE_CHECKING:  # each is imported when it is first wanted
    from app.ui.personas.page import PersonasPage
    from app.ui.personas.this_chat import ThisChatPage

_PAGES = ("new", "search", "models", "settings", "privacy")


class PersonaConnections(QObject):
    """One per window and its services."""

    def __init__(self, window: MainWindow, parts: Parts, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._settings = settings
        personas, picker = parts.personas, window.chat.header.personas
        self._slash = SlashMenu(window.look, window.chat.composer)
        self._slash.chosen.connect(self._on_chosen)
        window.add_page("personas", self._make_personas)
        window.add_page("this-chat", self._make_this_chat)
        picker.chosen.connect(self._choose)
        picker.manage_wanted.connect(lambda: window.show_page("personas"))
        picker.chat_wanted.connect(lambda: window.show_page("this-chat"))
        parts.chat.shown.connect(self._on_shown)
        parts.chat.conversation_changed.connect(self._on_conversation)
        personas.changed.connect(self._show_slash)
        personas.changed.connect(self._show_picker)
        personas.manner_changed.connect(self._show_picker)
        personas.failed.connect(window.chat.strip.fail)

    def _on_shown(self, conversation: Conversation | None) -> None:
        self._parts.personas.show(conversation)

    def _on_conversation(self, conversation: Conversation) -> None:
        """A new chat has begun: what was chosen for it is its own now."""
        if conversation.id == self._parts.chat.open_id != self._parts.personas.conversation_id:
            self._parts.personas.show(conversation)

    def _choose(self, persona_id: str | None) -> None:
        self._parts.personas.choose(persona_id)
        self._window.chat.take_focus()

    def _show_picker(self) -> None:
        personas = self._parts.personas
        has_own = bool(personas.manner.parameters) or personas.instructions is not None
        self._window.chat.header.personas.show_personas(
            personas.kept.personas, personas.manner.persona, has_own=has_own
        )

    def _show_slash(self) -> None:
        kept = self._parts.personas.kept
        entries = [Entry("prompt", one.name, one.text) for one in kept.prompts]
        entries += [Entry("persona", one.name, one.system_prompt) for one in kept.personas]
        self._slash.set_entries([*entries, *self._commands()])

    def _commands(self) -> list[Entry]:
        return [
            Entry("command", "new", self.tr("New chat")),
            Entry("command", "personas", self.tr("Personas and prompts")),
            Entry("command", "this-chat", self.tr("Instructions and parameters of this chat")),
            Entry("command", "models", self.tr("Models")),
            Entry("command", "settings", self.tr("Settings")),
            Entry("command", "privacy", self.tr("Privacy")),
        ]

    def _on_chosen(self, entry: Entry) -> None:
        if entry.kind == "persona":
            found = self._parts.personas.persona(entry.name)
            self._choose(found.id if found is not None else None)
        elif entry.name == "new":
            self._window.key_pressed.emit("new")
        elif entry.kind == "command":
            self._window.show_page(entry.name)

    def _usual(self) -> GenerationParameters:
        return generation_parameters(self._settings)

    def _make_personas(self) -> PersonasPage:
        from app.ui.personas.page import PersonasPage

        personas, models = self._parts.personas, self._parts.models
        page = PersonasPage(self._window.look, self._usual())
        page.save_wanted.connect(personas.save)
        page.delete_wanted.connect(personas.delete)
        page.export_wanted.connect(personas.export_to)
        page.import_wanted.connect(personas.import_from)
        page.shown.connect(lambda: page.show_usual(self._usual()))
        personas.saved.connect(lambda _kept: page.close_editor())
        personas.changed.connect(lambda: page.show_kept(personas.kept))
        personas.refused.connect(page.refuse)
        personas.exported.connect(page.show_exported)
        personas.imported.connect(page.show_taken)
        personas.failed.connect(page.strip.fail)
        models.changed.connect(lambda: page.show_models(models.usable))
        page.show_models(models.usable)
        page.show_kept(personas.kept)
        return page

    def _make_this_chat(self) -> ThisChatPage:
        from app.ui.personas.this_chat import ThisChatPage

        personas = self._parts.personas
        page = ThisChatPage(self._window.look, self._usual())
        page.persona_wanted.connect(personas.choose)
        page.instructions_wanted.connect(personas.set_instructions)
        page.parameters_wanted.connect(personas.set_parameters)
        page.manage_wanted.connect(lambda: self._window.show_page("personas"))
        page.folder_wanted.connect(self._window.side.wishes.folder_opened)

        def show() -> None:
            page.show_usual(self._usual())
            page.show_chat(
                personas.manner,
                personas.instructions,
                folder=personas.folder,
                general=str(self._settings.get("generation.system_prompt")),
                has_begun=personas.conversation_id is not None,
            )

        def show_kept() -> None:
            page.show_kept(personas.kept.personas, personas.kept.presets)
            show()

        personas.changed.connect(show_kept)
        personas.manner_changed.connect(show)
        page.shown.connect(show_kept)
        show_kept()
        return page
