"""A model travels as one file, and what is no such file is refused before it can do harm."""

from __future__ import annotations

import json
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.models import disk, manifest
from app.models.verification import Verified
from tests.fakes.model_folders import flip, listed, make, make_verified
from tests.fakes.shelves import Home

Content = bytes | str


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def other(tmp_path: Path) -> Home:
    return Home(tmp_path / "other")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "small.tacit-model"


def test_a_model_arrives_verified_on_another_computer(home: Home, other: Home, file: Path) -> None:
    make_verified(home.main / "small", name="Small", repository="org/small", licence="MIT")
    told: list[tuple[str, float | None]] = []
    sent = home.manager.export("small", file, lambda *words: told.append(words))
    assert told[-1] == ("Exporting tokenizer.json", 1.0)
    model = other.manager.import_package(file, lambda *words: told.append(words))
    assert told[-1] == ("Importing tokenizer.json", 1.0)
    assert (model.id, model.name, model.licence) == ("small", "Small", "MIT")
    assert (model.verified, model.problem) == (Verified.YES, None)
    assert other.manager.manifest("small") == sent
    for name in ("model.onnx", "tokenizer.json", "manifest.json"):
        original, copy = home.main / "small" / name, model.folder / name
        assert original.read_bytes() == copy.read_bytes() or name == "manifest.json"
    assert zipfile.ZipFile(file).testzip() is None
    with pytest.raises(AppError, match="exists already"):
        home.manager.export("small", file)


def test_a_model_without_a_manifest_gets_one(home: Home, other: Home, file: Path) -> None:
    make(home.main / "own")
    home.manager.export("own", file)
    assert other.manager.import_package(file).verified is Verified.YES
    received = other.manager.manifest("own")
    assert received is not None
    assert received.source.startswith("exported without a manifest on ")


def test_a_damaged_model_is_not_exported(home: Home, file: Path) -> None:
    folder = make_verified(home.main / "small")
    flip(folder / "model.onnx")
    with pytest.raises(AppError, match=r"not exported: model\.onnx is not what its manifest"):
        home.manager.export("small", file)
    assert list(file.parent.glob("*small*")) == []


@pytest.mark.parametrize("place", [200, 800, 2500, -400, -60, -10])
def test_a_byte_that_was_damaged_on_the_way_is_found(
    home: Home, other: Home, file: Path, place: int
) -> None:
    make_verified(home.main / "small")
    home.manager.export("small", file)
    flip(file, place if place > 0 else file.stat().st_size + place)
    with pytest.raises(AppError, match="The package was not imported"):
        other.manager.import_package(file)
    assert other.left() == []


def test_stopping_leaves_nothing(home: Home, other: Home, file: Path) -> None:
    make_verified(home.main / "small")
    cancel = CancelToken()

    def stop(label: str, _share: float | None) -> None:
        if "model.onnx" in label:
            cancel.cancel()

    with pytest.raises(AppError) as stopped:
        home.manager.export("small", file, stop, cancel)
    assert stopped.value.code is ErrorCode.CANCELLED
    assert list(file.parent.glob("*small*")) == []
    home.manager.export("small", file)
    with pytest.raises(AppError) as stopped:
        other.manager.import_package(file, stop, cancel)
    assert stopped.value.code is ErrorCode.CANCELLED
    assert other.left() == []


