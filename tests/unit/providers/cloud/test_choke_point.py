"""Nothing reaches a service without a permit, and nothing speaks for one that is switched off."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.cloud import Price, Speech
from app.core.errors import AppError, ErrorCode
from app.core.events import Cancelled, Failed
from app.network.fake import FakeCourier
from app.network.policy import Policy
from app.providers.cloud import permit as permits
from app.providers.cloud import verbs
from app.providers.cloud.sending import send
from tests.fakes.cloud_room import CloudRoom, leave, request

ROOT = Path(__file__).parents[4]
DEAR = Price(input_usd=3.0, output_usd=15.0)


def switch(name: str, value: object) -> Callable[[CloudRoom], None]:
    return lambda room: setattr(room, name, value)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (switch("is_on", False), ErrorCode.CLOUD_OFF),
        (switch("is_private", True), ErrorCode.SEALED),
        (switch("is_sealed", True), ErrorCode.SEALED),
        (switch("limit_usd", 0.0001), ErrorCode.COST_LIMIT),
    ],
    ids=["cloud off", "private", "sealed", "limit"],
)
async def test_each_denial_is_enough(
    room: CloudRoom, change: Callable[[CloudRoom], None], code: ErrorCode
) -> None:
    room.price = DEAR
    change(room)
    error = await room.failure(room.service(Speech.ANTHROPIC))
    assert error.code is code
    assert not room.cloud.requests
    assert not room.records()


async def test_a_service_that_is_off_is_not_asked(room: CloudRoom) -> None:
    error = await room.failure(room.service(Speech.ANTHROPIC, is_on=False))
    assert error.code is ErrorCode.CLOUD_OFF
    assert not room.cloud.requests


async def test_a_server_on_this_machine_needs_no_cloud(room: CloudRoom) -> None:
    room.is_on = False
    service = room.service(Speech.OPENAI, is_local=True)
    assert room.provider(service).is_local
    await room.ask(service)
    (record,) = room.records()
    assert record.purpose.value == "local-server"


async def test_a_model_that_a_local_server_passes_on_is_not_local(room: CloudRoom) -> None:
    service = room.service(Speech.OPENAI, is_local=True, model="gpt-oss:120b-cloud")
    error = await room.failure(service)
    assert error.code is ErrorCode.NOT_ALLOWED
    assert not room.cloud.requests


async def test_the_courier_looks_for_itself(room: CloudRoom, tmp_path: Path) -> None:
    courier = FakeCourier(verbs.handlers(), Policy(journal=str(tmp_path / "other")))
    service, asked = room.service(Speech.OPENAI), request()
    provider = room.provider(service, courier)
    allowed = replace(asked, permit=leave(service, asked))
    events = [event async for event in provider.stream(allowed, CancelToken())]
    courier.end()
    assert isinstance(events[-1], Failed)
    assert events[-1].error.code is ErrorCode.CLOUD_OFF
    assert not room.cloud.requests


async def test_without_a_courier_there_is_no_cloud(room: CloudRoom) -> None:
    room.courier = None  # type: ignore[assignment]
    error = await room.failure(room.service(Speech.ANTHROPIC))
    assert error.code is ErrorCode.SEALED


async def test_without_the_routers_permit_nothing_is_sent(room: CloudRoom) -> None:
    service = room.service(Speech.OPENAI)
    asked = request()
    other = replace(asked, permit=leave(service, request("other words")))
    elsewhere = replace(asked, permit=leave(room.service(Speech.OPENAI, "another"), asked))
    for wrong in (asked, other, elsewhere):
        events = [event async for event in room.provider(service).stream(wrong, CancelToken())]
        assert isinstance(events[-1], Failed)
        assert events[-1].error.code is ErrorCode.NOT_ALLOWED
    assert not room.cloud.requests
    assert not room.records()


async def test_a_stopped_question_is_not_asked(room: CloudRoom) -> None:
    cancel = CancelToken()
    cancel.cancel()
    assert await room.ask(room.service(Speech.OPENAI), cancel=cancel) == [Cancelled()]
    assert not room.cloud.requests


def test_a_permit_is_for_one_sending(room: CloudRoom) -> None:
    service, asked = room.service(Speech.OPENAI), request()
    demand = room.provider(service).demand(asked)
    permit = room.permits().permit(demand, leave(service, asked))
    arguments = {"key": room.key, "silence_s": 5.0, "cancel": CancelToken()}
    assert list(send(room.courier, permit, **arguments))  # type: ignore[arg-type]
    with pytest.raises(AppError, match="sent already"):
        list(send(room.courier, permit, **arguments))  # type: ignore[arg-type]
    assert len(room.cloud.requests) == 1


def test_nobody_makes_a_permit_by_hand(room: CloudRoom) -> None:
    demand = room.provider(room.service(Speech.OPENAI)).demand(request())
    with pytest.raises(TypeError):
        permits.Permit(demand, None, "", object())  # type: ignore[arg-type]


def imported(path: Path) -> set[str]:
    return {
        f"{node.module}.{alias.name}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("app.providers.cloud.permit.grant", "app/router/cloud_permits.py"),
        ("app.providers.cloud.permit._OURS", ""),
        ("app.providers.cloud.calls.CLOUD_CHAT", "app/providers/cloud/"),
        ("app.providers.cloud.sending.send", "app/providers/cloud/provider.py"),
    ],
)
def test_there_is_one_way_to_a_service(name: str, owner: str) -> None:
    importing = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*.py")
        if name in imported(path)
    }
    assert all(owner and path.startswith(owner) for path in importing), importing


def test_what_is_no_model_of_the_service_is_refused(room: CloudRoom) -> None:
    provider = room.provider(room.service(Speech.ANTHROPIC))
    assert provider.demand(request(model="cloud:anthropic:large")).model == "large"
    assert provider.demand(request(model="large")).model == "large"
    with pytest.raises(AppError, match="not one of The Stand-In"):
        provider.demand(request(model="cloud:openrouter:large"))
    with pytest.raises(AppError, match="No model of The Stand-In is chosen"):
        room.provider(room.service(Speech.ANTHROPIC, model="")).demand(request())
