"""A library reaches its own service and nothing else, with a key that it never sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from app.core.cancel import CancelToken
from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.network import url
from app.network.gateway import Gateway
from app.network.journal.reader import Journal
from app.network.policy import Policy
from app.providers.cloud.transport import Way
from tests.fakes.clouds import TESTING_KEY, Script, StandInCloud


@pytest.fixture
def way(tmp_path: Path, cloud: StandInCloud) -> Iterator[Way]:
    gateway = Gateway(lambda _openings: lambda: None)
    gateway.policy = Policy(journal=str(tmp_path / "journal"))
    where, cancel = url.parse(f"{cloud.address}/v1"), CancelToken()
    with gateway.open(
        {},
        Purpose.CLOUD_ANSWER,
        (where.rule,),
        named=(where.rule,),
        allowed_by="a test",
        cancel=cancel,
    ) as passage:
        yield Way(passage, where, key=TESTING_KEY, silence_s=5.0, cancel=cancel)


@pytest.mark.parametrize("address", ["https://huggingface.co/api/agents", "http://127.0.0.1:9/"])
def test_another_server_is_not_even_tried(way: Way, tmp_path: Path, address: str) -> None:
    with way.client() as client, pytest.raises(AppError) as caught:
        client.get(address)
    assert caught.value.code is ErrorCode.NOT_ALLOWED
    assert way.problem == caught.value
    assert list(Journal(tmp_path / "journal").records()) == []


def test_the_key_is_put_in_on_the_way_out(way: Way, cloud: StandInCloud) -> None:
    with way.client() as client:
        response = client.get(f"{way.address}/models", headers={"Authorization": "Bearer -"})
        assert response.status_code == 200
        assert TESTING_KEY not in repr(vars(response.request)) + str(response.request.headers)
    assert cloud.requests[0].headers["authorization"] == f"Bearer {TESTING_KEY}"
    assert TESTING_KEY not in repr(way)


def test_an_answer_without_end_is_given_up(
    way: Way, cloud: StandInCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.providers.cloud import transport

    monkeypatch.setattr(transport, "_LARGEST_ANSWER", 1000)
    cloud.enqueue(Script(raw=b"x" * 5000))
    with way.client() as client, pytest.raises(AppError, match="without end"):
        client.post(f"{way.address}/chat/completions", json={"model": "m"})


def test_what_goes_well_leaves_no_problem(way: Way, cloud: StandInCloud) -> None:
    assert way.problem is None
    with way.client() as client:
        response = client.get(f"{way.address}/models")
    assert isinstance(response, httpx2.Response)
    assert way.problem is None
