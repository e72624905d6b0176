"""The benchmark of the history measures what its figures say, on a small history."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bench import startup, store
from app.store.connecting import key_id_of
from app.store.history import History


def test_every_figure_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"CONVERSATIONS": 120, "LONG": 60, "MESSAGES": 1_000, "ROUNDS": 1}.items():
        monkeypatch.setattr(store, name, value)
    starts = iter([1.0, 9.0, 2.0, *[2.0, 3.0, 3.6] * store.START_ROUNDS])
    monkeypatch.setattr(startup, "seconds_until_ready", lambda _folder, _key="": next(starts))
    figures = {figure.name: figure for figure in store.measure(tmp_path)}
    goals = {name: figure.goal for name, figure in figures.items() if figure.goal is not None}
    assert goals == {
        "search_p95_ms": 50, "list_ms": 30, "open_5000_messages_ms": 200,
        "start_ratio_to_empty_history": 1.2, "search_p95_ms_encrypted_ratio": 1.5,
        "list_ms_encrypted_ratio": 1.5, "open_5000_messages_ms_encrypted_ratio": 1.5,
        "start_encrypted_ratio": 1.5,
    }  # fmt: skip
    assert figures["start_encrypted_ratio"].value == pytest.approx(1.2)
    assert key_id_of(tmp_path / "locked" / "history.db") is not None
    assert figures["start_ratio_to_empty_history"].value == 1.5  # without the first round
    assert all(figure.value > 0 for figure in figures.values())
    history = History(tmp_path / "full" / "history.db")
    history.open()
    assert len(history.conversations(200)) == 119  # one of them was erased
    assert sum(len(history.path(c.id)) for c in history.conversations(200)) > 980
    texts = store.Texts()
    for typed in (texts.words[0], texts.signs[0], f'"{texts.words[0]} {texts.words[1]}"'):
        assert history.search(typed).hits
    history.close()


def test_the_texts_are_always_the_same() -> None:
    first, second = store.Texts(), store.Texts()
    assert [first.make(n) for n in range(10)] == [second.make(n) for n in range(10)]
