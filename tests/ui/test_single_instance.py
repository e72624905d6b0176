"""One window for each data folder, also after the first one was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalServer
from pytestqt.qtbot import QtBot

from app.core.errors import AppError
from app.core.opening import PLAIN, Opening
from app.ui import single_instance
from app.ui.single_instance import SingleInstance, socket_name

ROOT = Path(__file__).parents[2]
CALLER = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.core.opening import PLAIN, Opening
from app.ui.single_instance import SingleInstance
application = QCoreApplication([])
run = Path(sys.argv[1])
opening = PLAIN
for word in sys.argv[2:]:
    opening = Opening(new_chat=True) if word == "new" else Opening(file=Path(word))
instance = SingleInstance(run, run, lambda: False, opening)
try:
    if instance.acquire():
        instance.listen()
        print("first")
    else:
        print("second")
except Exception as error:
    print(error)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    made = tmp_path / "data"
    made.mkdir()
    return made


def call(folder: Path, program: str = CALLER, *words: str) -> subprocess.Popen[str]:
    """Another start over the same folder, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", program, str(folder), *words],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def answer(qtbot: QtBot, process: subprocess.Popen[str]) -> str:
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=30_000)
    assert process.stdout is not None
    words = process.stdout.read().strip()
    process.stdout.close()
    return words


def test_a_second_start_shows_the_first_window(qtbot: QtBot, folder: Path) -> None:
    first = SingleInstance(folder, folder, lambda: False)
    assert first.acquire()
    first.listen()
    with qtbot.waitSignal(first.show_wanted, timeout=30_000):
        second = call(folder)
    assert answer(qtbot, second) == "second"
    first.release()
    assert answer(qtbot, call(folder)) == "first"


@pytest.mark.parametrize("word", ["/home/me/Zoë's\nchats.tacit", "new"])
def test_a_second_start_says_what_it_is_for(qtbot: QtBot, folder: Path, word: str) -> None:
    first = SingleInstance(folder, folder, lambda: False)
    assert first.acquire()
    first.listen()
    with (
        qtbot.waitSignal(first.show_wanted, timeout=30_000),
        qtbot.waitSignal(first.open_wanted, timeout=30_000) as opened,
    ):
        second = call(folder, CALLER, word)
    expected = Opening(new_chat=True) if word == "new" else Opening(file=Path(word))
    assert opened.args == [expected]
    assert answer(qtbot, second) == "second"
    first.release()


@pytest.mark.parametrize("line", [b"open nonsense\n", b"open \n", b"show\n", b"open \xff\n"])
def test_a_call_that_names_no_file_opens_nothing(line: bytes) -> None:
    assert single_instance._opening_of(line) == PLAIN


def test_another_folder_is_another_window(qtbot: QtBot, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    first = SingleInstance(folder, folder, lambda: False)
    second = SingleInstance(other, other, lambda: False)
    assert first.acquire()
    assert second.acquire()
    first.release()
    second.release()


def test_a_socket_that_was_left_behind_does_not_keep_anyone_out(qtbot: QtBot, folder: Path) -> None:
    killed = call(folder, CALLER + "sys.stdout.flush()\nimport time\ntime.sleep(600)\n")
    assert killed.stdout is not None
    assert killed.stdout.readline().strip() == "first"
    killed.kill()
    killed.wait()
    killed.stdout.close()
    assert Path(socket_name(folder)).exists()
    assert answer(qtbot, call(folder)) == "first"


def test_a_start_waits_for_one_that_is_closing(qtbot: QtBot, folder: Path) -> None:
    closing = SingleInstance(folder, folder, lambda: True)
    assert closing.acquire()
    closing.listen()
    asked: list[int] = []
    assert closing._server is not None
    closing._server.newConnection.connect(lambda: asked.append(1))
    second = call(folder)
    qtbot.waitUntil(lambda: bool(asked), timeout=30_000)
    qtbot.wait(50)
    assert second.poll() is None
    closing.release()
    assert answer(qtbot, second) == "first"


def test_a_start_waits_for_one_that_has_only_begun(qtbot: QtBot, folder: Path) -> None:
    first = SingleInstance(folder, folder, lambda: False)
    assert first.acquire()
    second = call(folder)
    qtbot.wait(50)
    with qtbot.waitSignal(first.show_wanted, timeout=30_000):
        first.listen()
    assert answer(qtbot, second) == "second"
    first.release()


def test_one_that_does_not_answer_is_named(
    qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_instance, "_ANSWER_MS", 50)
    held = SingleInstance(folder, folder, lambda: False)
    assert held.acquire()
    mute = QLocalServer()
    assert mute.listen(socket_name(folder))
    with pytest.raises(AppError, match="does not answer"):
        SingleInstance(folder, folder, lambda: False).acquire()
    mute.close()
    held.release()


def test_one_that_never_listens_is_named_too(
    qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_instance, "_WAIT_S", 0.2)
    held = SingleInstance(folder, folder, lambda: False)
    assert held.acquire()
    with pytest.raises(AppError, match="does not answer"):
        SingleInstance(folder, folder, lambda: False).acquire()
    held.release()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_keeps_no_window_away(qtbot: QtBot, folder: Path) -> None:
    folder.chmod(0o500)
    assert SingleInstance(folder, folder, lambda: False).acquire()
    folder.chmod(0o700)


def test_the_name_belongs_to_the_folder_not_to_its_spelling(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert socket_name(link) == socket_name(folder / ".." / "data")
    assert len(socket_name(Path("/" + "long/" * 60)).encode()) < 108 + len(str(tmp_path))
