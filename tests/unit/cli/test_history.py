"""`tacit history`: every command in words and in JSON, with its exit codes."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from app.core.messages import Role
from app.exchange import importing
from app.logs import Logging
from app.paths import Paths
from app.store.history import History
from app.store.values import Provenance
from tests.fakes import foreign, old_history
from tests.fakes.protection import unsealed

Tacit = Callable[..., tuple[int, str, str]]


def no_window(_paths: Paths, _logs: Logging) -> int:
    raise AssertionError


@pytest.fixture
def tacit(capsys: pytest.CaptureFixture[str]) -> Tacit:
    """Runs `tacit history ...`; returns the exit code, standard output and standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["history", *arguments], no_window, unsealed)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def home(private_home: Path) -> Path:
    """A data folder with two conversations."""
    history = History(private_home / "history.db")
    history.open()
    lease = history.create_conversation("Lease")
    question = history.add_message(lease.id, None, Role.USER, "What about the rent in 東京?")
    for text in ("It is high.", "It is low."):
        answer = history.add_message(lease.id, question.id, Role.ASSISTANT, text)
        history.update_message(answer.id, model="m1", provenance=Provenance(is_local=True))
    tax = history.create_conversation("Tax")
    history.add_message(tax.id, None, Role.USER, "rent is no tax")
    history.folders.put([tax.id], history.folders.create("Money").id)
    history.labels.set_tags(tax.id, ["urgent"])
    history.labels.pin(tax.id)
    history.close()
    return private_home


def document(result: tuple[int, str, str], code: int = 0) -> Any:
    assert result[0] == code, result
    return json.loads(result[1])


def ids(tacit: Tacit) -> dict[str, str]:
    return {c["title"]: c["id"] for c in document(tacit("list", "--json"))["conversations"]}


def test_a_list_can_be_narrowed_and_sorted(tacit: Tacit, home: Path) -> None:
    code, out, _ = tacit("list")
    assert code == 0
    assert out.splitlines()[1].endswith("* Tax  Money   urgent")
    found = document(tacit("list", "--json"))["conversations"]
    assert [(c["title"], c["folder"], c["tags"], c["pinned"]) for c in found] == [
        ("Tax", "Money", ["urgent"], True), ("Lease", "", [], False),
    ]  # fmt: skip

    def titles(*options: str) -> list[str]:
        listed = document(tacit("list", "--json", *options))["conversations"]
        return [one["title"] for one in listed]

    assert titles("--sort", "title") == ["Lease", "Tax"]
    assert titles("--limit", "1", "--offset", "1") == ["Lease"]
    assert titles("--folder", "Money") == titles("--tag", "urgent") == titles("--pinned") == ["Tax"]
    assert titles("--folder", "") == titles("--model", "m1") == ["Lease"]
    assert titles("--since", "2001-01-01", "--until", "2199-01-01") == ["Tax", "Lease"]
    assert titles("--until", "2001-01-01") == titles("--cloud") == titles("--trash") == []
    for wrong in (("--folder", "none"), ("--since", "yesterday"), ("--local", "--cloud")):
        assert tacit("list", *wrong)[0] == 2


def test_one_conversation_is_shown(tacit: Tacit, home: Path) -> None:
    lease = ids(tacit)["Lease"]
    code, out, _ = tacit("show", lease[:6])
    assert code == 0
    assert "What about the rent in 東京?" in out
    assert "m1 <2/2>:\nIt is low." in out
    assert "It is high." not in out
    shown = document(tacit("show", lease, "--json"))
    assert [m["text"] for m in shown["messages"]][-1] == "It is low."
    assert len(shown["messages"][-1]["siblings"]) == 2
    for wrong in ("nothing", lease[:2], ""):
        code, _, err = tacit("show", wrong)
        assert code == 2
        assert "tacit history list" in err


def test_words_are_found(tacit: Tacit, home: Path) -> None:
    code, out, _ = tacit("search", "rent")
    assert code == 0
    assert out.count("rent") == 2
    found = document(tacit("search", "東京", "--json"))
    (hit,) = found["hits"]
    assert (hit["title"], hit["role"], found["has_more"]) == ("Lease", "user", False)
    (start, end), = hit["marks"]  # fmt: skip
    assert hit["snippet"][start:end] == "東京"
    assert document(tacit("search", "rent -tax", "--json"))["hits"][0]["title"] == "Lease"
    assert document(tacit("search", '"no tax"', "--json"))["hits"][0]["title"] == "Tax"
    assert document(tacit("search", "rent", "--limit", "1", "--json"))["has_more"]
    code, out, err = tacit("search", "absent")
    assert (code, out) == (0, "")
    assert "Nothing was found" in err


