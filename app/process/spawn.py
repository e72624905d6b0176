"""How this program starts itself again as a child: its command line and its environment."""

from __future__ import annotations

import os
import site
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PureWindowsPath

from app.process.environment import QUIET, is_foreign, is_frozen
from app.process.lifetime import PARENT_VARIABLE

_ROOT = Path(__file__).resolve().parent.parent.parent

# A child gets what the system and the runtime need, by name, and nothing else: above all no
# key and no token that lies in the user's environment.
_PASSED = frozenset(
    "PATH HOME USER LOGNAME LANG LANGUAGE TZ TMPDIR TEMP TMP LD_LIBRARY_PATH "
    "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE APPDATA LOCALAPPDATA "
    "PROGRAMDATA PROGRAMFILES NUMBER_OF_PROCESSORS XDG_CACHE_HOME XDG_RUNTIME_DIR".split()
)
_PASSED_PREFIXES = ("LC_", "OMP_", "GOMP_", "KMP_", "ORT_", "CUDA_", "NVIDIA_", "PROCESSOR_")
_SECRET_ENDINGS = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")

# The installed program for Windows is four files of the same (packaging/pyinstaller/windows.py):
# its firewall goes by the file, and only the courier's may be let through.
# What asks the hub for a benchmark needs the libraries that only the courier's file carries.
_WINDOWS_PROGRAMS = {
    ("--engine-host",): "tacit-engine.exe",
    ("--courier",): "tacit-courier.exe",
    ("--bench-program", "hub_client"): "tacit-courier.exe",
}
_WINDOWS_PROGRAM = "tacit.exe"


def own_command(*arguments: str) -> list[str]:
    """The command that runs this program once more with `arguments`, frozen or not.

    From a checkout the current folder is kept off the import path (`-P`), so that nothing
    which lies there can be imported in the place of a library.
    """
    if is_frozen():
        return [program_for(arguments, sys.executable, sys.platform), *arguments]
    return [sys.executable, "-P", "-m", "app", *arguments]


def program_for(arguments: Sequence[str], executable: str, platform: str) -> str:
    """The file of the installed program that is for these arguments.

    `executable` is the one that runs now. On Windows it may be the one without a console, whose
    streams nobody could read.
    """
    if platform != "win32":
        return executable
    of_verb, of_program = (_WINDOWS_PROGRAMS.get(tuple(arguments[:n])) for n in (1, 2))
    name = of_verb or of_program or _WINDOWS_PROGRAM
    return str(PureWindowsPath(executable).with_name(name))


def child_environment(
    source: Mapping[str, str] | None = None, also: Callable[[str], bool] = lambda _name: False
) -> dict[str, str]:
    """The few variables a child gets, taken from `source` (this process's environment).

    `also` says of a name in capitals whether this one child needs it besides. An installed
    program's child gets none that `is_foreign`: its own start finds its libraries.
    """
    variables = {
        name: value
        for name, value in (os.environ if source is None else source).items()
        if _is_passed(name.upper()) or also(name.upper())
    }
    variables |= QUIET
    variables[PARENT_VARIABLE] = str(os.getpid())
    if not is_frozen() and str(_ROOT) not in _site_folders():
        variables["PYTHONPATH"] = str(_ROOT)
    return variables


def with_pipes(
    command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> subprocess.Popen[bytes]:
    """Start a process in `folder` whose three streams are pipes; raises `OSError`."""
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment),
        cwd=folder,
        creationflags=creation_flags(),
    )


def creation_flags() -> int:
    """What keeps the consoles of children off the screen; 0 where there are none."""
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    return 0


def _is_passed(name: str) -> bool:
    if name.endswith(_SECRET_ENDINGS) or (is_frozen() and is_foreign(name)):
        return False
    return name in _PASSED or name.startswith(_PASSED_PREFIXES)


def _site_folders() -> list[str]:
    return [*site.getsitepackages(), site.getusersitepackages()]
