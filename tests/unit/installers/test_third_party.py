"""Licences, the bill of materials, the lock and the version hang together."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from app import __version__
from packaging.requirements import Requirement
from tests.fakes.scripts import ROOT, load_script

third_party = load_script("packaging/third_party.py")
LOCK = ROOT / "packaging" / "requirements" / "frozen-linux.txt"
LINUX = {"sys_platform": "linux", "python_version": "3.11", "python_full_version": "3.11.7"}


def component(name: str, texts: dict[str, Path]) -> Any:
    return third_party.Component(
        name=name, version="1.2", licence="MIT", purl=f"pkg:pypi/{name}@1.2", texts=texts
    )


def pins() -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==(\S+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def test_the_lock_is_in_step_with_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    freezing = (ROOT / "packaging/requirements/freezing.in").read_text(encoding="utf-8")
    wanted = [line for line in freezing.splitlines() if line and not line.startswith("#")]
    for line in [*project["project"]["dependencies"], *wanted]:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(LINUX):
            pinned = pins()[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(pinned), f"{line}: make {LOCK.name} anew"


def test_every_pin_of_the_lock_has_its_hashes() -> None:
    text = LOCK.read_text(encoding="utf-8")
    for block in re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block


def test_the_version_has_one_place() -> None:
    assert third_party.version() == __version__
    assert __version__ not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_texts_are_collected_and_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = tmp_path / "LICENSE"
    text.write_text("do what you like", encoding="utf-8")
    monkeypatch.setattr(third_party, "components", lambda: [component("one", {"LICENSE": text})])
    monkeypatch.setattr(third_party.metadata, "version", lambda _name: "6.11.3")
    target = tmp_path / "licences"
    third_party.write_licences(target)
    assert (target / "one" / "LICENSE").read_text(encoding="utf-8") == "do what you like"
    notice = (target / "NOTICE.txt").read_text(encoding="utf-8")
    assert "one 1.2: MIT" in notice
    assert "official_releases/qt/6.11/6.11.3/" in notice
    assert (target / "LICENSE.txt").is_file()


def test_nothing_goes_out_without_its_licence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(third_party, "components", lambda: [component("two", {})])
    with pytest.raises(SystemExit, match="two has no licence text"):
        third_party.write_licences(tmp_path / "licences")


def test_the_bill_of_materials_is_the_same_for_the_same_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "manifest.json").write_text('{"licence": "Apache-2.0"}', encoding="utf-8")
    monkeypatch.setenv("STARTER_MODEL", str(tmp_path))
    monkeypatch.setattr(third_party, "components", lambda: [component("one", {})])
    bill = third_party.bill("1.0", 1_700_000_000)
    assert bill == third_party.bill("1.0", 1_700_000_000)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert [part["name"] for part in bill["components"]] == ["one", "smollm2-135m-instruct"]
    assert bill["metadata"]["timestamp"] == "2023-11-14T22:13:20+00:00"
    refs = {part["bom-ref"] for part in bill["components"]}
    assert set(bill["dependencies"][0]["dependsOn"]) == refs
    json.dumps(bill)


@pytest.mark.parametrize(
    ("words", "listed"),
    [
        ("MIT OR Apache-2.0", [{"expression": "MIT OR Apache-2.0"}]),
        ("Microsoft's own terms", [{"license": {"name": "Microsoft's own terms"}}]),
        ("", []),
    ],
)
def test_a_licence_that_spdx_does_not_know_is_listed_by_its_name(
    words: str, listed: list[object]
) -> None:
    assert third_party._licences(words) == listed


def test_the_texts_that_no_package_brings_are_in_the_source() -> None:
    names = {file.name for file in third_party.TEXTS.iterdir()}
    assert {"LGPL-3.0.txt", "GPL-3.0.txt", "Python.txt", "ICU.txt", "OpenSSL.txt"} <= names


def test_microsofts_libraries_go_with_terms_that_are_there() -> None:
    carriers = ("onnxruntime-directml", "onnxruntime-genai-directml", "pyside6-essentials")
    parts = list(third_party._of_microsoft({name: component(name, {}) for name in carriers}))
    assert [part.name for part in parts] == ["directml", "d3d12core", "msvc-runtime"]
    for part in parts:
        assert all(text.is_file() for text in part.texts.values())
        assert part.texts["Microsoft.txt"].read_text("utf-8").count(".dll") >= 4
    assert "MICROSOFT SOFTWARE LICENSE TERMS" in parts[0].texts["DirectML.txt"].read_text("utf-8")
