"""A publisher's gate: the licence's page, a token into the keyring, and on to the model."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.models.downloads.values import State
from app.ui.discover.offer_row import OfferRow
from app.ui.downloads.gate_panel import GatePanel
from tests.fakes.hub import STRANGER, TOKEN, FakeHub, small_model
from tests.fakes.keyring import FakeKeyring
from tests.ui.discover.conftest import Person, press, words
from tests.ui.window.test_accessibility import nameless


def gate(row: OfferRow) -> GatePanel:
    assert row.gate is not None
    return row.gate


def enter(person: Person, panel: GatePanel, token: str) -> None:
    """Type a token into the panel, keep it, and go on."""
    secrets = person.desk.parts.secrets

    def is_known() -> bool:
        view = secrets.view("huggingface")
        return view.kept is not None and not view.is_waiting

    person.until(is_known)
    press(panel.token.change)
    QTest.keyClicks(panel.token.field, token)
    press(panel.token.save)
    person.until(lambda: is_known() and not panel.token.is_entering)
    assert panel.token.state.text() == "Kept in your keyring"
    press(panel.again)


def test_a_gate_leads_over_the_licence_and_a_token_to_the_model(
    person: Person, hub: FakeHub, keyring: FakeKeyring
) -> None:
    repository = hub.add("org/gated", small_model(), gated="manual")
    row = person.download("org/gated")
    person.until(lambda: row.gate)
    assert QApplication.focusWidget() is not None
    panel = gate(row)
    assert "The publisher of org/gated wants its licence to be accepted first." in words(panel)
    assert "1. Sign in at the hub" in words(panel)
    assert not row.download.isVisible()
    assert nameless(panel) == []
    press(panel.page)
    question = person.question()
    assert "huggingface.co/org/gated" in words(question).replace("\u200b", "")
    question.reject()
    enter(person, panel, TOKEN)
    person.wait_for(State.DONE)
    person.assert_installed(repository, "")
    assert not row.gate
    assert all("authorization" not in seen.headers for seen in hub.cdn.requests)
    root = person.desk.services.paths.root
    files = [file for file in root.rglob("*") if file.is_file()]
    assert not [file for file in files if TOKEN.encode() in file.read_bytes()]


def test_a_token_without_access_is_said_where_it_was_met(person: Person, hub: FakeHub) -> None:
    hub.add("org/gated", small_model(), gated="manual")
    row = person.download("org/gated")
    person.until(lambda: row.gate)
    enter(person, gate(row), STRANGER)
    person.wait_for(State.FAILED)
    panel = person.card.gate
    assert panel is not None
    person.until(panel.isVisible)
    assert "Your account at the hub may not download org/gated (yet)." in words(panel)
    enter(person, panel, TOKEN)
    person.wait_for(State.DONE)


def test_without_a_keyring_the_gate_is_shown_nevertheless(
    person: Person, hub: FakeHub, keyring: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person.desk.services.secrets, "_find", lambda: None)
    hub.add("org/gated", small_model(), gated="manual")
    row = person.download("org/gated")
    person.until(lambda: row.gate)
    panel = gate(row)
    person.until(lambda: "no keyring" in words(panel))
    press(panel.token.change)
    QTest.keyClicks(panel.token.field, TOKEN)
    press(panel.token.save)
    person.until(panel.token.session.isVisible)
    press(panel.token.session)
    person.until(lambda: panel.token.state.text() == "Kept until Tacit closes")
    press(panel.again)
    person.wait_for(State.DONE)
