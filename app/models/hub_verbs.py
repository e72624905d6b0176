"""The courier's side of the verbs that ask the hub; what does the work is loaded when asked.

Apart from `hub`, so that the idle courier stays small.
"""

from __future__ import annotations

from app.core.egress import Purpose
from app.models.listing import (
    LIST_VARIANTS,
    SEARCH_MODELS,
    FoundModels,
    Listing,
    ListVariants,
    SearchModels,
)
from app.network.verb import AnyHandler, Handler, Nothing, VerbContext
from app.network.verbs.hub import REACH


def handlers() -> list[AnyHandler]:
    """The handlers of `SEARCH_MODELS` and `LIST_VARIANTS`."""
    reach = {Purpose.MODEL_LIST: REACH[Purpose.MODEL_LIST]}
    return [
        Handler(verb=SEARCH_MODELS, reach=reach, run=_search),
        Handler(verb=LIST_VARIANTS, reach=reach, run=_list),
    ]


def _search(arguments: SearchModels, context: VerbContext[Nothing]) -> FoundModels:
    from app.models import hub

    return hub.search(arguments, context)


def _list(arguments: ListVariants, context: VerbContext[Nothing]) -> Listing:
    from app.models import hub

    return hub.list_variants(arguments, context)
