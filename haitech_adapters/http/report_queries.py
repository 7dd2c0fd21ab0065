"""How the reports are asked for."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Final, Literal, TypeAlias
from uuid import UUID

import attrs
import msgspec
from msgspec import UNSET, Meta, UnsetType

from haitech_adapters.http.report_formats import FormQuery
from haitech_adapters.http.shapes import HttpRequest
from haitech_domain.cycle import CycleStatus
from haitech_domain.errors import Invalid, Problem
from haitech_domain.ports.cursors import LONGEST
from haitech_domain.reports import MOST_ROWS, AttendanceBy, Cut, Filters, RevenueBy
from haitech_domain.reports.asked import FURTHEST
from haitech_domain.use_cases.reports import MOST_LINES, LinesAsked

Day: TypeAlias = dt.date
_PARTS: Final = ("limit", "offset", "meetingsLimit", "meetingsCursor")
_DAYS: Final = {"from_": "from_day", "to": "to_day"}


class ReportQuery(FormQuery, frozen=True, kw_only=True):
    """What every report takes.

    `from` and `to` are both included. Without `limit` JSON has the first 10,000 rows (of cycles the
    first 1,000), and a file all of them, 10,000 at most. `rowCount` says how many there are, and
    `totals` are of all rows, whatever is shown.
    """

    most_shown: ClassVar[int] = MOST_ROWS
    """How many rows JSON has where nobody says how many are wanted."""

    from_: Day | UnsetType = msgspec.field(default=UNSET, name="from")
    to: Day | UnsetType = UNSET
    branch_id: UUID | UnsetType = UNSET
    course_id: UUID | UnsetType = UNSET
    instructor_id: UUID | UnsetType = UNSET
    cycle_id: UUID | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=MOST_ROWS)] | UnsetType = UNSET
    offset: Annotated[int, Meta(ge=0, le=FURTHEST)] = 0

    def filters(self) -> Filters:
        """What the report is narrowed to. :raises Invalid: days out of order or out of range"""
        names = {field.name for field in attrs.fields(Filters)}
        given = {
            _DAYS.get(name, name): value
            for name in self.__struct_fields__
            if (value := getattr(self, name)) is not UNSET
        }
        return Filters(**{name: value for name, value in given.items() if name in names})

    def cut(self, request: HttpRequest) -> Cut:
        """Which rows are wanted: of a file all, unless it is said how many."""
        if self.limit is not UNSET:
            return Cut(limit=self.limit, offset=self.offset)
        limit = self.most_shown if self.form(request) is None else None
        return Cut(limit=limit, offset=self.offset)


class RevenueQuery(ReportQuery, frozen=True, kw_only=True):
    """Which completed meetings to sum, and by what; `instructorId` is the meeting's."""

    group_by: RevenueBy = RevenueBy.MONTH


class PaymentsQuery(ReportQuery, frozen=True, kw_only=True):
    """Which completed meetings to pay for; `instructorId` is the meeting's.

    `meetingsLimit` and `meetingsCursor` are of the list that `include=meetings` adds to JSON. A file
    has that list, whole, in place of the sums, and takes none of `limit`, `offset` and these two.
    """

    include: Literal["meetings"] | UnsetType = UNSET
    meetings_limit: Annotated[int, Meta(ge=1, le=MOST_LINES)] = MOST_LINES
    meetings_cursor: Annotated[str, Meta(max_length=LONGEST)] | UnsetType = UNSET

    def lines(self) -> LinesAsked | None:
        """Which meetings are wanted beside the sums, if any."""
        if self.include is UNSET:
            return None
        cursor = None if self.meetings_cursor is UNSET else self.meetings_cursor
        return LinesAsked(limit=self.meetings_limit, cursor=cursor)

    @staticmethod
    def refuse_parts(request: HttpRequest) -> None:
        """A file has the whole list. :raises Invalid: the request names a part of it"""
        if parts := [name for name in _PARTS if name in request.query_params]:
            why = "is not for the meetings as a file, which has them all; narrow from and to"
            raise Invalid(tuple(Problem(name, why, "value.surplus") for name in parts))


class AttendanceReportQuery(ReportQuery, frozen=True, kw_only=True):
    """Which marks to count, and by what; days and `instructorId` are the meeting's."""

    group_by: AttendanceBy = AttendanceBy.CYCLE
    student_id: UUID | UnsetType = UNSET


class ProgressQuery(ReportQuery, frozen=True, kw_only=True):
    """Which cycles to show: those that run on one of the days; `instructorId` is the cycle's."""

    most_shown: ClassVar[int] = 1_000

    status: CycleStatus | UnsetType = UNSET
