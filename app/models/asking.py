"""The hub as the window and the commands ask it, through the courier."""

from __future__ import annotations

from collections.abc import Callable

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.models.listing import (
    LIST_VARIANTS,
    MAIN,
    SEARCH_MODELS,
    FoundRepository,
    Listing,
    ListVariants,
    SearchModels,
)
from app.network.base import Courier

_LONGEST_QUERY = 200


class Hub:
    """Searches and lists. `token` gives the person's token, "" for none; it is sent only where
    a call says so. Both methods block, and raise `AppError`: `SEALED` where nothing can reach
    the network."""

    def __init__(self, courier: Courier | None, token: Callable[[], str]) -> None:
        self._courier = courier
        self._token = token

    def search(
        self, query: str, cancel: CancelToken, *, most: int = 50, with_token: bool = False
    ) -> tuple[FoundRepository, ...]:
        """Repositories with models for this program whose name contains `query`."""
        words = " ".join(query.split())
        if not words or len(words) > _LONGEST_QUERY or not words.isprintable():
            raise AppError(
                "There is nothing to search for.",
                "Enter a part of a model's name, such as phi.",
                code=ErrorCode.USAGE,
            )
        arguments = SearchModels(
            query=words,
            allowed_by="you, searching for models",
            most=most,
            token=self._token() if with_token else "",
        )
        return self._reached().run(SEARCH_MODELS, arguments, cancel).repositories

    def variants(
        self,
        repository: str,
        cancel: CancelToken,
        *,
        revision: str = "",
        with_token: bool = False,
    ) -> Listing:
        """The variants of a repository at `revision` ("": its newest commit)."""
        arguments = ListVariants(
            repository=repository,
            allowed_by="you, looking at a model",
            revision=revision or MAIN,
            token=self._token() if with_token else "",
        )
        return self._reached().run(LIST_VARIANTS, arguments, cancel)

    def _reached(self) -> Courier:
        if self._courier is None:
            raise AppError(
                "The hub cannot be asked: no part of Tacit can reach the network.",
                "Restart Tacit with connections allowed.",
                code=ErrorCode.SEALED,
            )
        return self._courier
