"""What was written is found, in any language; what was deleted or excluded is not."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from app.core.messages import Role
from app.store.filters import Filters
from app.store.history import History
from app.store.query import Query
from app.store.search import SearchHit
from app.store.values import MessageState, Provenance


def say(history: History, text: str, title: str = "") -> str:
    """A conversation with one message; returns the id of the message."""
    conversation = history.create_conversation(title)
    return history.add_message(conversation.id, None, Role.USER, text).id


def marked(hit: SearchHit) -> list[str]:
    return [hit.snippet[start:end] for start, end in hit.marks]


@pytest.mark.parametrize(
    ("text", "typed", "words"),
    [
        ("The tenant pays rent.", "rent", ["rent"]),
        ("The tenant pays rent.", "RENT tenant", ["tenant", "rent"]),
        ("The tenant pays rent.", '"tenant pays"', ["tenant pays"]),
        ("The tenant pays rent.", "ten*", ["ten"]),
        ("The tenant pays rent.", "tenant -owner", ["tenant"]),
        ("Über den Mietvertrag", "uber", ["Über"]),
        ("cafe\u0301 au lait", "lait", ["lait"]),
        ("Το συμβόλαιο", "συμβολαιο", ["συμβόλαιο"]),  # noqa: RUF001
        ("Договор аренды", "ДОГОВОР", ["Договор"]),
        ("私は東京に住んでいます", "東京", ["東京"]),
        ("私は東京に住んでいます", "京", ["京"]),
        ("合同规定每月付租金", "租金", ["租金"]),
        ("서울에서 계약했다", "계약", ["계약"]),
        ("สัญญาเช่าบ้าน", "เช่า", ["เช่า"]),
        ("عقد الإيجار السنوي", "الإيجار", ["الإيجار"]),
        ("חוזה שכירות", "שכירות", ["שכירות"]),
        ("call foo_bar(x) in C", "foo_bar", ["foo_bar"]),
        ("e-mail me", "e-mail", ["e-mail"]),
        ("version 3.40.1 of it", "3.40.1", ["3.40.1"]),
        ("GPT4と東京タワー", "gpt4と東京", ["GPT4と東京"]),
    ],
)
def test_words_of_any_script_are_found_and_marked(
    history: History, text: str, typed: str, words: list[str]
) -> None:
    message_id = say(history, text)
    say(history, "something else entirely / etwas anderes")
    (hit,) = history.search(typed).hits
    assert hit.message_id == message_id
    assert hit.role is Role.USER
    assert marked(hit) == words


def test_hindi_is_found_by_whole_words(history: History) -> None:
    say(history, "किराया समझौता")
    assert len(history.search("समझौता").hits) == 1
    assert history.search("समझ").hits == ()


@pytest.mark.parametrize(
    "typed",
    ["absent", '"pays tenant"', "京都", "rent -tenant", "ent", "", "   ", '"', "-rent", "***", "😀",
     '"" -', "NEAR(", "text:", "a AND", "\x00", "\ud800", "(" * 500, "x " * 5000],
)  # fmt: skip
def test_nothing_else_is_found_and_nothing_typed_is_an_error(history: History, typed: str) -> None:
    say(history, "The tenant pays rent in 東京.")
    assert history.search(typed).hits == ()


def test_operators_of_the_index_are_plain_words(history: History) -> None:
    say(history, "this OR that AND NOT NEAR those")
    assert len(history.search("or and not near").hits) == 1
    assert len(history.search("column: text:").hits) == 0


def test_the_last_word_counts_as_a_beginning_while_typing(history: History) -> None:
    say(history, "The tenant pays rent.")
    assert len(history.search("tenant pa", is_typing=True).hits) == 1
    assert history.search("tenant pa").hits == ()
    assert history.search("tena pays", is_typing=True).hits == ()
    assert history.search('"tenant pa"', is_typing=True).hits == ()
    assert len(history.search('"tenant pa', is_typing=True).hits) == 1


def test_titles_come_first_and_open_the_conversation(history: History) -> None:
    say(history, "a lease of land")
    conversation = history.create_conversation("The Lease")
    title, message = history.search("lease").hits
    assert (title.conversation_id, title.message_id, title.role) == (conversation.id, None, None)
    assert title.snippet == "The Lease"
    assert marked(title) == ["Lease"]
    assert message.message_id is not None
    history.rename(conversation.id, "The Rent")
    assert len(history.search("lease").hits) == 1
    assert [hit.title for hit in history.search("rent").hits] == ["The Rent"]


def test_the_index_follows_every_change(history: History) -> None:
    message_id = say(history, "first wording")
    history.update_message(message_id, text="second wording")
    assert history.search("first").hits == ()
    assert len(history.search("second").hits) == 1
    history.delete_message(message_id)
    assert history.search("wording").hits == ()
    history.restore_message(message_id)
    assert len(history.search("wording").hits) == 1
    conversation_id = history.message(message_id).conversation_id
    history.delete_conversation(conversation_id)
    assert history.search("wording").hits == ()
    history.purge_deleted()
    with history._db.read() as db:
        assert db.execute("SELECT count(*) FROM unindexed").fetchone()[0] == 0
        assert db.execute("SELECT count(*) FROM search_docsize").fetchone()[0] == 0
        db.execute("INSERT INTO search (search) VALUES ('integrity-check')")


def test_an_answer_is_found_when_it_has_ended(history: History, file: Path) -> None:
    question = history.message(say(history, "question"))
    answer = history.add_message(
        question.conversation_id, question.id, Role.ASSISTANT, "", MessageState.STREAMING
    )
    for count in range(1, 5):
        history.update_message(answer.id, text="growing " * count)
    assert history.search("growing").hits == ()
    history.update_message(answer.id, state=MessageState.STOPPED)
    assert len(history.search("growing").hits) == 1
    killed = history.add_message(
        question.conversation_id, question.id, Role.ASSISTANT, "", MessageState.STREAMING
    )
    history.update_message(killed.id, text="interrupted words")
    history.close()
    again = History(file)
    again.open()
    assert [hit.message_id for hit in again.search("interrupted").hits] == [killed.id]
    again.close()


def test_what_is_not_kept_is_not_found(history: History) -> None:
    with contextlib.suppress(RuntimeError), history.batch():
        say(history, "taken back")
        raise RuntimeError
    assert history.search("taken").hits == ()


def test_filters_narrow_what_is_found(history: History) -> None:
    told: dict[str, str] = {}
    for number, name in enumerate(("local", "cloud", "plain")):
        message = history.message(say(history, f"lease {name}", title=f"lease {name}"))
        told[name] = message.conversation_id
        if name != "plain":
            answer = history.add_message(
                message.conversation_id, message.id, Role.ASSISTANT, "lease answered"
            )
            history.update_message(
                answer.id, model=f"m-{name}", provenance=Provenance(is_local=name == "local")
            )
        with history._db.write() as db:
            db.execute(
                "UPDATE message SET created_at = ? WHERE conversation_id = ?",
                (number * 100.0, message.conversation_id),
            )
    outer = history.folders.create("Cases")
    inner = history.folders.create("Open", outer.id)
    history.folders.put([told["local"]], inner.id)
    history.labels.set_tags(told["cloud"], ["urgent"])
    history.labels.pin(told["plain"])

    def found(filters: Filters) -> set[str]:
        hits = history.search("lease", filters).hits
        listed = {c.id for c in history.conversations(filters=filters)}
        names = {name for name, one in told.items() if one in {h.conversation_id for h in hits}}
        if filters.since is None and filters.until is None:
            assert listed == {told[name] for name in names}
        return names

    assert found(Filters()) == {"local", "cloud", "plain"}
    assert found(Filters(folder_id=outer.id)) == {"local"}
    assert found(Filters(folder_id=inner.id)) == {"local"}
    assert found(Filters(folder_id="")) == {"cloud", "plain"}
    assert found(Filters(tag="urgent")) == {"cloud"}
    assert found(Filters(model="m-local")) == {"local"}
    assert found(Filters(is_local=True)) == {"local", "plain"}
    assert found(Filters(is_local=False)) == {"cloud"}
    assert found(Filters(pinned=True)) == {"plain"}
    assert found(Filters(pinned=False, is_local=True)) == {"local"}
    messages = [h for h in history.search("lease", Filters(since=100.0, until=200.0)).hits
                if h.message_id]  # fmt: skip
    assert {h.conversation_id for h in messages} == {told["cloud"]}


def test_pages_cover_every_hit_once(history: History) -> None:
    conversation = history.create_conversation("lease")
    with history.batch():
        for number in range(2_300):
            history.add_message(conversation.id, None, Role.USER, f"lease number {number}")
    while history.index_more():
        pass
    found: list[str | None] = []
    while True:
        page = history.search("lease", limit=700, offset=len(found))
        found += [hit.message_id for hit in page.hits]
        if not page.has_more:
            break
    assert len(found) == len(set(found)) == 2_301
    assert found[0] is None


def test_the_better_match_comes_first(history: History) -> None:
    best = say(history, "lease lease lease")
    for _ in range(5):
        say(history, "a lease among many other words that have nothing to do with it at all")
    assert history.search("lease").hits[0].message_id == best


def test_a_snippet_is_one_line_around_the_first_match(history: History) -> None:
    say(history, "word " * 400 + "\n\nthe needle\nis here " + "word " * 400)
    (hit,) = history.search("needle").hits
    assert marked(hit) == ["needle"]
    assert len(hit.snippet) < 210
    assert "\n" not in hit.snippet
    assert hit.snippet.startswith("…word")
    assert hit.snippet.endswith("…")


def test_all_places_in_a_text_are_told() -> None:
    query = Query.parse('rent "東京"')
    text = "Rent in 東京, RENT again; parent is no rent."
    assert [text[a:b] for a, b in query.spans(text)] == ["Rent", "東京", "RENT", "rent"]
    assert Query.parse("").spans(text) == []


def test_a_broken_index_keeps_nobody_from_writing(history: History) -> None:
    say(history, "before")
    with history._db.write() as db:
        db.execute("UPDATE search_data SET block = x'00' WHERE id > 1")
    message_id = say(history, "after")
    assert history.message(message_id).text == "after"
    while history.index_more():
        pass
    # It was built anew.
    assert len(history.search("before").hits) == len(history.search("after").hits) == 1
