"""A changed byte is found, told, moved aside, and never loaded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.models import manifest, verification
from app.models.verification import Checks, Flaw, Verified, require, verify
from tests.fakes.model_folders import flip, make, make_verified


@pytest.fixture
def checks(tmp_path: Path) -> Checks:
    return Checks(tmp_path / "cache" / "verified-models.json")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_verified(tmp_path / "models" / "small")


def flaws(folder: Path, checks: Checks) -> dict[str, Flaw]:
    return {flawed.name: flawed.flaw for flawed in verify(folder, checks).flaws}


def test_a_whole_model_is_verified_and_remembered(model: Path, checks: Checks) -> None:
    assert verification.state(model, checks) is Verified.NOT_YET
    told: list[tuple[str, float | None]] = []
    assert verify(model, checks, lambda *words: told.append(words)).is_whole
    assert told[0] == ("Checking genai_config.json", 0.0)
    assert told[-1] == ("Checking tokenizer.json", 1.0)
    assert verification.state(model, checks) is Verified.YES
    assert Checks(checks._file).holds(model)


def test_a_changed_byte_is_found_by_hashing(model: Path, checks: Checks) -> None:
    flip(model / "model.onnx")
    assert flaws(model, checks) == {"model.onnx": Flaw.WRONG_BYTES}
    assert verification.state(model, checks) is Verified.NOT_YET


def test_every_kind_of_flaw_is_told_apart(model: Path, checks: Checks) -> None:
    (model / "genai_config.json").unlink()
    (model / "model.onnx").write_bytes(b"short")
    (model / "tokenizer.json").unlink()
    (model / "tokenizer.json").mkdir()
    (model / "chat_template.jinja").write_text("evil")
    (model / "README.md").write_text("harmless")
    assert flaws(model, checks) == {
        "genai_config.json": Flaw.MISSING,
        "model.onnx": Flaw.WRONG_SIZE,
        "tokenizer.json": Flaw.NOT_A_FILE,
        "chat_template.jinja": Flaw.UNLISTED,
    }
    words = verify(model, checks).words
    assert words.startswith("genai_config.json is missing, model.onnx has another size")
    assert words.endswith(", and 1 more")


@pytest.mark.skipif(os.name != "posix", reason="making links needs rights on Windows")
def test_a_link_is_no_file_of_a_model(model: Path, checks: Checks, tmp_path: Path) -> None:
    assert verify(model, checks).is_whole
    moved = tmp_path / "moved.onnx"
    (model / "model.onnx").rename(moved)
    (model / "model.onnx").symlink_to(moved)
    assert not checks.holds(model)
    assert flaws(model, checks) == {"model.onnx": Flaw.NOT_A_FILE}


@pytest.mark.parametrize("change", ["size", "time", "inode", "missing", "unlisted", "manifest"])
def test_a_changed_file_is_hashed_again(model: Path, checks: Checks, change: str) -> None:
    verify(model, checks)
    file = model / "model.onnx"
    figures = file.stat()
    if change == "size":
        file.write_bytes(file.read_bytes() + b"x")
    elif change == "time":
        os.utime(file, ns=(figures.st_atime_ns, figures.st_mtime_ns + 1))
    elif change == "inode":
        copy = model / "copy"
        copy.write_bytes(file.read_bytes())
        os.utime(copy, ns=(figures.st_atime_ns, figures.st_mtime_ns))
        copy.replace(file)
    elif change == "missing":
        file.unlink()
    elif change == "unlisted":
        (model / "special_tokens_map.json").write_text("{}")
    else:
        manifest.write(model, manifest.Manifest(files=manifest.read(model).files[1:]))  # type: ignore[union-attr]
    assert not checks.holds(model)


def test_loading_hashes_once_and_then_looks_at_the_times(
    model: Path, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert require(model, "small", checks) is Verified.YES
    monkeypatch.setattr(verification, "verify", None)
    assert require(model, "small", checks) is Verified.YES


def test_a_damaged_model_is_not_loaded(model: Path, checks: Checks) -> None:
    assert require(model, "small", checks) is Verified.YES
    flip(model / "model.onnx.data", 1999)
    with pytest.raises(AppError) as refused:
        require(model, "small", checks)
    assert refused.value.code is ErrorCode.MODEL_BROKEN
    assert refused.value.sentence == (
        'The model "small" was not loaded because its files have changed: model.onnx.data does '
        "not hold the bytes that it should. Verify and repair it: what is damaged is moved "
        "aside, and only that is fetched again."
    )


def test_a_model_of_the_person_is_loaded_and_not_verified(tmp_path: Path, checks: Checks) -> None:
    folder = make(tmp_path / "own")
    assert require(folder, "own", checks) is Verified.NO_MANIFEST
    assert verification.state(folder, checks) is Verified.NO_MANIFEST
    assert not verify(folder, checks).is_whole


@pytest.mark.parametrize("damage", ["gone", "broken"])
def test_losing_the_manifest_is_no_way_around(model: Path, checks: Checks, damage: str) -> None:
    verify(model, checks)
    if damage == "gone":
        (model / "manifest.json").unlink()
    else:
        flip(model / "manifest.json", 0)
    with pytest.raises(AppError, match="list of its files is missing or damaged"):
        require(model, "small", checks)


def test_checking_can_be_stopped(model: Path, checks: Checks) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(AppError) as stopped:
        verify(model, checks, cancel=cancel)
    assert stopped.value.code is ErrorCode.CANCELLED
    assert not checks.knows(model)


def test_what_is_damaged_is_moved_aside_and_missed(
    model: Path, checks: Checks, tmp_path: Path
) -> None:
    for number in (1, 2):
        flip(model / "model.onnx")
        (model / "added_tokens.json").write_text("{}")
        report = verify(model, checks)
        assert report.manifest is not None
        moved = verification.quarantine(model, report, tmp_path / "aside")
        assert [path.name for path in moved] == [
            f"model.onnx.damaged-{number}",
            f"added_tokens.json.damaged-{number}",
        ]
        assert [f.name for f in verification.missing(model, report.manifest)] == ["model.onnx"]
        (model / "model.onnx").write_bytes(b"w" * 1000)
        assert verification.missing(model, report.manifest) == ()
        assert verify(model, checks).is_whole


@pytest.mark.parametrize("content", ["", "[]", '{"folders": 3}', '{"folders": {"%s": 3}}'])
def test_a_cache_of_another_kind_is_only_lost_time(
    model: Path, checks: Checks, content: str
) -> None:
    verify(model, checks)
    checks._file.write_text(content.replace("%s", str(model)))
    assert not checks.holds(model)
    assert verify(model, checks).is_whole
    assert checks.holds(model)


def test_a_cache_that_cannot_be_written_is_only_lost_time(model: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    checks = Checks(tmp_path / "file" / "verified.json")
    assert require(model, "small", checks) is Verified.YES
    assert not checks.holds(model)


def test_a_folder_that_was_hashed_on_its_way_is_accepted(model: Path, checks: Checks) -> None:
    checks.accept(model)
    assert checks.holds(model)
    checks.forget(model)
    assert not checks.knows(model)
