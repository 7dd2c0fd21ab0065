"""Tables as pages to read and print: right to left in Hebrew, with a chart, without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Final, Self

import attrs

from haitech_adapters.sheets.charting import chart_of
from haitech_adapters.sheets.lines import Lines
from haitech_adapters.sheets.markup import Markup, element, together
from haitech_adapters.sheets.page_style import POLICY, STYLE
from haitech_adapters.sheets.shown import shown
from haitech_adapters.sheets.wording import (
    ALL_DAYS,
    DETAILS,
    IN_ALL,
    MORE_ROWS,
    NOTHING,
    SINCE,
    UP_TO,
)
from haitech_domain.money import Money
from haitech_domain.reports import MOST_ROWS, Cell, CellKind, Column, Heading

MOST_SUMS: Final = 6
"""Totals that stand above the table too."""
NARROW: Final = 7
"""Columns that fit on upright paper."""
_SHORT: Final = frozenset({CellKind.WORD, CellKind.DAY, CellKind.CLOCK, CellKind.INSTANT})
_SIDE: Final = frozenset({"minutes"})  # of which hours say the same


class HtmlSheet:
    """A page. It is made at its end, of `MOST_ROWS` rows; where there are more, it says so."""

    def __init__(self, to: BinaryIO, heading: Heading) -> None:
        self._to = to
        self._lines = Lines(heading)
        self._words = self._lines.words
        self._rows: list[Sequence[Cell]] = []
        self._count = 0

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held but memory."""

    def rows(self, batch: Iterable[Sequence[Cell]]) -> None:
        """Take some rows."""
        for row in batch:
            self._count += 1
            if self._count <= MOST_ROWS:
                self._rows.append(self._lines.row(row))

    def end(self, totals: Sequence[Cell] | None = None) -> None:
        """Write the page."""
        totals = self._left_out(totals)
        words = self._words
        page = element(
            "html",
            self._head(),
            element(
                "body",
                self._title(),
                element("main", *self._content(totals)),
                class_="wide" if len(self._lines.columns) > NARROW else None,
            ),
            lang=words.language.value,
            dir="rtl" if words.is_hebrew else "ltr",
        )
        self._to.write(f"<!DOCTYPE html>\n{page}\n".encode())

    def _left_out(self, totals: Sequence[Cell] | None) -> Sequence[Cell] | None:
        """The totals without the columns in which no row remarks anything, which are left out."""
        places = [
            place
            for place, column in enumerate(self._lines.columns)
            if column.kind is not CellKind.WORD or any(row[place] for row in self._rows)
        ]
        if len(places) < len(self._lines.columns):
            columns = [self._lines.columns[place] for place in places]
            self._lines = Lines(attrs.evolve(self._lines.heading, columns=columns))
            self._rows = [[row[place] for place in places] for row in self._rows]
            totals = totals and [totals[place] for place in places]
        return totals

    def _head(self) -> Markup:
        return element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=POLICY),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="referrer", content="no-referrer"),
            element("title", f"{self._lines.title} – {self._days()}"),
            element("style", Markup(STYLE)),
        )

    def _title(self) -> Markup:
        by = self._words.by(self._lines.columns[0].key)
        return element(
            "header",
            element("h1", self._lines.title),
            element("p", f"{by} · {self._days()}"),
        )

    def _days(self) -> str:
        first, last = self._lines.heading.first, self._lines.heading.last
        if first and last:
            return f"{self._words.day(first)} – {self._words.day(last)}"
        if first:
            return self._words.say(SINCE, day=self._words.day(first))
        if last:
            return self._words.say(UP_TO, day=self._words.day(last))
        return self._words.say(ALL_DAYS)

    def _content(self, totals: Sequence[Cell] | None) -> Iterator[Markup]:
        if not self._rows:
            yield element("p", self._words.say(NOTHING), class_="note")
            return
        if totals is not None:
            yield self._sums(totals)
        count = max(self._count, self._lines.heading.row_count or 0)
        complete = count == len(self._rows)
        if complete and (chart := chart_of(self._lines, self._rows)):
            yield chart.drawn()
        yield element("h2", self._words.say(DETAILS), id="details")
        if not complete:
            said = self._words.say(MORE_ROWS, some=f"{len(self._rows):,}", all=f"{count:,}")
            yield element("p", said, class_="note")
        yield element(
            "div",
            self._table(totals),
            class_="scroll",
            role="region",
            tabindex=0,
            aria_labelledby="details",
        )

    def _sums(self, totals: Sequence[Cell]) -> Markup:
        named = zip(self._lines.titles, self._lines.columns, totals, strict=True)
        pairs = [
            element("div", element("dt", title), element("dd", self._bdi(cell, column)))
            for title, column, cell in named
            if cell is not None and column.key not in _SIDE
        ]
        listed = element("dl", *pairs[:MOST_SUMS], class_="sums")
        return together(element("h2", self._words.say(IN_ALL)), listed)

    def _bdi(self, cell: Cell, column: Column) -> Markup:
        return element("bdi", shown(cell, column, self._words), dir="ltr", class_=_less(cell))

    def _table(self, totals: Sequence[Cell] | None) -> Markup:
        titles = (
            element("th", title, scope="col", class_=_side(column))
            for title, column in zip(self._lines.titles, self._lines.columns, strict=True)
        )
        foot = Markup()
        if totals is not None:
            foot = element("tfoot", self._row(self._lines.totals(totals), of_totals=True))
        return element(
            "table",
            element("thead", element("tr", *titles)),
            element("tbody", *(self._row(row) for row in self._rows)),
            foot,
        )

    def _row(self, row: Sequence[Cell], *, of_totals: bool = False) -> Markup:
        cells = []
        for place, (column, cell) in enumerate(zip(self._lines.columns, row, strict=True)):
            text = "" if of_totals and cell is None else shown(cell, column, self._words)
            side = "t" if of_totals and place == 0 else _side(column)
            kind = f"{side} {_less(cell) or ''}".strip()
            if place == 0:
                cells.append(element("th", text, scope="row", class_=kind))
            else:
                cells.append(element("td", text, class_=kind))
        return element("tr", *cells)


def _side(column: Column) -> str:
    """The class of text, of words and times, or of numbers, by which a column stands on one side."""
    if column.kind is CellKind.TEXT:
        return "t"
    return "d" if column.kind in _SHORT else "n"


def _less(cell: Cell) -> str | None:
    """The class of what is below zero."""
    return "less" if isinstance(cell, Money) and cell.agorot < 0 else None
