"""A file of certificates: a wrong one is refused where it is chosen, and only there."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.settings.settings import Settings
from tests.fakes import certificates

KEY = "network.ca_file"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.json")


def test_a_real_certificate_is_taken_and_none_too(settings: Settings, tmp_path: Path) -> None:
    file = certificates.make(tmp_path / "made").authority
    settings.set(KEY, str(file))
    assert settings.get(KEY) == str(file)
    settings.set(KEY, "")
    assert settings.get(KEY) == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no certificate"),
        (b"PK\x03\x04 not PEM \xff", "no certificate"),
        (b"-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n", "no cert"),
        (
            b"-----BEGIN CERTIFICATE-----\n"
            + base64.b64encode(b"hello there")
            + b"\n-----END CERTIFICATE-----\n",
            "no certificate",
        ),
        (b"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", "no certificate"),
    ],
)
def test_a_file_without_one_is_refused(
    settings: Settings, tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "company.pem"
    file.write_bytes(content)
    with pytest.raises(AppError, match=words) as raised:
        settings.set(KEY, str(file))
    assert raised.value.code is ErrorCode.SETTING_INVALID
    assert settings.get(KEY) == ""


def test_what_is_no_file_is_refused(settings: Settings, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, words in (
        (tmp_path / "missing.pem", "no such file"),
        (tmp_path, "no such file"),
        (tmp_path / "pipe", "no such file"),
        (Path("company.pem"), "whole path"),
        (Path("x" * 300), "whole path"),
        (tmp_path / ("x" * 300), "cannot be read|no such file"),
    ):
        with pytest.raises(AppError, match=words):
            settings.set(KEY, str(path))
    assert settings.get(KEY) == ""


def test_a_file_that_is_gone_later_stays_set(settings: Settings, tmp_path: Path) -> None:
    """Else a share that is not mounted would quietly change whom Tacit trusts."""
    file = certificates.make(tmp_path / "made").authority
    settings.set(KEY, str(file))
    file.unlink()
    again = Settings(settings.file)
    again.load()
    assert again.get(KEY) == str(file)
    again.set("network.proxy_port", 3128)
    assert again.get(KEY) == str(file)
