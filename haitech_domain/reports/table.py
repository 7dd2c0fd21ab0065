"""A report as a table: what every format (csv, xlsx, html) is written from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

import attrs

from haitech_domain.money import Money

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
