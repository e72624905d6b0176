"""Every format is known by itself; what cannot be read is told of; nothing comes in twice."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.core.messages import Role
from app.exchange.importing import ImportReport, import_from
from app.exchange.reading import Progress
from app.store.history import History
from app.store.values import Conversation, MessageState, StoredMessage
from tests.fakes import foreign
from tests.fakes.direct import Direct


def conversation(history: History, title: str) -> Conversation:
    (found,) = [c for c in history.conversations() if c.title == title]
    return found


def path(history: History, title: str) -> list[StoredMessage]:
    return history.path(conversation(history, title).id)


def texts(messages: list[StoredMessage]) -> list[str]:
    return [message.text for message in messages]


def siblings(history: History, message: StoredMessage) -> list[str]:
    return [history.message(one).text for one in message.siblings]


def test_chatgpt_with_branches_images_thoughts_and_broken_ones(
    here: Direct, tmp_path: Path
) -> None:
    report = import_from(foreign.chatgpt(tmp_path), here)
    assert (report.formats, report.added, report.unreadable, report.empty) == (
        {"ChatGPT"}, 2, 1, 1,
    )  # fmt: skip
    assert report.named == ["Broken"]
    assert (report.images, report.left_out) == (1, 1)
    question, answer = path(here.history, "Lease")
    assert question.text == "[Image not imported]\n\nWhat is a lease?"
    assert question.parent_id is None
    assert (answer.text, answer.model, answer.reasoning) == (
        "It lets you use a thing.", "o3", "Let me think.",
    )  # fmt: skip
    assert siblings(here.history, answer) == ["A contract.", "It lets you use a thing."]
    assert answer.provenance.is_local is False
    lease = conversation(here.history, "Lease")
    assert (lease.created_at, lease.updated_at) == (1700000000.5, 1700000900.0)
    assert texts(path(here.history, "I am my own parent 東京")) == ["I am my own parent 東京"]
    assert here.history.search("東京").hits


def test_claude_with_branches_attachments_and_an_older_one(here: Direct, tmp_path: Path) -> None:
    report = import_from(foreign.claude(tmp_path), here)
    assert (report.formats, report.added, report.images, report.left_out) == ({"Claude"}, 2, 1, 1)
    question, answer = path(here.history, "Terms")
    assert question.text.split("\n\n") == [
        "What does it say?", "terms.txt:", "30 days", "[Image not imported: photo.png]",
    ]  # fmt: skip
    assert answer.text == "A month."
    assert siblings(here.history, answer) == ["Thirty days.", "A month."]
    assert here.history.message(answer.siblings[0]).reasoning == "It says 30."
    assert texts(path(here.history, "older export")) == ["older export", "in a row"]


def test_open_webui_with_branches_and_reasoning(here: Direct, tmp_path: Path) -> None:
    report = import_from(foreign.open_webui(tmp_path), here)
    assert (report.formats, report.added, report.images) == ({"Open WebUI"}, 1, 1)
    question, answer = path(here.history, "Taxes")
    assert question.text == "How much?\n\n[Image not imported]"
    assert (answer.text, answer.reasoning, answer.model) == (
        "20 %.", "Let me see.\nYes.", "llama3",
    )  # fmt: skip
    assert siblings(here.history, answer) == ["20 %.", "25 %."]
    taxes = conversation(here.history, "Taxes")
    assert (taxes.pinned, taxes.tags, taxes.system_prompt) == (True, ("money",), "Be exact.")


def test_lm_studio_with_versions_and_folders(here: Direct, tmp_path: Path) -> None:
    report = import_from(foreign.lm_studio(tmp_path), here)
    assert (report.formats, report.added, report.images) == ({"LM Studio"}, 1, 1)
    assert (report.unreadable, report.named) == (1, ["broken.conversation.json"])
    question, answer, thanks = path(here.history, "Poem")
    assert question.text == "[Image not imported]\n\nA poem"
    assert (answer.text, answer.reasoning, answer.model) == (
        "Violets", "Which flower?", "qwen/qwen3-4b",
    )  # fmt: skip
    assert answer.provenance.is_local is True
    assert siblings(here.history, answer) == ["Roses", "Violets"]
    assert thanks.parent_id == answer.id
    poem = conversation(here.history, "Poem")
    assert poem.created_at == 1700000000.0
    assert [f.name for f in here.history.folders.all() if f.id == poem.folder_id] == ["Work"]


def test_jan_with_an_image_and_broken_lines(here: Direct, tmp_path: Path) -> None:
    report = import_from(foreign.jan(tmp_path), here)
    assert (report.formats, report.added, report.images, report.left_out) == ({"Jan"}, 1, 1, 1)
    assert (report.unreadable, report.named) == (1, ["broken"])
    question, answer = path(here.history, "Physics")
    assert question.text == "Why?\n\n[Image not imported]"
    assert (question.created_at, answer.created_at) == (1700000001.0, 1700000002.0)
    assert (answer.text, answer.reasoning, answer.model) == ("Because.", "hm", "llama-3")


def test_gpt4all_as_text_and_not_in_its_binary_form(here: Direct, tmp_path: Path) -> None:
    report = import_from(foreign.gpt4all(tmp_path), here)
    assert (report.formats, report.added) == ({"GPT4All"}, 1)
    messages = path(here.history, "What is a lease?")
    assert texts(messages) == [
        "What is a lease?", "A contract.\n\nIt has two sides.", "And rent?", "What is paid.",
    ]  # fmt: skip
    assert [m.role for m in messages] == [Role.USER, Role.ASSISTANT] * 2
    binary = tmp_path / "gpt4all-x.chat"
    binary.write_bytes(b"\xf5\xd5\x53\xcc\x00\x00\x00\x0c")
    with pytest.raises(AppError, match=r"\.chat"):
        import_from(binary, here)


@pytest.mark.parametrize(
    "make",
    [foreign.chatgpt, foreign.claude, foreign.open_webui, foreign.lm_studio, foreign.jan,
     foreign.gpt4all],
)  # fmt: skip
def test_importing_again_makes_no_doubles(
    here: Direct, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    source = make(tmp_path)
    first = import_from(source, here)
    second = import_from(source, here)
    assert (second.added, second.known) == (0, first.added)
    here.history.delete_conversation(here.history.conversations()[0].id)
    third = import_from(source, here)
    assert (third.added, third.known, third.in_trash) == (0, first.added - 1, 1)


def test_a_zip_archive_is_read_as_it_was_downloaded(here: Direct, tmp_path: Path) -> None:
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.write(foreign.chatgpt(tmp_path), "chatgpt/conversations.json")
        made.writestr("../../user.json", "{}")
    assert import_from(archive, here).added == 2
    assert not (tmp_path.parent / "user.json").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b""), ("b.json", b"<html>"), ("c.txt", b"no chat"), ("d.zip", b"PK\x03\x04bad"),
        ("e.zip", None), ("f", b"\x00" * 1000),
    ],
)  # fmt: skip
def test_what_is_no_export_is_said(
    here: Direct, tmp_path: Path, name: str, content: bytes | None
) -> None:
    file = tmp_path / name
    if content is None:
        with zipfile.ZipFile(file, "w") as made:
            made.writestr("photo.png", "x")
    else:
        file.write_bytes(content)
    with pytest.raises(AppError) as caught:
        import_from(file, here)
    assert caught.value.code is ErrorCode.USAGE
    for missing in (tmp_path / "nothing.json", tmp_path / "empty"):
        if missing.name == "empty":
            missing.mkdir()
        with pytest.raises(AppError):
            import_from(missing, here)
    assert here.history.conversations() == []


def hostile(value: object) -> list[object]:
    """One conversation of each program, with `value` in every place."""
    return [
        {"mapping": {"a": value, "b": {"message": value}, "c": {"message": {"author": value,
         "content": {"parts": value, "thoughts": value}}}}, "title": value, "create_time": value},
        {"chat_messages": [value, {"sender": "human", "content": value, "text": value,
         "attachments": value, "files": [value]}], "name": value, "uuid": value},
        {"chat": {"history": {"messages": {"a": value, "b": {"role": "user", "content": value,
         "files": value, "timestamp": value}}}, "tags": value}, "meta": value, "title": value},
        {"createdAt": value, "messages": [{"versions": value}, {"versions": [value, {
         "role": "user", "content": value, "steps": value}], "currentlySelected": value}]},
        {"leaf_id": value, "title": value, "messages": [{"id": "a", "parent_id": value,
         "role": value, "text": "x", "usage": value, "context": value, "parameters": value,
         "created_at": value, "cost_usd": value, "chosen": value}], "tags": value,
         "folder": value, "mark": value, "system_prompt": value},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [None, True, -1, 1e308, float("nan"), float("inf"), 10**400, "", "x", "\ud800", "\x00",
     [], [[]], {}, {"a": None}, ["x"], [None, 7], {"type": "text", "text": 7}],
)  # fmt: skip
def test_no_content_can_break_an_import(here: Direct, tmp_path: Path, value: object) -> None:
    file = tmp_path / "conversations.json"
    file.write_text(json.dumps(hostile(value)), "utf-8")
    report = import_from(file, here)
    assert report.added + report.empty + report.unreadable + report.known == 5
    for one in here.history.conversations():
        assert here.history.path(one.id)


def test_an_import_tells_how_far_it_is_and_can_be_cancelled(here: Direct, tmp_path: Path) -> None:
    one = {"chat_messages": [{"uuid": "q", "sender": "human", "text": "word " * 100_000}]}
    file = tmp_path / "many.json"
    file.write_text(json.dumps([{**one, "uuid": str(n), "name": str(n)} for n in range(20)]))
    cancel, seen = CancelToken(), []

    def tell(progress: Progress) -> None:
        seen.append((progress.read, progress.total))
        if len(seen) == 5:
            cancel.cancel()

    report = import_from(file, here, on_progress=tell, cancel=cancel)
    assert report.was_cancelled
    assert report.added == len(seen) == 5
    assert len(here.history.conversations()) == 5
    assert all(0 < read <= total == file.stat().st_size for read, total in seen)
    assert seen == sorted(seen)
    assert seen[0][0] < file.stat().st_size / 2
    assert import_from(file, here) == ImportReport(formats={"Claude"}, added=15, known=5)


def test_imported_conversations_stand_where_their_time_puts_them(
    here: Direct, tmp_path: Path
) -> None:
    here.history.create_conversation("today")
    import_from(foreign.chatgpt(tmp_path), here)
    import_from(foreign.claude(tmp_path), here)
    here.history.create_conversation("now")
    titles = [c.title for c in here.history.conversations()]
    assert titles[0] == "now"
    assert titles.index("today") < titles.index("Terms") < titles.index("Lease")


def test_what_was_being_written_does_not_go_on(here: Direct, tmp_path: Path) -> None:
    export = json.loads(json.dumps(foreign.CHATGPT[:1]))
    export[0]["mapping"]["a2"]["message"]["status"] = "in_progress"
    file = tmp_path / "conversations.json"
    file.write_text(json.dumps(export))
    import_from(file, here)
    assert path(here.history, "Lease")[-1].state is MessageState.STOPPED


def test_a_large_export_needs_little_memory(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.exchange.import_probe", str(tmp_path), "40"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    added, size_mb, grown_mb = map(int, done.stdout.split())
    assert (added, size_mb) == (40, 40)
    assert grown_mb < 30
