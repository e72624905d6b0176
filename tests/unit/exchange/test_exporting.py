"""What goes out comes back exactly; every file is whole, private and loads nothing."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from app.core.draft import Draft, TextFile
from app.core.errors import AppError, ErrorCode
from app.core.events import ContextUse, Usage
from app.core.handoff import CancelToken
from app.core.messages import Role
from app.exchange.exporting import ExportProgress, export_to
from app.exchange.importing import import_from
from app.exchange.writers import ExportFormat
from app.paths import resources_dir
from app.store.history import History
from app.store.transcripts import Transcript
from app.store.values import Mark, MessageState, Provenance
from tests.fakes.direct import Direct

USAGE = Usage(prompt_tokens=7, cached_tokens=3, completion_tokens=2, load_s=0.5,
              first_token_s=0.1, decode_tokens_per_s=42.5, cost_usd=0.25)  # fmt: skip
CONTEXT = ContextUse(limit=100, prompt_tokens=7, dropped_messages=1, dropped_tokens=9)
PROVENANCE = Provenance(
    is_local=False, model_hash="ab" * 32, cost_usd=0.25, ended_at=1700000000.25, reasoning_s=1.5,
    parameters={"temperature": 0.3, "stop": ["x"], "seed": None},
)  # fmt: skip
FORMATS = list(ExportFormat)


def fill(history: History) -> list[str]:
    """Two conversations with everything that one can have; returns their ids."""
    lease = history.create_conversation("Lease <of> 東京", model="m1", system_prompt="Be exact.")
    asked = Draft(
        "Why?\n\n<b>bold</b> & `code`", (TextFile("pay ½.csv", "1;2", is_confidential=True),)
    )
    question = history.add_message(lease.id, None, Role.USER, asked.whole)
    history.attachments.note(question.id, asked.files)
    first = history.add_message(lease.id, question.id, Role.ASSISTANT, "Because.")
    history.update_message(
        first.id, reasoning="Hm.", state=MessageState.CUT, error="It was cut.", provider="p",
        model="m1", device="cpu", usage=USAGE, context=CONTEXT, provenance=PROVENANCE,
    )  # fmt: skip
    second = history.add_message(lease.id, question.id, Role.ASSISTANT, "Therefore.")
    deleted = history.add_message(lease.id, second.id, Role.USER, "deleted secret")
    last = history.add_message(lease.id, deleted.id, Role.USER, "last\ud83d\ude00")
    history.add_message(lease.id, None, Role.USER, "another beginning")
    history.delete_message(deleted.id)
    history.show_branch(first.id)
    history.show_branch(last.id)
    outer = history.folders.create("Clients")
    inner = history.folders.create("Case", outer.id)
    history.folders.put([lease.id], inner.id)
    history.labels.set_tags(lease.id, ["urgent", "tax"])
    history.labels.pin(lease.id)
    history.labels.mark(lease.id, Mark.CONFIDENTIAL)
    empty = history.create_conversation("Empty")
    gone = history.create_conversation("Gone secret")
    history.delete_conversation(gone.id)
    return [lease.id, empty.id]


def comparable(transcript: Transcript) -> Transcript:
    """The transcript without what depends on the history that it is in: the folder's id."""
    return replace(transcript, conversation=replace(transcript.conversation, folder_id=None))


def all_of(run: Direct) -> list[Transcript]:
    transcripts = run.history.transcripts
    return [comparable(transcripts.read(one)) for one in sorted(transcripts.ids())]


def test_json_comes_back_exactly_with_all_branches(
    here: Direct, there: Direct, tmp_path: Path
) -> None:
    fill(here.history)
    file = tmp_path / "out.json"
    report = export_to(file, here, ExportFormat.JSON)
    assert (report.conversations, report.files, report.gone) == (2, 1, 0)
    imported = import_from(file, there)
    assert (imported.formats, imported.added, imported.left_out) == ({"Tacit"}, 2, 0)
    assert all_of(there) == all_of(here)
    for one in there.history.transcripts.ids():
        theirs, ours = there.history.path(one), here.history.path(one)
        assert theirs == ours
        assert [m.siblings for m in theirs] == [m.siblings for m in ours]
    assert there.history.search("Therefore").hits
    assert "secret" not in file.read_text("utf-8")
    # The choice at every fork is remembered as well.
    (lease,) = [c for c in there.history.conversations() if c.title.startswith("Lease")]
    there.history.show_branch(there.history.children(lease.id, None)[0].id)
    assert [m.text for m in there.history.path(lease.id)][1] == "Therefore."
    again = tmp_path / "again.json"
    export_to(again, there, ExportFormat.JSON, here.history.transcripts.ids())
    assert (
        json.loads(again.read_text("utf-8"))["conversations"]
        == (json.loads(file.read_text("utf-8"))["conversations"])
    )


