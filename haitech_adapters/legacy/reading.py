"""One record read column by column, gathering everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast

import attrs

from haitech_adapters.legacy.sheet import Record
from haitech_domain.errors import BadValue
from haitech_domain.use_cases.legacy import CycleColumn, MeetingColumn, Place, Rejection

Column = CycleColumn | MeetingColumn

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
_A = TypeVar("_A")
_B = TypeVar("_B")


@attrs.frozen
class Cell(Generic[_T_co]):
    """What was read from a column; asked for its value only once every cell is good."""

    good: bool
    read: _T_co | None = None

    @property
    def value(self) -> _T_co:
        """The value."""
        return cast("_T_co", self.read)


class Reading:
    """Reads the values of a record, and remembers what is wrong with which column."""

    def __init__(self, record: Record, file: str) -> None:
        self._cells = record.cells
        self._problems: dict[Column, str] = {}
        self.place = Place(file, record.line)

    def optional(self, column: Column, parse: Callable[[str], _T], blank: _T) -> Cell[_T]:
        """The value of a column; `blank` where nothing stands there."""
        text = self._cells[column]
        return self._attempt(column, lambda: parse(text)) if text else Cell(good=True, read=blank)

    def required(self, column: Column, parse: Callable[[str], _T]) -> Cell[_T]:
        """The value of a column that must not be blank."""
        text = self._cells[column]
        if text:
            return self._attempt(column, lambda: parse(text))
        self._problems[column] = "is required"
        return Cell(good=False)

    def combined(
        self, column: Column, make: Callable[[_A, _B], _T], first: Cell[_A], second: Cell[_B]
    ) -> Cell[_T]:
        """What two good cells make together; `column` is at fault where they do not fit."""
        if not (first.good and second.good):
            return Cell(good=False)
        return self._attempt(column, lambda: make(first.value, second.value))

    def _attempt(self, column: Column, make: Callable[[], _T]) -> Cell[_T]:
        try:
            return Cell(good=True, read=make())
        except BadValue as bad:
            self._problems[column] = bad.message
            return Cell(good=False)

    def rejection(self) -> Rejection | None:
        """The refusal of the record, naming the first column at fault; None where all is well."""
        if not self._problems:
            return None
        (column, reason), *others = self._problems.items()
        also = "".join(f"; {other}: {why}" for other, why in others)
        return Rejection.of(self.place, column, reason + also)


def shifted(record: Record, file: str) -> Rejection | None:
    """The refusal of a record with more values than columns: none can be told from its neighbour."""
    if not record.surplus:
        return None
    last = list(record.cells)[-1]
    why = f"{record.surplus} more values than columns; is a comma outside of quotes?"
    return Rejection(file, record.line, last, why)
