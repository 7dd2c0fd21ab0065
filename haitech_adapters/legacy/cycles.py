"""The file of cycles."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from haitech_adapters.legacy import values
from haitech_adapters.legacy.reading import Reading, shifted
from haitech_adapters.legacy.sheet import Record, records
from haitech_domain.money import Money
from haitech_domain.use_cases.legacy import CycleColumn, CycleRow, Rejection


def read_cycles(path: Path, *, file: str | None = None) -> list[CycleRow | Rejection]:
    """Every cycle of the file, or why it is refused; `file` is what reports call the file.

    :raises UnreadableFile: the file cannot be read, or is not of the form
    """
    named = file or path.name or str(path)
    return [_row(record, named) for record in records(path, list(CycleColumn), named)]


def _row(record: Record, file: str) -> CycleRow | Rejection:
    """R-CYC-7: a row needs name, pricing type, day, hour, duration and start date."""
    reading = Reading(record, file)
    column = CycleColumn
    kind = record.cells[column.KIND]
    name = reading.required(column.NAME, values.name)
    course = reading.optional(column.COURSE, values.name, "")
    institution = reading.optional(column.INSTITUTION, values.name, "")
    instructor = reading.optional(column.INSTRUCTOR, values.name, "")
    pricing = reading.required(column.PRICING, values.pricing)
    day = reading.required(column.DAY, values.weekday)
    hour = reading.required(column.HOUR, values.hour)
    minutes = reading.required(column.DURATION, values.duration)
    slot = reading.combined(column.DURATION, values.slot_of, hour, minutes)
    start = reading.required(column.START, values.iso_date)
    stated_end = reading.optional(column.END, _optional_date, None)
    end = reading.combined(column.END, values.end_of, start, stated_end)
    revenue = reading.optional(column.REVENUE, _optional_money, None)
    refused = shifted(record, file) or reading.rejection()
    if refused is not None:
        return refused
    return CycleRow(
        place=reading.place,
        id=record.cells[column.ID],
        name=name.value,
        course=course.value,
        institution=institution.value,
        instructor=instructor.value,
        online=values.online(kind),
        activity=values.activity(kind),
        type=pricing.value,
        day=day.value,
        slot=slot.value,
        start=start.value,
        end=end.value,
        revenue=revenue.value,
    )


def _optional_date(text: str) -> date | None:
    return values.iso_date(text)


def _optional_money(text: str) -> Money | None:
    return values.money(text)
