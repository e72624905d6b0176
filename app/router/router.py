"""Which provider answers a request, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.errors import AppError, ErrorCode
from app.core.messages import ChatRequest
from app.providers.base import Provider

AUTO = "auto"
LOCAL = "onnx"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who answers, and the reason in one sentence for the person."""

    provider: Provider
    reason: str


class Router:
    """Chooses among `providers`, by name; only what stays on this machine is ever chosen."""

    def __init__(self, providers: Mapping[str, Provider]) -> None:
        self._providers = dict(providers)

    def route(self, request: ChatRequest, wanted: str = AUTO) -> Decision:  # noqa: ARG002
        """The provider that answers `request`; `wanted` is its name or "auto".

        Raises `AppError` PROVIDER_UNAVAILABLE; it never falls back to another one.
        """
        provider = self._providers.get(LOCAL if wanted == AUTO else wanted)
        if provider is not None and provider.is_local:
            return Decision(provider, "The model on this computer answers.")
        if wanted in {AUTO, LOCAL}:
            raise AppError(
                "The engine that runs models on this computer is missing.",
                "Install Tacit again.",
                code=ErrorCode.PROVIDER_UNAVAILABLE,
            )
        raise AppError(
            f'The provider "{wanted}" is not available: '
            "cloud providers are not part of this version.",
            'Use the provider "onnx", which runs on this computer.',
            code=ErrorCode.PROVIDER_UNAVAILABLE,
        )
