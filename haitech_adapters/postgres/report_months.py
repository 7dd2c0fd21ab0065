"""A stretch of days as whole months, which are counted already, and the days at its ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Self

import attrs

from haitech_domain.calendar import FIRST_DAY, LAST_DAY

_DAY: Final = timedelta(days=1)


@attrs.frozen(kw_only=True)
class Months:
    """The whole months of a stretch, by their first days, if there are any, and the rest of it.

    `edges` are stretches of days, both ends included: at most one before and one after.
    """

    first: date | None
    last: date | None
    edges: tuple[tuple[date, date], ...] = ()

    @classmethod
    def of(cls, first: date | None, last: date | None) -> Self:
        """Those from `first` to `last`, both included; no bound is the calendar's own."""
        begins, ends = first or FIRST_DAY, last or LAST_DAY
        whole_from = begins if begins.day == 1 else _after(begins)
        whole_to = _of(ends) if (ends + _DAY).day == 1 else _of(_of(ends) - _DAY)
        if whole_from > whole_to:
            return cls(first=None, last=None, edges=((begins, ends),))
        before = ((begins, whole_from - _DAY),) if begins < whole_from else ()
        behind = _after(whole_to)
        after = ((behind, ends),) if behind <= ends else ()
        return cls(first=whole_from, last=whole_to, edges=(*before, *after))


def _of(day: date) -> date:
    return day.replace(day=1)


def _after(day: date) -> date:
    """The first day of the next month."""
    return _of(_of(day) + timedelta(days=31))
