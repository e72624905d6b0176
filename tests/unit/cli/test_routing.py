"""`tacit why`, `rules`, `redact` and `history mark`, in words and in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from app.core.messages import Role
from app.logs import Logging
from app.paths import Paths
from app.store.history import History
from tests.fakes.protection import unsealed

EXAMPLE = Path(__file__).parents[1] / "router" / "example.json"
Tacit = Callable[..., tuple[int, str, str]]


def no_window(_paths: Paths, _logs: Logging) -> int:
    raise AssertionError


@pytest.fixture
def tacit(private_home: Path, capsys: pytest.CaptureFixture[str]) -> Tacit:
    """Runs a command; returns the exit code, standard output and standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments), no_window, unsealed)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def chat(private_home: Path) -> str:
    """A conversation in the history; returns its id."""
    private_home.mkdir(exist_ok=True)
    history = History(private_home / "history.db")
    history.open()
    made = history.create_conversation("Case")
    history.add_message(made.id, None, Role.USER, "What about the rent?")
    history.folders.put([made.id], history.folders.create("Clients").id)
    history.close()
    return made.id


def as_json(run: tuple[int, str, str]) -> Any:
    return json.loads(run[1])


class TestWhy:
    def test_without_rules(self, tacit: Tacit) -> None:
        code, out, _ = tacit("why", "hello")
        assert code == 0
        assert out.startswith(
            "onnx answers, on this computer.\nThe model on this computer answers."
        )

    def test_the_example_is_explained_by_its_reason(self, tacit: Tacit) -> None:
        assert tacit("rules", "import", str(EXAMPLE))[0] == 0
        run = tacit("why", "hello", "--privacy", "high", "--local-only", "--json")
        found = as_json(run)
        assert run[0] == 0
        assert (found["provider"], found["is_local"], found["allowed"]) == ("onnx", True, True)
        assert found["rule"] == {"line": 16, "reason": found["reason"]}
        assert found["reason"].startswith("Privacy-sensitive tasks use ONNX")

    def test_a_refusal_fails_with_its_reasons(self, tacit: Tacit) -> None:
        code, out, _ = tacit("why", "hello", "--provider", "anthropic")
        assert code == 1
        assert out.startswith("Nobody answers. Nothing was sent to anthropic.")
        found = as_json(tacit("why", "hello", "--provider", "anthropic", "--json"))
        assert found["problem"]["code"] == "cloud-off"
        assert not found["allowed"]

    def test_in_a_conversation_its_mark_and_folder_count(self, tacit: Tacit, chat: str) -> None:
        assert tacit("history", "mark", chat[:8])[0] == 0
        run = tacit("why", "hello", "--conversation", chat[:8], "--provider", "openrouter")
        assert run[0] == 1
        assert "This chat is marked confidential." in run[1]
        tacit("history", "mark", "--folder", "Clients")
        run = tacit("why", "hello", "--conversation", chat[:8], "--provider", "openrouter")
        assert "The folder of this chat is marked confidential." in run[1]

    def test_a_question_can_be_confidential_itself(self, tacit: Tacit, tmp_path: Path) -> None:
        file = tmp_path / "a.txt"
        file.write_text("text")
        run = tacit("why", "x", "--file", str(file), "--confidential", "--provider", "anthropic")
        assert "A file that belongs to this question is marked confidential." in run[1]

    def test_it_asks_nobody_and_leaves_nothing(self, tacit: Tacit, private_home: Path) -> None:
        tacit("why", "a canary phrase")
        for file in private_home.rglob("*"):
            assert not file.is_file() or b"canary phrase" not in file.read_bytes()


