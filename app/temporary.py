"""Composition of temporary chats: the services of a window that keeps nothing."""

from __future__ import annotations

from dataclasses import dataclass, fields

from app.bootstrap import Services, turn_options
from app.chat.away import Away
from app.chat.naming import Naming
from app.chat.session import ChatSession
from app.settings.settings import Settings
from app.store.history import History
from app.store.worker import HistoryWorker
from app.updating import put_together


@dataclass(kw_only=True)
class TemporaryServices(Services):
    """The services of an ordinary window with a history in memory; see `temporary`."""

    async def close(self) -> None:
        """Stop its answers and forget everything; the models belong to the other window."""
        try:
            await self.session.close()
        finally:
            await self.history.close()


def temporary(services: Services) -> TemporaryServices:
    """Services that share the models with `services` and keep nothing of any conversation."""
    paths = services.paths.for_private_session()
    settings = Settings(paths.settings_file, keep=False)
    settings.load()
    history = HistoryWorker(History(paths.history_file, in_memory=True))
    shared = {each.name: getattr(services, each.name) for each in fields(services) if each.init}
    away = Away(history)
    own = {
        "paths": paths,
        "settings": settings,
        "history": history,
        "away": away,
        "session": ChatSession(history, services.router, lambda: turn_options(settings), away=away),
        "naming": Naming(history, services.local, lambda: turn_options(settings)),
        "updates": put_together(paths, settings, services.courier),
    }
    return TemporaryServices(**{**shared, **own})
