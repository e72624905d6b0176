"""Gathers the facts of the Privacy page from this process and the services; no Qt widgets."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from app.core.egress import CourierStatus
from app.core.privacy import PrivacyFacts, SealReport
from app.core.status import EngineState, EngineStatus
from app.paths import Paths
from app.process import environment
from app.ui.pages.privacy_page import Section


def gather(paths: Paths, engine: EngineStatus, facts: PrivacyFacts) -> Sequence[Section]:
    """What holds at this moment."""
    return (
        Section(_tr("Processes"), pairs=_processes(engine, facts.courier)),
        Section(
            _tr("What the operating system refuses"),
            pairs=(*_seal(_tr("Window"), facts.window), *_seal(_tr("Model"), facts.host)),
        ),
        Section(
            _tr("Told to be silent"),
            sentences=(
                _tr(
                    "The libraries that run the model can report use to their makers. These "
                    "variables switch that off before they are loaded."
                ),
            ),
            pairs=tuple(
                (name, _tr("in force") if os.environ.get(name) == value else _tr("not in force"))
                for name, value in environment.QUIET.items()
            ),
        ),
        Section(
            _tr("Where everything lies"),
            pairs=_private_places(paths) if paths.keeps_nothing else _places(paths),
        ),
        Section(
            _tr("To remove everything"),
            sentences=(
                _tr("Close Tacit and delete the folder {0}. Nothing else is kept.").format(
                    paths.root
                ),
            ),
        ),
    )


def _places(paths: Paths) -> tuple[tuple[str, str], ...]:
    return (
        (_tr("Conversations"), str(paths.history_file)),
        (_tr("Settings"), str(paths.settings_file)),
        (_tr("Models"), str(paths.models)),
        (_tr("Log"), f"{paths.logs}. {_tr('It holds no word of a conversation.')}"),
    )


def _private_places(paths: Paths) -> tuple[tuple[str, str], ...]:
    memory = _tr("In memory only: this is a private session.")
    return (
        (_tr("Conversations"), memory),
        (_tr("Settings"), _tr("Read from {0}. {1}").format(paths.settings_file, memory)),
        (_tr("Models"), _tr("Read from {0}.").format(paths.models)),
        (_tr("Log"), _tr("None.")),
    )


def _processes(engine: EngineStatus, courier: CourierStatus) -> tuple[tuple[str, str], ...]:
    window = _tr("Process {0}: chats, history, settings. Opens no internet connection.")
    return (
        (_tr("Window"), window.format(os.getpid())),
        (_tr("Model"), _engine(engine)),
        (_tr("Courier"), _courier(courier)),
    )


def _engine(engine: EngineStatus) -> str:
    if engine.pid is None or engine.state is EngineState.ABSENT:
        return _tr("Not running: no model is in memory.")
    text = _tr("Process {0}: runs the model. Opens no internet connection.")
    return text.format(engine.pid)


def _courier(courier: CourierStatus) -> str:
    if courier.pid is None:
        return _tr("Not running: there is no process that connects.")
    if not courier.openings:
        text = _tr("Process {0}: the only one that may open a connection. Its gateway is shut.")
        return text.format(courier.pid)
    hosts = ", ".join(opening.host for opening in courier.openings)
    text = _tr("Process {0}: the only one that may open a connection. Its gateway is open to {1}.")
    return text.format(courier.pid, hosts)


def _seal(process: str, report: SealReport | None) -> tuple[tuple[str, str], ...]:
    """Every part of a process's seal; of the process as a whole where there is none."""
    if report is None:
        return ((process, _tr("not reported: no model is in memory yet")),)
    if not report.parts:
        return ((process, _tr("not enforced: {0}").format(report.reason)),)
    return tuple(
        (
            process,
            _tr("{0}: holds").format(part.name)
            if part.holds and not part.detail
            else _tr("{0}: holds ({1})").format(part.name, part.detail)
            if part.holds
            else _tr("{0}: does not hold ({1})").format(part.name, part.detail or _tr("unknown")),
        )
        for part in report.parts
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("PrivacyFacts", text)
