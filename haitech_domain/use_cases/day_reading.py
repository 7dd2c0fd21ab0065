"""Reading a school's day."""

from __future__ import annotations

import datetime as dt

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.calendar import TeachingDays
from haitech_domain.fields import Day, enforce
from haitech_domain.ports import Clock, Transaction, UnitOfWork
from haitech_domain.reports import Daily, daily
from haitech_domain.reports.daily import MOST_UNREPORTED
from haitech_domain.use_cases.forecasting import forecasts
from haitech_domain.use_cases.school import School


@attrs.frozen(kw_only=True)
class DayAsked:
    """Which day to read. :raises Invalid: it is outside 2000-2100"""

    date: Day

    def __attrs_post_init__(self) -> None:
        enforce(self)


@attrs.frozen(kw_only=True)
class ReadDay:
    """A school's day, today's unless another is asked for: its meetings with marks and money.

    `totals` are of completed meetings, as they were fixed; `expected` is what the scheduled ones
    would come to if they were completed now. `unreported` lists, whichever day is asked for, the
    scheduled meetings that have ended by now, oldest first: 100 of them, with their exact number.
    Deleted courses, branches and instructors are shown by name and marked.
    """

    uow: UnitOfWork
    clock: Clock
    school: School

    async def __call__(self, *, actor: Actor, day: dt.date | None = None) -> Daily:
        """The day, today's where none is given.

        :raises Invalid: it is outside 2000-2100
        :raises NoVatRate: a scheduled meeting's VAT has to be taken off at a date without a rate
        """
        grant(actor, Action.READ, Resource.REPORTS)
        now = self.clock.civil()
        asked = DayAsked(date=now.date() if day is None else day).date
        calendar = TeachingDays(self.school.holidays, rest_days=self.school.rest_days)

        async def work(tx: Transaction) -> Daily:
            rows = await tx.reports.day(asked)
            return daily(
                rows,
                forecasts(rows, self.school, at=self.clock.now()),
                day=asked,
                today=now.date(),
                no_teaching=calendar.closed_on(asked),
                closed=await tx.reports.closed_on(asked),
                unreported=await tx.reports.unreported(now, MOST_UNREPORTED),
            )

        return await self.uow.read(work)
