"""Shows a link of an answer in the person's own browser, which is not sealed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass

from app.core.egress import Purpose
from app.core.errors import AppError
from app.network import url
from app.network.faults import not_allowed
from app.network.verb import Handler, Nothing, Verb, VerbContext, codec
from app.process import environment

_LONGEST = 4096
_QUICK_S = 3.0
_NO_BROWSER = AppError("No browser could be started.", "Copy the address and open it yourself.")
# What this program set for itself, or brought along: a browser has to do without.
_OURS = frozenset({"TACIT_PARENT_PID", "PYTHONPATH", "LD_LIBRARY_PATH"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLink:
    """The https address that the person has seen in full and wants to have shown."""

    url: str
    allowed_by: str


OPEN_LINK: Verb[OpenLink, Nothing, Nothing] = Verb(
    name="open-link", arguments=codec(OpenLink), item=codec(Nothing), result=codec(Nothing)
)


def handler() -> Handler[OpenLink, Nothing, Nothing]:
    """The courier's side of `OPEN_LINK`. The gateway stays shut: the browser connects."""
    return Handler(verb=OPEN_LINK, reach={Purpose.LINK: ()}, run=_open, starts_programs=True)


def _open(arguments: OpenLink, context: VerbContext[Nothing]) -> Nothing:
    where = url.parse(arguments.url)
    if not where.is_encrypted:
        raise not_allowed("Only https addresses are opened.", "Copy the address instead.")
    if len(arguments.url) > _LONGEST:
        raise not_allowed("This address is too long to be opened.", "Copy it instead.")
    context.hand_over(
        Purpose.LINK,
        where.host,
        where.port,
        allowed_by=arguments.allowed_by,
        act=lambda: hand_to_desktop(arguments.url, _NO_BROWSER),
    )
    return Nothing()


def hand_to_desktop(what: str, failure: AppError) -> None:
    """Have the desktop show an address or a folder, which was checked; raises `failure`."""
    if sys.platform == "win32":
        try:
            os.startfile(what)  # noqa: S606  (checked)
        except OSError:
            raise failure from None
        return
    program = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if program is None:
        raise failure
    variables = {name: value for name, value in os.environ.items() if name not in _OURS}
    process = subprocess.Popen(
        [program, what],
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        umask=environment.persons_umask(),
    )
    try:
        code = process.wait(_QUICK_S)
    except subprocess.TimeoutExpired:  # it has become the browser
        threading.Thread(target=process.wait, name="browser", daemon=True).start()
        return
    if code:
        raise failure
