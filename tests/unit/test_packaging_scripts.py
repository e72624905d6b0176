"""The two commands of the README: what they ask for, make, repeat and say.

The scripts run for real, in a copy of their folder, with small stand-ins for Python, apt-get and
the linker's list in front on the PATH. Each stand-in writes what it was asked into one file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGING = ROOT / "packaging"
SCRIPTS = [
    *(
        PACKAGING / name
        for name in (
            "run",
            "test",
            "setup.sh",
            "build-linux",
            "test-linux-package",
            "check-linux-package",
            "test-broken-program",
            "test-same-build",
        )
    ),
    *sorted((ROOT / "installer" / "linux").rglob("*.sh")),
    ROOT / ".ci" / "run",
]

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the scripts are for Linux"
)

FAKE_PYTHON = """#!/bin/sh
case "$*" in
  *ensurepip*) [ ! -e "$STATE/no-ensurepip" ] ;;
  *'-m venv'*) echo "venv $3" >>"$STATE/asked"; mkdir -p "$3/bin"; cp "$0" "$3/bin/python"
     [ ! -e "$STATE/venv-fails" ] ;;
  *'pip install'*) echo "pip $*" >>"$STATE/asked"; [ ! -e "$STATE/slow" ] || sleep 1
     [ ! -e "$STATE/pip-fails" ] || { echo 'ERROR: no index answered'; exit 1; }
     cp "$STATE/tacit" "$(dirname "$0")/tacit" ;;
  *'import pip'*|*version_info*) ;;
  *) exit 3 ;;
