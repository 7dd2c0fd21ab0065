"""Which rows of a table are drawn, and how: by report and by what its rows are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from haitech_adapters.sheets.charts import MOST_BARS, Chart, Point
from haitech_adapters.sheets.lines import Lines
from haitech_adapters.sheets.shown import shown
from haitech_adapters.sheets.wording import LARGEST, SOME_BARS
from haitech_domain.money import Money
from haitech_domain.reports import Cell, CellKind

MEASURES: Final[Mapping[str, tuple[str, ...]]] = {
    "revenue": ("revenue", "profit"),
    "instructor-payments": ("instructorPayment", "employerCost"),
    "attendance-summary": ("rate",),
    "cycle-progress": ("percent",),
}
"""Which columns of a report are drawn: one or two of one kind."""
_TIMES: Final = frozenset({"day", "week", "month"})
_FEWEST: Final = 3  # points that make a line; fewer are bars


def chart_of(lines: Lines, rows: Sequence[Sequence[Cell]]) -> Chart | None:
    """The chart of all rows of a report; None where there is nothing to draw.

    Stretches of time are a line in their order; else the highest are bars, the highest first.
    """
    keys = [column.key for column in lines.columns]
    places = [keys.index(key) for key in MEASURES.get(lines.heading.name, ())]
    points = [_point(lines, row, places) for row in rows if None not in (row[p] for p in places)]
    if not places or not points:
        return None
    highest = sorted(points, key=lambda point: -point.values[0])
    in_time = keys[0] in _TIMES and len(points) >= _FEWEST
    chosen = points if in_time else highest[:MOST_BARS]
    some = ""
    if len(chosen) < len(points):
        some = f" ({lines.words.say(SOME_BARS, some=len(chosen), all=len(points))})"
    best = highest[0]
    return Chart(
        title=f"{', '.join(lines.titles[p] for p in places)} {lines.words.by(keys[0])}{some}",
        says=lines.words.say(LARGEST, name=best.name, figure=best.written[0]),
        series=[lines.titles[place] for place in places],
        points=chosen,
        in_time=in_time,
        whole=1.0 if lines.columns[places[0]].kind is CellKind.RATIO else None,
        rtl=lines.words.is_hebrew,
    )


def _point(lines: Lines, row: Sequence[Cell], places: Sequence[int]) -> Point:
    return Point(
        name=shown(row[0], lines.columns[0], lines.words),
        values=[_drawn(row[place]) for place in places],
        written=[shown(row[place], lines.columns[place], lines.words) for place in places],
        day=row[0] if isinstance(row[0], date) else None,
    )


def _drawn(cell: Cell) -> float:
    """A figure as high as it is; what is written beside it is exact."""
    if isinstance(cell, Money):
        return cell.agorot / 100
    if isinstance(cell, int | Decimal):
        return float(cell)
    message = f"{cell!r} cannot be drawn"
    raise TypeError(message)
