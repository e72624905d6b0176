"""Signatures: known ones of RFC 8032, and everything that is none."""

from __future__ import annotations

import base64

import pytest

from app.core.errors import AppError
from app.updates.signature import check

# RFC 8032, section 7.1, test 3.
KEY = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
DATA = bytes.fromhex("af82")
SIGNATURE = bytes.fromhex(
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_signature_of_the_standard_is_believed(end: bytes) -> None:
    check(KEY, DATA, base64.b64encode(SIGNATURE) + end)


@pytest.mark.parametrize(
    ("key", "data", "written"),
    [
        (KEY, DATA + b" ", base64.b64encode(SIGNATURE)),
        (bytes(31) + b"\x01", DATA, base64.b64encode(SIGNATURE)),
        (KEY, DATA, base64.b64encode(SIGNATURE[:-1] + b"\x00")),
        (KEY, DATA, base64.b64encode(bytes(64))),
        (KEY, DATA, base64.b64encode(SIGNATURE[:-1])),
        (KEY, DATA, SIGNATURE),
        (KEY, DATA, b""),
        (KEY[:-1], DATA, base64.b64encode(SIGNATURE)),
    ],
)
def test_everything_else_is_not(key: bytes, data: bytes, written: bytes) -> None:
    with pytest.raises(AppError, match="not signed by the makers of Tacit"):
        check(key, data, written)
