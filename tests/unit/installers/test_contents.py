"""What goes into the frozen program and what stays out."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.scripts import ROOT, load_script

contents = load_script("packaging/pyinstaller/contents.py")
ENVIRONMENT = Path("/env")
PLUGINS = "PySide6/Qt/plugins/"


def kept(*entries: tuple[str, str, str]) -> list[str]:
    return [place for place, _, _ in contents.chosen(entries, ENVIRONMENT)]


def test_of_the_plugins_only_those_on_the_list_go_in() -> None:
    entries = [
        (f"{PLUGINS}{name}", f"/env/{name}", "BINARY")
        for name in ("platforms/libqxcb.so", "platformthemes/libqgtk3.so", "tls/libqopenssl.so")
    ]
    assert kept(*entries) == [f"{PLUGINS}platforms/libqxcb.so"]


def test_of_the_build_machine_only_what_python_was_built_against_goes_in() -> None:
    assert kept(
        ("libstdc++.so.6", "/lib/libstdc++.so.6", "BINARY"),
        ("libssl.so.3", "/lib/libssl.so.3", "BINARY"),
        ("libglib-2.0.so.0", "/lib/libglib-2.0.so.0", "BINARY"),
        ("numpy.libs/libgfortran.so.5", "/env/libgfortran.so.5", "BINARY"),
    ) == ["libssl.so.3", "numpy.libs/libgfortran.so.5"]


def test_a_link_goes_in_with_its_target_only() -> None:
    assert kept(
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
        ("libQt6EglFS.so.6", "PySide6/Qt/lib/libQt6EglFS.so.6", "SYMLINK"),
        ("a/b/libone.so", "../libone.so", "SYMLINK"),
        ("a/libone.so", "/env/libone.so", "BINARY"),
        ("PySide6/Qt/lib/libQt6EglFS.so.6", "/env/libQt6EglFS.so.6", "BINARY"),
        ("PySide6/Qt/lib/libQt6Core.so.6", "/env/libQt6Core.so.6", "BINARY"),
    ) == ["PySide6/Qt/lib/libQt6Core.so.6", "a/b/libone.so", "a/libone.so", "libQt6Core.so.6"]


def test_the_order_does_not_depend_on_what_came_first() -> None:
    entries = [(name, f"/env/{name}", "DATA") for name in "cab"]
    assert kept(*entries) == kept(*reversed(entries)) == ["a", "b", "c"]


def test_every_resource_that_the_program_reads_goes_in_and_no_picture_for_people() -> None:
    found = {file.relative_to(ROOT / "resources").as_posix() for file in contents.resources(ROOT)}
    assert {"theme.json", "style.qss", "icons/lock.svg", "icons/LICENSE"} <= found
    assert not [name for name in found if name.startswith("screenshots/")]
