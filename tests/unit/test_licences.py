"""What Tacit is made of, from a checkout and from what a package brings."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app import licences
from app.licences import Work


def test_a_checkout_names_itself_its_packages_and_its_icons() -> None:
    found = {work.name: work for work in licences.works()}
    assert next(iter(found)) == "Tacit"
    assert "Permission is hereby granted" in licences.text_of(found["Tacit"])
    assert "Lucide" in licences.text_of(found["lucide"])
    assert "Apache License" in licences.text_of(found["smollm2-135m-instruct"])


def test_the_packages_come_with_version_licence_and_text() -> None:
    from importlib.metadata import PackageNotFoundError, version

    found = {work.name: work for work in licences.works()}
    try:
        wanted = version("platformdirs")
        version("tacit")
    except PackageNotFoundError:
        pytest.skip("Tacit is not installed here")
    assert (found["platformdirs"].version, found["platformdirs"].licence) == (wanted, "MIT")
    assert licences.text_of(found["platformdirs"])
    if "pyside6-essentials" in found:
        qt = licences.text_of(found["pyside6-essentials"])
        assert "GNU LESSER GENERAL PUBLIC LICENSE" in qt
    assert all("\n" not in work.licence for work in found.values())


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A frozen program with the folder that `packaging/third_party.py` makes."""
    folder = tmp_path / "licences"
    (folder / "numpy").mkdir(parents=True)
    (folder / "numpy" / "LICENSE.txt").write_text("of numpy")
    (folder / "LICENSE.txt").write_text("of Tacit")
    (folder / "NOTICE.txt").write_text(
        "Name, version, licence, and the folder with its text:\n"
        "  numpy 2.1.3: BSD-3-Clause AND MIT  [numpy]\n"
        "  libffi : MIT  [libffi]\n"
        "  onnxruntime-genai 0.18.0: MIT  []\n"
    )
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "_internal"), raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "tacit"))
    return folder


def test_a_package_shows_what_it_brings(package: Path) -> None:
    own, notice, numpy, libffi, genai = licences.works()
    assert (own.name, licences.text_of(own)) == ("Tacit", "of Tacit")
    assert licences.text_of(notice).startswith("Name, version")
    assert numpy == Work(
        name="numpy",
        version="2.1.3",
        licence="BSD-3-Clause AND MIT",
        texts=(package / "numpy" / "LICENSE.txt",),
    )
    assert licences.text_of(numpy) == "of numpy"
    assert (libffi.version, libffi.licence, licences.text_of(libffi)) == ("", "MIT", "")
    assert (genai.name, genai.texts) == ("onnxruntime-genai", ())


def test_a_package_that_lost_them_says_what_it_can(package: Path) -> None:
    (package / "NOTICE.txt").unlink()
    (package / "LICENSE.txt").unlink()
    (own,) = licences.works()
    assert licences.text_of(own) == "LICENSE.txt cannot be read."
