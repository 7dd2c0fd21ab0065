"""The paper school's arithmetic, in whole agorot (R-MONEY-1…4)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Final

_LAW: Final = ((date(2025, 1, 1), 18), (date(2015, 10, 1), 17), (date(2013, 6, 2), 18))
"""R-MONEY-4, the newest first: from which day how many percent."""


def half_up(exact: Fraction) -> int:
    """R-MONEY-2, for amounts that are not negative."""
    return int(exact + Fraction(1, 2))


def without_vat(gross: int, day: date) -> int:
    """R-MONEY-4."""
    percent = next(percent for first, percent in _LAW if first <= day)
    return half_up(Fraction(gross * 100, 100 + percent))


def share(total: int, shares: int, position: int) -> int:
    """R-MONEY-3: larger shares first, none differs by more than one."""
    smaller = total // shares
    return smaller + 1 if position <= total - smaller * shares else smaller
