"""The script that announces a release: what it signs, and what it refuses to."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import __version__
from app.updates import release, signature
from tests.fakes.scripts import ROOT, load_script

script = load_script("packaging/sign_release.py")
PAGE = "https://tacit.example/releases"
DEB = b"what a person installs"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "release.key"
    script.make_key(file)
    return file


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / f"tacit_{__version__}_amd64.deb").write_bytes(DEB)
    (folder / f"Tacit-{__version__}-windows-x86_64-setup.exe").write_bytes(b"MZ")
    (folder / "tacit_0.0.1_amd64.deb").write_bytes(b"of an older version")
    (folder / "SHA256SUMS").write_text("no program")
    return folder


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    file = tmp_path / "notes.md"
    file.write_text("Faster answers.\n")
    return file


def sign(key_file: Path, dist: Path, *more: str) -> int:
    code: int = script.main(
        ["sign", "--key", str(key_file), "--dist", str(dist), "--page", PAGE, *more]
    )
    return code


def test_the_program_believes_and_reads_what_is_signed(
    key_file: Path, dist: Path, notes: Path
) -> None:
    assert sign(key_file, dist, "--notes", str(notes), "--days", "30") == 0
    data = (dist / "release.json").read_bytes()
    public = base64.b64decode(script.public_text(script.read_key(key_file)))
    signature.check(public, data, (dist / "release.json.sig").read_bytes())
    found = release.parse(data)
    assert (found.version, found.notes, found.page) == (__version__, "Faster answers.\n", PAGE)
    assert (found.expires - found.made).days == 30
    assert abs((datetime.now(UTC) - found.made).total_seconds()) < 60
    (deb,), (setup,) = found.for_platform("linux"), found.for_platform("windows")
    assert (deb.name, deb.size) == (f"tacit_{__version__}_amd64.deb", len(DEB))
    assert deb.sha256 == hashlib.sha256(DEB).hexdigest()
    assert setup.name.endswith("-setup.exe")


def test_anybody_can_check_it_with_openssl(key_file: Path, dist: Path, notes: Path) -> None:
    assert sign(key_file, dist, "--notes", str(notes)) == 0
    raw = dist / "raw.sig"
    raw.write_bytes(base64.b64decode((dist / "release.json.sig").read_bytes()))
    done = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-rawin", "-inkey", str(key_file),
         "-sigfile", str(raw), "-in", str(dist / "release.json")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Signature Verified Successfully" in done.stdout, done.stderr


def test_a_build_without_a_source_is_remarked(
    key_file: Path, dist: Path, notes: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sign(key_file, dist, "--notes", str(notes))
    assert "names no source yet" in capsys.readouterr().err
    key = script.read_key(key_file)
    believed = {"address": f"{PAGE}/release.json", "public_key": script.public_text(key)}
    (tmp_path / "updates.json").write_text(json.dumps(believed))
    assert script.remark(key, tmp_path) == ""
    believed["public_key"] = base64.b64encode(bytes(32)).decode()
    (tmp_path / "updates.json").write_text(json.dumps(believed))
    assert "another key" in script.remark(key, tmp_path)


def test_the_notes_are_the_section_of_the_version() -> None:
    changelog = "# Changelog\n\n## [0.2.0] - 2026-12-01\n\n- New.\n\n## [0.1.0]\n\n- Old.\n"
    assert script.notes(changelog, "0.2.0") == "- New.\n"
    assert script.notes(changelog, "0.1.0") == "- Old.\n"
    with pytest.raises(script.SigningError, match=r"no section \[0.3.0\]"):
        script.notes(changelog, "0.3.0")


@pytest.mark.skipif(os.name != "posix", reason="other systems keep rights elsewhere")
def test_a_key_is_for_its_owner_alone_and_never_written_over(key_file: Path) -> None:
    assert key_file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(script.SigningError, match="not written over"):
        script.make_key(key_file)
    key_file.chmod(0o644)
    with pytest.raises(script.SigningError, match="can be read by others"):
        script.read_key(key_file)


def test_a_key_does_not_lie_in_the_repository() -> None:
    with pytest.raises(script.SigningError, match="lies in the repository"):
        script.make_key(ROOT / "release.key")
    assert not (ROOT / "release.key").exists()


@pytest.mark.parametrize("more", [["--page", "http://tacit.example/"], ["--days", "0"]])
def test_what_the_program_would_refuse_is_not_signed(
    key_file: Path, dist: Path, notes: Path, more: list[str]
) -> None:
    assert sign(key_file, dist, "--notes", str(notes), *more) == 1
    assert not (dist / "release.json").exists()


def test_without_anything_built_nothing_is_announced(
    key_file: Path, tmp_path: Path, notes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sign(key_file, tmp_path, "--notes", str(notes)) == 1
    assert "build it first" in capsys.readouterr().err
    wrong = tmp_path / "wrong.key"
    wrong.write_text("no key")
    wrong.chmod(0o600)
    assert sign(wrong, tmp_path) == 1
    assert sign(tmp_path / "nowhere.key", tmp_path) == 1
