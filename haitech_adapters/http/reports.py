"""`/reports`: revenue, instructors' pay, attendance and progress."""

from __future__ import annotations

from typing import Final

from litestar import Controller, get
from litestar.response.base import ASGIResponse
from msgspec import UNSET

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.report_formats import PRODUCED, Shown, reported
from haitech_adapters.http.report_queries import (
    AttendanceReportQuery,
    PaymentsQuery,
    ProgressQuery,
    RevenueQuery,
)
from haitech_adapters.http.report_shapes import (
    AttendanceReportView,
    CycleProgressView,
    PaymentsView,
    RevenueView,
    attendance_view,
    payments_view,
    progress_view,
    revenue_view,
)
from haitech_adapters.http.shapes import HttpRequest, UseVerbs
from haitech_domain.access import Action, Resource
from haitech_domain.reports import (
    attendance_table,
    lines_table,
    payments_table,
    progress_table,
    revenue_table,
)
from haitech_domain.use_cases.reports import (
    ReportAttendance,
    ReportCycleProgress,
    ReportInstructorPayments,
    ReportRevenue,
)

_READ: Final = (Action.READ, Resource.REPORTS)


class ReportsController(Controller):
    """What the school earns, pays, teaches and has still to teach."""

    path = "/reports"
    tags = ("reports",)

    @get(
        "/revenue",
        opt={
            "endpoint": Endpoint(
                summary="Revenue by time, place, course, instructor or type",
                use_case=ReportRevenue,
                access=_READ,
                query=RevenueQuery,
                result=RevenueView,
                produces=PRODUCED,
            )
        },
    )
    async def revenue(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Revenue."""
        asked = read_query(request, RevenueQuery)
        by, filters = asked.group_by, asked.filters()
        found = await verbs.reports.revenue(
            actor=actor_of(request), by=by, filters=filters, cut=asked.cut(request)
        )
        shown = Shown(
            view=lambda: revenue_view(found, by),
            table=lambda: revenue_table(found, by),
            filters=filters,
            row_count=found.row_count,
        )
        return await reported(request, asked, shown, verbs.sheets)

    @get(
        "/instructor-payments",
        opt={
            "endpoint": Endpoint(
                summary="What instructors are owed",
                use_case=ReportInstructorPayments,
                access=_READ,
                query=PaymentsQuery,
                result=PaymentsView,
                produces=PRODUCED,
            )
        },
    )
    async def instructor_payments(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Pay."""
        asked = read_query(request, PaymentsQuery)
        filters, wanted, actor = asked.filters(), asked.lines(), actor_of(request)
        as_file = asked.form(request) is not None
        if as_file and wanted is not None:
            asked.refuse_parts(request)
        report = verbs.reports.instructor_payments
        found = await report(actor=actor, filters=filters, cut=asked.cut(request))
        lines = None
        if wanted is not None:
            if as_file:
                lines = await report.all_lines(actor=actor, filters=filters)
            else:
                lines = await report.lines(actor=actor, filters=filters, asked=wanted)
        shown = Shown(
            view=lambda: payments_view(found, lines),
            table=lambda: payments_table(found) if lines is None else lines_table(lines.meetings),
            filters=filters,
            row_count=found.row_count if lines is None else None,
        )
        return await reported(request, asked, shown, verbs.sheets)

    @get(
        "/attendance-summary",
        opt={
            "endpoint": Endpoint(
                summary="How many came, by cycle, student, branch or instructor",
                use_case=ReportAttendance,
                access=_READ,
                query=AttendanceReportQuery,
                result=AttendanceReportView,
                produces=PRODUCED,
            )
        },
    )
    async def attendance_summary(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Attendance."""
        asked = read_query(request, AttendanceReportQuery)
        by, filters = asked.group_by, asked.filters()
        found = await verbs.reports.attendance(
            actor=actor_of(request), by=by, filters=filters, cut=asked.cut(request)
        )
        shown = Shown(
            view=lambda: attendance_view(found, by),
            table=lambda: attendance_table(found, by),
            filters=filters,
            row_count=found.row_count,
        )
        return await reported(request, asked, shown, verbs.sheets)

    @get(
        "/cycle-progress",
        opt={
            "endpoint": Endpoint(
                summary="How far the cycles are",
                use_case=ReportCycleProgress,
                access=_READ,
                query=ProgressQuery,
                result=CycleProgressView,
                produces=PRODUCED,
            )
        },
    )
    async def cycle_progress(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Progress."""
        asked = read_query(request, ProgressQuery)
        filters = asked.filters()
        found = await verbs.reports.cycle_progress(
            actor=actor_of(request),
            filters=filters,
            status=None if asked.status is UNSET else asked.status,
            cut=asked.cut(request),
        )
        shown = Shown(
            view=lambda: progress_view(found),
            table=lambda: progress_table(found),
            filters=filters,
            row_count=found.row_count,
        )
        return await reported(request, asked, shown, verbs.sheets)
