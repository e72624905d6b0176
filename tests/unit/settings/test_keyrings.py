"""Which keyrings are taken: only known ones, and never the library's own choice."""

from __future__ import annotations

import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from app.settings import keyrings
from app.settings.secrets import KeyringAnswer, probe

ROOT = Path(__file__).parents[3]
SECRET_SERVICE = "keyring.backends.SecretService"
KWALLET = "keyring.backends.kwallet"
FINDING = "from app.settings import keyrings; found = keyrings.find(); print(found and found.name)"


def backend(
    module: str, class_name: str, priority: Callable[[], float], *, of: str = ""
) -> types.ModuleType:
    """A module of the keyring library that holds one backend, which comes from `of`."""
    made = types.ModuleType(module)

    class Meta(type):
        @property
        def priority(cls) -> float:
            return priority()

    setattr(made, class_name, Meta(class_name, (), {"__module__": of or module}))
    return made


@pytest.fixture
def no_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every known backend is absent, as if its module could not be imported."""
    for _, module, _, _ in keyrings._BACKENDS:
        monkeypatch.setitem(sys.modules, module, None)


def test_no_backend_means_no_keyring(no_backend: None) -> None:
    assert keyrings.find() is None
    state = probe()
    assert state.answer is KeyringAnswer.NONE
    assert state.backend == ""


@pytest.mark.parametrize(("priority", "is_taken"), [(5.0, True), (0.5, False), (-1.0, False)])
def test_a_known_backend_counts_by_its_priority(
    no_backend: None, monkeypatch: pytest.MonkeyPatch, priority: float, is_taken: bool
) -> None:
    monkeypatch.setitem(sys.modules, KWALLET, backend(KWALLET, "DBusKeyring", lambda: priority))
    assert (keyrings.find() is not None) == is_taken


def test_a_backend_that_fails_is_passed_over(
    no_backend: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> float:
        raise RuntimeError("no D-Bus")

    monkeypatch.setitem(sys.modules, SECRET_SERVICE, backend(SECRET_SERVICE, "Keyring", fails))
    monkeypatch.setitem(sys.modules, KWALLET, backend(KWALLET, "DBusKeyring", lambda: 4.9))
    found = keyrings.find()
    assert found is not None
    assert found.name == "KWallet"


@pytest.mark.parametrize(
    ("of", "class_name"),
    [
        ("keyrings.alt.file", "PlaintextKeyring"),
        ("keyring.backends.null", "Keyring"),
        ("keyring.backends.fail", "Keyring"),
        ("keyring.backends.chainer", "ChainerBackend"),
        ("keyring.backends.SecretService.evil", "Keyring"),
    ],
)
def test_another_backend_in_a_known_place_is_refused(
    no_backend: None, monkeypatch: pytest.MonkeyPatch, of: str, class_name: str
) -> None:
    impostor = backend(SECRET_SERVICE, class_name, lambda: 9.0, of=of)
    impostor.Keyring = getattr(impostor, class_name)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, SECRET_SERVICE, impostor)
    assert keyrings.find() is None


def test_a_backend_that_makes_something_else_is_refused(
    no_backend: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = backend(KWALLET, "DBusKeyring", lambda: 9.0)
    module.DBusKeyring.__new__ = lambda _cls: object()
    monkeypatch.setitem(sys.modules, KWALLET, module)
    assert keyrings.find() is None


def found_by_a_program(home: Path, **variables: str) -> str:
    """The name of the keyring that a program of its own finds without any desktop."""
    environment = {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": f"{home}:{ROOT}",
        "XDG_RUNTIME_DIR": str(home),
        **variables,
    }
    done = subprocess.run(
        [sys.executable, "-c", FINDING],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=home,
    )
    return done.stdout.strip()


PLANTED = """
from pathlib import Path
Path({mark!r}).write_text("it ran")
from keyring.backend import KeyringBackend

class Planted(KeyringBackend):
    priority = 9

    def get_password(self, service, username):
        return None

    def set_password(self, service, username, password):
        Path({mark!r}).write_text(password)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the file lies elsewhere")
def test_code_that_a_configuration_file_names_is_not_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    (tmp_path / "planted.py").write_text(PLANTED.format(mark=str(mark)))
    folder = tmp_path / ".config" / "python_keyring"
    folder.mkdir(parents=True)
    text = f"[backend]\ndefault-keyring=planted.Planted\nkeyring-path={tmp_path}\n"
    (folder / "keyringrc.cfg").write_text(text)
    assert found_by_a_program(tmp_path) == "None"
    assert not mark.exists()
    library = "import keyring; print(keyring.get_keyring())"
    subprocess.run(
        [sys.executable, "-c", library],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        timeout=60,
        check=True,
        capture_output=True,
    )
    assert mark.exists(), "the library itself would run it"


@pytest.mark.skipif(sys.platform == "win32", reason="there is a keyring")
@pytest.mark.parametrize(
    "named", ["keyring.backends.null.Keyring", "keyrings.alt.file.PlaintextKeyring"]
)
def test_the_environment_names_no_backend(tmp_path: Path, named: str) -> None:
    """Both are there: one comes with the library, the other as its package brings it."""
    plain = tmp_path / "keyrings" / "alt"
    plain.mkdir(parents=True)
    code = PLANTED.format(mark=str(tmp_path / "mark")).replace("Planted", "PlaintextKeyring")
    (plain / "file.py").write_text(code)
    assert found_by_a_program(tmp_path, PYTHON_KEYRING_BACKEND=named) == "None"
    assert not (tmp_path / "mark").exists()
