"""What a cut in the middle of markdown must remember, so that the rest reads as before.

Long texts are parsed in windows. The rest after a cut is parsed behind a short prefix that
rebuilds the quotes, lists and open block in which the cut was made; what the prefix itself
brings forth is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.ui.markdown.blocks import Container, Leaf
from app.ui.markdown.lines import language_of

# Stands for what came before the cut; a letter, so that no markdown begins with it.
_FILLER = "x"


class Mode(StrEnum):
    """What was cut: nothing but containers, a paragraph, a block with an opening, code."""

    BETWEEN = "between"
    TEXT = "text"
    OPENING = "opening"
    INDENTED = "indented"


@dataclass(frozen=True, slots=True)
class Context:
    """Where the rest of a text stands.

    `text` is the blank after which a paragraph was cut, or the opening of the block. `joined`
    says that the cut fell in the middle of a line.
    """

    chain: tuple[Container, ...] = ()
    mode: Mode = Mode.BETWEEN
    text: str = ""
    joined: bool = False

    @property
    def prefix(self) -> str:
        """What to put before the rest."""
        first, others = _openings(self.chain)
        if self.mode is Mode.TEXT:
            return first + _FILLER + self.text
        opening = "".join(f"{others}{line}\n" for line in self.text.splitlines())
        if self.mode is Mode.INDENTED and self.joined:
            opening = others + "    "
        if not self.chain:
            return opening
        return f"{first}{_FILLER}\n{others.rstrip()}\n{opening}"

    @property
    def joint(self) -> str | None:
        """What stood at the cut, where it was inside a paragraph or a line."""
        if self.mode is Mode.TEXT:
            return self.text
        return "" if self.joined else None

    def trim(self, leaves: list[Leaf]) -> tuple[list[Leaf], bool]:
        """`leaves` without what the prefix brought; whether the first goes on before the cut."""
        if self.mode is Mode.TEXT:
            return _without_filler(leaves)
        if self.chain:
            leaves = leaves[1:]
        return leaves, self.mode is not Mode.BETWEEN and bool(leaves)


def context_before(leaf: Leaf) -> Context:
    """The context of a text that begins with the first line of `leaf`."""
    chain: list[Container] = []
    for container in leaf.containers:
        if container.line < leaf.first_line:
            chain.append(container)
            continue
        if container.follows and not container.is_quote:
            chain.append(_item_before(container))
        break
    return Context(tuple(chain))


def context_inside(leaf: Leaf, *, blank: str, joined: bool) -> Context:
    """The context after a cut inside `leaf`, which was cut behind the white space `blank`."""
    chain = leaf.containers
    match leaf.kind:
        case "paragraph" | "heading":
            return Context(chain, Mode.TEXT, blank, joined)
        case "fence":
            opening = f"{leaf.markup} {language_of(leaf.info)}".rstrip()
            return Context(chain, Mode.OPENING, opening, joined)
        case "code_block":
            return Context(chain, Mode.INDENTED, "", joined)
        case "table" if not joined:
            header = "|" + f"{_FILLER}|" * len(leaf.aligns)
            rule = "|" + "".join(f"{_RULES[align]}|" for align in leaf.aligns)
            return Context(chain, Mode.OPENING, f"{header}\n{rule}")
        case _ if joined:
            return Context(chain, Mode.TEXT, blank, joined)
        case _:
            return Context(chain)


_RULES = {"": "---", "left": ":--", "right": "--:", "center": ":-:"}


def _item_before(item: Container) -> Container:
    number = None if item.number is None else item.number - 1
    return Container(
        is_quote=False,
        line=0,
        base=item.base,
        indent=item.indent,
        bullet=item.bullet,
        number=number,
    )


def _openings(chain: tuple[Container, ...]) -> tuple[str, str]:
    """The beginning of the first line inside `chain`, and that of all others."""
    first = others = ""
    for container in chain:
        first += "> " if container.is_quote else _marker(container)
        others += "> " if container.is_quote else " " * container.width
    return first, others


def _marker(item: Container) -> str:
    """A list marker that is exactly as wide as the item's own."""
    if item.number is None:
        lead = max(0, item.width - 5)
        return (" " * lead + item.bullet).ljust(item.width)
    digits = max(1, min(9, item.width - 2))
    lead = max(0, item.width - digits - 5)
    return (" " * lead + "1" * digits + item.bullet).ljust(item.width)


def _without_filler(leaves: list[Leaf]) -> tuple[list[Leaf], bool]:
    if not leaves:
        return leaves, False
    first = leaves[0]
    if first.kind == "table":
        first.rows[0][0] = first.rows[0][0].removeprefix(_FILLER).lstrip()
        return leaves, False
    first.content = first.content.removeprefix(_FILLER).lstrip(" \t\n")
    return (leaves, True) if first.content else (leaves[1:], False)
