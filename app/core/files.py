"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A file to write to, readable by its owner only, which takes the place of `target` where
    the block ends well.

    Otherwise `target` is as it was, and nothing is left behind. Raises `OSError`.
    """
    import tempfile  # what only reads files, as the window does at its start, goes without

    # mkstemp gives a file that only its owner can read.
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}-", dir=target.absolute().parent)
    os.close(handle)
    new = Path(name)
    try:
        yield new
        with new.open("rb+") as written:
            os.fsync(written.fileno())
        new.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink()
        raise


def replace_text(target: Path, text: str) -> None:
    """Put `text` in UTF-8 in the place of `target`, as `replacing` does; raises `OSError`."""
    with replacing(target) as new:
        new.write_text(text, encoding="utf-8")
