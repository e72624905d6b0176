"""What can go wrong on the way to another machine, in words."""

from __future__ import annotations

import socket

from app.core.errors import AppError, ErrorCode


class TransientError(AppError):
    """A failure that may be gone a moment later: trying again is worth it.

    `retry_after_s` is what the server asked for, None where it did not say.
    """

    def __init__(self, what: str, todo: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(what, todo, code=ErrorCode.CONNECTION_FAILED)
        self.retry_after_s = retry_after_s


def not_allowed(what: str, todo: str = "Nothing was sent.") -> AppError:
    """The gateway refused."""
    return AppError(what, todo, code=ErrorCode.NOT_ALLOWED)


def stopped() -> AppError:
    """The person, or the end of the program, stopped it."""
    return AppError("It was stopped.", "Start it again when you want it.", code=ErrorCode.CANCELLED)


def in_words(error: OSError, host: str) -> AppError:
    """What an error of a socket means."""
    # Here and not at the top: the idle courier has not loaded ssl.
    from ssl import SSLCertVerificationError, SSLError

    if isinstance(error, SSLCertVerificationError):
        reason = error.verify_message or "it does not fit"
        return AppError(
            f"{host} could not prove who it is: {reason}.",
            "Nothing was sent to it. In a company network a certificate of its own may be "
            "needed: it is named in the settings under Network.",
            code=ErrorCode.CONNECTION_FAILED,
        )
    if isinstance(error, SSLError):
        return TransientError(
            f"No encrypted connection to {host} came about.", "Try again, or from another network."
        )
    if isinstance(error, socket.gaierror):
        return TransientError(f"The name {host} could not be found.", "Check the connection.")
    if isinstance(error, TimeoutError):
        return TransientError(f"{host} did not answer in time.", "Check the connection, try again.")
    reason = (error.strerror or "it was lost").lower()
    return TransientError(f"The connection to {host} failed: {reason}.", "Check the connection.")
