"""Reports: what each one counts, as pure functions over rows (domain.md §10, R-PPL-4)."""

from haitech_domain.reports.daily import ClosedBranch, Daily, DayLine, Unreported, daily
from haitech_domain.reports.files import FileFormat, Heading, Language
from haitech_domain.reports.rows import DayRow, MeetingRow, Named
from haitech_domain.reports.table import Cell, CellKind, Column, Table

__all__ = [
    "Cell",
    "CellKind",
    "ClosedBranch",
    "Column",
    "Daily",
    "DayLine",
    "DayRow",
    "FileFormat",
    "Heading",
    "Language",
    "MeetingRow",
    "Named",
    "Table",
    "Unreported",
    "daily",
]
