"""Cells as plain text: exact numbers, ISO dates, UTC instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

from haitech_domain.money import Money
from haitech_domain.reports import Cell


def plain(cell: Cell) -> str:
    """A cell as programs read it: `282.49`, `0.4257`, `2026-02-06`, `17:30`, `…T12:00:00Z`.

    No number passes through a float, and none is grouped or written with an exponent. Text is
    left as it is.
    """
    match cell:
        case None:
            return ""
        case Decimal():
            return f"{cell:f}"
        case datetime():
            return f"{cell.astimezone(UTC).replace(tzinfo=None).isoformat('T', 'seconds')}Z"
        case date():
            return cell.isoformat()
        case time():
            return cell.strftime("%H:%M")
        case Money() | int() | str():
            return str(cell)
