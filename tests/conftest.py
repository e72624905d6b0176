"""What holds for every test: a silent runtime, a private data folder, no thread left behind."""

from __future__ import annotations

from app.process import environment

environment.apply()

import os  # noqa: E402  (the environment must be set before anything else is imported)
import shutil  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from pathlib import Path  # noqa: E402

import pytest  # noqa: E402

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def private_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a data root of its own; nothing touches the developer's."""
    home = tmp_path / "tacit-home"
    monkeypatch.setenv("TACIT_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def no_thread_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that leaves a thread of its own running."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 2.0
    while time.monotonic() < deadline:
        left = [t for t in threading.enumerate() if t not in before and t.is_alive()]
        if not left:
            return
        time.sleep(0.01)
    pytest.fail(f"threads left running after the test: {[t.name for t in left]}")


@pytest.fixture(scope="session")
def starter_model() -> Path:
    """The folder of the starter model; a test that wants it fails where there is none."""
    installed = Path(__file__).parent.parent / ".cache" / "starter-model"
    folder = Path(os.environ.get("TACIT_STARTER_MODEL") or installed)
    if not (folder / "genai_config.json").is_file():
        pytest.fail(
            f"There is no starter model in {folder}: have it built by "
            "`packaging/test`, or set TACIT_STARTER_MODEL to its folder."
        )
    return folder


@pytest.fixture(scope="session")
def model_template(starter_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the starter model that tests may link to, so that none can change the original."""
    return Path(shutil.copytree(starter_model, tmp_path_factory.mktemp("models") / "starter"))


@pytest.fixture
def home_with_model(private_home: Path, model_template: Path) -> Path:
    """The test's own data root with the starter model in it, under the id "starter"."""
    shutil.copytree(model_template, private_home / "models" / "starter", copy_function=os.link)
    return private_home
