"""Keeps the messages near the view alive and in their places, all others as mere heights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QAbstractScrollArea

from app.ui.transcript import footer
from app.ui.transcript.estimate import Measure, estimated_height
from app.ui.transcript.heights import Heights
from app.ui.transcript.message import Look, MessageWidget
from app.ui.transcript.row import Row

# Parts of the view's height: how far ahead messages are drawn, and how far they are kept.
_AHEAD = 0.75
_KEPT = 2.0
_NEAR_BOTTOM = 8


class Board:
    """The rows of a scroll area from top to bottom.

    `follows`: the view stays at the bottom whatever is added. `make` builds the widget of a
    row. Whatever changes a height keeps the first message in sight where it is.
    """

    def __init__(
        self, area: QAbstractScrollArea, look: Look, make: Callable[[Row], MessageWidget]
    ) -> None:
        self._area = area
        self._look = look
        self._make = make
        self._heights = Heights()
        self._places: dict[str, int] = {}
        self._depth = 0
        self._width = 0
        self._painted_at = 0
        self._column = 0
        self._measures: tuple[Measure, ...] = ()
        self.rows: list[Row] = []
        self.live: list[Row] = []
        self.follows = True
        self.is_moving = False
        self._prepare_guesses()

    # -- what stands on the board

    def set_rows(self, rows: list[Row]) -> None:
        """Replace everything and show the end."""
        self._drop(self.live)
        self.rows = rows
        self._renumber()
        self.follows = True
        with self._steady():
            self._heights.reset(self._guess(row) for row in rows)

    def append(self, row: Row) -> None:
        """Add a row at the bottom."""
        with self._steady():
            self._places[row.message.id] = len(self.rows)
            self.rows.append(row)
            self._heights.append(self._guess(row))

    def prepend(self, rows: list[Row]) -> None:
        """Add older rows at the top."""
        with self._steady():
            self.rows[:0] = rows
            self._renumber()
            self._heights.insert(0, [self._guess(row) for row in rows])

    def remove(self, row: Row) -> None:
        """Take a row away."""
        with self._steady():
            self._drop([row])
            place = self._places[row.message.id]
            del self.rows[place]
            self._renumber()
            self._heights.remove(place)

    def row_of(self, message_id: str) -> Row | None:
        """The row of a message."""
        place = self._places.get(message_id)
        return None if place is None else self.rows[place]

    def place_of(self, row: Row) -> int:
        """How many rows stand above `row`."""
        return self._places[row.message.id]

    # -- where it stands

    def top_of(self, row: Row) -> int:
        """Where `row` begins, in pixels from the top of the view."""
        return self._heights.top(self.place_of(row)) - self._value

    def height_of(self, row: Row) -> int:
        """The height of `row` in pixels, a guess before it was drawn."""
        return self._heights[self.place_of(row)]

    def rows_within(self, top: int, bottom: int) -> range:
        """The places of the rows between two heights, counted from the top of the view."""
        if not self.rows:
            return range(0)
        first = self._heights.row_at(self._value + top)
        return range(first, self._heights.row_at(self._value + bottom) + 1)

    @property
    def in_sight(self) -> range:
        """The places of the rows that can be seen."""
        return self.rows_within(0, self._view_height - 1)

    @property
    def is_at_bottom(self) -> bool:
        """Whether the end is in sight."""
        bar = self._area.verticalScrollBar()
        return bar.value() >= bar.maximum() - _NEAR_BOTTOM

    def reveal(self, row: Row, *, whole: bool = True) -> None:
        """Scroll as little as needed to see `row`, its beginning above all."""
        top, height = self.top_of(row), self.height_of(row)
        room = self._view_height
        if top < 0 and (whole or top + height < room // 2):
            self.scroll_to(self._value + top)
        elif top + height > room and top > 0:
            self.scroll_to(self._value + min(top, top + height - room))

    def scroll_to(self, value: int) -> None:
        """Scroll, as if the person had done it."""
        self._area.verticalScrollBar().setValue(value)

    # -- changes of the surroundings

    def set_look(self, look: Look, *, same_size: bool) -> None:
        """Draw with another look; heights stay good only where text has the `same_size`."""
        self._look = look
        with self._steady():
            if not same_size:
                self._guess_all()
            for row in self.live:
                if row.widget is not None:
                    row.widget.set_look(look)
                    row.widget.arrange(self._width)
                    row.needs_work = True

    def resize(self) -> None:
        """The view has another size."""
        width = self._area.viewport().width()
        column = self._look.column(width)[1]
        with self._steady():
            changed, self._width = width != self._width, width
            if column != self._column:
                self._column = column
                self._guess_all()
            if changed:
                for row in self.live:
                    self._measure(row)
                    row.needs_work = True

    def changed(self, row: Row) -> None:
        """The widget of `row` wants another height."""
        if row.widget is not None:
            with self._steady():
                self._measure(row)
                row.needs_work = row.needs_work or not row.widget.is_drawn
        elif row.streaming is not None:
            with self._steady():
                self._heights.set(self.place_of(row), self._guess(row))

    # -- drawing

    def work(self, seconds: float) -> bool:
        """Draw what is in sight and near it for `seconds`; whether there is more to draw."""
        until = perf_counter() + seconds
        while perf_counter() < until:
            row = self._next()
            if row is None:
                break
            with self._steady():
                self._draw(row, until)
        return self._next() is not None

    def draw_now(self, row: Row, seconds: float) -> None:
        """Draw what has come of `row`, for `seconds` at most."""
        with self._steady():
            self._draw(row, perf_counter() + seconds)

    def place(self) -> None:
        """Put the live widgets where they belong, and let go of those far away."""
        height = self._view_height
        margin = round(height * _KEPT)
        kept = self.rows_within(-margin, height + margin)
        self._shift()
        for row in list(self.live):
            if self.place_of(row) not in kept and not self._is_pinned(row):
                self._drop([row])
                continue
            widget = row.widget
            assert widget is not None, "a live row has a widget"
            wanted = QRect(0, self.top_of(row), self._width, self.height_of(row))
            if widget.geometry() != wanted:
                widget.setGeometry(wanted)
            if widget.isHidden():
                widget.show()
            sight = QRect(0, -wanted.top(), self._width, height).intersected(widget.rect())
            if not sight.isEmpty():
                widget.place_overlays(sight)

    def _shift(self) -> None:
        """Move what was painted along with the widgets, instead of painting it again."""
        change, self._painted_at = self._painted_at - self._value, self._value
        if change and abs(change) < self._view_height:
            self._area.viewport().scroll(0, change)

    def _next(self) -> Row | None:
        """The row to draw next: what is in sight first, from the side where one reads."""
        height = self._view_height
        if height <= 0 or self._width <= 0:
            return None
        margin = round(height * _AHEAD)
        sight = self.in_sight
        below = self.rows_within(height, height + margin)
        above = self.rows_within(-margin, -1)
        order = (sight[::-1] if self.follows else sight, below, above[::-1])
        # Words go before whatever makes them prettier.
        for is_finish in (False, True):
            for row in (self.rows[place] for places in order for place in places):
                widget = row.widget
                if widget is None or (row.needs_work and (is_finish or not widget.is_drawn)):
                    return row
        return None

    def _draw(self, row: Row, until: float) -> None:
        if row.widget is None:
            row.widget = self._make(row)
            self.live.append(row)
            row.widget.arrange(self._width)
        row.needs_work = row.widget.work(until)
        self._measure(row)

    def _measure(self, row: Row) -> None:
        assert row.widget is not None, "only what is drawn can be measured"
        height = row.widget.arrange(self._width)
        if row.streaming is None and not row.widget.is_drawn:
            # Half a message is no measure: the guess holds until the rest is drawn.
            height = max(height, self.height_of(row))
        else:
            row.is_measured = True
        self._heights.set(self.place_of(row), height)

    def _is_pinned(self, row: Row) -> bool:
        """Whether the row holds what would be lost with its widget."""
        widget = row.widget
        return widget is not None and (
            widget.editor is not None or widget.holds_focus() or widget.holds_selection()
        )

    def _drop(self, rows: list[Row]) -> None:
        for row in list(rows):
            widget, row.widget = row.widget, None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
                self.live.remove(row)

    # -- heights

    @property
    def _value(self) -> int:
        return self._area.verticalScrollBar().value()

    @property
    def _view_height(self) -> int:
        return self._area.viewport().height()

    @contextmanager
    def _steady(self) -> Iterator[None]:
        """Whatever happens inside, what is in sight stays where it is, or at the bottom."""
        if self._depth:
            yield
            return
        anchor = self._anchor()
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
        bar = self._area.verticalScrollBar()
        self.is_moving = True
        try:
            below = self._look.formats.theme.space_4
            bar.setRange(0, max(0, self._heights.total + below - self._view_height))
            bar.setPageStep(max(1, self._view_height))
            if self.follows:
                bar.setValue(bar.maximum())
            elif anchor is not None and anchor[0].message.id in self._places:
                row, offset = anchor
                offset = max(offset, -self.height_of(row) + 1)
                bar.setValue(self._heights.top(self.place_of(row)) - offset)
        finally:
            self.is_moving = False
        self.place()

    def _anchor(self) -> tuple[Row, int] | None:
        """The first row in sight whose height is known, and where it stands."""
        if self.follows or not self.rows:
            return None
        sight = self.in_sight
        known = (place for place in sight if self.rows[place].is_measured)
        row = self.rows[next(known, sight.start)]
        return row, self.top_of(row)

    def _guess_all(self) -> None:
        self._prepare_guesses()
        for row in self.rows:
            row.is_measured = False
        self._heights.reset(self._guess(row) for row in self.rows)

    def _guess(self, row: Row) -> int:
        measure = self._measures[row.is_question]
        files = len(row.message.attachments)
        return estimated_height(len(row.text), row.breaks, measure) + files * measure.line

    def _prepare_guesses(self) -> None:
        """What guesses are made from, for answers and for questions."""
        formats = self._look.formats
        theme = formats.theme
        column = self._look.column(self._area.viewport().width())[1]
        self._measures = tuple(
            Measure(
                per_line=max(8.0, column * share / formats.letter),
                line=formats.scaled(theme.text_body * theme.line_height),
                around=theme.space_4 + footer.height(formats) + room,
            )
            for share, room in ((1.0, 2), (0.75, 20))
        )

    def _renumber(self) -> None:
        self._places = {row.message.id: place for place, row in enumerate(self.rows)}
