"""The real program with the real model, as a person or a script starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_S = 180
PARIS = "What is the capital of France? Answer in one sentence."
LONG = "Write a very long story about a lighthouse. Do not stop early."


def start(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """The program with these arguments, its streams piped."""
    return subprocess.Popen(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        stdin=options.pop("stdin", subprocess.PIPE),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


def tacit(
    *arguments: str, given: str | bytes = "", **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    process = start(*arguments, **options)
    piped = given.encode() if isinstance(given, str) else given
    try:
        out, err = process.communicate(piped, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    done = subprocess.CompletedProcess(
        arguments, process.returncode, out.decode(), err.decode().replace("\r\n", "\n")
    )
    assert "Traceback" not in done.stderr + done.stdout
    return done


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    value = json.loads(done.stdout)
    assert isinstance(value, dict)
    return value


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def modules_loaded(*arguments: str) -> set[str]:
    """The modules that the program had imported when it ended."""
    code = (
        "import atexit, sys; sys.argv = ['tacit', *sys.argv[1:]]; "
        "atexit.register(lambda: print('|'.join(sys.modules), file=sys.stderr)); "
        "from app.__main__ import main; sys.exit(main())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return set(run.stderr.splitlines()[-1].split("|"))


# Asking ----------------------------------------------------------------------------------


def test_ask_answers_on_standard_output_and_nowhere_else(home_with_model: Path) -> None:
    done = tacit("ask", PARIS, "--temperature", "0", "--max-tokens", "20")
    assert done.returncode == 0
    assert "Paris" in done.stdout
    assert done.stdout.endswith("\n")
    assert done.stderr == ""
    assert not list(home_with_model.glob("history.db*"))


def test_ask_as_json_prints_one_document_with_every_field(home_with_model: Path) -> None:
    done = tacit("ask", PARIS, "--json", "--temperature", "0", "--max-tokens", "20")
    assert done.returncode == 0
    answer = document(done)
    assert set(answer) == {
        "text", "provider", "model", "device", "reason", "finish_reason", "usage", "timing",
        "cost_usd",
    }  # fmt: skip
    assert "Paris" in answer["text"]
    assert (answer["provider"], answer["model"]) == ("onnx", "starter")
    assert answer["device"] in {"cpu", "cuda", "dml"}
    assert answer["finish_reason"] in {"stop", "length"}
    assert answer["usage"]["prompt_tokens"] > 5
    assert answer["usage"]["cached_tokens"] == 0
    assert 1 <= answer["usage"]["completion_tokens"] <= 20
    assert all(answer["timing"][figure] > 0 for figure in answer["timing"])
    assert set(answer["timing"]) == {"load_s", "first_token_s", "decode_tokens_per_s"}
    assert answer["cost_usd"] == 0


def test_the_same_seed_gives_the_same_text(home_with_model: Path) -> None:
    options = ("--json", "--seed", "7", "--temperature", "1.2", "--max-tokens", "24")
    first, second = (document(tacit("ask", "Invent a name.", *options)) for _ in range(2))
    assert first["text"] == second["text"]


def test_the_length_and_stop_options_are_obeyed(home_with_model: Path) -> None:
    short = document(tacit("ask", LONG, "--json", "--max-tokens", "3"))
    assert short["finish_reason"] == "length"
    assert short["usage"]["completion_tokens"] == 3
    options = ("--json", "--temperature", "0", "--stop", "Paris")
    stopped = document(tacit("ask", PARIS, *options))
    assert "Paris" not in stopped["text"]
    assert stopped["finish_reason"] == "stop"


def test_standard_input_and_files_are_part_of_the_question(
    home_with_model: Path, tmp_path: Path
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("The password of the lighthouse is Mongolia.", encoding="utf-8")
    options = ("--json", "--max-tokens", "4")
    plain = document(tacit("ask", "-", *options, given="What is it?"))
    attached = document(tacit("ask", *options, "--file", str(note), given="What is it?"))
    assert attached["usage"]["prompt_tokens"] > plain["usage"]["prompt_tokens"] + 5


def test_a_system_message_is_given_to_the_model(home_with_model: Path) -> None:
    options = ("--json", "--max-tokens", "2")
    short = document(tacit("ask", "Hi", "--system", "Be kind.", *options))
    longer = document(tacit("ask", "Hi", "--system", "Be kind. " * 30, *options))
    assert longer["usage"]["prompt_tokens"] > short["usage"]["prompt_tokens"] + 50


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal here")
@pytest.mark.parametrize("as_json", [False, True])
def test_ctrl_c_keeps_what_was_said(home_with_model: Path, as_json: bool) -> None:
    more = ["--json"] if as_json else []
    process = start("ask", LONG, *more)
    assert process.stdout is not None
    first = b"" if as_json else process.stdout.read(20)
    wait_for(lambda: psutil.Process(process.pid).children())  # the engine was asked
    process.send_signal(signal.SIGINT)
    rest, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert b"Traceback" not in err
    if as_json:
        answer = json.loads(rest)
        assert answer["finish_reason"] == "cancelled"
    else:
        assert len(first + rest) >= 20
        assert rest.endswith(b"\n")


@pytest.mark.skipif(os.name != "posix", reason="head belongs to Linux")
def test_a_reader_that_leaves_early_is_no_failure(home_with_model: Path) -> None:
    process = start("ask", LONG)
    assert process.stdout is not None
    assert process.stdout.read(5)
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    process.stderr.close()
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(PATIENCE_S) == 0
    assert err == b""


# Failing ---------------------------------------------------------------------------------


def test_without_a_model_the_sentence_says_what_to_do() -> None:
    done = tacit("ask", "Hello")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "There is no model yet." in done.stderr


def test_a_failure_as_json_is_a_document_too() -> None:
    done = tacit("ask", "Hello", "--model", "nowhere", "--json")
    assert done.returncode == 1
    error = document(done)["error"]
    assert set(error) == {"code", "what", "todo"}
    assert error["code"] == "model-missing"


@pytest.mark.parametrize(
    ("provider", "code"), [("anthropic", "cloud-off"), ("nobody", "provider-unavailable")]
)
def test_the_cloud_is_off_unless_it_was_switched_on(provider: str, code: str) -> None:
    done = tacit("ask", "Hello", "--provider", provider, "--json")
    assert done.returncode == 1
    assert document(done)["error"]["code"] == code


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve",), ("keys", "get", "x"), ("history",), ("models", "download"),
        ("ask",), ("ask", "x", "--temperature", "hot"), ("ask", "x", "--temperature", "9"),
        ("ask", "x", "--file", "no-such-file"), ("models",), ("config", "get", "no.such"),
        ("config", "set", "appearance.theme", "purple"), ("--json",), ("ask", "x", "--temp", "1"),
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("as_json", [False, True])
def test_wrong_usage_is_exit_code_2(arguments: Sequence[str], as_json: bool) -> None:
    done = tacit(*arguments, *(["--json"] if as_json else []))
    assert done.returncode == 2
    assert "tacit: " in done.stderr
    if as_json:
        assert set(document(done)) == {"error"}
    else:
        assert "--json" in arguments or done.stdout == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device belongs to Linux")
def test_a_full_disk_behind_standard_output_is_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "app", "config", "path"],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True,
            timeout=PATIENCE_S, check=False,
        )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr.startswith("tacit: The output could not be written")
    assert len(run.stderr.splitlines()) == 1


def test_an_unusable_data_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = tacit("ask", "Hello", "--data-dir", str(tmp_path / "file"))
    assert done.returncode == 1
    assert "cannot be used" in done.stderr


# Chatting --------------------------------------------------------------------------------


def test_chat_keeps_the_context_and_reuses_what_was_read(home_with_model: Path) -> None:
    lines = "My name is Ada.\nSay hello.\n/new\nSay hello.\n"
    options = ("--json", "--temperature", "0", "--max-tokens", "16")
    done = tacit("chat", *options, given=lines)
    assert done.returncode == 0
    first, second, fresh = document(done)["turns"]
    assert first["question"] == "My name is Ada."
    assert second["usage"]["prompt_tokens"] > first["usage"]["prompt_tokens"]
    assert second["usage"]["cached_tokens"] > first["usage"]["prompt_tokens"] / 2
    assert fresh["usage"]["prompt_tokens"] < second["usage"]["prompt_tokens"]
    assert second["timing"]["load_s"] == 0
    assert not list(home_with_model.glob("history.db*"))
    assert "not written to the history" in done.stderr


def test_chat_obeys_its_commands(home_with_model: Path) -> None:
    done = tacit("chat", given="/help\n/nonsense\n/model\n/model no\n/quit\nnever asked\n")
    assert done.returncode == 0
    assert done.stdout == ""
    for expected in ("/system TEXT", "no command /nonsense", "Model: starter", '"no" is not on'):
        assert expected in done.stderr


# Looking ---------------------------------------------------------------------------------


def test_models_are_listed_and_shown(home_with_model: Path) -> None:
    assert "starter" in tacit("models", "list").stdout
    [model] = document(tacit("models", "list", "--json"))["models"]
    assert model["id"] == "starter"
    assert model["problem"] is None
    assert model["size_bytes"] > 1_000_000
    shown = document(tacit("models", "show", "starter", "--json"))
    assert {key: shown[key] for key in model} == model
    assert tacit("models", "show", "other").returncode == 1


def test_doctor_examines_everything_and_names_nobody(home_with_model: Path) -> None:
    environment = {**os.environ, "HOME": str(home_with_model.parent)}
    done = tacit("doctor", "--json", env=environment)
    assert done.returncode == 0
    found = document(done)
    assert set(found) == {
        "program", "libraries", "devices", "memory", "seal", "keyring", "folders", "settings",
        "history", "models", "window",
    }  # fmt: skip
    assert all(part["lines"] for part in found.values())
    assert found["seal"]["enforced"] is (sys.platform == "linux")
    assert found["devices"]["devices"][0] == {
        "name": "cpu", "available": True, "reason": "The processor always works.",
    }  # fmt: skip
    if os.name == "posix":
        assert str(home_with_model.parent) not in done.stdout
    assert "starter" in tacit("doctor").stdout


def test_doctor_never_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = tacit("doctor", "--json", "--data-dir", str(tmp_path / "file"))
    assert done.returncode == 0
    assert document(done)["folders"]["verdict"] == "problem"


def test_settings_are_changed_and_used(home_with_model: Path) -> None:
    assert tacit("config", "set", "generation.max_tokens", "3").stdout == "3\n"
    assert tacit("config", "get", "generation.max_tokens").stdout == "3\n"
    assert document(tacit("ask", LONG, "--json"))["usage"]["completion_tokens"] == 3
    assert tacit("config", "reset", "generation.max_tokens").stdout == "2048\n"
    path = tacit("config", "path").stdout.strip()
    assert json.loads(Path(path).read_text()) == {}


def test_privacy_status_claims_only_what_is_true() -> None:
    status = document(tacit("privacy", "status", "--json"))
    is_linux = sys.platform == "linux"
    assert status["enforced"] is is_linux
    assert all(status["quiet_environment"].values())
    word = "Sealed:" if is_linux else "Local only, not enforced:"
    assert tacit("privacy", "status").stdout.startswith(word)


@pytest.mark.parametrize("place", ["before", "after"])
def test_options_may_stand_before_or_after_the_command(tmp_path: Path, place: str) -> None:
    chosen = ["--data-dir", str(tmp_path / "elsewhere"), "--json"]
    arguments = [*chosen, "config", "path"] if place == "before" else ["config", "path", *chosen]
    assert document(tacit(*arguments))["path"] == str(tmp_path / "elsewhere" / "settings.json")


def test_a_log_holds_no_word_of_the_conversation(home_with_model: Path) -> None:
    tacit("ask", "canary-in-the-question", "--max-tokens", "4")
    assert tacit("chat", "--max-tokens", "4", given="canary-in-the-chat\n").returncode == 0
    logs = "".join(p.read_text() for p in (home_with_model / "logs").iterdir())
    assert "canary" not in logs


@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ("config", "list")])
def test_a_simple_command_imports_nothing_heavy(arguments: Sequence[str]) -> None:
    loaded = modules_loaded(*arguments)
    heavy = {
        "PySide6",
        "onnxruntime",
        "onnxruntime_genai",
        "keyring",
        "numpy",
        "asyncio",
        "sqlite3",
        "sqlcipher3",
    }
    assert not heavy & loaded


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")
def test_without_a_screen_the_window_is_a_sentence() -> None:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = tacit(env=environment)
    assert done.returncode == 1
    assert "screen" in done.stderr
    assert "tacit chat" in done.stderr