def test_files_that_do_not_fit_into_the_text_are_only_text(
    here: Direct, there: Direct, tmp_path: Path
) -> None:
    fill(here.history)
    file = tmp_path / "out.json"
    export_to(file, here, ExportFormat.JSON)
    document = json.loads(file.read_text("utf-8"))
    (attached,) = [
        m for c in document["conversations"] for m in c["messages"] if "attachments" in m
    ]
    attached["attachments"][0]["characters"] = 10**9
    file.write_text(json.dumps(document), "utf-8")
    import_from(file, there)
    message = there.history.message(attached["id"])
    assert (message.attachments, message.words) == ((), attached["text"])


def test_importing_ones_own_export_again_makes_no_doubles(here: Direct, tmp_path: Path) -> None:
    ids = fill(here.history)
    file = tmp_path / "out.json"
    export_to(file, here, ExportFormat.JSON)
    report = import_from(file, here)
    assert (report.added, report.known) == (0, 2)
    here.history.delete_conversation(ids[0])
    here.history.purge_deleted()
    report = import_from(file, here)
    assert (report.added, report.known) == (1, 1)
    assert [m.text for m in here.history.path(ids[0])][-1] == "last\ud83d\ude00".encode(
        "utf-16", "surrogatepass"
    ).decode("utf-16")


def test_a_newer_format_is_refused(here: Direct, tmp_path: Path) -> None:
    file = tmp_path / "new.json"
    for content in ("[]", '[{"leaf_id": null, "title": "x", "messages": []}]'):
        file.write_text(f'{{"format": "tacit-history", "version": 2, "conversations": {content}}}')
        with pytest.raises(AppError, match="newer"):
            import_from(file, here)
    assert here.history.conversations() == []


