"""Reading what reports count, in a fixed number of questions whatever there is to count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from haitech_domain.cycle import CycleStatus
from haitech_domain.ports.cursors import Place
from haitech_domain.reports import (
    Attendance,
    AttendanceBy,
    ClosedBranch,
    Cut,
    DayRow,
    Filters,
    Held,
    Payments,
    Progresses,
    Revenue,
    RevenueBy,
    Unreported,
)


class Reports(Protocol):
    """Rows for reports. Deleted meetings and all that is of deleted cycles are in none (R-PPL-4).

    The figures are those that the functions of the same names in `haitech_domain.reports` would
    count from the rows themselves.
    """

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

    async def revenue(self, by: RevenueBy, filters: Filters, cut: Cut) -> Revenue:
        """What completed meetings earned and cost."""
        ...

    async def instructor_payments(self, filters: Filters, cut: Cut) -> Payments:
        """What instructors are owed for completed meetings, by activity."""
        ...

    async def payment_lines(
        self, filters: Filters, most: int, after: Place | None = None
    ) -> Sequence[Held]:
        """The completed meetings that pay is for, by date, start and id.

        At `most` so many, behind a place in that order where one is given.
        """
        ...

    async def attendance_summary(self, by: AttendanceBy, filters: Filters, cut: Cut) -> Attendance:
        """How many came."""
        ...

    async def cycle_progress(
        self, filters: Filters, status: CycleStatus | None, cut: Cut
    ) -> Progresses:
        """How far the live cycles are; without an expected end, which takes a calendar."""
        ...
