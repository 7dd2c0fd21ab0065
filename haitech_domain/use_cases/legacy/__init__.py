"""What an import of another program's export decides, apart from reading files and storing."""

from haitech_domain.use_cases.legacy.report import Counts, ImportReport, Rejection
from haitech_domain.use_cases.legacy.rows import (
    CycleColumn,
    CycleRow,
    MeetingColumn,
    MeetingRow,
    Place,
)

__all__ = [
    "Counts",
    "CycleColumn",
    "CycleRow",
    "ImportReport",
    "MeetingColumn",
    "MeetingRow",
    "Place",
    "Rejection",
]
