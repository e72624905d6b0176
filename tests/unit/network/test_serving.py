"""The courier's work: nothing leaves before it is visible, and nonsense is answered."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from app.network import protocol, serving
from app.network.policy import Policy
from app.network.protocol import Call, Hello, SetPolicy
from app.network.serving import Serving
from app.process.frames import MAX_FRAME, FrameTooLargeError
from app.process.plain import Plain, ProtocolError
from tests.fakes import courier_program
from tests.fakes.web import StandIn


@pytest.fixture
def frames() -> list[Plain]:
    return []


def finished(work: Serving, call: Call, frames: list[Plain]) -> None:
    work.obey(call)
    deadline = time.monotonic() + 10
    while not any(frame["is"] in {"done", "failed"} for frame in frames):
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_nothing_is_connected_before_the_opening_was_seen(
    tmp_path: Path, web: StandIn, frames: list[Plain], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_SEEN_S", 0.2)
    work = Serving(frames.append, courier_program.handlers())
    work.obey(SetPolicy(Policy(journal=str(tmp_path), endpoints=(web.endpoint,))))
    finished(work, Call(1, "get", {"items": 0, "url": web.url("/file"), "words": ""}), frames)
    assert [frame["is"] for frame in frames] == ["openings", "openings", "failed"]
    assert frames[1]["openings"] == []
    assert "did not show" in frames[2]["error"]["what"]
    assert web.accepted == 0


@pytest.mark.parametrize("arguments", [None, [], {}, {"items": "3", "url": "", "words": ""}])
def test_arguments_of_another_shape_are_a_sentence(frames: list[Plain], arguments: Any) -> None:
    finished(
        Serving(frames.append, courier_program.handlers()), Call(1, "count", arguments), frames
    )
    assert [frame["is"] for frame in frames] == ["failed"]


def test_another_version_is_refused(frames: list[Plain]) -> None:
    with pytest.raises(ProtocolError):
        Serving(frames.append, []).obey(Hello(protocol.VERSION + 1))


def test_what_does_not_fit_a_frame_is_a_sentence(frames: list[Plain]) -> None:
    def write(frame: Plain) -> None:
        if len(str(frame)) > MAX_FRAME:
            raise FrameTooLargeError
        frames.append(frame)

    wish = {"items": 0, "url": "", "words": "x" * (MAX_FRAME + 1)}
    finished(Serving(write, courier_program.handlers()), Call(1, "count", wish), frames)
    assert [frame["is"] for frame in frames] == ["failed"]


def test_too_many_calls_are_refused(frames: list[Plain], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "MOST_CALLS", 1)
    work = Serving(frames.append, courier_program.handlers())
    wish = {"items": 0, "url": "", "words": ""}
    work.obey(Call(1, "wait", wish))
    work.obey(Call(2, "wait", wish))
    work.close(5)
    failed = {frame["number"]: frame["error"]["code"] for frame in frames if "error" in frame}
    assert failed == {1: "cancelled", 2: "unknown"}
