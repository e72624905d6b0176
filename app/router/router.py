"""Which provider answers a request, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from app.core.cloud import Preview, split_reference
from app.core.errors import AppError, ErrorCode
from app.core.messages import ChatRequest
from app.providers.base import Provider

AUTO = "auto"
LOCAL = "onnx"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who answers, and the reason in one sentence for the person; `preview` is what would
    leave this machine for it, None where nothing would."""

    provider: Provider
    reason: str
    preview: Preview | None = None


class Elsewhere(Provider, Protocol):
    """A provider that sends a request to a service."""

    def preview(self, request: ChatRequest) -> Preview:
        """Exactly what would be sent; raises `AppError` where that is not allowed."""


class Router:
    """Chooses among `providers`, by name; `cloud` gives the provider of a service, and raises
    `AppError` for one that there is not. Whether anything may be sent to a service is decided
    by its permit (`app.router.permit`), not here."""

    def __init__(
        self, providers: Mapping[str, Provider], cloud: Callable[[str], Elsewhere] | None = None
    ) -> None:
        self._providers = dict(providers)
        self._cloud = cloud

    def route(self, request: ChatRequest, wanted: str = AUTO) -> Decision:
        """The provider that answers `request`; `wanted` is its name or "auto".

        A model that is named as one of a service ("cloud:SERVICE:MODEL") is answered there, by
        that service and no other. Raises `AppError`; it never falls back to another one.
        """
        service, _ = split_reference(request.model)
        if service and wanted in {AUTO, service}:
            wanted = service
        provider = self._providers.get(LOCAL if wanted == AUTO else wanted)
        if provider is not None and provider.is_local:
            return Decision(provider, "The model on this computer answers.")
        if self._cloud is not None and wanted not in {AUTO, LOCAL}:
            chosen = self._cloud(wanted)
            preview = None if chosen.is_local else chosen.preview(request)
            return Decision(chosen, f"You chose {wanted} for this.", preview)
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
