"""The courier's side: one address, and nobody who asks can name another."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.network.fake import FakeCourier
from app.network.policy import Policy
from app.updates.fetching import FETCH_RELEASE, FetchRelease, handler
from app.updates.source import Source

ASK = FetchRelease(allowed_by="a test")


def test_what_may_be_reached_is_the_host_of_the_source_alone() -> None:
    source = Source(address="https://tacit.example/release.json", public_key=bytes(32))
    assert handler(source).reach == {Purpose.UPDATE_CHECK: ("tacit.example",)}
    assert handler(None).reach == {Purpose.UPDATE_CHECK: ()}


def test_a_foreign_name_does_not_lead_to_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(address="https://tacit.example/release.json", public_key=bytes(32))
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("127.0.0.1", 443))])
    courier = FakeCourier([handler(source)], Policy(journal=str(tmp_path / "journal")))
    try:
        with pytest.raises(AppError) as raised:
            courier.run(FETCH_RELEASE, ASK, CancelToken())
    finally:
        courier.end()
    assert raised.value.code is ErrorCode.NOT_ALLOWED


def test_without_a_source_it_refuses(tmp_path: Path) -> None:
    courier = FakeCourier([handler(None)], Policy(journal=str(tmp_path / "journal")))
    try:
        with pytest.raises(AppError) as raised:
            courier.run(FETCH_RELEASE, ASK, CancelToken())
    finally:
        courier.end()
    assert raised.value.code is ErrorCode.NO_UPDATE_SOURCE
    assert not (tmp_path / "journal").exists()