def test_conversations_go_out_and_come_in(tacit: Tacit, home: Path, tmp_path: Path) -> None:
    lease = ids(tacit)["Lease"]
    page, everything = tmp_path / "lease.md", tmp_path / "all.json"
    code, out, _ = tacit("export", str(page), lease[:8])
    assert (code, out.split(" to ")[0]) == (0, "Exported 1 conversation")
    assert "It is low." in page.read_text("utf-8")
    assert document(tacit("export", str(everything), "--json"))["conversations"] == 2
    folder = tmp_path / "folder"
    folder.mkdir()
    assert document(tacit("export", str(folder), "--format", "html", "--json"))["files"] == 2
    assert tacit("export", str(tmp_path / "noname"))[0] == 2
    code, _, err = tacit("export", str(tmp_path / "out.pdf"))
    assert (code, "Only the window can write PDF" in err) == (2, True)
    assert tacit("export", str(page), "nothing")[0] == 2
    other = str(tmp_path / "other")
    report = document(tacit("import", str(everything), "--data-dir", other, "--json"))
    assert (report["added"], report["formats"]) == (2, ["Tacit"])
    code, out, _ = tacit("import", str(everything), "--data-dir", other)
    assert "2 conversations had been imported before." in out
    assert document(tacit("search", "rent", "--data-dir", other, "--json"))["hits"]


