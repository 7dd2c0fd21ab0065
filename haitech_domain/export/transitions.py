"""What becomes of an export: begun, further, ready, put off, failed, cancelled, expired."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

import attrs

from haitech_domain.change import Change, Transition
from haitech_domain.errors import DomainError, Kind
from haitech_domain.export.entity import (
    ALL_OF_IT,
    KEPT_FOR,
    LARGEST_FILE,
    UNDER_WAY,
    Export,
    ExportStatus,
)

WRITE: Final = "export.write"
"""The kind of job that an export is; its id is the export's, so there is one at most."""
LANE: Final = "export"
"""The lane of these jobs: however many are asked for, they delay nothing else."""
MOST_UNDER_WAY: Final = 10
"""How many exports one caller may have queued and running."""
_WHAT: Final = "export"
_WHY_KEPT: Final = 500


@attrs.frozen(kw_only=True)
class File:
    """A file that is kept as a whole: its size in bytes, and the SHA-256 of it in hexadecimal."""

    id: UUID
    size: int
    digest: str
    rows: int


@attrs.frozen
class TooManyExports(DomainError):
    """Whoever asks for more than is good for all waits for those that are under way."""

    reason: ClassVar[str] = "export.too_many"
    says: ClassVar[str] = "{most} of your exports are under way; wait for one, or cancel one"
    most: int = MOST_UNDER_WAY


@attrs.frozen
class ExportNotReady(DomainError):
    """There is no file yet, or there will be none."""

    reason: ClassVar[str] = "export.not_ready"
    says: ClassVar[str] = "this export is {status}: {advice}"
    status: ExportStatus
    advice: str


@attrs.frozen
class ExportExpired(DomainError):
    """The file was there, and was removed when its time was over."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    reason: ClassVar[str] = "export.expired"
    says: ClassVar[str] = "the file of this export was kept for {days} days; ask for it anew"
    days: int = KEPT_FOR.days


@attrs.frozen
class ExportTakenOver(DomainError):
    """It was cancelled, or another worker writes it: whoever worked on it is to stop."""

    reason: ClassVar[str] = "export.taken_over"
    says: ClassVar[str] = "this export is written by somebody else by now, or by nobody"


@attrs.frozen
class NoRoom(DomainError):
    """The disk on which files are written is full, or one may not be as large there."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    reason: ClassVar[str] = "export.no_room"
    says: ClassVar[str] = (
        "there was no room for the file where the server writes it; have space made there"
        " (HAITECH_SPOOL_DIR), or ask for less"
    )


@attrs.frozen
class ExportTooLarge(DomainError):
    """A file of more than is kept of one."""

    reason: ClassVar[str] = "export.too_large"
    says: ClassVar[str] = "the file would have more than {most} MiB; ask for fewer days at once"
    most: int = LARGEST_FILE // 2**20


def begun(export: Export, *, attempt: int, at: datetime) -> Change[Export]:
    """An export that a worker begins with, from the start: nothing is left of earlier tries.

    :raises ExportTakenOver: it is over, or a later taking of its job works on it
    """
    if not export.is_under_way or export.attempt > attempt:
        raise ExportTakenOver
    after = export.changed(
        at,
        status=ExportStatus.RUNNING,
        attempt=attempt,
        progress=0,
        rows_written=0,
        started_at=at,
        failure=None,
    )
    return Change.updated(export, after, action="progress")


def must_be_written_by(export: Export, attempt: int) -> None:
    """:raises ExportTakenOver: it is not (any more)"""
    if export.status is not ExportStatus.RUNNING or export.attempt != attempt:
        raise ExportTakenOver


def further(
    export: Export, *, attempt: int, rows: int, progress: int, at: datetime
) -> Change[Export]:
    """An export of which more is written; `progress` never falls within a try.

    :raises ExportTakenOver: somebody else writes it, or nobody
    """
    must_be_written_by(export, attempt)
    # all of it is told by nothing but the file itself
    told = min(max(progress, export.progress), ALL_OF_IT - 1)
    after = export.changed(at, rows_written=rows, progress=told)
    return Change.updated(export, after, action="progress")


def completed(export: Export, file: File, *, attempt: int, at: datetime) -> Change[Export]:
    """An export whose file can be fetched from now on, for seven days.

    :raises ExportTakenOver: somebody else writes it, or nobody
    """
    must_be_written_by(export, attempt)
    after = export.changed(
        at,
        status=ExportStatus.DONE,
        progress=ALL_OF_IT,
        rows_written=file.rows,
        file_id=file.id,
        size=file.size,
        digest=file.digest,
        finished_at=at,
        expires_at=at + KEPT_FOR,
    )
    return Change.updated(export, after, action="complete")


def put_off(export: Export, why: str, *, at: datetime) -> Change[Export]:
    """An export whose try failed, and which is tried again; one that is over stays as it is."""
    if not export.is_under_way:
        return Change.updated(export, export)
    after = export.changed(at, status=ExportStatus.QUEUED, failure=why[:_WHY_KEPT])
    return Change.updated(export, after, action="progress")


def failed(export: Export, why: str, *, at: datetime) -> Change[Export]:
    """An export that is given up; one that is over stays as it is."""
    return _ended(export, ExportStatus.FAILED, at, failure=why[:_WHY_KEPT])


def cancelled(export: Export, *, at: datetime) -> Change[Export]:
    """An export that nobody wants any more; whoever writes it stops.

    :raises Transition: it is over already
    """
    if not export.is_under_way:
        raise Transition(_WHAT, export.status, "cancel", UNDER_WAY)
    return _ended(export, ExportStatus.CANCELLED, at)


def expired(export: Export, *, at: datetime) -> Change[Export]:
    """An export whose file is there no more.

    :raises Transition: it has none
    """
    if export.status is not ExportStatus.DONE:
        raise Transition(_WHAT, export.status, "expire", (ExportStatus.DONE,))
    after = export.changed(at, status=ExportStatus.EXPIRED, file_id=None)
    return Change.updated(export, after, action="end")


def _ended(
    export: Export, status: ExportStatus, at: datetime, failure: str | None = None
) -> Change[Export]:
    if not export.is_under_way:
        return Change.updated(export, export)
    after = export.changed(at, status=status, failure=failure, finished_at=at)
    return Change.updated(
        export, after, action="cancel" if status is ExportStatus.CANCELLED else "end"
    )


_ADVICE: Final = {
    ExportStatus.QUEUED: "wait for it, and look at its progress",
    ExportStatus.RUNNING: "wait for it, and look at its progress",
    ExportStatus.FAILED: "its failure says why; ask for it anew",
    ExportStatus.CANCELLED: "ask for it anew",
}


def file_to_fetch(export: Export, at: datetime) -> File:
    """The file of an export.

    :raises ExportNotReady: there is none yet, or there will be none
    :raises ExportExpired: it was kept as long as files are
    """
    if export.status in _ADVICE:
        raise ExportNotReady(export.status, _ADVICE[export.status])
    if not export.is_ready(at) or export.file_id is None:
        raise ExportExpired
    return File(
        id=export.file_id,
        size=export.size or 0,
        digest=export.digest or "",
        rows=export.rows_written,
    )
