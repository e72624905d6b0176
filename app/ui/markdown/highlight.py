"""Reads code as tokens of the few classes that a theme has colours for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer

# Pygments' names of what code consists of; the first one that matches a beginning holds.
_CLASSES = {
    "Token.Comment": "comment",
    "Token.Literal.String": "string",
    "Token.Literal.Number": "number",
    "Token.Keyword.Type": "type",
    "Token.Keyword": "keyword",
    "Token.Operator.Word": "keyword",
    "Token.Operator": "operator",
    "Token.Name.Function": "function",
    "Token.Name.Class": "type",
    "Token.Name.Namespace": "type",
    "Token.Name.Exception": "type",
    "Token.Name.Builtin": "builtin",
    "Token.Name.Decorator": "function",
    "Token.Name.Attribute": "function",
    "Token.Name.Tag": "tag",
    "Token.Generic.Inserted": "inserted",
    "Token.Generic.Deleted": "deleted",
    "Token.Generic.Heading": "keyword",
    "Token.Generic.Subheading": "function",
}
_SUFFIX = re.compile(r"\*\.[A-Za-z0-9+]{1,8}")
# Loading a language takes up to 40 ms, so these are fetched before they are needed.
COMMON_LANGUAGES = ("python", "javascript", "bash", "json")


def prepare(language: str) -> bool:
    """Load what is needed to colour `language`; whether it is known."""
    return _lexer(language.lower()) is not None


def file_suffix(language: str) -> str:
    """How the names of files in `language` end, with the dot; ".txt" where that is not known."""
    lexer = _lexer(language.lower())
    names = lexer.filenames if lexer is not None else []
    plain = (name[1:] for name in names if _SUFFIX.fullmatch(name))
    return next(plain, ".txt")


def tokens(code: str, language: str) -> Iterator[tuple[str, str]]:
    """The class ("" for none) and the text of each token of `code`, one after the other."""
    lexer = _lexer(language.lower())
    if lexer is not None:
        # Many lexers know the end of a line only by its sign.
        for _, kind, text in lexer.get_tokens_unprocessed(code + "\n"):
            yield _class_of(kind), text


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    if not language:
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None


@lru_cache(maxsize=512)
def _class_of(kind: object) -> str:
    full = str(kind)
    return next((name for start, name in _CLASSES.items() if full.startswith(start)), "")
