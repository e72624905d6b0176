"""One question at a time: what was given up before its turn is never put."""

from __future__ import annotations

import threading

import pytest

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.settings.asking import Asking


def test_a_question_that_was_stopped_before_its_turn_is_not_put() -> None:
    asking, goes_on, cancel = Asking(), threading.Event(), CancelToken()
    put: list[str] = []
    try:
        with pytest.raises(AppError) as silent:
            asking.ask(lambda: goes_on.wait(30), 0.05, None)
        assert silent.value.code is ErrorCode.KEYRING_SILENT
        threading.Timer(0.05, cancel.cancel).start()
        with pytest.raises(AppError) as stopped:
            asking.ask(lambda: put.append("second"), 30, cancel)
        assert stopped.value.code is ErrorCode.CANCELLED
    finally:
        goes_on.set()
    assert asking.ask(lambda: "third", 30, None) == "third"
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(5)
    assert put == []


def test_a_question_after_the_stop_is_not_put() -> None:
    cancel, put = CancelToken(), list[str]()
    cancel.cancel()
    with pytest.raises(AppError) as stopped:
        Asking().ask(lambda: put.append("one"), 5, cancel)
    assert stopped.value.code is ErrorCode.CANCELLED
    assert put == []
