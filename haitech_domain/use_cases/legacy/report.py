"""What an import says at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from haitech_domain.meeting import MeetingStatus
from haitech_domain.use_cases.legacy.rows import CycleColumn, MeetingColumn, Place


@attrs.frozen
class Rejection:
    """A row that was refused: where it stands, the column at fault, and why."""

    file: str
    line: int
    field: str
    reason: str

    @classmethod
    def of(cls, place: Place, column: CycleColumn | MeetingColumn, reason: str) -> Rejection:
        """The refusal of the row at a place."""
        return cls(place.file, place.line, column.value, reason)


@attrs.frozen
class Note:
    """Something to know about a row that was imported, or was known."""

    place: Place
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@attrs.frozen(kw_only=True)
class Counts:
    """Of one file's rows: read = created + unchanged + rejected, always."""

    read: int
    created: int
    unchanged: int
    rejected: int


@attrs.frozen(kw_only=True)
class ImportReport:
    """What an import did, or, as a dry run, would have done.

    `by_status` counts the meetings created. Every refused row is among the rejections, once;
    what was imported with something to know about is among the warnings.
    """

    cycles: Counts
    meetings: Counts
    by_status: Mapping[MeetingStatus, int]
    rejections: tuple[Rejection, ...]
    warnings: tuple[str, ...]
    dry_run: bool


def counted(read: int, created: int, refused: Iterable[Rejection]) -> Counts:
    """The counts of a file: what was neither created nor refused was known already."""
    rejected = sum(1 for _ in refused)
    return Counts(
        read=read, created=created, unchanged=read - created - rejected, rejected=rejected
    )
