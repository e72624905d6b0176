"""Errors that a person can meet: a sentence about what happened and one about what to do."""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """What kind of failure it was, so that a view can offer the fitting action."""

    UNKNOWN = "unknown"
    USAGE = "usage"
    MODEL_MISSING = "model-missing"
    MODEL_BROKEN = "model-broken"
    MODEL_UNSUPPORTED = "model-unsupported"
    MODEL_NOT_AUTOLOADED = "model-not-autoloaded"
    LIBRARY_BUSY = "library-busy"
    TEMPLATE_UNUSABLE = "template-unusable"
    PROMPT_TOO_LONG = "prompt-too-long"
    OUT_OF_MEMORY = "out-of-memory"
    DEVICE_UNAVAILABLE = "device-unavailable"
    HOST_CRASHED = "host-crashed"
    HOST_HUNG = "host-hung"
    PROVIDER_UNAVAILABLE = "provider-unavailable"
    STORE_UNWRITABLE = "store-unwritable"
    STORE_BROKEN = "store-broken"
    STORE_NEWER = "store-newer"
    STORE_LOCKED = "store-locked"
    DISK_FULL = "disk-full"
    SETTING_INVALID = "setting-invalid"
    KEY_INVALID = "key-invalid"
    KEY_MISSING = "key-missing"
    KEYRING_MISSING = "keyring-missing"
    KEYRING_LOCKED = "keyring-locked"
    KEYRING_SILENT = "keyring-silent"
    KEYRING_FAILED = "keyring-failed"
    INSTALL_FAILED = "install-failed"
    SEALED = "sealed"
    NOT_ALLOWED = "not-allowed"
    CONNECTION_FAILED = "connection-failed"
    ACCESS_REFUSED = "access-refused"
    DOWNLOAD_CORRUPT = "download-corrupt"
    JOURNAL_FAILED = "journal-failed"
    CANCELLED = "cancelled"
    CLOUD_OFF = "cloud-off"
    COST_LIMIT = "cost-limit"
    NO_CREDIT = "no-credit"
    RATE_LIMITED = "rate-limited"
    OVERLOADED = "overloaded"
    TIMED_OUT = "timed-out"
    ANSWER_CUT_OFF = "answer-cut-off"
    NO_UPDATE_SOURCE = "no-update-source"


class AppError(Exception):
    """A failure in words: raised in the room that owns the library which failed.

    `what` says what happened, `todo` what the person can do about it; both are whole
    sentences, hold no word of a conversation and no key, and may be shown and logged.
    """

    def __init__(self, what: str, todo: str = "", *, code: ErrorCode = ErrorCode.UNKNOWN) -> None:
        super().__init__(what, todo, code)
        self.what = what
        self.todo = todo
        self.code = code

    @property
    def sentence(self) -> str:
        """Both sentences as one line."""
        return f"{self.what} {self.todo}".strip()

    def __str__(self) -> str:
        return self.sentence

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AppError) and self.args == other.args

    def __hash__(self) -> int:
        return hash(self.args)
