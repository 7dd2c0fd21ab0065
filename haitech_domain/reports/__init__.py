"""Reports: what each one counts, as pure functions over rows (domain.md §10, R-PPL-4)."""

from haitech_domain.reports.asked import ALL_ROWS, MOST_ROWS, Cut, Filters, Report
from haitech_domain.reports.attendance_summary import (
    Attendance,
    AttendanceBy,
    AttendanceRow,
    Marked,
    attendance_summary,
    attendance_table,
)
from haitech_domain.reports.cycle_progress import (
    Progresses,
    ProgressRow,
    ProgressTotals,
    Run,
    cycle_progress,
    progress_row,
    progress_table,
)
from haitech_domain.reports.daily import ClosedBranch, Daily, DayLine, Unreported, daily
from haitech_domain.reports.files import FileFormat, Heading, Language
from haitech_domain.reports.held import Held, meant
from haitech_domain.reports.instructor_payments import (
    Payments,
    PaymentsRow,
    Worked,
    instructor_payments,
    line_cells,
    lines_table,
    lines_totals,
    payments_table,
)
from haitech_domain.reports.revenue import (
    Earned,
    Revenue,
    RevenueBy,
    RevenueRow,
    revenue,
    revenue_table,
)
from haitech_domain.reports.rows import DayRow, MeetingRow, Named
from haitech_domain.reports.table import (
    Cell,
    CellKind,
    Column,
    Table,
    written_hours,
    written_ratio,
)

__all__ = [
    "ALL_ROWS",
    "MOST_ROWS",
    "Attendance",
    "AttendanceBy",
    "AttendanceRow",
    "Cell",
    "CellKind",
    "ClosedBranch",
    "Column",
    "Cut",
    "Daily",
    "DayLine",
    "DayRow",
    "Earned",
    "FileFormat",
    "Filters",
    "Heading",
    "Held",
    "Language",
    "Marked",
    "MeetingRow",
    "Named",
    "Payments",
    "PaymentsRow",
    "ProgressRow",
    "ProgressTotals",
    "Progresses",
    "Report",
    "Revenue",
    "RevenueBy",
    "RevenueRow",
    "Run",
    "Table",
    "Unreported",
    "Worked",
    "attendance_summary",
    "attendance_table",
    "cycle_progress",
    "daily",
    "instructor_payments",
    "line_cells",
    "lines_table",
    "lines_totals",
    "meant",
    "payments_table",
    "progress_row",
    "progress_table",
    "revenue",
    "revenue_table",
    "written_hours",
    "written_ratio",
]
