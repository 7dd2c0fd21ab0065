"""Reports: what each one counts, as pure functions over rows (domain.md §10, R-PPL-4)."""

from haitech_domain.reports.daily import ClosedBranch, Daily, DayLine, Unreported, daily
from haitech_domain.reports.rows import DayRow, MeetingRow, Named

__all__ = [
    "ClosedBranch",
    "Daily",
    "DayLine",
    "DayRow",
    "MeetingRow",
    "Named",
    "Unreported",
    "daily",
]
