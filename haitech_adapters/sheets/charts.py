"""Charts as SVG that keeps its letters in size at any width: bars, and lines over time.

Places along the width are percentages, so nothing is measured and no script is needed. In Hebrew
they run from right to left. A chart shows what the table says in figures, so floats do for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import attrs

from haitech_adapters.sheets.markup import Markup, element, together

MOST_BARS: Final = 8
NAME: Final = 40
"""Characters of a name beside its bars; the whole of it is in the table."""
SERIES: Final = ("one", "two")
"""The classes that colour the first and the second measure."""
_SWATCH: Final = {name: element("rect", class_=name, width=12, height=12, rx=3) for name in SERIES}
_LABEL: Final = 19
_BAR: Final = 15
_GAP: Final = 12
_BARS: Final = 70.0  # percent of the width; what is left is for figures
_TOP: Final = 18
_PLOT: Final = 200
_STEPS: Final = 4
_DATES: Final = 7
_MOST_DOTS: Final = 62
_BEFORE: Final = 6.0  # percent of the width before a line, where the amounts stand
_BEHIND: Final = 1.5


@attrs.frozen(kw_only=True)
class Point:
    """One row of a chart: its name, its figures as drawn and as written, and its day in a line."""

    name: str
    values: Sequence[float]
    written: Sequence[str]
    day: date | None = None


@attrs.frozen(kw_only=True)
class Chart:
    """A picture of some rows: lines where `in_time`, else bars, for one or two measures.

    `says` is what it shows, for those who cannot see it; `whole` what a full bar stands for, where
    that is not the highest value.
    """

    title: str
    says: str
    series: Sequence[str]
    points: Sequence[Point]
    in_time: bool
    whole: float | None = None
    rtl: bool = True

    def drawn(self) -> Markup:
        """The picture with its title, and which colour means what."""
        legend = Markup()
        if len(self.series) > 1:
            signs = (
                element("li", element("svg", _SWATCH[name], aria_hidden="true"), title)
                for name, title in zip(SERIES, self.series, strict=True)
            )
            legend = element("ul", *signs, class_="legend")
        picture = self.lines() if self.in_time else self.bars()
        return element("figure", element("figcaption", element("h2", self.title)), legend, picture)

    def bars(self) -> Markup:
        """Bars under their names, each with its figure."""
        series = len(self.points[0].values)
        step = _LABEL + series * _BAR + _GAP
        low, high = self._range()
        drawn: list[Markup] = []
        for place, point in enumerate(self.points):
            top = place * step
            drawn.append(self._text(_cut(point.name), 0, top + 13))
            for number, value in enumerate(point.values):
                y = top + _LABEL + number * _BAR
                start, end = sorted((self._share(0, low, high), self._share(value, low, high)))
                drawn += [
                    self._bar("track", 0, _BARS, y),
                    self._bar(SERIES[number], start * _BARS, (end - start) * _BARS, y),
                    self._figure(point.written[number], y + 11),
                ]
        return self._svg(drawn, height=len(self.points) * step - _GAP)

    def lines(self) -> Markup:
        """Lines over time, with a few days and amounts along the sides."""
        low, high = self._range()
        step = _round_step((high - low) / _STEPS)
        low, high = math.floor(low / step) * step, math.ceil(high / step) * step
        places = self._places()
        amounts = [low + number * step for number in range(round((high - low) / step) + 1)]
        drawn = [self._grid(amount, low, high) for amount in amounts]
        drawn.append(self._curves(places, low, high))
        if len(places) <= _MOST_DOTS:
            drawn += self._dots(places, low, high)
        drawn += [self._amount(amount, low, high) for amount in amounts]
        return self._svg([*drawn, *self._names(places)], height=_TOP + _PLOT + 26)

    def _range(self) -> tuple[float, float]:
        values = [value for point in self.points for value in point.values]
        low, high = min(0.0, *values), max(self.whole or 0.0, *values)
        return (low, high) if low < high else (0.0, 1.0)

    @staticmethod
    def _share(value: float, low: float, high: float) -> float:
        return (value - low) / (high - low)

    def _x(self, percent: float, width: float = 0.0) -> str:
        """Where something begins that is so far from where one begins to read."""
        return f"{100 - percent - width if self.rtl else percent:.3f}%"

    def _bar(self, kind: str, start: float, width: float, y: float) -> Markup:
        return element(
            "rect",
            class_=kind,
            x=self._x(start, width),
            y=y,
            width=f"{width:.3f}%",
            height=12,
            rx=3,
        )

    def _text(self, text: str, percent: float, y: float, **attributes: str) -> Markup:
        return element("text", text, x=self._x(percent), y=y, **attributes)

    def _figure(self, text: str, y: float) -> Markup:
        """A figure behind its bar, written from left to right in either language."""
        anchor = "end" if self.rtl else "start"
        return self._text(text, _BARS + 1, y, class_="figure", text_anchor=anchor)

    def _grid(self, amount: float, low: float, high: float) -> Markup:
        y = f"{_height(amount, low, high):.1f}"
        return element("line", class_="grid" if amount else "zero", x1="0%", x2="100%", y1=y, y2=y)

    def _amount(self, amount: float, low: float, high: float) -> Markup:
        """What a line of the grid stands for, written over whatever crosses it."""
        anchor = "end" if self.rtl else "start"
        written = f"{amount:,.0f}" if amount == round(amount) else f"{amount:,.2f}"
        y = _height(amount, low, high) - 4
        return self._text(written, 0, y, class_="tick figure", text_anchor=anchor)

    def _places(self) -> list[float]:
        """How far along each point is, in percent: by its day, or one after the other."""
        days = [p.day.toordinal() if p.day else n for n, p in enumerate(self.points)]
        span = (days[-1] - days[0]) or 1
        return [_BEFORE + (100 - _BEFORE - _BEHIND) * (day - days[0]) / span for day in days]

    def _curves(self, places: Sequence[float], low: float, high: float) -> Markup:
        """The lines, in a picture of their own that is stretched as wide as there is room."""
        drawn = []
        for number, _ in enumerate(self.points[0].values):
            corners = " ".join(
                f"{self._x(place)[:-1]},{_height(point.values[number], low, high) - _TOP:.2f}"
                for place, point in zip(places, self.points, strict=True)
            )
            drawn.append(element("polyline", class_=f"line {SERIES[number]}", points=corners))
        return element(
            "svg",
            *drawn,
            y=_TOP,
            width="100%",
            height=_PLOT,
            viewBox=f"0 0 100 {_PLOT}",
            preserveAspectRatio="none",
        )

    def _dots(self, places: Sequence[float], low: float, high: float) -> Iterator[Markup]:
        for place, point in zip(places, self.points, strict=True):
            for number, value in enumerate(point.values):
                yield element(
                    "circle",
                    element("title", f"{point.name}: {point.written[number]}"),
                    class_=SERIES[number],
                    cx=self._x(place),
                    cy=f"{_height(value, low, high):.2f}",
                    r=3.5,
                )

    def _names(self, places: Sequence[float]) -> Iterator[Markup]:
        """A few names along the bottom; a phone shows every second of them."""
        last = len(places) - 1
        every = math.ceil(last / _DATES)
        for number, place in enumerate(range(0, last + 1, every)):
            anchor = "start" if place == 0 else "end" if place == last else "middle"
            seldom = "tick seldom" if number % 2 else "tick"
            name = self.points[place].name
            yield self._text(
                name, places[place], _TOP + _PLOT + 18, class_=seldom, text_anchor=anchor
            )

    def _svg(self, drawn: Sequence[Markup], *, height: float) -> Markup:
        told = (
            element("title", self.title, id="chart-title"),
            element("desc", self.says, id="chart-says"),
        )
        return element(
            "svg",
            *told,
            together(*drawn),
            role="img",
            aria_labelledby="chart-title chart-says",
            width="100%",
            height=height,
        )


def _height(value: float, low: float, high: float) -> float:
    return _TOP + _PLOT * (high - value) / (high - low)


def _round_step(least: float) -> float:
    """The next of 1, 2, 2.5 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= least * 0.999)


def _cut(name: str) -> str:
    return name if len(name) <= NAME else f"{name[: NAME - 1]}…"
