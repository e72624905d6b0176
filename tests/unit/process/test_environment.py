"""What the program takes from its environment, and what an installed one does not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from app.process import environment, spawn
from app.process.environment import QUIET

FOREIGN = [
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTHON_KEYRING_BACKEND",
    "KEYRING_PROPERTY_PREFERRED_COLLECTION",
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "LD_AUDIT",
    "DYLD_INSERT_LIBRARIES",
    "HF_TOKEN",
    "HF_HOME",
    "HF_ENDPOINT",
    "HUGGINGFACE_HUB_CACHE",
    "OMP_TOOL_LIBRARIES",
    "CUDA_INJECTION64_PATH",
    "QT_PLUGIN_PATH",
    "QT_QPA_PLATFORM_PLUGIN_PATH",
    "OPENSSL_CONF",
    "GCONV_PATH",
    "SSLKEYLOGFILE",
    "SSL_CERT_FILE",
]
OWN = ["PATH", "HOME", "LANG", "DISPLAY", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "OMP_NUM_THREADS"]
_PASSED_IN_A_CHECKOUT = {"LD_LIBRARY_PATH", "OMP_TOOL_LIBRARIES", "CUDA_INJECTION64_PATH"}
SHOWING = "import os, app.__main__; print('\\n'.join(f'{k}={v}' for k, v in os.environ.items()))"


def after_start(*, frozen: bool, **variables: str) -> dict[str, str]:
    """The variables of the program once its first import is through."""
    code = f"import sys; sys.path.insert(0, {str(spawn._ROOT)!r}); "
    code += "sys.frozen = True; " if frozen else ""
    done = subprocess.run(
        [sys.executable, "-E", "-c", code + SHOWING],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return dict(line.partition("=")[::2] for line in done.stdout.splitlines())


@pytest.mark.parametrize("name", FOREIGN)
def test_what_brings_code_or_trust_from_outside_is_foreign(name: str) -> None:
    assert environment.is_foreign(name)
    assert environment.is_foreign(name.lower()), "Windows knows no case"


@pytest.mark.parametrize("name", [*OWN, *(n for n in QUIET if not n.startswith("HF_"))])
def test_what_a_person_sets_for_good_reasons_is_not(name: str) -> None:
    assert not environment.is_foreign(name)


def test_an_installed_program_drops_it_at_its_start_and_stays_quiet() -> None:
    harmless = [name for name in FOREIGN if not name.startswith(("LD_", "GCONV", "OPENSSL"))]
    variables = dict.fromkeys((*harmless, "LD_LIBRARY_PATH"), "/nowhere/evil")
    left = after_start(frozen=True, **variables, QT_SCALE_FACTOR="2", HF_HUB_DISABLE_XET="0")
    assert "evil" not in "".join(left.values())
    assert left.items() >= QUIET.items()
    assert left["QT_SCALE_FACTOR"] == "2"
    assert left["PATH"] == os.environ["PATH"]


def test_a_checkout_keeps_what_its_developer_set() -> None:
    left = after_start(frozen=False, HF_HOME="/somewhere", QT_PLUGIN_PATH="/there")
    assert left["HF_HOME"] == "/somewhere"
    assert left["QT_PLUGIN_PATH"] == "/there"


@pytest.mark.parametrize("frozen", [True, False])
def test_children_of_an_installed_program_get_none_of_it(
    monkeypatch: pytest.MonkeyPatch, frozen: bool
) -> None:
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    source = dict.fromkeys(FOREIGN, "/nowhere/evil") | {"OMP_NUM_THREADS": "2", "PATH": "/bin"}
    made = spawn.child_environment(source)
    kept = {name for name, value in made.items() if "evil" in value}
    # Whoever develops may have the runtime's libraries found in places of their own.
    assert kept == (set() if frozen else set(FOREIGN) & _PASSED_IN_A_CHECKOUT)
    assert made["OMP_NUM_THREADS"] == "2"
    assert made.items() >= QUIET.items()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_what_it_writes_is_its_owners() -> None:
    code = "import os, app.__main__; print(oct(os.umask(0)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=spawn._ROOT,
        umask=0,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "0o77"
