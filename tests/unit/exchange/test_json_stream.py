"""A long array comes element by element, whole whatever the pieces, and around what is broken."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import AppError
from app.exchange import json_stream
from app.exchange.json_stream import Broken, JsonStream

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


class Drops:
    """A stream that gives a few bytes at a time, whatever is asked for."""

    def __init__(self, content: bytes, size: int) -> None:
        self._stream = io.BytesIO(content)
        self._size = size

    def read(self, _size: int, /) -> bytes:
        return self._stream.read(self._size)


def elements(text: str | bytes, size: int = 1000, *keys: str) -> list[Any]:
    content = text.encode() if isinstance(text, str) else text
    return list(JsonStream(Drops(content, size)).elements(*keys))


@given(st.lists(VALUES), st.integers(1, 50), st.booleans())
def test_every_element_is_whole_whatever_the_pieces(
    values: list[Any], size: int, is_indented: bool
) -> None:
    assert elements(json.dumps(values, indent=1 if is_indented else None), size) == values


def test_an_array_under_a_key_is_found_behind_other_members() -> None:
    text = '{"version": 1, "other": [1], "conversations": [{"a": 1}, {"b": 2}], "more": 3}'
    stream = JsonStream(io.BytesIO(text.encode()))
    assert list(stream.elements("conversations")) == [{"a": 1}, {"b": 2}]
    assert stream.members == {"version": 1, "other": [1]}


def test_an_object_alone_is_one_element() -> None:
    assert elements('{"a": [1, 2], "b": "c"}', 3, "conversations") == [{"a": [1, 2], "b": "c"}]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('[{"a": 1}, {"b": nope, "c": [1, "}]"]}, {"d": 2}]', [{"a": 1}, Broken(), {"d": 2}]),
        ('[nope, {"d": 2}]', [Broken(), {"d": 2}]),
        ('[{"a" 1}, 7]', [Broken(), 7]),
        ('[{"a": 1}, {"b": "cut', [{"a": 1}, Broken()]),
        ('[{"a": 1}', [{"a": 1}, Broken()]),
        ("[}}, 1]", [1]),
        ("[1 2]", [1, 2]),
        ('[{"x": "\\q"}, 1]', [Broken(), 1]),
        ("[" + "[" * 100_000 + "]" * 100_000 + ", 1]", [Broken(), 1]),
    ],
)
def test_what_is_broken_is_passed_over(text: str, read: list[Any], size: int) -> None:
    if len(text) > 1000 and size < 1000:
        size = 4000
    assert elements(text, size) == read


def test_marks_and_broken_bytes_are_put_up_with() -> None:
    assert elements(b'\xef\xbb\xbf["a\xffb"]') == ["a\ufffdb"]
    assert elements('["line\nbreak"]') == ["line\nbreak"]


@pytest.mark.parametrize("text", ["", "   ", "hello", "7", "<html>", '{"a": nope}', "{7: 1}"])
def test_what_is_no_document_is_said(text: str) -> None:
    if text == "{7: 1}":
        assert elements(text) == []
        return
    with pytest.raises(AppError):
        elements(text)


def test_an_element_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_AT_ONCE", 64)
    monkeypatch.setattr(json_stream, "LARGEST_ELEMENT", 4096)
    text = '[{"a": "' + "x" * 100_000 + '"}, 1]'
    assert list(JsonStream(io.BytesIO(text.encode())).elements()) == [Broken(), 1]
