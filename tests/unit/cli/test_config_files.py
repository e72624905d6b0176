"""`tacit config export|import`: what is asked, what is printed, what is changed."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from app.settings.settings import Settings
from tests.fakes.protection import unsealed

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], private_home: Path) -> Run:
    def call(*arguments: str) -> Any:
        code = main(("config", *arguments), lambda *_: 1, unsealed)
        streams = capsys.readouterr()
        return code, streams.out, streams.err

    return call


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.json"


def put(file: Path, **values: object) -> None:
    named = {key.replace("__", "."): value for key, value in values.items()}
    document = {"format": "tacit-settings", "version": 1, "settings": named}
    file.write_text(json.dumps(document))


def value(home: Path, key: str) -> object:
    settings = Settings(home / "settings.json")
    settings.load()
    return settings.get(key)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_out_and_in_again(run: Run, file: Path, private_home: Path) -> None:
    run("set", "generation.top_k", "9")
    code, out, _ = run("export", str(file))
    assert (code, "without keys" in out) == (0, True)
    run("reset", "generation.top_k")
    code, out, _ = run("import", str(file))
    assert (code, out) == (0, "generation.top_k: 50 -> 9\n")
    assert value(private_home, "generation.top_k") == 9
    assert run("import", str(file))[:2] == (0, "Nothing had to be changed.\n")


def test_as_documents(run: Run, file: Path, private_home: Path) -> None:
    run("set", "cloud.own_address", "https://me:secret@example.org")
    document = json.loads(run("export", str(file), "--json")[1])
    assert document == {"path": str(file), "left_out": ["cloud.own_address"]}
    put(file, privacy__level="sealed", generation__top_k=3, cloud__on=True)
    document = json.loads(run("import", str(file), "--rest", "--json")[1])
    assert [change["key"] for change in document["changed"]] == [
        "privacy.level", "generation.top_k",
    ]  # fmt: skip
    assert document["changed"][1] == {"key": "generation.top_k", "before": 50, "after": 3}
    assert document["left_as_they_are"] == [{"key": "cloud.on", "before": False, "after": True}]
    assert document["after_restart"] == ["privacy.level"]
    assert value(private_home, "cloud.on") is False


def test_a_script_has_to_say_whether_more_may_leave(
    run: Run, file: Path, private_home: Path
) -> None:
    put(file, cloud__on=True, generation__top_k=3)
    code, out, err = run("import", str(file))
    assert (code, out) == (2, "")
    assert "cloud.on" in err
    assert "--yes" in err
    assert value(private_home, "generation.top_k") == 50
    assert run("import", str(file), "--yes")[0] == 0
    assert value(private_home, "cloud.on") is True
    assert value(private_home, "generation.top_k") == 3


@pytest.mark.parametrize(("answer", "allowed"), [("y\n", True), ("\n", False), ("no\n", False)])
def test_a_person_is_asked_and_sees_what_would_be_switched_on(
    run: Run,
    file: Path,
    private_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    allowed: bool,
) -> None:
    put(
        file,
        cloud__on=True,
        cloud__own_address="https://a.example.org\nnot asked",
        model__device="cpu",
    )
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    code, out, err = run("import", str(file))
    assert code == 0
    assert "cloud.on: false -> true" in err
    assert r'"https://a.example.org\nnot asked"' in err
    assert value(private_home, "cloud.on") is allowed
    assert value(private_home, "model.device") == "cpu"
    assert ("Left as they are: cloud.on, cloud.own_address." in out) is not allowed


def test_wrong_values_are_listed_and_nothing_is_changed(
    run: Run, file: Path, private_home: Path
) -> None:
    put(file, generation__top_k=-5, appearance__theme="pink", model__device="cpu")
    code, out, err = run("import", str(file), "--json")
    assert code == 2
    document = json.loads(out)
    assert len(document["problems"]) == 2
    assert "appearance.theme" in document["problems"][1]
    assert "generation.top_k" in err
    assert value(private_home, "model.device") == "auto"


def test_what_is_asked_about_is_shown_whole_and_undisguised(run: Run, file: Path) -> None:
    long, turned = f"https://{'a' * 200}.example.org", "https://\N{RIGHT-TO-LEFT OVERRIDE}gro.x"
    put(file, cloud__own_address=long, network__hub=turned)
    out = run("import", str(file), "--yes")[1]
    assert long in out
    assert r"https://\u202egro.x" in out


def test_both_answers_at_once_are_none(run: Run, file: Path) -> None:
    put(file)
    assert run("import", str(file), "--yes", "--rest")[0] == 2
