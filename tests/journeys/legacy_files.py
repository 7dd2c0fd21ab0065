"""Exports of the form, made up for tests: rows as the words of their columns."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from haitech_domain.use_cases.legacy import CycleColumn, MeetingColumn

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "legacy"
"""The export of a real school, which lies beside the project and is no part of it."""


def cycle(**cells: str) -> dict[str, str]:
    """A cycle on Sundays at 16:00 from 2025-11-02 to 2026-01-04, at 300 a meeting."""
    row = {
        CycleColumn.ID: "",
        CycleColumn.NAME: "חוג א",
        CycleColumn.COURSE: "פייתון",
        CycleColumn.INSTITUTION: "בית ספר אלון",
        CycleColumn.INSTRUCTOR: "דנה",
        CycleColumn.KIND: "פרונטלי כללי",
        CycleColumn.PRICING: "מוסדי",
        CycleColumn.DAY: "ראשון",
        CycleColumn.HOUR: "16:00",
        CycleColumn.DURATION: "60",
        CycleColumn.START: "2025-11-02",
        CycleColumn.END: "2026-01-04",
        CycleColumn.DAYS: "63",
        CycleColumn.HELD: "",
        CycleColumn.REVENUE: "300.0",
    }
    return {c.value: cells.get(c.name.lower(), row[c]) for c in CycleColumn}


def meeting(start: str = "02/11/2025 16:00", end: str | None = None, **cells: str):
    """A held meeting of that cycle, an hour long unless its end is given."""
    if end is None:
        day, hour = start.split(" ")
        end = f"{day} {int(hour[:2]) + 1:02}{hour[2:]}"
    row = {
        MeetingColumn.CYCLE: "חוג א",
        MeetingColumn.START: start,
        MeetingColumn.END: end,
        MeetingColumn.INSTRUCTOR: "דנה",
        MeetingColumn.STATUS: "התקיימה",
        MeetingColumn.LESSON: "שיעור פרונטאלי",
    }
    return {c.value: cells.get(c.name.lower(), row[c]) for c in MeetingColumn}


def as_csv(rows: list[dict[str, str]], columns: type[CycleColumn | MeetingColumn]) -> str:
    """The rows as the text of a file."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [c.value for c in columns])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_export(
    folder: Path, cycles: list[dict[str, str]], meetings: list[dict[str, str]]
) -> tuple[Path, Path]:
    """Both files, as the other program writes them: UTF-8 with a BOM, CRLF."""
    paths = folder / "cycles.csv", folder / "meetings.csv"
    paths[0].write_bytes(as_csv(cycles, CycleColumn).encode("utf-8-sig"))
    paths[1].write_bytes(as_csv(meetings, MeetingColumn).encode("utf-8-sig"))
    return paths
