"""The export: what was asked for, how far it is, and the file that came of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import attrs

from haitech_domain.entity import Entity
from haitech_domain.fields import Between, Name, Passing, Remark, Text
from haitech_domain.ids import ExportId
from haitech_domain.reports import Language
from haitech_domain.saved_view import Filters

KEPT_FOR: Final = timedelta(days=7)
"""How long a file can be fetched, from when it was ready."""
LARGEST_FILE: Final = 2**30
"""Bytes of the largest file that is kept: 1 GiB."""
ALL_OF_IT: Final = 100
"""The progress of what is ready, in percent."""


NO_FILTERS: Final = Filters()


class ReportName(StrEnum):
    """The reports that can be asked for as a file."""

    REVENUE = "revenue"
    INSTRUCTOR_PAYMENTS = "instructor-payments"
    ATTENDANCE_SUMMARY = "attendance-summary"
    CYCLE_PROGRESS = "cycle-progress"


class ExportFormat(StrEnum):
    """The kinds of files: those that hold as many rows as there are."""

    CSV = "csv"
    XLSX = "xlsx"


class ExportStatus(StrEnum):
    """`queued` waits for a worker, or for another try; `expired` was ready and is there no more."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


UNDER_WAY: Final = (ExportStatus.QUEUED, ExportStatus.RUNNING)
"""Those that somebody still works on, or will."""


@attrs.frozen(kw_only=True)
class Export(Entity):
    """A report that is written to a file, for whoever asked: a user or an API key.

    `filters` are the report's own question, by its names in the query. `attempt` is which taking
    of its job works on it (`Job.taken`), so that one who lost the job writes no more. `progress` is
    in percent. What is ready has a `file_id`, a `size` in bytes, the SHA-256 of its content as
    `digest`, and is kept until `expires_at`. `failure` says why it failed, or why its last try did.
    """

    id: ExportId
    owner_id: UUID
    report: ReportName
    format: ExportFormat
    language: Language = Language.HEBREW
    filters: Filters = NO_FILTERS
    file_name: Name
    status: ExportStatus = ExportStatus.QUEUED
    attempt: Annotated[int, Passing()] = 0
    progress: Annotated[int, Between(0, ALL_OF_IT), Passing()] = 0
    rows_written: Annotated[int, Passing()] = 0
    file_id: Annotated[UUID, Passing()] | None = None
    size: Annotated[int, Between(0, LARGEST_FILE), Passing()] | None = None
    digest: Annotated[str, Text(64), Passing()] | None = None
    failure: Remark | None = None
    started_at: Annotated[datetime, Passing()] | None = None
    finished_at: Annotated[datetime, Passing()] | None = None
    expires_at: datetime | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether it waits or is written."""
        return self.status in UNDER_WAY

    def is_ready(self, at: datetime) -> bool:
        """Whether its file can be fetched."""
        return (
            self.status is ExportStatus.DONE
            and self.expires_at is not None
            and at < self.expires_at
        )