def test_too_little_room_is_said_before_the_first_byte(
    home: Home, other: Home, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_verified(home.main / "small")
    home.manager.export("small", file)
    monkeypatch.setattr(disk, "disk", lambda _folder: (10, 200_000_000))
    with pytest.raises(AppError) as full:
        other.manager.import_package(file)
    assert full.value.code is ErrorCode.DISK_FULL
    with pytest.raises(AppError):
        home.manager.export("small", file.with_name("second"))


def pack(file: Path, contents: list[tuple[str, Content]], **options: Any) -> None:
    """A package by hand: entries in order, with what `options` change in each."""
    with zipfile.ZipFile(file, "w", options.pop("compression", zipfile.ZIP_STORED)) as made:
        for name, content in contents:
            info = zipfile.ZipInfo(name)
            info.compress_type = made.compression
            info.external_attr = options.get("mode", stat.S_IFREG | 0o600) << 16
            made.writestr(info, content)


def good(folder: Path) -> list[tuple[str, Content]]:
    """The entries of a package that is fine."""
    made = make(folder)
    described = json.dumps(manifest.to_plain(listed(made)))
    files: list[tuple[str, Content]] = [(f.name, f.read_bytes()) for f in sorted(made.iterdir())]
    return [*files, ("manifest.json", described)]


def test_a_package_made_by_hand_is_imported(other: Home, tmp_path: Path, file: Path) -> None:
    pack(file, good(tmp_path / "template"))
    assert other.manager.import_package(file).id == "small"


def renamed(name: str) -> Callable[[list[tuple[str, Content]]], list[tuple[str, Content]]]:
    def change(entries: list[tuple[str, Content]]) -> list[tuple[str, Content]]:
        plain = json.loads(entries[-1][1])
        plain["files"][0]["name"] = name
        return [(name, entries[0][1]), *entries[1:-1], ("manifest.json", json.dumps(plain))]

    return change


@pytest.mark.parametrize(
    "change",
    [
        renamed("../../outside.json"),
        renamed("/tmp/outside.json"),
        renamed("..\\outside.json"),
        renamed("C:outside.json"),
        renamed("evil.so"),
        renamed("evil.py"),
        renamed(".hidden.json"),
        lambda entries: [*entries, ("more.json", b"{}")],
        lambda entries: [*entries, ("folder/", b"")],
        lambda entries: [*entries, ("MODEL.onnx", b"x")],
        lambda entries: entries[1:],
        lambda entries: entries[:-1],
        lambda entries: [*entries[:-1], ("manifest.json", b"{")],
        lambda entries: [*entries[:-1], ("manifest.json", b"[" * 100_000)],
        lambda entries: [*entries[:-1], ("manifest.json", b" " * 5_000_000)],
        lambda entries: [("genai_config.json", b"{}"), *entries[1:]],
        lambda entries: [*entries, *[(f"{n}.json", b"") for n in range(1000)]],
    ],
)  # fmt: skip
def test_a_hostile_package_is_refused(other: Home, tmp_path: Path, file: Path, change: Any) -> None:
    pack(file, change(good(tmp_path / "template")))
    before = sorted(path for path in tmp_path.rglob("*") if other.main not in path.parents)
    with pytest.raises(AppError, match="The package was not imported"):
        other.manager.import_package(file)
    assert other.left() == []
    after = sorted(path for path in tmp_path.rglob("*") if other.main not in path.parents)
    assert after == before


@pytest.mark.parametrize(
    "options",
    [{"compression": zipfile.ZIP_DEFLATED}, {"mode": stat.S_IFLNK | 0o777},
     {"mode": stat.S_IFIFO | 0o600}],
)  # fmt: skip
def test_links_pipes_and_bombs_are_refused(
    other: Home, tmp_path: Path, file: Path, options: dict[str, Any]
) -> None:
    pack(file, good(tmp_path / "template"), **options)
    with pytest.raises(AppError, match="The package was not imported"):
        other.manager.import_package(file)
    assert other.left() == []


def test_a_model_that_would_run_code_is_refused(other: Home, tmp_path: Path, file: Path) -> None:
    folder = make(tmp_path / "template")
    config = json.loads((folder / "genai_config.json").read_text())
    config["model"]["decoder"]["session_options"]["custom_ops_library"] = "evil.so"
    (folder / "genai_config.json").write_text(json.dumps(config))
    entries: list[tuple[str, Content]] = [(f.name, f.read_bytes()) for f in folder.iterdir()]
    described = json.dumps(manifest.to_plain(listed(folder)))
    pack(file, [*entries, ("manifest.json", described)])
    with pytest.raises(AppError, match="refused for your safety"):
        other.manager.import_package(file)
    assert other.left() == []


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 1000, b"PK\5\6" + b"\0" * 17])
def test_what_is_no_package_is_refused(other: Home, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(AppError, match="no package of Tacit"):
        other.manager.import_package(file)
    with pytest.raises(AppError, match="no such file"):
        other.manager.import_package(file.with_name("nothing"))


def test_a_huge_table_of_contents_is_refused_unread(
    other: Home, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = struct.Struct("<4s4H2LH").pack(b"PK\5\6", 0, 0, 60_000, 60_000, 3_000_000, 0, 0)
    wide = struct.Struct("<4sQ2H2L4Q").pack(b"PK\6\6", 44, 45, 45, 0, 0, 10**9, 10**9, 10**9, 0)
    locator = struct.Struct("<4sLQL").pack(b"PK\6\7", 0, 0, 1)
    small = struct.Struct("<4s4H2LH").pack(b"PK\5\6", 0, 0, 1, 1, 50, 0, 0)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    for tail in (end, wide + locator + small):
        file.write_bytes(b"\0" * 100 + tail)
        with pytest.raises(AppError, match="far more files than a model has"):
            other.manager.import_package(file)
