"""What a transfer is asked for, what it tells meanwhile, and what it leaves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWanted:
    """The file as the listing describes it, and `target`, where it shall lie (absolute).

    `size` is in bytes (None: unknown, then `max_size` bounds it). `sha256` or `git_sha1`
    (the digest that git gives a blob; it needs `size`) are in hexadecimal, "" for unknown.
    """

    target: str
    size: int | None = None
    max_size: int = 2**40
    sha256: str = ""
    git_sha1: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferProgress:
    """How far it is: bytes that are safe in the part, of `total` (None: unknown).

    `bytes_per_s` is the speed of the last seconds. While a failed connection is waited out,
    `waiting_s` says for how long, and `problem` why.
    """

    done: int
    total: int | None
    bytes_per_s: float = 0.0
    waiting_s: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferResult:
    """The whole file. `resumed_from` are the bytes that were there before, `received_bytes`
    those that came now (more than the rest where something had to be fetched twice)."""

    size: int
    sha256: str
    resumed_from: int
    received_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLimits:
    """Patience, in seconds unless said otherwise.

    `silence_s` without a byte counts as a lost connection. `tries` failures without progress
    in between end it; the pause before a try doubles from `pause_s` to `longest_pause_s`,
    and a server may ask for up to `retry_after_s`. `fresh_starts` is how often it may begin
    anew because the file changed. `reserve` bytes stay free on the disk.
    """

    silence_s: float = 30.0
    tries: int = 8
    pause_s: float = 0.5
    longest_pause_s: float = 30.0
    retry_after_s: float = 600.0
    fresh_starts: int = 3
    reserve: int = 64 * 2**20
