"""Code as tokens of few classes."""

from __future__ import annotations

import pytest

from app.ui.markdown.highlight import COMMON_LANGUAGES, prepare, tokens


def test_every_sign_is_in_a_token() -> None:
    code = "def f(x):\n    return 'a' + 1  # why\n"
    assert "".join(text for _, text in tokens(code, "python")) == code + "\n"


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("python", "def f(): pass", ("keyword", "def")),
        ("python", "def f(): pass", ("function", "f")),
        ("python", "x = 12", ("number", "12")),
        ("python", "# note", ("comment", "# note")),
        ("Python", "'text'", ("string", "text")),
        ("diff", "+ new", ("inserted", "+ new")),
        ("diff", "- old", ("deleted", "- old")),
        ("html", "<p>x</p>", ("tag", "p")),
    ],
)
def test_classes(language: str, code: str, expected: tuple[str, str]) -> None:
    assert expected in list(tokens(code, language))


@pytest.mark.parametrize("language", ["", "no-such-language"])
def test_an_unknown_language_has_no_tokens(language: str) -> None:
    assert not prepare(language)
    assert list(tokens("x = 1", language)) == []


@pytest.mark.parametrize("language", COMMON_LANGUAGES)
def test_what_is_prepared_is_known(language: str) -> None:
    assert prepare(language)
