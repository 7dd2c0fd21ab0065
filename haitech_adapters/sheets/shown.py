"""Cells as people read them: grouped digits, percentages, days as they are written here."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

from haitech_adapters.sheets.plain import plain
from haitech_adapters.sheets.text import clean
from haitech_adapters.sheets.wording import Words
from haitech_domain.money import Money
from haitech_domain.reports import Cell, CellKind, Column

JERUSALEM: Final = ZoneInfo("Asia/Jerusalem")
_TENTH: Final = Decimal("0.1")
_HUNDREDTH: Final = Decimal("0.01")


def shown(cell: Cell, column: Column, words: Words) -> str:  # noqa: PLR0911  # a line a kind
    """A cell of this column. Amounts keep both decimals; a percentage is rounded to one."""
    match cell:
        case None:
            return "–"
        case str():
            return words.month(cell) if column.key == "month" else clean(cell)
        case Money():
            return f"{cell.amount:,}"
        case Decimal() if column.kind is CellKind.RATIO:
            percent = (cell * 100).quantize(_TENTH, ROUND_HALF_UP) + 0  # which is never -0
            return f"{percent:,f}%"
        case Decimal() if column.kind is CellKind.HOURS:
            return f"{cell.quantize(_HUNDREDTH, ROUND_HALF_UP):,f}"
        case int():
            return f"{cell:,}"
        case datetime():
            civil = cell.astimezone(JERUSALEM)
            return f"{words.day(civil)} {civil:%H:%M}"
        case date():
            return words.day(cell)
        case Decimal() | time():
            return plain(cell)
