"""The figures of reports, summed by the database: exact numbers, each report in one question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import attrs

from haitech_adapters.postgres.compiled import sql_of
from haitech_adapters.postgres.kinds import kind_of
from haitech_adapters.postgres.report_months import Months
from haitech_adapters.postgres.report_shapes import (
    ACTIVITIES,
    AttendanceOf,
    LinesOf,
    PaymentsOf,
    ProgressOf,
    RevenueOf,
)
from haitech_adapters.postgres.session import Row, Session
from haitech_domain.attendance import AttendanceStatus, MarkCounts
from haitech_domain.calendar import DayOfWeek
from haitech_domain.cycle import ActivityType, CycleStatus, CycleType
from haitech_domain.meeting import Figures
from haitech_domain.money import Money, Net
from haitech_domain.ports.cursors import Place
from haitech_domain.reports import (
    Attendance,
    AttendanceBy,
    AttendanceRow,
    Cut,
    Earned,
    Filters,
    Held,
    Named,
    Payments,
    PaymentsRow,
    Progresses,
    ProgressRow,
    ProgressTotals,
    Report,
    Revenue,
    RevenueBy,
    RevenueRow,
    Worked,
)


class PostgresSchoolReports:
    """What the school's reports count."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def revenue(self, by: RevenueBy, filters: Filters, cut: Cut) -> Revenue:
        """What completed meetings earned and cost."""
        shape = RevenueOf(by, frozenset(filters.given()))
        (count, *totals), rows = await self._asked(shape, filters, cut, 5)
        return Report(
            row_count=count,
            totals=_earned(totals),
            rows=[
                RevenueRow(of=_of(by, key, name, gone), earned=_earned(sums))
                for key, name, gone, *sums in rows
            ],
        )

    async def instructor_payments(self, filters: Filters, cut: Cut) -> Payments:
        """What instructors are owed for completed meetings, by activity."""
        shape = PaymentsOf(frozenset(filters.given()))
        (count, *totals), rows = await self._asked(shape, filters, cut, 5)
        return Report(
            row_count=count,
            totals=_worked(totals),
            rows=[
                PaymentsRow(instructor=_named(row), by_activity=_by_activity(row[3:]))
                for row in rows
            ],
        )

    async def payment_lines(
        self, filters: Filters, most: int, after: Place | None = None
    ) -> Sequence[Held]:
        """The completed meetings that pay is for, by date, start and id."""
        shape = LinesOf(frozenset(filters.given()), behind=after is not None)
        params: dict[str, Any] = {**filters.given(), "most": most}
        if after is not None:
            day, start = after.values
            params |= {"after_day": day, "after_start": start, "after_id": after.id}
        return [_held(row) for row in await self._session.planned_rows(sql_of(shape), params)]

    async def attendance_summary(self, by: AttendanceBy, filters: Filters, cut: Cut) -> Attendance:
        """How many came."""
        months = Months.of(filters.from_day, filters.to_day)
        given = attrs.evolve(filters, from_day=None, to_day=None).given()
        shape = AttendanceOf(
            by, frozenset(given), months=months.first is not None, edges=len(months.edges)
        )
        given |= {"first_month": months.first, "last_month": months.last}
        for number, (first, last) in enumerate(months.edges):
            given |= {f"first_{number}": first, f"last_{number}": last}
        (count, *totals), rows = await self._read(shape, given, cut, 4)
        return Report(
            row_count=count,
            totals=_counts(totals),
            rows=[
                AttendanceRow(of=None if row[0] is None else _named(row), counts=_counts(row[3:]))
                for row in rows
            ],
        )

    async def cycle_progress(
        self, filters: Filters, status: CycleStatus | None, cut: Cut
    ) -> Progresses:
        """How far the live cycles are."""
        given = filters.given() | ({} if status is None else {"status": status.value})
        shape = ProgressOf(frozenset(given))
        (*counts, revenue), rows = await self._read(shape, given, cut, 6)
        cycles, planned, completed, remaining, registrations = map(int, counts)
        return Report(
            row_count=cycles,
            totals=ProgressTotals(
                cycles=cycles,
                planned=planned,
                completed=completed,
                remaining=remaining,
                registrations=registrations,
                revenue=_net(revenue),
            ),
            rows=[_progress(row) for row in rows],
        )

    async def _asked(
        self, shape: Any, filters: Filters, cut: Cut, sums: int
    ) -> tuple[Row, list[Row]]:
        return await self._read(shape, filters.given(), cut, sums)

    async def _read(
        self, shape: Any, given: Mapping[str, Any], cut: Cut, sums: int
    ) -> tuple[Row, list[Row]]:
        """How many rows there are, with their sums; and the wanted ones, if they are there."""
        params = {**given, "limit": cut.limit, "offset": cut.offset}
        rows = await self._session.planned_rows(sql_of(shape), params)
        return rows[0][:sums], [row[sums + 1 :] for row in rows if row[sums] is not None]


