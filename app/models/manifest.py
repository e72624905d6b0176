"""The manifest of a model: which files belong to it, of which size, with which SHA-256.

It lies in the model's folder as `manifest.json`, written whole or not at all. The starter
model's manifest, which has no format number, is understood as well.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.models import disk
from app.models.names import is_safe

FILE = "manifest.json"
FORMAT = 1
MOST_BYTES = 4 * 2**20
_MOST_FILES = 1000
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHA1 = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFile:
    """One file: "/" between the parts of its name, its size in bytes.

    `git_sha1` is the identity that the hub lists for files without a SHA-256, "" elsewhere.
    """

    name: str
    size: int
    sha256: str
    git_sha1: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What was installed. `repository`, `commit` and `folder` say where on the hub it lay.

    They are "" for a model that came another way; `source` then says in words which.
    """

    name: str = ""
    licence: str = ""
    source: str = ""
    repository: str = ""
    commit: str = ""
    folder: str = ""
    files: tuple[ManifestFile, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def weights(self) -> tuple[str, ...]:
        """The SHA-256 of the files with weights, sorted: equal ones are the same model."""
        return tuple(sorted(file.sha256 for file in self.files if ".onnx" in file.name.lower()))

    @property
    def fingerprint(self) -> str:
        """One SHA-256 for all files: that of their list as `sha256sum` prints it, by name."""
        lines = (f"{file.sha256}  {file.name}\n" for file in sorted(self.files, key=_name_of))
        return hashlib.sha256("".join(lines).encode()).hexdigest() if self.files else ""


def fingerprint(folder: Path) -> str:
    """The fingerprint of the manifest in `folder`, "" where there is none."""
    listed = read(folder)
    return listed.fingerprint if listed is not None else ""


def _name_of(file: ManifestFile) -> str:
    return file.name


def read(folder: Path) -> Manifest | None:
    """The manifest of the model in `folder`; None where there is none that can be relied on."""
    return parse(disk.read_json(folder / FILE, MOST_BYTES))


def digest(folder: Path) -> str:
    """What tells one manifest from another; "" where there is none."""
    try:
        if not (folder / FILE).is_file():  # a pipe would never end
            return ""
        with (folder / FILE).open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def write(folder: Path, manifest: Manifest) -> None:
    """Write it into the model's folder; raises `OSError`."""
    disk.write_json(folder / FILE, to_plain(manifest))


def to_plain(manifest: Manifest) -> dict[str, Any]:
    """The manifest as JSON can hold it."""
    plain = {"format": FORMAT, **asdict(manifest)}
    plain["files"] = [
        {key: value for key, value in asdict(file).items() if value != ""}
        for file in manifest.files
    ]
    return plain


def parse(plain: object) -> Manifest | None:
    """What `to_plain` made, or the build of the starter model; None for anything else."""
    if not isinstance(plain, dict) or plain.get("format", FORMAT) != FORMAT:
        return None
    described = plain.get("files")
    if not isinstance(described, list) or not 0 < len(described) <= _MOST_FILES:
        return None
    files = [_file(item) for item in described]
    known = [file for file in files if file is not None]
    # On some systems names that differ in their case alone are one file.
    names = {file.name.casefold() for file in known}
    if len(known) != len(files) or len(names) != len(files) or FILE in names:
        return None
    texts = {
        key: " ".join(value.split())[:500]
        for key in ("name", "licence", "source", "repository", "commit", "folder")
        if isinstance(value := plain.get(key), str)
    }
    return Manifest(**texts, files=tuple(known))


def git_blob_sha1(size: int) -> hashlib._Hash:
    """A SHA-1 that has begun as git does for a file of `size` bytes; update it with the bytes."""
    return hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)


def _file(plain: object) -> ManifestFile | None:
    if not isinstance(plain, dict):
        return None
    name, size, sha256 = plain.get("name"), plain.get("size"), plain.get("sha256")
    sha1 = plain.get("git_sha1", "")
    if not isinstance(name, str) or not is_safe(name) or type(size) is not int or size < 0:
        return None
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        return None
    if not isinstance(sha1, str) or not (sha1 == "" or _SHA1.fullmatch(sha1)):
        return None
    return ManifestFile(name=name, size=size, sha256=sha256, git_sha1=sha1)