def test_an_import_says_what_it_left_out(tacit: Tacit, home: Path, tmp_path: Path) -> None:
    code, out, _ = tacit("import", str(foreign.chatgpt(tmp_path)))
    assert code == 0
    assert out.splitlines() == [
        "Imported 2 conversations from ChatGPT.",
        "1 conversation had nothing in them.",
        "1 conversation could not be read: Broken.",
        "1 image left out, with a note in the message.",
        "1 part of other kinds left out.",
    ]
    code, _, err = tacit("import", str(tmp_path / "missing.json"))
    assert code == 2
    assert "There is no file missing.json." in err


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent by signal")
def test_ctrl_c_stops_an_import_and_keeps_what_was_read(
    tacit: Tacit, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = importing._count

    def interrupted(*arguments: Any) -> None:
        count(*arguments)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(importing, "_count", interrupted)
    code, out, _ = tacit("import", str(foreign.chatgpt(tmp_path)))
    assert code == 130
    assert "Imported 1 conversation from ChatGPT." in out
    assert "import the same again" in out


def test_deleting_undoing_and_erasing(tacit: Tacit, home: Path) -> None:
    tax = ids(tacit)["Tax"]
    assert document(tacit("delete", tax[:8], "--json")) == {"deleted": [tax]}
    assert list(ids(tacit)) == ["Lease"]
    assert [c["id"] for c in document(tacit("list", "--trash", "--json"))["conversations"]] == [tax]
    assert tacit("delete", tax)[0] == 2
    assert document(tacit("delete", tax, "--undo", "--json")) == {"restored": [tax]}
    assert set(ids(tacit)) == {"Tax", "Lease"}
    code, out, _ = tacit("delete", tax, "--erase")
    assert (code, out) == (0, "Erased 1.\n")
    assert b"no tax" not in (home / "history.db").read_bytes()
    tacit("delete", ids(tacit)["Lease"])
    assert document(tacit("delete", "--empty-trash", "--json")) == {"erased": 1}
    for wrong in ((), (tax, "--empty-trash"), (tax, "--undo", "--erase")):
        assert tacit("delete", *wrong)[0] == 2


def test_a_backup_and_back(tacit: Tacit, home: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.zip"
    code, out, _ = tacit("backup", str(backup))
    assert (code, out.split(" to ")[0]) == (0, "Backed up 2 conversations and the settings")
    tacit("delete", ids(tacit)["Tax"], "--erase")
    restored = document(tacit("restore", str(backup), "--json"))
    assert restored["conversations"] == 2
    assert len(restored["kept"]) == 1
    assert set(ids(tacit)) == {"Tax", "Lease"}
    code, _, err = tacit("restore", str(home / "nothing.zip"))
    assert code == 2
    assert err.startswith("tacit: There is no file")


def test_a_check_and_a_repair(tacit: Tacit, home: Path) -> None:
    code, out, _ = tacit("check")
    assert (code, out) == (0, "The history is in order: 2 conversations, 4 messages.\n")
    file = home / "history.db"
    history = History(file)
    history.open()
    history.copies.make_due()
    history.close()
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2] + b"\xa5" * (len(content) // 2))
    broken = document(tacit("check", "--json"), code=1)
    assert broken["error"]["code"] == "store-broken"
    assert broken["problems"]
    code, out, _ = tacit("check", "--repair")
    assert code == 0
    assert out.startswith("Saved 2 conversations with 4 messages.")
    assert document(tacit("check", "--json"))["is_sound"]
    assert set(ids(tacit)) == {"Tax", "Lease"}


def test_without_a_history_everything_is_empty(tacit: Tacit, private_home: Path) -> None:
    assert document(tacit("list", "--json")) == {"conversations": []}
    assert document(tacit("search", "x", "--json"))["hits"] == []
    assert not document(tacit("check", "--json"))["exists"]
    assert tacit("list")[2] == "There are none.\n"
    assert tacit("backup", str(private_home / "x.zip"))[0] == 2
    assert not (private_home / "history.db").exists()


def test_a_history_that_a_window_has_open_is_read_and_not_changed(tacit: Tacit, home: Path) -> None:
    lease = ids(tacit)["Lease"]
    window = History(home / "history.db")
    window.open()
    assert document(tacit("show", lease, "--json"))["title"] == "Lease"
    assert document(tacit("search", "rent", "--json"))["hits"]
    for command in (("delete", lease), ("import", str(home)), ("restore", str(home / "x.zip"))):
        code, _, err = tacit(*command)
        assert code == 1
        assert err.startswith("tacit: Another Tacit is using this history.")
    window.close()


def test_an_old_history_is_brought_up_to_date_by_looking_at_it(
    tacit: Tacit, private_home: Path
) -> None:
    old_history.make(private_home / "history.db")
    assert list(ids(tacit)) == ["Lease of 東京"]
    assert document(tacit("search", "契約", "--json"))["hits"]


def test_the_output_of_a_search_is_safe_for_a_terminal(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(home / "history.db")
    history.open()
    one = history.create_conversation("evil \x1b[2J title")
    history.add_message(one.id, None, Role.USER, "evil \x1b[2J text")
    history.close()

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    monkeypatch.setattr("sys.stdout", out)
    for command in (["search", "evil"], ["list"], ["show", one.id]):
        assert main(["history", *command], no_window, unsealed) == 0
    assert "[evil]" in out.getvalue()
    assert "\x1b" not in out.getvalue()


class TestFolders:
    def test_are_listed_and_shown(self, tacit: Tacit, home: Path) -> None:
        code, out, _ = tacit("folder")
        assert (code, out.splitlines()[1].split()) == (0, ["Money", "1"])
        (listed,) = document(tacit("folder", "--json"))["folders"]
        assert listed == document(tacit("folder", "Money", "--json"))
        assert tacit("folder", "Money")[1] == "Money: 1 chats\n"
        assert tacit("folder", "None of these")[0] == 2

    def test_are_changed(self, tacit: Tacit, home: Path, tmp_path: Path) -> None:
        words = tmp_path / "words.txt"
        words.write_text("Falcon\n\nProject  Eagle\nFalcon\n")
        changed = document(
            tacit("folder", "Money", "--instructions", "Be exact.", "--words", str(words),
                  "--rename", "Taxes", "--json")
        )  # fmt: skip
        assert changed == {
            "name": "Taxes",
            "inside_of": "",
            "conversations": 1,
            "mark": "",
            "instructions": "Be exact.",
            "words": ["Falcon", "Project Eagle"],
        }
        assert tacit("mark", "--folder", "Taxes")[0] == 0
        assert tacit("folder", "Taxes")[1].splitlines() == [
            "Taxes: 1 chats, confidential",
            "Instructions:",
            "Be exact.",
            "Words:",
            "Falcon",
            "Project Eagle",
        ]
        code, out, _ = tacit("folder", "Taxes", "--instructions", "", "--words", os.devnull)
        assert (code, out) == (0, "The folder Taxes was changed.\n")
        left = document(tacit("folder", "Taxes", "--json"))
        assert (left["instructions"], left["words"], left["mark"]) == ("", [], "confidential")

    def test_nothing_is_changed_where_a_part_is_refused(
        self, tacit: Tacit, home: Path, tmp_path: Path
    ) -> None:
        words = tmp_path / "words.txt"
        words.write_text("x" * 201)
        code, _, err = tacit("folder", "Money", "--rename", "Taxes", "--words", str(words))
        assert code == 2
        assert "at most 200 characters" in err
        assert tacit("folder", "Money")[0] == 0
        assert tacit("folder", "--rename", "x")[0] == 2

    def test_without_any(self, tacit: Tacit, private_home: Path) -> None:
        code, out, err = tacit("folder")
        assert (code, out, err.strip()) == (0, "", "There are none.")