def valid(value: Any, schema: dict[str, Any], root: dict[str, Any], where: str = "") -> list[str]:
    """What of `value` is not as `schema` says; the words of JSON Schema that ours uses."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    wrong: list[str] = []
    kinds: dict[str, Callable[[Any], bool]] = {
        "object": lambda v: isinstance(v, dict),
        "array": lambda v: isinstance(v, list),
        "string": lambda v: isinstance(v, str),
        "boolean": lambda v: isinstance(v, bool),
        "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
        "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
        "null": lambda v: v is None,
    }
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(kinds[kind](value) for kind in types):
        return [f"{where} is no {types}"]
    if "const" in schema and value != schema["const"]:
        wrong.append(f"{where} is not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        wrong.append(f"{where} is none of {schema['enum']}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        wrong.append(f"{where} does not match")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        wrong += [f"{where}.{name} is missing" for name in schema.get("required", [])
                  if name not in value]  # fmt: skip
        for name, part in value.items():
            if properties and name not in properties:
                wrong.append(f"{where}.{name} is not described")
            else:
                wrong += valid(part, properties.get(name, {}), root, f"{where}.{name}")
    if isinstance(value, list):
        for place, part in enumerate(value):
            wrong += valid(part, schema.get("items", {}), root, f"{where}[{place}]")
    return wrong


def test_the_export_is_what_the_schema_describes(here: Direct, tmp_path: Path) -> None:
    fill(here.history)
    file = tmp_path / "out.json"
    export_to(file, here, ExportFormat.JSON)
    schema = json.loads((resources_dir() / "history.schema.json").read_text("utf-8"))
    assert valid(json.loads(file.read_text("utf-8")), schema, schema) == []
    assert valid({"format": "x", "version": 1, "conversations": [{}]}, schema, schema)


def test_markdown_and_text_hold_the_shown_path(here: Direct, tmp_path: Path) -> None:
    ids = fill(here.history)
    for kind in (ExportFormat.MARKDOWN, ExportFormat.TEXT):
        file = tmp_path / f"out{kind.suffix}"
        export_to(file, here, kind, ids)
        content = file.read_text("utf-8")
        assert "Lease <of> 東京" in content
        assert "<b>bold</b> & `code`" in content
        assert content.index("Why?") < content.index("Therefore.") < content.index("last")
        for absent in ("Because.", "another beginning", "secret"):
            assert absent not in content
        assert content.index("last") < content.index("Empty")


HOSTILE = """<script>alert(1)</script> <img src="http://evil.example/a.png"> ![p](http://evil.example/b.png)
[link](javascript:alert(1)) [ok](https://example.org/?a=1&b=2) <http://evil.example/c>

<iframe src="http://evil.example"></iframe>

```html
</code></pre><script>alert(2)</script>
```

| a | b |
|---|---|
| <object data="x"> | ~~c~~ |
"""  # fmt: skip


class Elements(HTMLParser):
    """Collects every element and attribute of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_a_page_loads_nothing_whatever_was_written(here: Direct, tmp_path: Path) -> None:
    history = here.history
    one = history.create_conversation(f'"><script>{HOSTILE}')
    message = history.add_message(one.id, None, Role.ASSISTANT, HOSTILE)
    history.update_message(message.id, reasoning=HOSTILE, error=HOSTILE, model=HOSTILE)
    file = tmp_path / "out.html"
    export_to(file, here, ExportFormat.HTML)
    page = file.read_text("utf-8")
    elements = Elements(page).found
    tags = {tag for tag, _ in elements}
    assert not tags & {"script", "img", "iframe", "object", "embed", "link", "base", "form", "svg"}
    assert {"table", "code", "details", "s"} <= tags
    for tag, attributes in elements:
        assert not {"src", "srcset", "style", "data", "background"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
        if "href" in attributes:
            assert tag == "a"
            assert str(attributes["href"]).startswith(("http://", "https://"))
    assert "url(" not in page
    assert "default-src 'none'" in page
    assert "[p: http://evil.example/b.png]" in page


def test_each_format_is_written_as_a_whole_or_not_at_all(
    here: Direct, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(here.history)
    folder = tmp_path / "out"
    folder.mkdir()
    for kind in FORMATS:
        file = folder / f"kept{kind.suffix}"
        file.write_text("as it was")

        def full(_handle: int) -> None:
            raise OSError(errno.ENOSPC, "no space")

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(AppError) as caught:
                export_to(file, here, kind)
        assert caught.value.code is ErrorCode.DISK_FULL
        assert file.read_text() == "as it was"
        export_to(file, here, kind)
        assert file.read_text("utf-8") != "as it was"
        if os.name == "posix":
            assert file.stat().st_mode & 0o077 == 0
    assert len(list(folder.iterdir())) == len(FORMATS)
    with pytest.raises(AppError, match="cannot be written"):
        export_to(tmp_path / "nowhere" / "out.md", here, ExportFormat.MARKDOWN)


def test_a_folder_gets_a_file_for_each_and_none_is_overwritten(
    here: Direct, tmp_path: Path
) -> None:
    history = here.history
    titles = [
        "a/b\\c:d*e?",
        "..",
        "CON",
        "",
        "x" * 300,
        "same",
        "same",
        "東京" * 100,
        "\x00\n\u202e",
    ]
    for title in titles:
        history.create_conversation(title)
    folder = tmp_path / "out"
    folder.mkdir()
    for _ in range(2):
        report = export_to(folder, here, ExportFormat.TEXT)
        assert (report.conversations, report.files) == (len(titles), len(titles))
    names = [file.name for file in folder.iterdir()]
    assert len(names) == 2 * len(titles)
    assert all(len(name.encode()) < 200 and not name.startswith(".") for name in names)
    assert {"same.txt", "same (2).txt", "same (4).txt"} <= set(names)
    assert list(tmp_path.glob("*.txt")) == []


def test_an_export_tells_how_far_it_is_and_leaves_nothing_when_cancelled(
    here: Direct, tmp_path: Path
) -> None:
    for number in range(10):
        here.history.create_conversation(str(number))
    cancel = CancelToken()
    seen: list[ExportProgress] = []

    def tell(progress: ExportProgress) -> None:
        seen.append(progress)
        if progress.written == 4:
            cancel.cancel()

    folder = tmp_path / "out"
    folder.mkdir()
    report = export_to(
        folder / "out.json", here, ExportFormat.JSON, on_progress=tell, cancel=cancel
    )
    assert report.was_cancelled
    assert report.conversations == report.files == 0
    assert [progress.written for progress in seen] == [1, 2, 3, 4]
    assert {progress.total for progress in seen} == {10}
    assert list(folder.iterdir()) == []


def test_what_was_deleted_meanwhile_is_counted(here: Direct, tmp_path: Path) -> None:
    ids = fill(here.history)
    report = export_to(tmp_path / "x.json", here, ExportFormat.JSON, [*ids, "nothing"])
    assert (report.conversations, report.gone) == (2, 1)
