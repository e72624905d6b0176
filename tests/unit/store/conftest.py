"""A history in a folder of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.history_key import HistoryKey, NoKeys
from app.store import encryption
from app.store.history import History

KEY = HistoryKey(bytes(range(32)))


@pytest.fixture(params=["plain", "encrypted"])
def file(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a history is to be: all that the store promises holds for both kinds."""
    file = tmp_path / "data" / "history.db"
    if request.param == "encrypted":
        # Whoever says nothing of keys knows this one, so that no test has to.
        monkeypatch.setattr(NoKeys, "find", lambda _self, _key_id: KEY)
        monkeypatch.setattr(encryption, "key_for_new", lambda _file, _keys: KEY)
    return file


@pytest.fixture
def history(file: Path) -> Iterator[History]:
    history = History(file)
    history.open()
    yield history
    history.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if not sys.platform.startswith("linux") or subprocess.run(mount, check=False).returncode:
        pytest.skip("this account may not mount a file system")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)
