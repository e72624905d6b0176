"""Writes a large export, imports it, and says how much memory that took at most.

Run as a program with a folder and the size of the export in megabytes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import psutil

from app.exchange.importing import import_from
from app.exchange.reading import Progress
from app.store.history import History
from tests.fakes.direct import Direct


def make(file: Path, megabytes: int) -> None:
    """An export of conversations of about a megabyte each."""
    text = "words of a long answer with some length " * 250
    with file.open("w", encoding="utf-8") as out:
        out.write("[")
        for number in range(megabytes):
            messages = [
                {"uuid": f"{place}", "sender": ("human", "assistant")[place % 2], "text": text}
                for place in range(100)
            ]
            one = {"uuid": str(number), "name": f"talk {number}", "chat_messages": messages}
            out.write(f"{',' if number else ''}\n{json.dumps(one)}")
        out.write("]")


def main(folder: Path, megabytes: int) -> None:
    """Print the number of conversations, the size in MB, and the growth of memory in MB."""
    file = folder / "conversations.json"
    make(file, megabytes)
    history = History(folder / "history.db")
    history.open()
    process = psutil.Process()
    before = process.memory_info().rss
    most = before

    def watch(_progress: Progress) -> None:
        nonlocal most
        most = max(most, process.memory_info().rss)

    report = import_from(file, Direct(history), on_progress=watch)
    history.close()
    print(report.added, file.stat().st_size // 10**6, (most - before) // 10**6)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