class TestRules:
    def test_check_names_the_line(self, tacit: Tacit, tmp_path: Path) -> None:
        file = tmp_path / "r.json"
        file.write_text('{\n"defaultProvidr": "onnx"\n}')
        code, out, _ = tacit("rules", "check", str(file))
        assert code == 1
        assert out.startswith('r.json: Line 2: The file has a field "defaultProvidr"')
        found = as_json(tacit("rules", "check", str(file), "--json"))
        assert [problem["line"] for problem in found["problems"]] == [2]

    def test_a_wrong_file_is_not_imported_and_the_old_one_stays(
        self, tacit: Tacit, tmp_path: Path, private_home: Path
    ) -> None:
        tacit("rules", "import", str(EXAMPLE))
        file = tmp_path / "r.json"
        file.write_text("{")
        code, _, err = tacit("rules", "import", str(file))
        assert code == 2
        assert "Line 1" in err
        kept = private_home / "router.config.json"
        assert kept.read_text("utf-8") == EXAMPLE.read_text("utf-8")

    def test_import_show_export_remove(self, tacit: Tacit, tmp_path: Path) -> None:
        code, out, err = tacit("rules", "import", str(EXAMPLE))
        assert (code, out) == (0, f"1 rules are in force, from {EXAMPLE}.\n")
        assert "Importing them switches nothing on" in err
        assert "privacy is high and it is to stay local" in tacit("rules", "show")[1]
        assert as_json(tacit("rules", "show", "--json"))["default_provider"] == "anthropic"
        assert tacit("rules", "check")[0] == 0
        assert tacit("rules", "export", str(tmp_path / "out.json"))[0] == 0
        assert (tmp_path / "out.json").read_text("utf-8") == EXAMPLE.read_text("utf-8")
        assert tacit("rules", "remove")[0] == 0
        assert "none; everything" in tacit("rules", "show")[1]
        assert tacit("rules", "export", str(tmp_path / "again.json"))[0] == 2

    @pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * 1_000_001])
    def test_what_is_no_rules_file_is_refused(
        self, tacit: Tacit, tmp_path: Path, content: bytes
    ) -> None:
        file = tmp_path / "r.json"
        file.write_bytes(content)
        assert tacit("rules", "import", str(file))[0] != 0
        assert tacit("rules", "import", str(tmp_path / "nowhere.json"))[0] != 0

    def test_broken_rules_in_force_leave_everything_here(
        self, tacit: Tacit, private_home: Path
    ) -> None:
        private_home.mkdir(exist_ok=True)
        (private_home / "router.config.json").write_text('{"defaultProvider": 7}')
        code, out, err = tacit("why", "hello")
        assert code == 0
        assert out.startswith("onnx answers")
        assert "Line 1" in err
        assert tacit("rules", "show")[0] == 2


class TestRedact:
    def test_a_file(self, tacit: Tacit, tmp_path: Path) -> None:
        file = tmp_path / "a.txt"
        file.write_text("Dear Maria Schmidt, project Falcon: me@x.org")
        code, out, err = tacit("redact", str(file), "--word", "falcon")
        assert (code, out) == (0, "Dear [NAME_1], project [TERM_1]: [EMAIL_1]\n")
        assert "3 pieces were found. There may be more" in err
        found = as_json(tacit("redact", str(file), "--json"))
        assert [one["kind"] for one in found["replaced"]] == ["NAME", "EMAIL"]

    @pytest.mark.usefixtures("chat")
    def test_own_words_of_a_folder(self, tacit: Tacit, tmp_path: Path, private_home: Path) -> None:
        (private_home / "redaction-words.json").write_text('{"": ["Falcon"]}')
        words, file = tmp_path / "words.txt", tmp_path / "a.txt"
        words.write_text("Eagle\n")
        file.write_text("Falcon and Eagle")
        assert tacit("history", "folder", "Clients", "--words", str(words))[0] == 0
        assert tacit("redact", str(file))[1] == "[TERM_1] and Eagle\n"
        assert tacit("redact", str(file), "--folder", "Clients")[1] == "[TERM_1] and [TERM_2]\n"
        assert tacit("redact", str(file), "--folder", "none")[0] == 2


class TestMark:
    def test_is_shown_by_list_and_show(self, tacit: Tacit, chat: str) -> None:
        code, out, _ = tacit("history", "mark", chat[:8])
        assert (code, out) == (0, "Now marked confidential: 1 conversations.\n")
        assert "confidential" in tacit("history", "list")[1]
        assert "1 messages, confidential" in tacit("history", "show", chat[:8])[1]
        assert as_json(tacit("history", "show", chat[:8], "--json"))["mark"] == "confidential"
        tacit("history", "mark", chat[:8], "--off")
        assert "1 messages\n" in tacit("history", "show", chat[:8])[1]

    def test_a_folder_holds_what_is_in_it(self, tacit: Tacit, chat: str) -> None:
        assert tacit("history", "mark", "--folder", "Clients")[0] == 0
        code, _, err = tacit("history", "mark", chat[:8], "--off")
        assert code == 2
        assert "folder around it is confidential" in err

    def test_what_is_to_be_marked_has_to_be_said(self, tacit: Tacit, chat: str) -> None:
        assert tacit("history", "mark")[0] == 2
        assert tacit("history", "mark", "--folder", "Nowhere")[0] == 2
