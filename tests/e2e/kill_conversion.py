"""Kills a program that encrypts and decrypts a history, and looks at what is left.

Run as a program for a long time:

    python -m tests.e2e.kill_conversion --kills 100 [--seed N]
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.core.messages import Role
from app.store import conversion, copying
from app.store.connecting import connect, key_id_of
from app.store.history import History
from tests.e2e.converter import KEY, OneKey
from tests.e2e.kill_history import look_through

ROOT = Path(__file__).parents[2]
WORD, TITLE = "Zwiebelfisch", "Sauerkraut"
CONVERSATIONS, MESSAGES = 20, 50
BROKEN = f"no database any more, but {WORD} ".encode() * 500
_LASTS_S = 1.5


def make(folder: Path) -> Path:
    """A plain history with two daily copies, a damaged file that was set aside, and its log."""
    file = folder / "history.db"
    days = iter((0.0, 0.0, 90_000.0, 90_000.0))
    history = History(file, keys=OneKey())
    history.open()
    for number in range(CONVERSATIONS):
        conversation = history.create_conversation(f"{TITLE} {number}")
        parent: str | None = None
        with history.batch():
            for place in range(MESSAGES):
                text = f"{WORD} {number}.{place} " * 20
                parent = history.add_message(conversation.id, parent, Role.USER, text).id
    history.save_draft(None, f"a draft of {WORD}")
    for _ in range(2):
        at = next(days)
        history.copies._clock = lambda at=at: at  # type: ignore[misc]
        assert history.copies.make_due() is not None
        next(days)
    history.close()
    file.with_name("history.broken-1.db").write_bytes(BROKEN)
    file.with_name("history.broken-1.db-wal").write_bytes(BROKEN[::-1])
    return file


def kill_after(file: Path, seconds: float) -> None:
    """Convert back and forth, and be killed some time after the first conversion began."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.converter", str(file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as converter:
        assert converter.stdout is not None
        assert converter.stdout.readline().startswith("open")
        time.sleep(seconds)
        assert converter.poll() is None, "one that has ended by itself would prove nothing"
        converter.kill()
        converter.communicate(timeout=10)


def ends_at(file: Path, step: int, *more: str) -> bool:
    """Convert once, ending at that step on the disk; False where there are fewer steps."""
    command = [sys.executable, "-m", "tests.e2e.converter", str(file), str(step), *more]
    code = subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode
    assert code in {0, 9}
    return code == 9


def look(file: Path) -> bool:
    """One whole history opens with everything in it, and all beside it becomes as it is.

    Returns whether it is encrypted.
    """
    history = History(file, keys=OneKey())
    history.open()
    is_on = history.encryption.is_on
    look_through(history)
    titles = {one.title for one in history.conversations(1_000)}
    assert titles == {f"{TITLE} {number}" for number in range(CONVERSATIONS)}
    for one in history.conversations(1_000):
        number = one.title.split()[1]
        texts = [message.text for message in history.path(one.id)]
        assert texts == [f"{WORD} {number}.{place} " * 20 for place in range(MESSAGES)]
    assert history.draft(None) == f"a draft of {WORD}"
    history.copies.finish_conversion()
    assert not conversion.is_unfinished(file)
    history.close()
    _look_beside(file, is_on=is_on)
    return is_on


def _look_beside(file: Path, *, is_on: bool) -> None:
    assert not list(file.parent.glob("*partial*"))
    copies = copying.copies(file)
    assert len(copies) == 2
    for copy in copies:
        db = connect(copy, OneKey())
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert copying.counts(db)["message"] == CONVERSATIONS * MESSAGES
        db.close()
    aside = file.with_name("history.broken-1.db")
    log = file.with_name("history.broken-1.db-wal")
    for one in (file, *copies, aside):
        assert key_id_of(one) == (KEY.id if is_on else None)
    if not is_on:
        assert aside.read_bytes() == BROKEN
        assert log.read_bytes() == BROKEN[::-1]
        return
    for one in file.parent.iterdir():
        content = one.read_bytes()
        for word in (WORD, TITLE, WORD[::-1]):
            assert word.encode() not in content, one.name


def main() -> None:
    """Kill as often as asked for, and say how it went."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        counts = kills(Path(folder), options.kills, random.Random(options.seed))
    print(f"killed {options.kills} times, nothing lost; encrypted after {counts}")  # noqa: T201


def kills(folder: Path, count: int, chance: random.Random) -> int:
    """Kill the same history again and again; returns how often it was encrypted afterwards."""
    file = make(folder)
    encrypted = 0
    for _ in range(count):
        kill_after(file, chance.random() * _LASTS_S)
        encrypted += look(file)
    return encrypted


def copy_of(file: Path, folder: Path) -> Path:
    """The same history in another folder."""
    shutil.copytree(file.parent, folder)
    return folder / file.name


if __name__ == "__main__":
    main()
