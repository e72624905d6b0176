"""Verify, repair, rename, remove, and finding what is there twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.models import disk, manifest
from app.models.verification import Flaw, Verified
from tests.fakes.model_folders import flip, make, make_verified
from tests.fakes.shelves import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", further=(tmp_path / "further",))


def test_only_what_is_damaged_is_moved_aside_and_missed(home: Home) -> None:
    folder = make_verified(home.main / "org" / "small", repository="org/small")
    assert home.manager.verify("org/small").is_whole
    flip(folder / "model.onnx.data")
    (folder / "tokenizer.json").unlink()
    repair = home.manager.repair("org/small")
    assert repair is not None
    assert [file.name for file in repair.missing] == ["model.onnx.data", "tokenizer.json"]
    assert repair.manifest.repository == "org/small"
    [moved] = repair.moved
    assert moved == home.main / ".tacit/quarantine/org-small/model.onnx.data.damaged-1"
    assert (folder / "model.onnx").is_file()
    [model] = home.manager.library.scan()
    assert model.problem is not None
    assert "model.onnx.data is missing" in model.problem.what
    (folder / "model.onnx.data").write_bytes(b"w" * 2000)
    (folder / "tokenizer.json").write_text(
        '{"added_tokens": [{"id": 2, "content": "<|end|>", "special": true}]}'
    )
    again = home.manager.repair("org/small")
    assert again is not None
    assert (again.moved, again.missing) == ((), ())
    assert home.manager.library.find("org/small").verified is Verified.YES
    home.manager.remove("org/small")
    assert home.left() == []
    assert not (home.main / ".tacit/quarantine/org-small").exists()


def test_a_reference_is_never_changed(home: Home, tmp_path: Path) -> None:
    folder = make_verified(tmp_path / "own")
    home.manager.import_folder(folder, copy=False)
    flip(folder / "model.onnx")
    report = home.manager.verify("own")
    assert [flaw.flaw for flaw in report.flaws] == [Flaw.WRONG_BYTES]
    repair = home.manager.repair("own")
    assert repair is not None
    assert repair.moved == ()
    assert [file.name for file in repair.missing] == ["model.onnx"]
    assert (folder / "model.onnx").is_file()


def test_without_a_manifest_there_is_nothing_to_repair(home: Home) -> None:
    make(home.main / "own")
    assert home.manager.repair("own") is None
    assert home.manager.manifest("own") is None


def test_removing_frees_the_space_and_says_how_much(home: Home, tmp_path: Path) -> None:
    make_verified(home.main / "org" / "a")
    make(tmp_path / "further" / "b")
    home.manager.rename("b", "B")
    size = home.manager.library.find("org/a").size_bytes
    removed = home.manager.remove("org/a")
    assert (removed.freed_bytes, removed.was_reference) == (size, False)
    assert home.left() == []
    assert home.manager.remove("b").freed_bytes > 0
    assert home.left(tmp_path / "further") == []
    assert home.records.names() == {}


def test_a_broken_model_can_be_removed(home: Home) -> None:
    (home.main / "broken").mkdir()
    (home.main / "broken" / "genai_config.json").write_text("{")
    home.manager.remove("broken")
    assert home.left() == []


@pytest.mark.parametrize("action", ["verify", "repair", "remove", "manifest"])
def test_what_is_not_there_is_said(home: Home, action: str) -> None:
    with pytest.raises(AppError) as missing:
        getattr(home.manager, action)("nothing")
    assert missing.value.code is ErrorCode.MODEL_MISSING
    with pytest.raises(AppError):
        home.manager.rename("nothing", "x")


def test_a_model_is_renamed_and_keeps_its_id(home: Home) -> None:
    make(home.main / "a")
    assert home.manager.rename("a", "Alpha").name == "Alpha"
    assert home.manager.rename("a", "").name == "a"
    with disk.writing(home.main), pytest.raises(AppError) as busy:
        home.manager.rename("a", "Beta")
    assert busy.value.code is ErrorCode.LIBRARY_BUSY


def test_duplicates_are_sure_by_hash_and_likely_by_size(home: Home, tmp_path: Path) -> None:
    make_verified(home.main / "a", b"a" * 500)
    make_verified(home.main / "b", b"a" * 500)
    make_verified(home.main / "same-size", b"b" * 500)
    make(home.main / "c", b"c" * 700)
    make(home.main / "d", b"d" * 700)
    make(home.main / "alone", b"e" * 900)
    home.manager.import_folder(make(tmp_path / "linked", b"f" * 900), copy=False)
    found = {duplicate.ids: duplicate for duplicate in home.manager.duplicates()}
    assert {ids: found[ids].is_sure for ids in found} == {
        ("a", "b"): True,
        ("c", "d"): False,
        ("alone", "linked"): False,
    }
    sizes = {model.id: model.size_bytes for model in home.manager.library.scan()}
    assert found["a", "b"].spare_bytes == sizes["a"]
    assert found["alone", "linked"].spare_bytes == sizes["alone"]


def test_a_download_is_installed_whole_or_not_at_all(home: Home, tmp_path: Path) -> None:
    shelf = home.manager.shelf
    folder = shelf.download_folder("Org/Small")
    assert folder == home.main / ".org-small.download"
    make_verified(tmp_path / "template", repository="org/small")
    template = manifest.read(tmp_path / "template")
    assert template is not None
    make(folder)
    assert home.ids == []
    with disk.writing(home.main):
        shelf.install(folder, "org-small", template)
    assert home.ids == ["org-small"]
    assert home.manager.library.find("org-small").verified is Verified.YES
    assert home.manager.manifest("org-small") == template
    make(folder)
    (folder / "tokenizer.json").unlink()
    with disk.writing(home.main), pytest.raises(AppError, match="tokenizer is missing"):
        shelf.install(folder, "other", template)
    assert home.ids == ["org-small"]


def test_a_model_is_updated_in_its_place(home: Home, tmp_path: Path) -> None:
    make_verified(home.main / "small", b"old" * 100)
    home.manager.rename("small", "Mine")
    newer = make_verified(tmp_path / "newer", b"new" * 200, commit="2" * 40)
    listed = manifest.read(newer)
    assert listed is not None
    folder = home.manager.shelf.download_folder("small")
    make(folder, b"new" * 200)
    with disk.writing(home.main):
        home.manager.shelf.update(folder, home.manager.library.find("small"), listed)
    model = home.manager.library.find("small")
    assert (model.name, model.commit, model.verified) == ("Mine", "2" * 40, Verified.YES)
    assert [name for name in home.left() if "/" not in name] == ["small"]
    (model.folder).rename(home.main / ".small.previous")  # ended between the two renames
    assert home.ids == []
    assert [model.id for model in home.manager.scan()] == ["small"]
    assert home.ids == ["small"]


def test_a_fetched_file_makes_a_repaired_model_whole(home: Home, tmp_path: Path) -> None:
    folder = make_verified(home.main / "small")
    flip(folder / "model.onnx")
    home.manager.repair("small")
    fetched = tmp_path / "fetched"
    fetched.write_bytes(b"w" * 1000)
    home.manager.shelf.restore(fetched, home.manager.library.find("small"), "model.onnx")
    assert home.manager.verify("small").is_whole


def test_a_disk_that_is_not_connected_is_said(home: Home, tmp_path: Path) -> None:
    home.switch(tmp_path / "usb" / "models")
    with pytest.raises(AppError, match="The folder of the models is not there"):
        home.manager.library.default()
    with pytest.raises(AppError, match="The folder of the models is not there"):
        home.manager.import_folder(make(tmp_path / "own"), copy=True)
    assert not (tmp_path / "usb").exists()
