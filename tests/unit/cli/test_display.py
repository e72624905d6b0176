"""Whether a window can open here, without asking Qt."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.cli import display

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have a screen")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No screen of any kind, but every library."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(display, "_loads", lambda _library: True)


def test_without_a_screen_there_is_a_problem() -> None:
    problem = display.problem()
    assert problem is not None
    assert "no screen" in problem.what
    assert "tacit ask" in problem.todo


def test_an_x_server_that_does_not_answer_is_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", "nowhere.invalid:99")
    assert display.problem() is not None


def test_an_x_server_that_answers_is_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_has_x11", lambda: True)
    assert display.problem() is None


def test_wayland_is_a_screen_where_its_socket_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert display.problem() is not None
    (tmp_path / "wayland-0").touch()
    assert display.problem() is None


def test_a_platform_without_a_screen_may_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display.problem() is None


@pytest.mark.parametrize(
    ("library", "package", "platform"),
    [
        ("libEGL.so.1", "libegl1", "offscreen"),
        ("libxcb-cursor.so.0", "libxcb-cursor0", "xcb"),
    ],
)
def test_a_missing_library_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, library: str, package: str, platform: str
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    monkeypatch.setattr(display, "_loads", lambda name: name != library)
    problem = display.problem()
    assert problem is not None
    assert library in problem.what
    assert f"apt install {package}." in problem.todo
    assert "dnf install" in problem.todo


def test_the_libraries_of_x11_are_not_needed_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(display, "_loads", lambda name: "xcb" not in name)
    assert display.problem() is None


@pytest.mark.parametrize(
    ("words", "name", "said", "remedy"),
    [
        ("libgssapi_krb5.so.2: cannot open", "QtNetwork", "libgssapi_krb5.so.2.", "krb5-libs."),
        ("libQt6Widgets.so.6: cannot open", None, "the library libQt6Widgets.so.6", "again."),
        ("No module named 'qasync'", "qasync", "the package qasync", "again."),
        ("/home/me/my secret.so: bad", "psutil", "the package psutil", "again."),
    ],
)
def test_an_import_that_failed_names_the_library_or_the_package(
    words: str, name: str | None, said: str, remedy: str
) -> None:
    problem = display.import_failed(ImportError(words, name=name))
    assert said in problem.what
    assert "secret" not in problem.sentence
    assert remedy in problem.todo


def test_an_unknown_library_gets_the_whole_list() -> None:
    problem = display.libraries_missing(["libodd.so.1"])
    assert "libodd.so.1" in problem.what
    assert "libegl1" in problem.todo


@pytest.mark.parametrize(
    ("display_name", "platform", "needed"),
    [
        (":0", "", False),
        ("unix:0", "", False),
        ("unix/desk:0", "xcb", False),
        ("/tmp/socket:0", "", False),
        ("localhost:10.0", "", True),
        ("desk.example:0", "xcb", True),
        ("[::1]:10.0", "", True),
        ("localhost:10.0", "offscreen", False),
        ("", "", False),
    ],
)
def test_a_screen_of_another_machine_needs_the_network(
    monkeypatch: pytest.MonkeyPatch, display_name: str, platform: str, needed: bool
) -> None:
    monkeypatch.setenv("DISPLAY", display_name)
    if platform:
        monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    reason = display.needs_network()
    assert bool(reason) is needed
    assert not needed or display_name in reason
