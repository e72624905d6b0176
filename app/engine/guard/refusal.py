"""How a refusal is worded: the rule that the model broke, and what to do."""

from __future__ import annotations

from app.core.errors import AppError, ErrorCode

TRUSTED = "Choose a model from a source you trust."
OTHER_BUILD = "Choose the build of this model for the processor, or a model from another source."


def refused(why: str, todo: str = TRUSTED) -> AppError:
    """The error for a model that `why`, which goes on after "it"."""
    return AppError(
        f"This model was refused for your safety: it {why}.", todo, code=ErrorCode.MODEL_UNSUPPORTED
    )
