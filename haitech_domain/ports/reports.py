"""Reading what reports count, in a fixed number of questions whatever there is to count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from haitech_domain.reports import ClosedBranch, DayRow, Unreported


class Reports(Protocol):
    """Rows for reports. Deleted meetings and all that is of deleted cycles are in none (R-PPL-4)."""

    async def day(self, day: date) -> Sequence[DayRow]:
        """The meetings of a day whatever their status, by start and id."""
        ...

    async def unreported(self, now: datetime, most: int) -> Unreported:
        """The scheduled meetings that had ended at the civil moment `now`.

        At `most` so many of them, by date, start and id; the total is of all.
        """
        ...

    async def closed_on(self, day: date) -> Sequence[ClosedBranch]:
        """The live branches that a closure of their own keeps from teaching on a day.

        By name and id of the branch, and the closure's first day and id.
        """
        ...
