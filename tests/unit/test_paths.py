"""The data root: who decides it, that it is private, and where resources are found."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from app import paths as paths_module
from app.core.errors import AppError, ErrorCode
from app.paths import Paths, resources_dir


def test_the_option_beats_the_variable(tmp_path: Path, private_home: Path) -> None:
    assert Paths.find(tmp_path / "chosen").root == tmp_path / "chosen"
    assert Paths.find().root == private_home


def test_without_option_and_variable_the_system_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TACIT_HOME")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "data" / "tacit")
    assert Paths.find().root == tmp_path / "data" / "tacit"


def test_everything_lies_under_the_root(tmp_path: Path) -> None:
    paths = Paths.at(tmp_path / "root")
    below = (
        paths.settings_file, paths.history_file, paths.models, paths.cache, paths.logs, paths.run,
    )  # fmt: skip
    assert all(path.parent == tmp_path / "root" for path in below)
    assert len(set(below)) == len(below)


def test_a_relative_folder_becomes_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Paths.find(Path("here/../there")).root == tmp_path / "there"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no permission bits")
def test_create_makes_private_folders_and_closes_open_ones(tmp_path: Path) -> None:
    paths = Paths.at(tmp_path / "deep" / "root")
    paths.root.mkdir(parents=True)
    paths.root.chmod(0o755)
    paths.create()
    for folder in (paths.root, paths.models, paths.cache, paths.logs, paths.run):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not paths.settings_file.exists()
    assert not paths.history_file.exists()


def test_create_says_what_is_wrong_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AppError) as caught:
        Paths.at(tmp_path / "file").create()
    assert caught.value.code is ErrorCode.STORE_UNWRITABLE
    assert "--data-dir" in caught.value.todo


def test_resources_are_found_in_a_checkout() -> None:
    assert resources_dir() == Path(__file__).parents[2] / "resources"


def test_resources_are_found_inside_an_installed_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "app"
    (package / "_resources").mkdir(parents=True)
    (package.parent / "resources").mkdir()  # another package's, which must not be taken
    monkeypatch.setattr(paths_module, "__file__", str(package / "paths.py"))
    assert resources_dir() == package / "_resources"


def test_resources_are_found_in_the_frozen_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "resources").mkdir()
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    assert resources_dir() == tmp_path / "resources"


def test_missing_resources_are_a_damaged_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "app"
    package.mkdir(parents=True)
    (package.parent / "resources").mkdir()
    monkeypatch.setattr(paths_module, "__file__", str(package / "paths.py"))
    with pytest.raises(AppError) as caught:
        resources_dir()
    assert caught.value.code is ErrorCode.INSTALL_FAILED


def test_the_starter_model_is_built_in_a_checkout_and_bundled_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert paths_module.starter_builder().is_file()
    assert not paths_module.starter_bundle().exists()
    (tmp_path / "resources").mkdir()
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    monkeypatch.setattr(paths_module, "__file__", str(tmp_path / "app" / "paths.py"))
    assert paths_module.starter_bundle() == tmp_path / "resources" / "starter-model"
    assert not paths_module.starter_builder().exists()


def test_a_private_session_reads_the_same_places_and_makes_none(tmp_path: Path) -> None:
    usual = Paths.at(tmp_path / "root")
    private = usual.for_private_session()
    assert (private.models, private.settings_file) == (usual.models, usual.settings_file)
    private.create()
    assert not usual.root.exists()
