"""`tacit cloud`: what is on, what it costs, and nothing asked that nobody wanted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.main import main
from app.process.start import Protection

Run = tuple[int, str, str]


class Shell:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Run:
        code = main(
            ["cloud", *arguments], lambda _paths, _logs: 0, lambda _why, _before: Protection()
        )
        out, err = self._capsys.readouterr()
        return code, out, err

    def json(self, *arguments: str) -> object:
        code, out, err = self(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)


@pytest.fixture
def shell(private_home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


def test_everything_is_off_at_first(shell: Shell) -> None:
    found = shell.json("status")
    assert isinstance(found, dict)
    assert found["on"] is False
    assert found["spent_usd"] == 0
    # A server of one's own has no address yet, so there is none.
    names = [provider["name"] for provider in found["providers"]]
    assert names == ["anthropic", "openrouter", "huggingface"]
    assert not any(provider["on"] or provider["usable"] for provider in found["providers"])


def test_a_provider_may_be_asked_once_both_switches_are_on(shell: Shell) -> None:
    _, _, err = shell("on", "anthropic")
    assert "tacit cloud on" in err
    assert "no" in shell("status")[1]
    assert shell("on")[0] == 0
    found = shell.json("status")
    assert isinstance(found, dict)
    assert [p["name"] for p in found["providers"] if p["usable"]] == ["anthropic"]
    assert shell("off")[0] == 0
    found = shell.json("status")
    assert isinstance(found, dict)
    assert not any(provider["usable"] for provider in found["providers"])


@pytest.mark.parametrize("arguments", [("models", "anthropic"), ("on", "nobody")])
def test_what_cannot_be_done_is_a_sentence(shell: Shell, arguments: tuple[str, ...]) -> None:
    code, _, err = shell(*arguments)
    assert code in {1, 2}
    assert err.startswith("tacit: ")


def test_the_limit_is_shown_and_set(shell: Shell) -> None:
    assert shell.json("limit") == {"monthly_limit_usd": 10.0, "spent_usd": 0}
    assert shell.json("limit", "2.5") == {"monthly_limit_usd": 2.5, "spent_usd": 0}
    assert shell("limit", "-1")[0] != 0
    assert "no limit" in shell("limit", "0")[1]


def test_a_price_is_shown_and_corrected(shell: Shell) -> None:
    assert shell("price", "openrouter", "a/b")[1] == "Its price is not known.\n"
    code, out, _ = shell("price", "openrouter", "a/b", "1", "2.5")
    assert (code, out) == (0, "$1 read, $2.5 written: you\n")
    assert shell("price", "openrouter", "a/b", "1")[0] == 2
    assert "table of 2026-11-25" in shell("price", "anthropic", "claude-opus-5")[1]


def test_costs_are_listed_by_month(shell: Shell, private_home: Path) -> None:
    month = {
        "month": "2026-11", "provider": "openrouter", "answers": 3, "prompt_tokens": 1200,
        "completion_tokens": 340, "cost_usd": 0.25, "estimated_usd": 0.05, "unpriced": 1,
    }  # fmt: skip
    private_home.mkdir(exist_ok=True)
    (private_home / "cloud-costs.json").write_text(json.dumps({"months": [month], "open": {}}))
    _, out, _ = shell("costs")
    assert "2026-11  openrouter  3        1,200        340      0.2500" in out
    assert "$0.0500 of it estimated, 1 without a known price" in out
    found = shell.json("costs")
    assert isinstance(found, dict)
    assert found["months"] == [month]
    assert found["answered_here"] is None
