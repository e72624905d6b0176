"""Only what stays on this machine is chosen, and nothing is chosen instead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.core.cloud import reference
from app.core.errors import AppError, ErrorCode
from app.core.messages import ChatRequest, Message, Role
from app.providers.fake import FakeProvider
from app.router.router import Router

REQUEST = ChatRequest(messages=(Message(Role.USER, "hi"),))


@pytest.mark.parametrize("wanted", ["auto", "onnx"])
def test_the_local_provider_answers(wanted: str) -> None:
    local = FakeProvider("onnx")
    decision = Router({"onnx": local}).route(REQUEST, wanted)
    assert decision.provider is local
    assert decision.reason.endswith(".")


@pytest.mark.parametrize("wanted", ["anthropic", "openrouter", "huggingface", "nonsense", ""])
@pytest.mark.parametrize("is_there", [False, True])
def test_nothing_else_does(wanted: str, is_there: bool) -> None:
    providers = {"onnx": FakeProvider("onnx")}
    if is_there:
        providers[wanted] = FakeProvider(wanted, is_local=False)
    with pytest.raises(AppError, match="not part of this version") as caught:
        Router(providers).route(REQUEST, wanted)
    assert caught.value.code is ErrorCode.PROVIDER_UNAVAILABLE


@pytest.mark.parametrize("wanted", ["auto", "onnx"])
def test_a_missing_engine_is_no_reason_to_go_elsewhere(wanted: str) -> None:
    router = Router({"anthropic": FakeProvider("anthropic", is_local=False)})
    with pytest.raises(AppError, match="engine") as caught:
        router.route(REQUEST, wanted)
    assert caught.value.code is ErrorCode.PROVIDER_UNAVAILABLE


def test_what_calls_itself_local_by_name_only_is_not_chosen() -> None:
    router = Router({"onnx": FakeProvider("onnx", is_local=False)})
    with pytest.raises(AppError):
        router.route(REQUEST)


@pytest.mark.parametrize("wanted", ["auto", "anthropic"])
def test_a_model_of_a_service_is_answered_by_that_service(wanted: str) -> None:
    asked: list[str] = []

    def cloud(name: str) -> FakeProvider:
        asked.append(name)
        return FakeProvider(name)

    router = Router({"onnx": FakeProvider("onnx")}, cloud)  # type: ignore[arg-type]
    request = replace(REQUEST, model=reference("anthropic", "m"))
    assert router.route(request, wanted).provider.name == "anthropic"
    assert asked == ["anthropic"]
    assert router.route(REQUEST).provider.name == "onnx", "nothing else is ever sent by itself"


def test_a_service_that_there_is_not_is_an_error() -> None:
    def cloud(name: str) -> FakeProvider:
        raise AppError(f"There is no {name}.", code=ErrorCode.PROVIDER_UNAVAILABLE)

    router = Router({"onnx": FakeProvider("onnx")}, cloud)  # type: ignore[arg-type]
    with pytest.raises(AppError, match="There is no nobody"):
        router.route(REQUEST, "nobody")
