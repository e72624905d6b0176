"""What services answer instead of an answer, in words.

A service's own words are never passed on: they may quote the question, or a part of the key.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.cloud import Service
from app.core.errors import AppError, ErrorCode
from app.network.http import retry_after

_NO_CREDIT = ("credit", "quota", "billing", "payment", "balance")
_TOO_LONG = ("context_length", "context length", "too long", "too many tokens", "context window")
_SAMPLING = ("temperature", "top_p")
_STATUS = {
    "authentication_error": 401,
    "invalid_api_key": 401,
    "permission_error": 403,
    "billing_error": 402,
    "insufficient_quota": 402,
    "not_found_error": 404,
    "model_not_found": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "api_error": 500,
    "server_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a service said: a status, a code of its own, its words, and when to come back.

    `words` are looked through for what is wrong, and shown to nobody.
    """

    status: int
    code: str = ""
    words: str = ""
    retry_after: str = ""

    @classmethod
    def read(cls, status: int, body: object, retry: str = "") -> Refusal:
        """From the body of an answer, or of an event in a stream, whichever shape it has."""
        error = body.get("error", body) if isinstance(body, dict) else body
        code, words = "", ""
        if isinstance(error, dict):
            kinds = (error.get("code"), error.get("type"), error.get("http_status_code"))
            numbers = [kind for kind in kinds if isinstance(kind, int) and 400 <= kind < 600]
            named = [kind for kind in kinds if isinstance(kind, str)]
            code = next((kind for kind in named if kind in _STATUS), named[0] if named else "")
            status = numbers[0] if numbers else status
            words = str(error.get("message", ""))
        elif isinstance(error, str):
            words = error
        if not 400 <= status < 600:
            status = 0  # said in the midst of an answer that had begun well
        return cls(status=status, code=code, words=words[:4000].lower(), retry_after=retry)


def in_words(refusal: Refusal, service: Service, model: str = "") -> AppError:
    """What happened and what to do."""
    status = _STATUS.get(refusal.code, 0) or refusal.status
    name = service.label
    if status == 401:
        return _key_refused(service)
    if status == 402 or (status in {400, 403, 429} and _holds(refusal, _NO_CREDIT)):
        return AppError(
            f"{name} refuses because the account has no credit left.",
            f"Add credit at {name}, or take the model on this computer.",
            code=ErrorCode.NO_CREDIT,
        )
    if status in {400, 413, 422} and (status == 413 or _holds(refusal, _TOO_LONG)):
        return AppError(
            f"The conversation is too long for this model at {name}.",
            "Begin a new chat, or choose a model that reads more.",
            code=ErrorCode.PROMPT_TOO_LONG,
        )
    if status == 400 and _holds(refusal, _SAMPLING):
        return AppError(
            f"This model at {name} does not let others choose its temperature.",
            "Switch off temperature and top-p in the settings under Cloud.",
            code=ErrorCode.USAGE,
        )
    return _by_status(status, refusal, service, model)


def cut_off(service: Service) -> AppError:
    """The stream ended before the answer did."""
    return AppError(
        f"The connection to {service.label} broke off in the middle of the answer.",
        "What had arrived is kept. Ask for another answer.",
        code=ErrorCode.ANSWER_CUT_OFF,
    )


def timed_out(service: Service) -> AppError:
    """Nothing came for longer than the person wants to wait."""
    return AppError(
        f"{service.label} has not said anything for too long.",
        "Ask again; the settings under Cloud say how long to wait.",
        code=ErrorCode.TIMED_OUT,
    )


def not_understood(service: Service) -> AppError:
    """What came is no part of the protocol."""
    return AppError(
        f"What {service.label} answered could not be understood.",
        "Check its address in the settings under Cloud, or try again later.",
        code=ErrorCode.CONNECTION_FAILED,
    )


def _key_refused(service: Service) -> AppError:
    return AppError(
        f"{service.label} does not accept the key.",
        f"Enter a valid one in the settings under Cloud, or with: tacit keys set {service.secret}",
        code=ErrorCode.ACCESS_REFUSED,
    )


def _by_status(status: int, refusal: Refusal, service: Service, model: str) -> AppError:
    name = service.label
    if status == 403:
        return AppError(
            f"{name} does not allow this with your key.",
            "The key may lack a right, or the model a licence that you have to accept there.",
            code=ErrorCode.ACCESS_REFUSED,
        )
    if status in {404, 410}:
        called = f'The model "{model[:100]}"' if model else "What was asked for"
        return AppError(
            f"{called} is not, or no longer, at {name}.",
            "Choose another one: the list in the settings under Cloud can be fetched anew.",
            code=ErrorCode.MODEL_MISSING,
        )
    if status == 429:
        return AppError(
            f"{name} wants fewer questions at a time.",
            f"Ask again {_pause(refusal.retry_after)}.",
            code=ErrorCode.RATE_LIMITED,
        )
    if status in {408, 504}:
        return AppError(
            f"{name} ran out of time over this question.",
            "Ask again, or ask for less at once.",
            code=ErrorCode.TIMED_OUT,
        )
    if status >= 500:
        return AppError(
            f"{name} is overloaded or has a fault of its own ({status}).",
            f"Ask again {_pause(refusal.retry_after)}, or take the model on this computer.",
            code=ErrorCode.OVERLOADED,
        )
    if status == 0:
        return AppError(
            f"{name} broke the answer off with a fault of its own.",
            "What had arrived is kept. Ask for another answer.",
            code=ErrorCode.ANSWER_CUT_OFF,
        )
    return AppError(
        f"{name} refused the question ({status}).",
        "Choose another model, or check the address in the settings under Cloud.",
        code=ErrorCode.CONNECTION_FAILED,
    )


def _holds(refusal: Refusal, words: tuple[str, ...]) -> bool:
    return any(word in refusal.words or word in refusal.code for word in words)


def _pause(header: str) -> str:
    seconds = retry_after(header)
    if seconds is None:
        return "in a minute"
    if seconds < 90:
        return f"in {max(1, round(seconds))} seconds"
    return f"in {round(seconds / 60)} minutes"
