"""What the answers that were given on this computer would have cost elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from app.cli.command import Context
from app.core.errors import AppError

if TYPE_CHECKING:
    from app.cloud import Cloud


def answers_here(cloud: Cloud, context: Context) -> dict[str, Any] | None:
    """The local answers of this month in the history; None where there is nothing to tell."""
    from app.cli.history_store import reading

    compared = cloud.comparison()
    if compared is None or not context.paths.history_file.exists():
        return None
    model, price = compared
    now = datetime.now(UTC)
    begin = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    try:
        with reading(context) as history:
            sums = history.answered_here(begin.timestamp(), now.timestamp() + 1)
    except AppError:  # the costs themselves are told all the same
        return None
    return {
        "answers": sums.answers,
        "prompt_tokens": sums.prompt_tokens,
        "completion_tokens": sums.completion_tokens,
        "model": model,
        "would_have_cost_usd": price.of(sums.prompt_tokens, sums.completion_tokens),
    }
