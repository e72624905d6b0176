"""Announces a release: writes dist/release.json and its signature for those who look for news.

    python packaging/sign_release.py make-key KEYFILE
    python packaging/sign_release.py sign --key KEYFILE --page https://...

`make-key` writes a new Ed25519 key, which belongs where nobody else reads and never into the
repository, and prints the public key for resources/updates.json. `sign` describes what lies in
dist/ for this version, with the notes of CHANGELOG.md; an announcement holds for some months, so
it is signed anew from time to time even where nothing is new. Put both files side by side at the
address that resources/updates.json names, which has to serve them without leading elsewhere.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app import __version__  # noqa: E402  (found by the line above)
from app.core.errors import AppError  # noqa: E402
from app.updates import release, signature, source  # noqa: E402
from app.updates.fetching import SUFFIX  # noqa: E402

NAME = "release.json"
_DAYS = 180
# What a person installs; everything else in dist/ belongs to it.
_PLATFORMS = {
    "tacit_{0}_*.deb": "linux",
    "Tacit-{0}-*.run": "linux",
    "Tacit-{0}-*.tar.xz": "linux",
    "Tacit-{0}-*.AppImage": "linux",
    "Tacit-{0}-*-setup.exe": "windows",
}


class SigningError(Exception):
    """It cannot be signed; the message says why."""


def make_key(file: Path) -> str:
    """Write a new key for its owner alone; returns the public key as base64.

    Raises `SigningError` where there is a file already, or the place is in this repository.
    """
    if file.resolve().is_relative_to(ROOT):
        raise SigningError(f"{file} lies in the repository; keep the key elsewhere")
    key = Ed25519PrivateKey.generate()
    written = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SigningError(f"{file} is there already, and is not written over") from None
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(written)
    return public_text(key)


def read_key(file: Path) -> Ed25519PrivateKey:
    """The key in `file`; raises `SigningError` where others may read it, or it is none."""
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise SigningError(f"{file} can be read by others: chmod 600 it")
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError):
        raise SigningError(f"{file} holds no key without a password") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningError(f"{file} holds another kind of key than Ed25519")
    return key


def public_text(key: Ed25519PrivateKey) -> str:
    """Its public key as resources/updates.json has it."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")


def files(dist: Path, version: str) -> Iterator[dict[str, Any]]:
    """What `dist` holds of `version` for people to install."""
    for pattern, platform in _PLATFORMS.items():
        for file in sorted(dist.glob(pattern.format(version))):
            yield {
                "platform": platform,
                "name": file.name,
                "size": file.stat().st_size,
                "sha256": _digest(file),
            }


def notes(changelog: str, version: str) -> str:
    """The section of `version` in a changelog; raises `SigningError` where there is none."""
    found = re.search(
        rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## |\Z)",
        changelog,
        re.DOTALL | re.MULTILINE,
    )
    if found is None:
        raise SigningError(f"CHANGELOG.md has no section [{version}]; or name a file with --notes")
    return found[1].strip() + "\n"


def announcement(
    version: str, dist: Path, *, page: str, text: str, made: datetime, days: int
) -> bytes:
    """The release file; raises `SigningError` where the program would not read it."""
    document = {
        "format": release.FORMAT,
        "program": release.PROGRAM,
        "version": version,
        "date": made.isoformat(timespec="seconds"),
        "expires": (made + timedelta(days=days)).isoformat(timespec="seconds"),
        "notes": text,
        "page": page,
        "files": list(files(dist, version)),
    }
    if not document["files"]:
        raise SigningError(f"{dist} holds nothing of version {version}: build it first")
    data = (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
    try:
        release.parse(data)
    except AppError:
        raise SigningError(
            "the program would not read this: look at version, page, notes"
        ) from None
    if len(data) > release.LARGEST:
        raise SigningError(f"this is longer than {release.LARGEST} bytes: shorten the notes")
    return data


def write_signed(data: bytes, key: Ed25519PrivateKey, dist: Path) -> None:
    """Write the file and its signature, which is checked as the program checks it."""
    signed = base64.b64encode(key.sign(data)) + b"\n"
    signature.check(key.public_key().public_bytes_raw(), data, signed)
    (dist / NAME).write_bytes(data)
    (dist / f"{NAME}{SUFFIX}").write_bytes(signed)


def remark(key: Ed25519PrivateKey, resources: Path) -> str:
    """What a build from here would make of it, in a sentence; "" where it would believe it."""
    try:
        believed = source.read(resources / "updates.json")
    except AppError as error:
        return error.what
    if believed is None:
        return "resources/updates.json names no source yet: builds from here look nowhere."
    if believed.public_key != key.public_key().public_bytes_raw():
        return "resources/updates.json names another key: builds from here will not believe this."
    return ""


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _sign(options: argparse.Namespace) -> None:
    key = read_key(options.key)
    if options.notes is not None:
        text = options.notes.read_text(encoding="utf-8")
    else:
        text = notes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), __version__)
    data = announcement(
        __version__,
        options.dist,
        page=options.page,
        text=text,
        made=datetime.now(UTC),
        days=options.days,
    )
    write_signed(data, key, options.dist)
    print(f"{options.dist / NAME} and {NAME}{SUFFIX} announce {__version__}.")
    if words := remark(key, ROOT / "resources"):
        print(f"Note: {words}", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do it; 1 where it cannot be done, with the reason on standard error."""
    parser = argparse.ArgumentParser(description="Announce a release, signed.")
    inner = parser.add_subparsers(required=True, metavar="COMMAND")
    make = inner.add_parser("make-key", help="write a new key, print its public one")
    make.add_argument("file", type=Path)
    make.set_defaults(run=lambda options: print(make_key(options.file)))
    sign = inner.add_parser("sign", help="write release.json and its signature")
    sign.add_argument("--key", type=Path, required=True, help="the file with the private key")
    sign.add_argument("--page", required=True, help="where people get this version (https)")
    sign.add_argument("--notes", type=Path, help="Markdown, instead of CHANGELOG.md's section")
    sign.add_argument("--dist", type=Path, default=ROOT / "dist")
    sign.add_argument("--days", type=int, default=_DAYS, help=f"how long it holds ({_DAYS})")
    sign.set_defaults(run=_sign)
    options = parser.parse_args(arguments)
    try:
        options.run(options)
    except (SigningError, OSError) as error:
        print(f"sign_release: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
