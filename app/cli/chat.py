"""`tacit chat`: a conversation in the terminal, line by line, which is not stored."""

from __future__ import annotations

import argparse
import contextlib
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.cli.ask import (
    add_answer_options,
    chat_request,
    leaves,
    parameters,
    provider_of,
    situation,
    system_messages,
)
from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED
from app.cli.personas import with_persona
from app.core.errors import AppError
from app.core.messages import Message, Role

if TYPE_CHECKING:
    import asyncio

    from app.bootstrap import Services
    from app.cli.turn import Answer

_PROMPT = "> "
_GREETING = (
    "This conversation is kept in memory only; it is not written to the history.\n"
    "/help shows the commands, Ctrl-C stops an answer, Ctrl-D ends."
)
_HELP = """\
/new           start a new conversation
/system TEXT   give the model instructions; without TEXT, take them back
/model ID      answer with another model; without ID, say which one answers
/persona NAME  let a persona answer; without NAME, nobody in particular
/quit          end (also Ctrl-D)
A line that ends in \\ goes on in the next one. Begin with // to send a line that starts with /."""


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add(
        "chat",
        _run,
        "A conversation in the terminal",
        courier=leaves,
        more="It is not written to the history. With text piped in, each line is a question",
    )
    add_answer_options(parser)


def _run(options: argparse.Namespace, context: Context) -> int:
    import asyncio

    from app import bootstrap
    from app.cli.first_model import put_in_place

    settings = context.settings()
    parameters(options, settings)  # a wrong option is said now, not after the first question
    put_in_place(context)

    async def build() -> Services:
        asyncio.get_running_loop().set_exception_handler(context.logging.on_loop_error)
        return bootstrap.build(context.paths, settings=settings, courier=context.courier)

    with asyncio.Runner() as runner:
        services = runner.run(build())
        try:
            return _Chat(options, context, runner, services).run()
        finally:
            runner.run(services.close())


@dataclass
class _Chat:
    """One conversation: reads lines on the main thread and runs the loop for each answer."""

    options: argparse.Namespace
    context: Context
    runner: asyncio.Runner
    services: Services
    messages: list[Message] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)
    has_failed: bool = False

    def __post_init__(self) -> None:
        self.said = self.options
        self.options = with_persona(self.said, self.context)
        self.settings = self.services.settings
        self.console = self.context.console
        self.is_interactive = sys.stdin is not None and sys.stdin.isatty()

    def run(self) -> int:
        """Until the input ends; returns the exit code."""
        if self.is_interactive:
            # Gives the line its editing keys; what was typed stays in memory.
            with contextlib.suppress(ImportError):
                import readline  # noqa: F401
        self.console.note(_GREETING)
        code = EXIT_DONE
        while True:
            try:
                line = self._read()
            except KeyboardInterrupt:
                if not self.is_interactive:
                    code = EXIT_INTERRUPTED
                    break
                self.console.note("\nCtrl-D or /quit ends.")
                continue
            if line is None or not self._take(line):
                break
        if self.context.as_json:
            self.console.json({"turns": self.turns})
        failed = self.has_failed and not self.is_interactive
        return EXIT_FAILED if failed and code == EXIT_DONE else code

    def _read(self) -> str | None:
        """The next entry, joined over lines that end in a backslash; None at the end."""
        entry: list[str] = []
        while True:
            try:
                line = input(_PROMPT if self.is_interactive else "")
            except EOFError:
                if self.is_interactive:
                    self.console.note("")
                return "\n".join(entry) if entry else None
            except UnicodeDecodeError:
                self.console.note("That line is no text in UTF-8.")
                self.has_failed = True
                continue
            entry.append(line.removesuffix("\\"))
            if not line.endswith("\\"):
                return "\n".join(entry)

    def _take(self, entry: str) -> bool:
        """Answer or obey one entry; False when it was the last."""
        if not entry.strip():
            return True
        if entry.startswith("/") and not entry.startswith("//"):
            name, _, rest = entry.partition(" ")
            return self._command(name, rest.strip())
        self._ask(entry.removeprefix("/") if entry.startswith("//") else entry)
        return True

    def _command(self, name: str, rest: str) -> bool:
        match name:
            case "/quit" | "/exit":
                return False
            case "/help":
                self.console.note(_HELP)
            case "/new":
                self.messages.clear()
                self.console.note("A new conversation.")
            case "/system":
                self.options.system = rest
                self.console.note("Noted." if rest else "The instructions are taken back.")
            case "/persona":
                self._persona(rest)
            case "/model":
                self._model(rest)
            case _:
                self.console.note(f"There is no command {name}. /help shows them.")
        return True

    def _persona(self, wanted: str) -> None:
        said = argparse.Namespace(**{**vars(self.said), "persona": wanted})
        try:
            self.options = with_persona(said, self.context)
        except AppError as error:
            self.console.note(error.sentence)
            return
        self.console.note(f"Persona: {wanted}" if wanted else "Nobody in particular answers.")

    def _model(self, wanted: str) -> None:
        is_here = provider_of(self.options) in {"auto", "onnx"}
        try:
            if not is_here:
                self.options.model = wanted or self.options.model
                self.console.note(f"Model: {self.options.model or 'the one in the settings'}")
                return
            if wanted:
                self.options.model = self.services.library.get(wanted).id
            preferred = self.options.model or str(self.settings.get("model.default"))
            self.console.note(f"Model: {self.services.library.default(preferred).id}")
        except AppError as error:
            self.console.note(error.sentence)

    def _ask(self, text: str) -> None:
        from app.cli.turn import answer

        asked = Message(Role.USER, text)
        known = (*system_messages(self.options, self.settings), *self.messages, asked)
        try:
            request = chat_request(self.options, self.settings, known)
        except AppError as error:
            self._failed(error)
            return
        silent = self.context.as_json
        asked_how = situation(self.options)
        try:
            result = self.runner.run(
                answer(self.services, request, asked_how, self.console, silent=silent)
            )
        except KeyboardInterrupt:
            # The second Ctrl-C: what was said so far is not worth waiting for.
            self.console.note("Stopped.")
            return
        self._keep(asked, result)

    def _keep(self, asked: Message, result: Answer) -> None:
        self.turns.append({"question": asked.text, **result.document()})
        if result.error is not None:
            self._failed(result.error)
        elif result.is_cancelled:
            self.console.note("Stopped.")
        # What was written stays part of the conversation, or the next question would hang
        # in the air and the model's memory of it be thrown away.
        if result.text:
            self.messages += [asked, Message(Role.ASSISTANT, result.text)]

    def _failed(self, error: AppError) -> None:
        self.has_failed = True
        self.console.note(f"tacit: {error.sentence}")