esac
"""
FAKE_TACIT = """#!/bin/sh
echo "tacit $*" >>"$STATE/asked"
[ "$1 $2" = 'models starter' ] || exit 0
mkdir -p "$4/models/starter"
echo {} >"$4/models/starter/genai_config.json"
"""


@dataclass
class Machine:
    """A copy of the project with stand-ins for what the scripts call."""

    base: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.base / "a project"

    @property
    def state(self) -> Path:
        return self.base / "state"

    @property
    def data(self) -> Path:
        return self.base / "data"

    def command(self, name: str, script: str) -> None:
        path = self.base / "bin" / name
        path.write_text(script, encoding="utf-8")
        path.chmod(0o755)

    def start(self, *arguments: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self.root / "packaging" / "run"), *arguments],
            cwd=cwd or self.base,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        with self.start(*arguments) as process:
            out, error = process.communicate(timeout=60)
        return process.returncode, out, error

    def asked(self) -> list[str]:
        file = self.state / "asked"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def forget(self) -> None:
        (self.state / "asked").unlink(missing_ok=True)


def libraries() -> dict[str, str]:
    """The table of setup.sh: library to package."""
    text = (PACKAGING / "setup.sh").read_text(encoding="utf-8")
    table = re.search(r"WINDOW_LIBRARIES='\n(.*?)\n'", text, re.DOTALL)
    assert table is not None
    return dict(line.split() for line in table[1].splitlines())


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    for folder in (made.root, made.state, made.base / "bin"):
        folder.mkdir()
    shutil.copytree(
        PACKAGING, made.root / "packaging", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", made.root)
    made.environment = {
        "PATH": f"{made.base / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin",
        "STATE": str(made.state),
        "TACIT_HOME": str(made.data),
        "HOME": str(made.base),
        "DISPLAY": ":0",
    }
    for name in ("python3.13", "python3.12", "python3.11", "python3"):
        made.command(name, FAKE_PYTHON)
    (made.state / "tacit").write_text(FAKE_TACIT, encoding="utf-8")
    (made.state / "tacit").chmod(0o755)
    listed = "\n".join(
        f"\t{name} (libc6{kind}) => /usr/lib/{name}"
        for name in libraries()
        for kind in (",x86-64", ",AArch64", "")
    )
    made.command("ldconfig", f"#!/bin/sh\ncat <<'END'\n{listed}\nEND\n")
    made.command("id", "#!/bin/sh\necho 1000\n")
    made.command("sudo", "#!/bin/sh\nexit 1\n")
    made.command("apt-get", '#!/bin/sh\necho "apt-get $*" >>"$STATE/asked"\n')
    made.command("apt-cache", "#!/bin/sh\nexit 1\n")
    return made


@pytest.fixture(scope="module")
def checks() -> ModuleType:
    spec = util.spec_from_file_location("checks", PACKAGING / "checks.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_scripts_are_for_any_posix_shell(script: Path) -> None:
    subprocess.run(["/bin/sh", "-n", str(script)], check=True)
    assert "\r" not in script.read_text(encoding="utf-8")
    if script.suffix != ".sh":
        assert script.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
        assert os.access(script, os.X_OK)


def test_first_run_goes_from_nothing_to_the_program(machine: Machine) -> None:
    code, out, error = machine.run("ask", "What is it?", "--json")
    venv = machine.root / ".venv"
    assert (code, out) == (0, "")
    assert machine.asked() == [
        f"venv {venv}",
        f"pip -P -m pip install --progress-bar off -e {machine.root}",
        f"tacit models starter --data-dir {machine.data}",
        "tacit ask What is it? --json",
    ]
    assert [line[:11] for line in error.splitlines()] == [
        "Step 2 of 4",
        "Step 3 of 4",
        "Step 4 of 4",
    ]


def test_second_run_does_nothing_but_start(machine: Machine) -> None:
    machine.run("--no-window")
    machine.forget()
    assert machine.run() == (0, "", "")
    assert machine.asked() == ["tacit "]


def test_no_window_starts_nothing(machine: Machine) -> None:
    code, out, error = machine.run("--no-window")
    assert (code, out) == (0, "")
    assert error.endswith("Tacit is set up. Start it with ./packaging/run\n")
    assert machine.asked()[-1].startswith("tacit models starter")


def test_a_changed_pyproject_installs_again_into_the_same_environment(machine: Machine) -> None:
    machine.run("--no-window")
    machine.forget()
    project = machine.root / "pyproject.toml"
    project.write_text(project.read_text(encoding="utf-8") + "\n# new\n", encoding="utf-8")
    machine.run("--no-window")
    assert [line.split()[0] for line in machine.asked()] == ["pip"]


@pytest.mark.parametrize("failure", ["venv-fails", "pip-fails"])
def test_a_broken_off_set_up_is_made_again(machine: Machine, failure: str) -> None:
    (machine.state / failure).touch()
    code, _, error = machine.run("--no-window")
    assert code == 1
    assert "then start again." in error
    (machine.state / failure).unlink()
    machine.forget()
    assert machine.run("--no-window")[0] == 0
    assert [line.split()[0] for line in machine.asked()] == ["venv", "pip", "tacit"]


def test_a_moved_folder_gets_a_new_environment(machine: Machine) -> None:
    machine.run("--no-window")
    machine.forget()
    (machine.root / ".venv" / ".place").write_text("/elsewhere\n", encoding="utf-8")
    machine.run("--no-window")
    assert machine.asked()[0] == f"venv {machine.root / '.venv'}"


def test_cuda_replaces_the_runtime_and_is_remembered(machine: Machine) -> None:
    machine.run("--no-window")
    machine.forget()
    machine.run("--cuda", "--no-window")
    listed = machine.root / "packaging" / "requirements" / "cuda.txt"
    assert [line.split(" ", 1)[0] for line in machine.asked()] == ["venv", "pip", "pip"]
    assert f"-r {listed}" in machine.asked()[1]
    assert f"--no-deps -e {machine.root}" in machine.asked()[2]
    machine.forget()
    machine.run("--no-window")
    assert machine.asked() == []
    machine.run("--cpu", "--no-window")
    assert machine.asked()[0].startswith("venv")


def test_two_at_once_set_up_once(machine: Machine) -> None:
    (machine.state / "slow").touch()
    both = [machine.start("--no-window") for _ in range(2)]
    errors = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum(line.startswith("pip") for line in machine.asked()) == 1
    assert any("This one waits for it." in error for error in errors)


def test_without_a_screen_it_says_so_before_it_installs_anything(machine: Machine) -> None:
    del machine.environment["DISPLAY"]
    code, _, error = machine.run()
    assert code == 1
    assert './packaging/run ask "Your question"' in error
    assert machine.asked() == []
    assert machine.run("ask", "Hello")[0] == 0


def test_without_rights_it_prints_the_command_to_ask_for(machine: Machine) -> None:
    machine.command("ldconfig", "#!/bin/sh\necho\n")
    (machine.state / "no-ensurepip").touch()
    machine.command(
        "python3.12", FAKE_PYTHON.replace("*'import pip'*", "*'print('*) echo 3.12;;\n  *pip*")
    )
    for other in ("python3.13", "python3.11", "python3"):
        machine.command(other, "#!/bin/sh\nexit 1\n")
    code, _, error = machine.run("--no-window")
    packages = ["python3.12-venv", *libraries().values()]
    assert code == 1
    assert error.splitlines()[-1].split() == [
        *"apt-get install --no-install-recommends".split(),
        *packages,
    ]
    assert machine.asked() == []


def test_as_root_it_installs_only_what_is_missing(machine: Machine) -> None:
    kept = "\n".join(
        f"\t{n} (libc6,x86-64) => x\n\t{n} (libc6,AArch64) => x"
        for n in libraries()
        if n != "libEGL.so.1"
    )
    machine.command("ldconfig", f"#!/bin/sh\ncat <<'END'\n{kept}\nEND\n")
    machine.command("id", "#!/bin/sh\necho 0\n")
    assert machine.run("--no-window")[0] == 0
    assert [line.split(" DPkg::Lock::Timeout=300 ")[1] for line in machine.asked()[:2]] == [
        "update",
        "install -y --no-install-recommends libegl1",
    ]


def test_questions_in_the_terminal_need_no_library_of_the_window(machine: Machine) -> None:
    machine.command("ldconfig", "#!/bin/sh\necho\n")
    assert machine.run("--data-dir", str(machine.data), "ask", "Hello")[0] == 0
    assert machine.run("--data-dir", str(machine.data))[0] == 1


def test_without_a_home_it_asks_for_a_data_folder(machine: Machine) -> None:
    del machine.environment["TACIT_HOME"]
    machine.environment["HOME"] = "/dev/null"
    code, _, error = machine.run("--no-window")
    assert code == 1
    assert "TACIT_HOME=/your/folder" in error
    assert machine.asked() == []


def test_the_data_folder_is_the_one_the_program_uses(machine: Machine) -> None:
    from app.paths import Paths

    del machine.environment["TACIT_HOME"]
    machine.run("--no-window")
    named = machine.asked()[-1].removeprefix("tacit models starter --data-dir ")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TACIT_HOME", raising=False)
        patch.delenv("XDG_DATA_HOME", raising=False)
        patch.setenv("HOME", str(machine.base))
        assert Path(named) == Paths.find().root


def test_the_pythons_are_those_of_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["requires-python"] == ">=3.11,<3.14"
    text = (PACKAGING / "setup.sh").read_text(encoding="utf-8")
    assert "(3, 11) <= sys.version_info[:2] < (3, 14)" in text
    assert text.count("python3.13 python3.12 python3.11 python3;") == 1


def test_the_cuda_list_is_in_step_with_pyproject(checks: ModuleType) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {
        entry.removesuffix(" ; sys_platform != 'win32'")
        for entry in project["project"]["dependencies"]
        if "sys_platform == 'win32'" not in entry
    }
    listed = {
        line
        for line in (PACKAGING / "requirements" / "cuda.txt")
        .read_text(encoding="utf-8")
        .splitlines()
        if line and not line.startswith("#")
    }
    replaced, added = wanted - listed, listed - wanted
    assert {checks.distribution(entry) for entry in replaced} == {"onnxruntime-genai"}
    assert {checks.distribution(entry) for entry in added} == {
        "onnxruntime-genai-cuda",
        "onnxruntime-gpu",
    }
    bounds = {re.sub(r"^[a-z-]+", "", entry) for entry in replaced}
    assert bounds < {re.sub(r"^[a-z-]+", "", entry) for entry in added}


def test_the_environment_without_qt_has_all_the_rest(checks: ModuleType) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = [checks.distribution(entry) for entry in checks.headless_requirements(project)]
    assert {"pytest", "mypy", "keyring", "onnxruntime-genai"} <= set(names)
    assert not [name for name in names if "qt" in name or "pyside" in name or name == "qasync"]
    project["project"]["dependencies"].remove(
        next(entry for entry in project["project"]["dependencies"] if entry.startswith("qasync"))
    )
    with pytest.raises(ValueError, match="qasync"):
        checks.headless_requirements(project)


def test_the_closing_line_counts_every_run(checks: ModuleType, tmp_path: Path) -> None:
    suite = (
        '<testsuites><testsuite tests="{}" failures="{}" errors="{}" skipped="{}"/></testsuites>'
    )
    (tmp_path / "unit.xml").write_text(suite.format(10, 1, 1, 2), encoding="utf-8")
    (tmp_path / "ui.xml").write_text(suite.format(5, 0, 0, 0), encoding="utf-8")
    (tmp_path / "torn.xml").write_text("<testsuites>", encoding="utf-8")
    assert checks.totals(tmp_path, ["unit", "ui"]) == (11, 2, 2)
    assert checks.totals(tmp_path, ["unit", "ui", "torn", "absent"]) == (11, 4, 2)
    answer = subprocess.run(
        [sys.executable, str(PACKAGING / "checks.py"), "totals", str(tmp_path), "ui"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == "5 passed, 0 failed\n"


def test_the_readme_shows_the_commands_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "./packaging/run" in readme
    assert "./packaging/test" in readme
    document = re.search(r"```json\n(.*?)```", readme, re.DOTALL)
    assert document is not None
    assert {"text", "provider", "model", "device", "finish_reason", "usage", "timing"} <= set(
        json.loads(document[1])
    )
