"""What goes into the frozen program and what stays out."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.scripts import ROOT, load_script

contents = load_script("packaging/pyinstaller/contents.py")
ENVIRONMENT = Path("/env")
PLUGINS = "PySide6/Qt/plugins/"


def kept(*entries: tuple[str, str, str]) -> list[str]:
    return [place for place, _, _ in contents.chosen(entries, [ENVIRONMENT])]


def test_of_the_plugins_only_those_on_the_list_go_in() -> None:
    entries = [
        (f"{PLUGINS}{name}", f"/env/{name}", "BINARY")
        for name in ("platforms/libqxcb.so", "platformthemes/libqgtk3.so", "tls/libqopenssl.so")
    ]
    assert kept(*entries) == [f"{PLUGINS}platforms/libqxcb.so"]


def test_windows_writes_the_places_of_plugins_in_its_own_way() -> None:
    entries = [
        (f"PySide6\\plugins\\{name}", "/env/one.dll", "BINARY")
        for name in ("platforms\\qwindows.dll", "platforms\\qdirect2d.dll", "tls\\qschannel.dll")
    ]
    assert kept(*entries) == ["PySide6/plugins/platforms/qwindows.dll"]


def test_libraries_of_windows_itself_stay_out() -> None:
    assert kept(
        ("python311.dll", "/env/python311.dll", "BINARY"),
        ("ucrtbase.dll", "/windows/system32/ucrtbase.dll", "BINARY"),
        ("PySide6\\opengl32sw.dll", "/env/PySide6/opengl32sw.dll", "BINARY"),
    ) == ["python311.dll"]


def test_each_system_gets_its_own_keyrings_and_runtime() -> None:
    assert "keyring.backends.Windows" in contents.needed("win32")
    assert "keyring.backends.Windows" not in contents.needed("linux")
    assert "onnxruntime-genai-directml" in contents.described("win32")
    assert "onnxruntime-genai" in contents.described("linux")
    winml = contents.described("win32", "winml")
    assert [name for name in winml if name.startswith("onnx")] == ["onnxruntime-genai-winml"]


def test_of_the_build_machine_only_what_python_was_built_against_goes_in() -> None:
    assert kept(
        ("libstdc++.so.6", "/lib/libstdc++.so.6", "BINARY"),
        ("libssl.so.3", "/lib/libssl.so.3", "BINARY"),
        ("libglib-2.0.so.0", "/lib/libglib-2.0.so.0", "BINARY"),
        ("numpy.libs/libgfortran.so.5", "/env/libgfortran.so.5", "BINARY"),
    ) == ["libssl.so.3", "numpy.libs/libgfortran.so.5"]


def test_of_a_package_s_records_only_what_tells_its_version_goes_in() -> None:
    assert kept(
        ("qasync-1.dist-info/RECORD", "/env/RECORD", "DATA"),
        ("qasync-1.dist-info/METADATA", "/env/METADATA", "DATA"),
    ) == ["qasync-1.dist-info/METADATA"]


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
