"""Draws formulas as SVG, on a thread of its own and with a time limit; no Qt in here.

The drawing is by ziamath, which needs neither a web engine nor LaTeX and brings its font along.
Its effort doubles with every level of nesting, so nothing else could keep a hostile formula
from taking hours.
"""

from __future__ import annotations

import inspect
import re
import sys
import threading
from collections import OrderedDict, deque
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from types import FrameType

# Longer ones are shown as they were written.
LONGEST = 2_000
# Seconds that one formula may take.
LIMIT_S = 0.5
_SIZE = 32.0
_KEPT = 4_000
# In units of the font's size: what is larger is no formula that anyone could read.
_WIDEST, _HIGHEST = 400, 150
# Fewer signs and braces within each other than these, and no chain of commands that each take
# the next one for what they are about: the drawing takes hundredths of a second.
_SHORT, _FLAT = 300, 3
_CHAIN = re.compile(r"(\\[a-zA-Z]+\s*){4}|(\\(left|begin)\b.*){4}", re.DOTALL)
_VIEW = re.compile(r'viewBox="([-\d.e]+) ([-\d.e]+) ([-\d.e]+) ([-\d.e]+)"')
_TAG = re.compile(r"<\s*([\w:!?]+)")
_TAGS = {"svg", "path", "rect", "line", "g"}

_LIBRARIES = ("ziamath.", "ziafont.", "latex2mathml.")

Key = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Formula:
    """A drawing. Sizes are in units of the font's size, `ascent` and `descent` counted from
    the line that letters stand on; without a colour of its own it takes that of the root."""

    svg: str
    width: float
    ascent: float
    descent: float


class _TooLongError(Exception):
    """The time of a formula is over."""


class Formulas:
    """What has been drawn; a formula that cannot be drawn is None. For the GUI thread."""

    def __init__(self) -> None:
        self._known: OrderedDict[Key, Formula | None] = OrderedDict()
        self._wanted: deque[Key] = deque()
        self._changed = threading.Condition()
        self._is_running = False

    def is_known(self, key: Key) -> bool:
        """Whether the drawing of (source, whether it stands by itself) has been tried."""
        with self._changed:
            return key in self._known or len(key[0]) > LONGEST

    def get(self, key: Key) -> Formula | None:
        """The drawing; None where there is none, or none yet."""
        with self._changed:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def want(self, key: Key, until: float) -> bool:
        """Have it drawn, and wait until the clock `perf_counter` shows `until` at most;
        returns whether it is known now."""
        if self.is_known(key):
            return True
        with self._changed:
            if key not in self._wanted:
                self._wanted.append(key)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="formulas", daemon=True).start()
            self._changed.wait_for(lambda: key in self._known, until - perf_counter())
            return key in self._known

    def _run(self) -> None:
        """Draw what is wanted, then end: no thread is left behind that has nothing to do."""
        while True:
            with self._changed:
                if not self._wanted:
                    self._is_running = False
                    return
                key = self._wanted.popleft()
            drawn = draw(*key)
            with self._changed:
                self._known[key] = drawn
                while len(self._known) > _KEPT:
                    self._known.popitem(last=False)
                self._changed.notify_all()


@lru_cache(maxsize=1)
def formulas() -> Formulas:
    """The drawings of this process: the same formula is drawn once, wherever it stands."""
    return Formulas()


def draw(source: str, by_itself: bool, limit_s: float = LIMIT_S) -> Formula | None:
    """The drawing of `source`, None where that cannot be drawn within `limit_s` seconds.

    Not for the GUI thread. `by_itself`: with room above and below, as on a line of its own.
    """
    until = perf_counter() + limit_s

    def watch(frame: FrameType, _event: str, _argument: object) -> None:
        if perf_counter() > until and _can_raise(frame):
            raise _TooLongError

    before = sys.gettrace()
    try:
        drawing = _ziamath()
        until = perf_counter() + limit_s
        if not _is_simple(source):
            # Called with every call of a function on this thread alone: all below is Python.
            sys.settrace(watch)
        mathml = drawing.tex.tex2mml(source, inline=not by_itself)
        # What the parser does not know it hands on with its backslash.
        if "\\" in mathml:
            return None
        svg = drawing.Math(mathml, size=_SIZE).svg()
    except Exception:  # noqa: BLE001  (a broken formula may raise anything; its source is shown)
        return None
    finally:
        sys.settrace(before)
    return _checked(svg)


def _can_raise(frame: FrameType) -> bool:
    """Whether an error that is raised as `frame` begins gets to whoever draws: what is raised
    while a generator or anything else is thrown away gets lost, and the watch with it."""
    is_generator = frame.f_code.co_flags & inspect.CO_GENERATOR
    return not is_generator and str(frame.f_globals.get("__name__")).startswith(_LIBRARIES)


def _is_simple(source: str) -> bool:
    """Whether so little is nested that it surely takes no time: watching costs as much again."""
    depth = deepest = 0
    for sign in source[:_SHORT]:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return len(source) < _SHORT and deepest <= _FLAT and _CHAIN.search(source) is None


def _checked(svg: str) -> Formula | None:
    """The drawing, where it is nothing but shapes of a size that makes sense."""
    view = _VIEW.search(svg)
    if view is None or set(_TAG.findall(svg)) - _TAGS or "url(" in svg:
        return None
    _, top, width, height = (float(number) / _SIZE for number in view.groups())
    if not (0 < width <= _WIDEST and 0 < height <= _HIGHEST):
        return None
    return Formula(svg, width, -top, height + top)


@lru_cache(maxsize=1)
def _ziamath():  # type: ignore[no-untyped-def]
    import ziamath
    import ziamath.tex
    from ziamath.config import config

    # Shapes repeated instead of referred to: Qt knows no symbols with a view of their own.
    config.svg2 = False
    return ziamath
