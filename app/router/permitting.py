"""Who may let a request leave this machine, and when: the only place that gives permits."""

from __future__ import annotations

from app.core.errors import AppError, ErrorCode
from app.core.permit import Leaving, Permit, issue
from app.router.barriers import code_of, refusals
from app.router.situation import Situation, Switches


def permit(
    situation: Situation, switches: Switches, provider: str, request: Leaving, allowed_by: str
) -> Permit | AppError:
    """A permit for `request` to `provider`, or why there is none.

    `request` is what would leave, with the words already redacted where they are to be;
    `allowed_by` says in a sentence whose choice it was.
    """
    reasons = refusals(situation, switches, provider)
    if situation.has_begun:
        reasons = (*reasons, "A part of the answer has been given already.")
    if reasons:
        return refusal(provider, reasons, code_of(situation, switches, provider))
    return issue(
        provider=provider,
        request=request,
        conversation=situation.conversation,
        allowed_by=allowed_by,
    )


def refusal(provider: str, reasons: tuple[str, ...], code: ErrorCode) -> AppError:
    """Why nothing goes to `provider`, all reasons together; `code` says what kind it is."""
    return AppError(
        f"Nothing was sent to {provider}. {' '.join(reasons)}",
        'Use the provider "onnx", which runs on this computer.',
        code=code,
    )
