"""How the courier is put together: when there is one, what it is told, and what it can do.

Apart from `bootstrap`, because the window starts its courier before anything heavy is imported.
"""

from __future__ import annotations

import logging
import os
import select
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import AppError
from app.paths import Paths, starter_builder
from app.process.environment import is_frozen
from app.settings.settings import Settings

if TYPE_CHECKING:  # the window starts its courier before it is on the screen
    from app.network.base import Courier
    from app.network.launch import Launched
    from app.network.policy import Policy

SEALED = "sealed"
"""The value of the setting `privacy.level` with which no courier is started."""

_PAINT_S = 0.4
_STANDARD_INPUT = 0

log = logging.getLogger(__name__)


def be() -> int:
    """Be the courier; the verbs of all rooms come together here."""
    _let_the_window_paint()
    from app.models import hub_verbs
    from app.network import courier
    from app.network.verbs import standard
    from app.providers.cloud import verbs as cloud_verbs
    from app.updates import fetching
    from app.updating import courier_source

    return courier.main(
        [
            *standard.handlers(starter_builder()),
            *hub_verbs.handlers(),
            *cloud_verbs.handlers(),
            fetching.handler(courier_source()),
        ]
    )


def _let_the_window_paint() -> None:
    """Wait until somebody has something to say, or the window ought to be on the screen.

    On a busy computer the courier's imports would slow the window's down.
    """
    if sys.platform != "win32":  # which cannot wait for a pipe
        select.select([_STANDARD_INPUT], [], [], _PAINT_S)


def start(paths: Paths, settings: Settings) -> Courier:
    """The one process that may open an internet socket; `end` it. Raises `AppError`.

    Call it before this process seals itself, on a thread that lives as long as it shall.
    """
    from app.network import launch

    return attach(launch.launch(paths.run), paths, settings)


def attach(process: Launched, paths: Paths, settings: Settings) -> Courier:
    """The courier in a process that was launched, told what the settings say."""
    from app.network import client

    return client.attach(process, policy(paths, settings))


def launch_where_wanted(paths: Paths) -> Launched | None:
    """The process of the window's courier, for `attach` when there is time.

    None where the person wants to be sealed, or it cannot be started. A private session has
    none: a connection would leave its record in the journal.
    """
    from app.network import launch

    if paths.keeps_nothing:
        return None
    settings = Settings(paths.settings_file, keep=False)
    settings.load()
    if settings.get("privacy.level") == SEALED:
        return None
    try:
        return launch.launch(paths.run)
    except AppError as error:
        # Chats work without it; whatever needs it says so when it is asked for.
        log.warning("%s", error.what)
        return None


def policy(paths: Paths, settings: Settings, *, proxy_password: str = "") -> Policy:
    """What the courier has to know before it may connect to anything."""
    from app.cloud_services import services_on
    from app.models.listing import HUB
    from app.network.policy import Policy, ProxyMode, ProxySettings
    from app.network.url import parse

    try:
        hub = hub_address(settings)
    except AppError:  # whoever asks for a model is told so
        hub = HUB
    further = str(settings.get("network.hub_files")).lower().split()
    named = (parse(hub).rule, *further) if hub != HUB or further else ()
    places = Policy(
        journal=str(paths.journal),
        writable=tuple(map(str, (paths.models, paths.cache, *_libraries(settings)))),
        hub=hub,
        endpoints=named,
        cloud=tuple(service.host for service in services_on(settings)),
    )
    return replace(
        places,
        proxy=ProxySettings(
            mode=ProxyMode(str(settings.get("network.proxy"))),
            host=str(settings.get("network.proxy_host")),
            port=int(settings.get("network.proxy_port")),
            user=str(settings.get("network.proxy_user")),
            password=proxy_password,
        ),
        ca_file=str(settings.get("network.ca_file")),
    )


def hub_address(settings: Settings) -> str:
    """Where models are asked for; raises `AppError` for what is no https address.

    HF_ENDPOINT is heeded as by every other program for the hub, but not by an installed
    program, which nothing in the environment may lead elsewhere.
    """
    from app.network.url import parse

    named = "" if is_frozen() else os.environ.get("HF_ENDPOINT", "")
    address = (named or str(settings.get("network.hub"))).rstrip("/")
    parse(address)
    return address


def _libraries(settings: Settings) -> list[Path]:
    """The folders besides the usual one that models may be downloaded into."""
    names = [str(settings.get("model.folder"))]
    names += str(settings.get("model.further_folders")).split(os.pathsep)
    folders = [Path(name.strip()).expanduser() for name in names if name.strip()]
    return [folder for folder in folders if folder.is_absolute()]
