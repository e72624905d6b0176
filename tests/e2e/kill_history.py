"""Kills a program that writes to the history at random moments, and looks at what is left.

Run as a program for a long time:

    python -m tests.e2e.kill_history --kills 100 [--seed N] [--only answers,imports,...]
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.exchange.importing import import_from
from app.store import copying
from app.store.history import History
from app.store.values import MessageState, StoredMessage
from tests.e2e.history_writer import IMPORTED, WORD, conversations_to_import
from tests.fakes import old_history
from tests.fakes.direct import Direct

ROOT = Path(__file__).parents[2]
OLD_MESSAGES = 8_000

Lines = list[list[str]]


def killed_after(file: Path, what: str, lines: int, then_s: float) -> tuple[Lines, float]:
    """Run the writer, kill it some time after it said `lines` lines; all it said, and when."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.history_writer", str(file), what],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        said: list[str] = [writer.stdout.readline() for _ in range(lines)]
        reading = threading.Thread(target=lambda: said.extend(writer.stdout or ()))
        reading.start()
        time.sleep(then_s)
        # One that has ended by itself would prove nothing.
        assert writer.poll() is None
        writer.kill()
        at = time.monotonic()
        writer.wait(10)
        reading.join(10)
    # The last line may be half a line, of something that was stored all the same.
    return [line.split() for line in said if line.endswith("\n")], at


def reopened(file: Path) -> dict[str, StoredMessage]:
    """The messages of all shown paths, after a look at every page and every reference."""
    history = History(file)
    history.open()
    look_through(history)
    path = [m for c in history.conversations(10_000) for m in history.path(c.id)]
    history.close()
    return {message.id: message for message in path}


def look_through(history: History) -> None:
    """Nothing is wrong with any page, reference or entry of the search index."""
    with history._db.write() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert connection.execute("PRAGMA foreign_key_check").fetchone() is None
        connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")


def answers(file: Path, chance: random.Random) -> None:
    """Every question, and all that was said to be saved of an answer, is there."""
    lines = chance.choice([1, 2, 29, 30, 31, 32, 33])
    said, _ = killed_after(file, "store", lines, chance.random() * 0.05)
    stored = reopened(file)
    counts: dict[str, int] = {}
    for what, message_id, *rest in said:
        assert message_id in stored
        if what == "question":
            assert stored[message_id].text == "question"
        elif what == "answer":
            counts[message_id] = int(rest[0])
        else:
            assert stored[message_id].state is MessageState.COMPLETE
    for message_id, count in counts.items():
        # One write may have been done and not yet told of.
        assert stored[message_id].text in {WORD * count, WORD * (count + 1)}
    states = [message.state for message in stored.values()]
    assert MessageState.STREAMING not in states
    assert states.count(MessageState.INTERRUPTED) <= 1


def imports(file: Path, chance: random.Random) -> None:
    """Every conversation is there as a whole or not at all, and the rest comes with a second
    import.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    export = file.with_name("export.json")
    export.write_text(json.dumps(conversations_to_import()), "utf-8")
    said, _ = killed_after(file, "import", chance.randint(1, 20), chance.random() * 0.3)
    history = History(file)
    history.open()
    look_through(history)
    there = {c.title: len(history.path(c.id)) for c in history.conversations(10_000)}
    assert {f"talk {line[1]}" for line in said if line[0] == "added"} <= there.keys()
    sizes = {one["name"]: len(one["chat_messages"]) for one in conversations_to_import()}
    assert all(sizes[title] == count for title, count in there.items())
    report = import_from(export, Direct(history))
    assert report.added + report.known == IMPORTED
    assert report.known == len(there)
    while history.index_more():
        pass
    assert len(history.search("number", limit=IMPORTED + 1).hits) == IMPORTED
    history.close()


def migrations(file: Path, chance: random.Random) -> None:
    """The file is the old one or the new one, whole, and so is every copy of it."""
    old_history.make(file, messages=OLD_MESSAGES)
    killed_after(file, "migrate", 1, chance.random() * 0.4)
    for one in (file, *copying.copies(file)):
        history = History(one)
        history.open()
        look_through(history)
        assert len(history.path("c1")) == OLD_MESSAGES + 2
        assert history.draft(None) == "not yet sent"
        history.close()


def erasures(file: Path, chance: random.Random) -> None:
    """What was to be erased is there whole or gone, and nothing else is touched."""
    said, _ = killed_after(file, "erase", chance.randint(1, 8), chance.random() * 0.1)
    history = History(file)
    history.open()
    look_through(history)
    history.purge_deleted()
    titles = {c.title for c in history.conversations(10_000)}
    kept = {line[1] for line in said if line[0] == "kept"}
    erased = {line[1] for line in said if line[0] == "erased"}
    assert kept <= titles
    assert not erased & titles
    for one in history.conversations(10_000):
        assert len(history.path(one.id)) == 5
    history.close()
    content = b"".join(f.read_bytes() for f in file.parent.iterdir() if f.suffix != ".db-shm")
    assert not any(name.encode() in content for name in erased)


KINDS: dict[str, Callable[[Path, random.Random], None]] = {
    "answers": answers,
    "imports": imports,
    "migrations": migrations,
    "erasures": erasures,
}


def main() -> None:
    """Kill as often as asked for, and say how it went."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100, help="how often, for each kind")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--only", default=",".join(KINDS))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)  # noqa: T201
    for kind in options.only.split(","):
        for kill in range(options.kills):
            with tempfile.TemporaryDirectory() as folder:
                KINDS[kind](Path(folder) / str(kill) / "history.db", chance)
        print(f"{kind}: killed {options.kills} times, nothing lost", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
