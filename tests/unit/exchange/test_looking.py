"""What is in a file is told before anything of it is imported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.core.errors import AppError
from app.core.handoff import CancelToken
from app.core.messages import Role
from app.exchange.exporting import export_to
from app.exchange.looking import Contents, look
from app.exchange.reading import Progress
from app.exchange.writers import TACIT_SUFFIX, ExportFormat
from tests.fakes import foreign
from tests.fakes.direct import Direct


def test_another_programs_export_is_named_and_counted(tmp_path: Path) -> None:
    contents = look(foreign.chatgpt(tmp_path))
    assert contents.formats == {"ChatGPT"}
    assert (contents.conversations, contents.unreadable) == (2, 1)
    assert contents.titles[0] == "Lease"
    assert contents.messages >= 4


def test_nothing_is_kept_of_what_was_looked_into(here: Direct, tmp_path: Path) -> None:
    for number in range(5):
        made = here.history.create_conversation(f"Chat {number}")
        here.history.add_message(made.id, None, Role.USER, "Hello")
    file = tmp_path / f"chats{TACIT_SUFFIX}"
    export_to(file, here, ExportFormat.JSON)
    seen: list[Progress] = []
    contents = look(file, on_progress=seen.append)
    assert contents.formats == {"Tacit"}
    assert (contents.conversations, contents.messages) == (5, 5)
    assert len(contents.titles) == 3
    assert seen[-1].read == seen[-1].total == file.stat().st_size
    assert len(here.history.conversations()) == 5


def test_a_file_of_something_else_holds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "list.tacit"
    file.write_text(json.dumps([{"a": 1}]), encoding="utf-8")
    assert look(file) == Contents(unreadable=1)
    file.write_text("no JSON", encoding="utf-8")
    with pytest.raises(AppError):
        look(file)


def test_looking_ends_when_nobody_wants_to_know_any_more(tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    contents = look(foreign.chatgpt(tmp_path), cancel=cancel)
    assert (contents.was_cancelled, contents.conversations) == (True, 0)


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [(".TACIT", ExportFormat.JSON), (".htm", ExportFormat.HTML), (".docx", None), ("", None)],
)
def test_the_ending_of_a_name_says_what_is_meant(suffix: str, kind: ExportFormat | None) -> None:
    assert ExportFormat.of(suffix) is kind


def test_each_file_in_a_folder_gets_the_ending_that_was_asked_for(
    here: Direct, tmp_path: Path
) -> None:
    here.history.create_conversation("Lease")
    target = tmp_path / "out"
    target.mkdir()
    export_to(target, here, ExportFormat.JSON, suffix=TACIT_SUFFIX)
    assert [file.name for file in target.iterdir()] == ["Lease.tacit"]
