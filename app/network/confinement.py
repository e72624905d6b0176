"""Which files a verb of the courier can reach: the kernel refuses its thread all others.

A verb that fetches has no business with the history or the settings, and a path that somebody
smuggled into it opens nothing. Landlock binds the thread that calls it and those it starts.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path

from app.network.policy import Policy
from app.process.seal import landlock, places

log = logging.getLogger(__name__)

# Names, certificates and the resolver's own files; the rest of /etc is nobody's secret either.
_SYSTEM = (
    "/etc",
    "/run/systemd/resolve",
    "/run/NetworkManager",
    "/run/resolvconf",
    "/var/lib/ca-certificates",
)
_TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def confine(policy: Policy) -> None:
    """From now on this thread writes only where the policy lets it, and reads little else.

    Where the kernel has no Landlock the verb runs all the same: its own checks remain.
    """
    try:
        landlock.read_only(_readable(policy), writable=_writable(policy), may_connect=True)
    except OSError as error:
        log.info("a verb is not confined by the system: %s", error.strerror)


def _readable(policy: Policy) -> Sequence[Path]:
    trusted = [policy.ca_file, *(os.environ.get(name, "") for name in _TRUST)]
    return [*places.needed(), *map(Path, _SYSTEM), *(Path(file) for file in trusted if file)]


def _writable(policy: Policy) -> Sequence[Path]:
    named = (policy.journal, *policy.writable)
    for folder in named:
        if folder:
            # The kernel's rule is for what is there now, and the first download makes it.
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    return [Path(os.devnull), *(Path(folder) for folder in named if folder)]
