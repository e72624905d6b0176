"""What markdown becomes before it is drawn: lines of styled runs, as plain values without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag, StrEnum

# Breaks a line inside one paragraph, as Qt understands it.
LINE_BREAK = "\u2028"
# Signs above which a message is shown without markdown.
PLAIN_ABOVE = 200_000


class Face(IntFlag):
    """How a run of text looks, apart from the size of its line."""

    NONE = 0
    BOLD = 1
    ITALIC = 2
    STRIKE = 4
    CODE = 8
    SUPER = 16


# Stands in a line for a formula, as Qt has it for whatever is no letter.
OBJECT = "\ufffc"


class Kind(StrEnum):
    """What a line is."""

    TEXT = "text"
    HEADING = "heading"
    CODE = "code"
    PLAIN = "plain"
    RULE = "rule"
    TABLE = "table"
    NOTE = "note"
    FOOTNOTE = "footnote"
    MATH = "math"


class Align(StrEnum):
    """How the cells of a table column are aligned."""

    NONE = ""
    LEFT = "left"
    CENTRE = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look; `href` is the address that it links to, "" for none.

    A formula has its source in `math`, its source with the signs around it in `written`, and
    the sign `OBJECT` for text; `by_itself` says that it stands on a line of its own.
    """

    text: str
    face: Face = Face.NONE
    href: str = ""
    math: str = ""
    written: str = ""
    by_itself: bool = False

    @property
    def look(self) -> tuple[Face, str, str, bool]:
        """What tells it from other runs, apart from its words."""
        return self.face, self.href, self.written, self.by_itself

    @property
    def words(self) -> str:
        """What it says in plain text."""
        return self.written or self.text


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, each a tuple of runs.

    `widest` are the letters in the longest cell of each column, `words` those in its longest
    word; both within limits that suit a page.
    """

    rows: tuple[tuple[Runs, ...], ...]
    aligns: tuple[Align, ...]
    widest: tuple[int, ...]
    words: tuple[int, ...]
    has_header: bool

    @property
    def texts(self) -> list[list[str]]:
        """The words of each cell, row by row."""
        return [["".join(run.words for run in cell) for cell in row] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Marker:
    """What stands before a list item: a bullet, a number or a box, at depth `depth`.

    `text` is "-" for a bullet, "[ ]" or "[x]" for a task, or a number with its delimiter.
    `is_first`: its list begins with it.
    """

    depth: int
    text: str
    is_first: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One paragraph, heading, line of code, rule or table.

    `path` says what the line stands in, from the outside: "q" for each quote, "i" for each
    list item, "w" for one with a wide number. `joint` is set where the line goes on with the
    one before it, which was cut because it was long, and is the white space at the cut.
    `opens`: it is the first line of its block of code, whose `language` it names.
    """

    kind: Kind
    runs: Runs = ()
    level: int = 0
    path: str = ""
    markers: tuple[Marker, ...] = ()
    joint: str | None = None
    opens: bool = False
    language: str = ""
    table: Table | None = None

    @property
    def is_in_list(self) -> bool:
        """Whether the line belongs to a list item."""
        return self.path.rstrip("q") != ""

    @property
    def text(self) -> str:
        """The words of the line without any style; a table has none."""
        if len(self.runs) == 1:
            return self.runs[0].text
        return "".join(run.text for run in self.runs)
