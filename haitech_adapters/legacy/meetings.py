"""The file of meetings."""

from __future__ import annotations

from pathlib import Path

from haitech_adapters.legacy import values
from haitech_adapters.legacy.reading import Reading, shifted
from haitech_adapters.legacy.sheet import Record, records
from haitech_domain.use_cases.legacy import MeetingColumn, MeetingRow, Rejection


def read_meetings(path: Path, *, file: str | None = None) -> list[MeetingRow | Rejection]:
    """Every meeting of the file, or why it is refused; `file` is what reports call the file.

    :raises UnreadableFile: the file cannot be read, or is not of the form
    """
    named = file or path.name or str(path)
    return [_row(record, named) for record in records(path, list(MeetingColumn), named)]


def _row(record: Record, file: str) -> MeetingRow | Rejection:
    """R-MEET-1: a row needs a cycle, a status in use, and times that make a meeting."""
    reading = Reading(record, file)
    column = MeetingColumn
    cycle = reading.required(column.CYCLE, values.name)
    start = reading.required(column.START, values.moment)
    end = reading.required(column.END, values.moment)
    slot = reading.combined(column.END, values.slot_between, start, end)
    instructor = reading.optional(column.INSTRUCTOR, values.name, "")
    status = reading.required(column.STATUS, values.status)
    activity = reading.optional(column.LESSON, values.lesson, None)
    refused = shifted(record, file) or reading.rejection()
    if refused is not None:
        return refused
    return MeetingRow(
        place=reading.place,
        cycle=cycle.value,
        day=start.value.date(),
        slot=slot.value,
        instructor=instructor.value,
        status=status.value,
        activity=activity.value,
    )
