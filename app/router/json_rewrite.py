"""Writes changed JSON back so that what did not change stays as the person wrote it."""

from __future__ import annotations

import json

from app.router.json_lines import Node, parse

_USUAL_INDENT = "  "
_LONGEST_LINE = 72
_Part = tuple[int | None, str]
"""Where an item stood before (None: nowhere), and its text."""


def rewrite(text: str, value: object) -> str:
    """`text` with the content `value`: order, spaces and lines of all else stay.

    `value` is what `json.loads` would give; an empty `text` becomes a new file. Raises
    `BrokenJsonError` for a text that is no JSON.
    """
    if not text.strip():
        return f"{_dumped(value, '', _USUAL_INDENT)}\n"
    node = parse(text)
    writer = _Writer(text, _indent_of(text, node))
    return text[: node.start] + writer.changed(node, value, "") + text[node.end :]


class _Writer:
    """`indent` is what every level stands further in; None writes all in one line."""

    def __init__(self, text: str, indent: str | None) -> None:
        self._text = text
        self._indent = indent

    def changed(self, node: Node, value: object, margin: str) -> str:
        """The text of `value` in the place of `node`, whose line begins with `margin`."""
        if _is_same(node.plain, value):
            return self._text[node.start : node.end]
        if isinstance(node.value, dict) and node.value and isinstance(value, dict) and value:
            return self._mapping(node, node.value, value, margin)
        if isinstance(node.value, tuple) and node.value and isinstance(value, list) and value:
            return self._list(node, node.value, value, margin)
        return _dumped(value, margin, self._indent)

    def _mapping(
        self, node: Node, old: dict[str, Node], new: dict[str, object], margin: str
    ) -> str:
        frame = _Frame(self._text, node, [(node.key_starts[k], one.end) for k, one in old.items()])
        inner = frame.margin(margin)
        places = {name: place for place, name in enumerate(old)}
        parts: list[_Part] = []
        for name, value in new.items():
            if (before := old.get(name)) is not None:
                head = self._text[node.key_starts[name] : before.start]
                parts.append((places[name], head + self.changed(before, value, inner)))
            else:
                parts.append((None, _member(name, _dumped(value, inner, self._indent))))
        return frame.joined(parts)

    def _list(self, node: Node, old: tuple[Node, ...], new: list[object], margin: str) -> str:
        frame = _Frame(self._text, node, [(one.start, one.end) for one in old])
        inner = frame.margin(margin)
        left = dict(enumerate(old))
        parts: list[_Part] = []
        for index, value in enumerate(new):
            place = next((n for n, one in left.items() if _is_same(one.plain, value)), None)
            if place is None and len(new) == len(old) and not _has(new, old[index]):
                place = index
            if place is None:
                parts.append((None, _dumped(value, inner, self._indent)))
            else:
                parts.append((place, self.changed(left.pop(place), value, inner)))
        return frame.joined(parts)


class _Frame:
    """The braces of one object or list, and the spaces around its items, which stand at `spans`."""

    def __init__(self, text: str, node: Node, spans: list[tuple[int, int]]) -> None:
        ends = [node.start + 1, *(end for _, end in spans)]
        # Before every item but the first stands one comma among spaces.
        self._gaps = [
            text[end:start].replace(",", "", 1)
            for end, (start, _) in zip(ends, spans, strict=False)
        ]
        self._tail = text[ends[-1] : node.end - 1]
        self._braces = text[node.start], text[node.end - 1]

    def margin(self, outer: str) -> str:
        """What the lines of the items begin with; those of the braces with `outer`."""
        return self._gaps[0].rpartition("\n")[2] if "\n" in self._gaps[0] else outer

    def joined(self, parts: list[_Part]) -> str:
        """All of `parts`."""
        first = self._gaps[0]
        usual = f"\n{self.margin('')}" if "\n" in first else " "
        between = self._gaps[1] if len(self._gaps) > 1 else usual
        written = []
        for index, (place, words) in enumerate(parts):
            gap = self._gaps[place] if place and index else between if index else first
            written.append(gap + words)
        return self._braces[0] + ",".join(written) + self._tail + self._braces[1]


def _has(values: list[object], node: Node) -> bool:
    return any(_is_same(node.plain, value) for value in values)


def _is_same(one: object, other: object) -> bool:
    """Equal also in the order of members; 1 is not true."""
    return json.dumps(one) == json.dumps(other)


def _indent_of(text: str, node: Node) -> str | None:
    starts = list(node.key_starts.values())
    if not starts:
        return _USUAL_INDENT
    gap = text[node.start + 1 : starts[0]]
    return gap.rpartition("\n")[2] or _USUAL_INDENT if "\n" in gap else None


def _dumped(value: object, margin: str, indent: str | None) -> str:
    """JSON as a person would write it: what is short and flat in one line."""
    flat = _flat(value)
    if not isinstance(value, dict | list) or not value or indent is None:
        return flat
    is_simple = not any(
        isinstance(one, dict | list)
        for one in (value.values() if isinstance(value, dict) else value)
    )
    if is_simple and len(flat) <= _LONGEST_LINE:
        return flat
    inner = margin + indent
    if isinstance(value, dict):
        items = [_member(name, _dumped(one, inner, indent)) for name, one in value.items()]
    else:
        items = [_dumped(one, inner, indent) for one in value]
    braces = "{}" if isinstance(value, dict) else "[]"
    lines = f",\n{inner}".join(items)
    return f"{braces[0]}\n{inner}{lines}\n{margin}{braces[1]}"


def _member(name: str, value: str) -> str:
    return f"{json.dumps(name, ensure_ascii=False)}: {value}"


def _flat(value: object) -> str:
    """All in one line, with air inside of braces."""
    if isinstance(value, dict) and value:
        members = ", ".join(_member(name, _flat(one)) for name, one in value.items())
        return f"{{ {members} }}"
    if isinstance(value, list):
        return f"[{', '.join(_flat(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False)
