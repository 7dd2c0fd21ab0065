"""A report as a table: what every format (csv, xlsx, html) is written from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeAlias

import attrs

from haitech_domain.money import Money, decimal_of
from haitech_domain.reports.rows import Named

DELETED: Final = "deleted"
RATIO_PLACES: Final = 4
HOURS_PLACES: Final = 2

Cell: TypeAlias = str | int | Decimal | Money | date | time | datetime | None
"""What stands in one place; None where there is nothing to say (a margin of no revenue)."""


class CellKind(StrEnum):
    """What a column holds, and so how it is written and aligned."""

    TEXT = "text"
    COUNT = "count"
    AMOUNT = "amount"
    """Money, in shekels with two decimals."""
    RATIO = "ratio"
    """A part of one, shown as a percentage."""
    HOURS = "hours"
    DAY = "day"
    CLOCK = "clock"
    INSTANT = "instant"
    WORD = "word"
    """Words of the program (`private`, `deleted`), which whoever writes for people translates.

    Where there are several, commas stand between them.
    """


@attrs.frozen(kw_only=True)
class Column:
    """A column by the name that the JSON form has for it (`instructorPayment`), and its kind."""

    key: str
    kind: CellKind


@attrs.frozen(kw_only=True)
class Table:
    """Rows under columns; `totals` are exact sums of exact rows, None where nothing is summed.

    Every row, and `totals`, has one cell for each column.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell] | None = None


def remark(named: Named) -> str | None:
    """What is said beside a name: that the thing is deleted (R-PPL-4)."""
    return DELETED if named.is_deleted else None


def remarks(**named: Named) -> str | None:
    """What is said beside several names: which are deleted, `course-deleted,branch-deleted`."""
    return ",".join(f"{key}-{DELETED}" for key, one in named.items() if one.is_deleted) or None


def written_ratio(part: Fraction | None) -> Decimal | None:
    """A part of one with four decimals, rounded half up; None where there is none."""
    return None if part is None else decimal_of(part, RATIO_PLACES)


def written_hours(minutes: int) -> Decimal:
    """Hours with two decimals, rounded half up; the minutes are exact."""
    return decimal_of(Fraction(minutes, 60), HOURS_PLACES)
