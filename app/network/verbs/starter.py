"""Has the starter model built from its source; pip reaches the package index and no more.

The sealed window cannot start pip. The courier can, and lets it out through a proxy of its
own (`relay`), so that every connection of it is counted and in the journal.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.core.cancel import CancelToken
from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.network import hosts
from app.network.faults import stopped
from app.network.verb import Handler, Nothing, Verb, VerbContext, codec
from app.network.verbs.download import check_writable

_INDEX = ("pypi.org", "files.pythonhosted.org")
_HTTPS = re.compile(r"https://(?:[^\s/@'\"]*@)?(\[[^\]]+\]|[^\s/:'\"]+)(?::(\d+))?")
_CONFIG_S = 30
_WAIT_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildStarter:
    """Build it into the folder `out`, with the parts in `cache` meanwhile (both absolute)."""

    out: str
    cache: str
    allowed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildProgress:
    """What is being done, and the share of 1 that is done."""

    label: str
    share: float


BUILD_STARTER: Verb[BuildStarter, BuildProgress, Nothing] = Verb(
    name="build-starter",
    arguments=codec(BuildStarter),
    item=codec(BuildProgress),
    result=codec(Nothing),
)


def handler(builder: Path) -> Handler[BuildStarter, BuildProgress, Nothing]:
    """The courier's side of `BUILD_STARTER`; `builder` is the script to run."""

    def run(arguments: BuildStarter, context: VerbContext[BuildProgress]) -> Nothing:
        for folder in (arguments.out, arguments.cache):
            check_writable(Path(folder), context.policy.writable)
        if getattr(sys, "frozen", False) or not builder.is_file():
            raise AppError(
                "This installation cannot build the starter model.",
                "Install Tacit again: its installer brings the model along.",
                code=ErrorCode.INSTALL_FAILED,
            )
        _build(builder, arguments, context)
        return Nothing()

    return Handler(
        verb=BUILD_STARTER, reach={Purpose.STARTER_MODEL: _INDEX}, run=run, starts_programs=True
    )


def _build(builder: Path, arguments: BuildStarter, context: VerbContext[BuildProgress]) -> None:
    from app.network.verbs.relay import Relay

    named = index_hosts(_pip_configuration())
    with (
        context.open(
            Purpose.STARTER_MODEL,
            *dict.fromkeys((*_INDEX, *named)),
            named=named,
            label="the starter model",
            allowed_by=arguments.allowed_by,
        ) as passage,
        Relay(passage) as relay,
    ):
        command = [sys.executable, "-I", str(builder), "--out", arguments.out]
        command += ["--cache", arguments.cache, "--progress", "json"]
        with _process(command, relay.address, context.cancel) as process:
            for line in process.stdout or ():
                if progress := _progress(line):
                    context.tell(progress)
            words = process.stderr.read() if process.stderr else ""
            code = process.wait(_WAIT_S)
    if context.cancel.is_cancelled:
        raise stopped()
    if code != 0:
        sentence = words.strip().splitlines()[-1:] or ["The starter model could not be built."]
        raise AppError(sentence[0], code=ErrorCode.INSTALL_FAILED)


def index_hosts(configuration: str) -> tuple[str, ...]:
    """The servers that `pip config list` names, as rules; files and plain http name none."""
    found = []
    for name, port in _HTTPS.findall(configuration):
        if host := hosts.clean(name):
            found.append(hosts.rule_of(host, int(port or hosts.HTTPS)))
    return tuple(dict.fromkeys(found))


def _pip_configuration() -> str:
    """What pip says of its configuration, "" where it says nothing; it connects to nothing."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "pip", "config", "list"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_CONFIG_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


@contextlib.contextmanager
def _process(
    command: list[str], proxy: str, cancel: CancelToken
) -> Iterator[subprocess.Popen[str]]:
    """The builder in a group of its own, so that ending it ends what it started, too."""
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "PIP_PROXY")
    environment = {name: v for name, v in os.environ.items() if name.upper() not in names}
    environment |= {"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "PIP_PROXY": proxy}
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        forget = cancel.on_cancel(lambda: _end(process))
        try:
            yield process
        finally:
            forget()
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is not None:
        return
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _progress(line: str) -> BuildProgress | None:
    with contextlib.suppress(ValueError, KeyError, TypeError):
        told = json.loads(line)
        step, steps, fraction = int(told["step"]), int(told["steps"]), float(told["fraction"])
        return BuildProgress(
            label=f"{told['label']} (step {step} of {steps})", share=(step - 1 + fraction) / steps
        )
    return None
