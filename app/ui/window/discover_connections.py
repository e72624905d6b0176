"""Connects the page for finding models, the queue, and what the window's foot says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.core.errors import ErrorCode
from app.models.downloads.values import DownloadStatus, State
from app.settings.table import SECRETS
from app.ui.downloads import words
from app.ui.window.link_opener import LinkOpener
from app.ui.window.main_window import MainWindow
from app.ui.window.parts import Parts

if TYPE_CHECKING:  # each is imported when it is first wanted
    from app.ui.discover.page import DiscoverPage
    from app.ui.pages.secret_row import SecretRow

PAGE = "discover"
_TOKEN = "huggingface"  # noqa: S105  (the name of the secret, not the secret)


class DiscoverConnections(QObject):
    """One per window and its services."""

    def __init__(self, window: MainWindow, parts: Parts, *, is_private: bool) -> None:
        super().__init__(window)
        self._is_private = is_private
        self._window = window
        self._parts = parts
        self._page: DiscoverPage | None = None
        window.add_page(PAGE, self._make_page)
        window.page_changed.connect(self._on_page)
        parts.downloads.changed.connect(self._show_foot)
        parts.downloads.ended.connect(self._on_ended)

    def _make_page(self) -> DiscoverPage:
        from app.ui.discover.page import DiscoverPage

        window, parts = self._window, self._parts
        discover = parts.discover
        page = self._page = DiscoverPage(window.look, self._make_token)
        page.search_wanted.connect(discover.start_search)
        page.close_wanted.connect(discover.stop_search)
        page.look_wanted.connect(discover.look)
        page.close_look_wanted.connect(discover.close_look)
        page.download_wanted.connect(discover.download)
        page.stop_wanted.connect(discover.stop)
        page.chat_wanted.connect(self._chat)
        page.link_wanted.connect(LinkOpener(window, parts, window.strip).ask)
        page.connections_wanted.connect(lambda: window.show_page("privacy"))
        page.installed_wanted.connect(lambda: window.show_page("models"))
        page.shown.connect(discover.refresh)
        discover.known_changed.connect(self._show_known)
        discover.search_changed.connect(self._show_search)
        discover.offers_changed.connect(lambda: page.show_states(discover.state_of))
        parts.privacy.changed.connect(self._show_connections)
        self._connect_queue(page)
        self._show_connections()
        self._show_known()
        return page

    def _connect_queue(self, page: DiscoverPage) -> None:
        downloads, queue = self._parts.downloads, page.queue
        queue.pause_wanted.connect(downloads.pause)
        queue.resume_wanted.connect(downloads.resume)
        queue.cancel_wanted.connect(lambda name, keep: downloads.cancel(name, keep=keep))
        queue.chat_wanted.connect(self._chat_with_new)
        downloads.changed.connect(lambda: queue.show_statuses(downloads.statuses))
        downloads.failed.connect(page.strip.fail)
        queue.show_statuses(downloads.statuses)

    def _make_token(self) -> SecretRow:
        from app.ui.pages.secret_row import SecretBinding, SecretRow

        secret = next(secret for secret in SECRETS if secret.name == _TOKEN)
        row = SecretRow(self._window.look, secret)
        SecretBinding(row, self._parts.secrets).look()
        return row

    def _show_known(self) -> None:
        page, discover = self._page, self._parts.discover
        if page is not None:
            page.show_host(discover.host)
            page.show_known(discover.known, discover.known_problem)
            page.show_states(discover.state_of)

    def _show_search(self) -> None:
        page, discover = self._page, self._parts.discover
        if page is not None:
            page.show_search(discover.search)
            page.show_states(discover.state_of)

    def _show_connections(self) -> None:
        if self._page is not None:
            self._page.show_connections(
                has_courier=self._parts.privacy.has_courier, is_private=self._is_private
            )

    def _show_foot(self) -> None:
        text, state = words.summary(self._parts.downloads.statuses)
        self._window.status.show_downloads(text, state)

    def _on_page(self, name: str) -> None:
        if name == PAGE:
            self._window.side.set_page("models")  # it is a part of them

    def _on_ended(self, status: DownloadStatus) -> None:
        if status.state is State.DONE:
            self._parts.models.refresh()
        # Its card says so; and who is sealed off on purpose is not told at every start.
        if self._window.page == PAGE:
            return
        if status.state is State.DONE:
            self._window.strip.say(
                self.tr("{0} is installed and verified.").format(status.plan.name),
                action=self.tr("Chat with it"),
                run=lambda: self._chat_with_new(status),
            )
        elif status.problem is not None and status.problem.code is not ErrorCode.SEALED:
            self._window.strip.say(
                f"{words.name(status)}: {status.problem.sentence}",
                "failure" if status.state is State.FAILED else "notice",
                action=self.tr("Show the download"),
                run=lambda: self._window.show_page(PAGE),
            )

    def _chat_with_new(self, status: DownloadStatus) -> None:
        """A new chat with what was downloaded, of which nothing has to be said any more."""
        model_id = self._parts.discover.model_of(status)
        self._parts.downloads.cancel(status.id, keep=True)
        self._chat(model_id)

    def _chat(self, model_id: str) -> None:
        """A new chat with this model."""
        parts = self._parts
        parts.chat.new_chat()
        parts.models.use_for_new_chats(model_id)
        self._window.show_chat()
