"""Takes typed values out of parsed JSON and collects every problem with its line."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from app.router.json_lines import Node
from app.router.rules import LONGEST_TEXT, OWN_SERVER, PROVIDERS, is_provider

E = TypeVar("E", bound=StrEnum)
_PROVIDER_WORDS = f"{', '.join(PROVIDERS)} or {OWN_SERVER}/NAME"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong in one line of a rules file: a sentence, and another on what to do."""

    line: int
    what: str
    todo: str = ""

    @property
    def sentence(self) -> str:
        """All of it as one line."""
        return f"Line {self.line}: {self.what} {self.todo}".strip()


@dataclass(slots=True)
class Problems:
    """Collects, so that a person sees all that is wrong at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, line: int, what: str, todo: str = "") -> None:
        """Note a problem."""
        self.found.append(Problem(line, what, todo))


class Fields:
    """The members of one JSON object; those that nobody takes are problems.

    `place` is what the object is called in a sentence.
    """

    def __init__(self, node: Node, place: str, problems: Problems) -> None:
        self._place = place
        self._problems = problems
        self.line = node.line
        self._members: dict[str, Node] = {}
        self._lines = node.key_lines
        self._taken: list[str] = []
        if isinstance(node.value, dict):
            self._members = node.value
        else:
            problems.add(node.line, f"{place} is no object in braces.")

    def line_of(self, name: str) -> int:
        """The line of a member, or of the object where it has none of that name."""
        return self._lines.get(name, self.line)

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return name in self._members

    def node(self, name: str) -> Node | None:
        """A member as it is."""
        self._taken.append(name)
        return self._members.get(name)

    def names(self) -> list[str]:
        """All names there are."""
        return list(self._members)

    def text(self, name: str, *, among: Collection[str] = ()) -> str | None:
        """A member that is a text, and one of `among` where that is given."""
        node = self.node(name)
        if node is None:
            return None
        if (
            not isinstance(node.value, str)
            or not node.value.strip()
            or len(node.value) > LONGEST_TEXT
        ):
            self._wrong(name, f"a text of 1 to {LONGEST_TEXT} characters")
            return None
        if among and node.value not in among:
            self._wrong(name, f"one of {', '.join(among)}", guess(node.value, among))
            return None
        return node.value

    def provider(self, name: str) -> str | None:
        """A member that names a provider."""
        found = self.text(name)
        if found is None or is_provider(found):
            return found
        self._wrong(name, _PROVIDER_WORDS, guess(found, PROVIDERS))
        return None

    def providers(self, name: str) -> tuple[str, ...]:
        """A list of providers, none twice."""
        return self._texts(name, is_provider, _PROVIDER_WORDS, PROVIDERS)

    def flag(self, name: str) -> bool | None:
        """A member that is true or false."""
        node = self.node(name)
        if node is None:
            return None
        if not isinstance(node.value, bool):
            self._wrong(name, "true or false")
            return None
        return node.value

    def number(self, name: str, low: float, high: float) -> float | None:
        """A member that is a number between two others."""
        node = self.node(name)
        if node is None:
            return None
        value = node.value
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not low <= value <= high
        ):
            self._wrong(name, f"a number between {low:g} and {high:g}")
            return None
        return value

    def whole(self, name: str, low: int, high: int) -> int | None:
        """A member that is a whole number between two others."""
        value = self.number(name, low, high)
        if isinstance(value, float) and not value.is_integer():
            self._wrong(name, "a whole number")
            return None
        return None if value is None else int(value)

    def member(self, name: str, kind: type[E]) -> E | None:
        """A member that names one of `kind`."""
        value = self.text(name, among=[one.value for one in kind if one.value])
        return None if value is None else kind(value)

    def texts(self, name: str, *, among: Collection[str]) -> tuple[str, ...]:
        """A list of texts, each of `among` and none twice."""
        return self._texts(name, lambda text: text in among, ", ".join(among), among)

    def _texts(
        self, name: str, is_right: Callable[[str], bool], words: str, known: Collection[str]
    ) -> tuple[str, ...]:
        node = self.node(name)
        if node is None:
            return ()
        if not isinstance(node.value, tuple):
            self._wrong(name, "a list in brackets")
            return ()
        found: list[str] = []
        for item in node.value:
            if not isinstance(item.value, str) or not is_right(item.value):
                what = f'"{name}" may hold {words}, and not {item.value!r}.'
                self._problems.add(item.line, what, guess(str(item.value), known))
            elif item.value in found:
                what = f'"{item.value}" stands in "{name}" twice.'
                self._problems.add(item.line, what, "Remove one of them.")
            else:
                found.append(item.value)
        return tuple(found)

    def finish(self, known: Collection[str] = ()) -> None:
        """Call a problem what nobody has asked for; `known` are further names that are right."""
        for name in self._members:
            if name not in self._taken:
                what = f'{self._place} has a field "{name}" that Tacit does not know.'
                self._problems.add(self.line_of(name), what, guess(name, [*self._taken, *known]))

    def _wrong(self, name: str, wanted: str, todo: str = "") -> None:
        self._problems.add(self.line_of(name), f'"{name}" has to be {wanted}.', todo)


def guess(word: str, known: Collection[str]) -> str:
    """What was probably meant, as a sentence; else "Remove it."."""
    near = get_close_matches(word.lower(), {one.lower(): one for one in known}, 1, 0.6)
    meant = next((one for one in known if near and one.lower() == near[0]), "")
    return f'Did you mean "{meant}"?' if meant and meant != word else "Remove it, or correct it."
