"""What the person has set about the network, as the window hands it to the courier."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ProxyMode(StrEnum):
    """Where connections to the internet go through."""

    SYSTEM = "system"
    NONE = "none"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySettings:
    """`host`, `port`, `user` and `password` count for `MANUAL` only.

    The password comes from the keyring and travels in this value alone: it is in no argument,
    no environment and no log.
    """

    mode: ProxyMode = ProxyMode.SYSTEM
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the courier has to know before it may connect to anything.

    `journal` is the folder of the journal; without one there is no connection. `writable` are
    the folders that a download may write into. `ca_file` holds further certificates to trust,
    in PEM. `endpoints` are servers that the person named, as "host" or "host:port": they may
    lie on this machine or in the local network, which is refused for every other name.
    `hub` is the address of the server that models are listed by. `cloud` are the servers of the
    providers that are switched on, as "host" or "host:port": without them no question leaves.
    """

    journal: str = ""
    writable: tuple[str, ...] = ()
    proxy: ProxySettings = field(default_factory=ProxySettings)
    ca_file: str = ""
    endpoints: tuple[str, ...] = ()
    hub: str = "https://huggingface.co"
    cloud: tuple[str, ...] = ()
