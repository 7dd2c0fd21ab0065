"""By what a row is known again, and how a change of what it says is noticed.

A key is a digest of the row's identity, so it has one length whatever the export holds. A cycle
is known by its id, or, where it has none, by name, start date and its place among rows that
share both. A meeting is known by its start together with its cycle's key or its cycle's name:
so a renamed cycle keeps its meetings, and so does a name that another cycle comes to share.
"""

from __future__ import annotations

import hashlib

from haitech_domain.use_cases.legacy.rows import CycleRow, MeetingRow


def cycle_key(row: CycleRow, occurrence: int) -> str:
    """By what a cycle is known; `occurrence` counts rows without an id that share name and start."""
    if row.id:
        return _key("cycle", "id", row.id)
    return _key("cycle", "name", row.name, row.start, occurrence)


def meeting_keys(row: MeetingRow, cycle: str) -> tuple[str, str]:
    """By what a meeting is known; `cycle` is its cycle's key."""
    return (
        _key("meeting", "cycle", cycle, row.starts),
        _key("meeting", "name", row.cycle, row.starts),
    )


def cycle_digest(row: CycleRow) -> str:
    """What a cycle's row says, without where it stands and what is not used."""
    return _hash(
        row.name,
        row.course,
        row.institution,
        row.instructor,
        row.online,
        row.activity,
        row.type,
        row.day,
        row.slot.start,
        row.slot.end,
        row.start,
        row.end,
        row.revenue,
    )


def meeting_digest(row: MeetingRow) -> str:
    """What a meeting's row says, without where it stands and its cycle, which warns by itself."""
    return _hash(row.slot.end, row.instructor, row.status, row.activity)


def _key(kind: str, *parts: object) -> str:
    return f"legacy:{kind}:{_hash(*parts)}"


def _hash(*parts: object) -> str:
    # repr of a text quotes it, so no two lists of parts read alike
    said = ",".join(repr(str(part)) for part in parts)
    return hashlib.sha256(said.encode()).hexdigest()