_READ_NET: Final = kind_of(Net).read or Net.of
_READ_MONEY: Final = kind_of(Money).read or Money.of


def _net(amount: Decimal) -> Net:
    return _READ_NET(amount)


def _money(amount: Decimal) -> Money:
    return _READ_MONEY(amount)


def _named(row: Sequence[Any]) -> Named:
    id, name, is_deleted, *_ = row
    return Named(id=id, name=name, is_deleted=is_deleted)


def _of(by: RevenueBy, key: Any, name: str | None, is_deleted: Any) -> Any:
    if name is not None:
        return Named(id=key, name=name, is_deleted=is_deleted)
    return CycleType(key) if by is RevenueBy.CYCLE_TYPE else key


def _earned(sums: Sequence[Any]) -> Earned:
    meetings, *amounts = sums
    return Earned(meetings=int(meetings), figures=_figures(amounts))


def _figures(amounts: Sequence[Decimal]) -> Figures:
    revenue, payment, cost = amounts
    return Figures(
        revenue=_net(revenue), instructor_payment=_money(payment), employer_cost=_money(cost)
    )


def _worked(sums: Sequence[Any]) -> Worked:
    meetings, stretch, payment, cost = sums
    return Worked(
        meetings=int(meetings),
        minutes=stretch // timedelta(minutes=1),
        instructor_payment=_money(payment),
        employer_cost=_money(cost),
    )


def _by_activity(sums: Sequence[Any]) -> dict[ActivityType, Worked]:
    each = len(sums) // len(ACTIVITIES)
    worked = {activity: sums[n * each : (n + 1) * each] for n, activity in enumerate(ACTIVITIES)}
    return {activity: _worked(part) for activity, part in worked.items() if part[0]}


def _counts(sums: Sequence[Any]) -> MarkCounts:
    numbers = dict(zip(AttendanceStatus, map(int, sums), strict=True))
    return MarkCounts(**{status.value: number for status, number in numbers.items()})


def _held(row: Row) -> Held:
    id, day, start, end, number, activity, revenue, payment, cost, cycle, name, type_, *parts = row
    return Held(
        id=id,
        scheduled_date=day,
        start_time=start,
        end_time=end,
        number=number,
        activity=ActivityType(activity),
        figures=_figures((revenue, payment, cost)),
        cycle=Named(id=cycle, name=name),
        cycle_type=CycleType(type_),
        course=_named(parts[0:]),
        branch=_named(parts[3:]),
        instructor=_named(parts[6:]),
    )


_STATUS: Final = {one.value: one for one in CycleStatus}
_TYPE: Final = {one.value: one for one in CycleType}
_WEEKDAY: Final = {one.value: one for one in DayOfWeek}
"""Looking a word up takes a tenth of the time that an enum's own call does; rows are many."""


def _progress(row: Row) -> ProgressRow:
    id, name, status, type_, start, weekday, last, *rest = row
    planned, completed, scheduled, remaining, unplanned, *rest = rest
    last_meeting, registrations, revenue, *parts = rest
    return ProgressRow(
        cycle=Named(id=id, name=name),
        status=_STATUS[status],
        type=_TYPE[type_],
        start_date=start,
        day_of_week=_WEEKDAY[weekday],
        last_day=last,
        last_meeting=last_meeting,
        planned=planned,
        completed=completed,
        scheduled=scheduled,
        remaining=remaining,
        unplanned=unplanned,
        registrations=registrations,
        revenue=_net(revenue),
        course=_named(parts[0:]),
        branch=_named(parts[3:]),
        instructor=_named(parts[6:]),
    )
