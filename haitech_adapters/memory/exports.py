"""Exports and their files in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import attrs

from haitech_adapters.memory.declaration import Resource, civil_days, equals
from haitech_adapters.memory.repository import MemoryRepository
from haitech_adapters.memory.session import Session
from haitech_adapters.memory.state import ExportPieces, State
from haitech_domain.errors import Duplicate, UnknownReference
from haitech_domain.export import Export, ExportStatus
from haitech_domain.ids import ExportId, JobId
from haitech_domain.ports import PIECE, listings


def _own(row: Export, whose: Any, state: State) -> bool:
    del state
    return bool(row.owner_id == whose)


EXPORTS: Final = Resource(
    cls=Export,
    name="export",
    listing=listings.EXPORTS,
    filters={**equals("report", "format", "status"), **civil_days("created_at")},
    own=_own,
)


class MemoryExports(MemoryRepository[Export]):
    """The exports."""

    async def under_way(self, owner: UUID) -> int:
        """How many of an owner's exports wait or are written."""
        self._session.must_write()
        return len(self._live(lambda e: e.owner_id == owner and e.is_under_way))

    async def over(self, *, at: datetime, most: int = 100) -> Sequence[Export]:
        """Those that are ready, and whose time is over by then; the oldest."""
        self._session.must_write()
        ready = self._live(lambda e: e.status is ExportStatus.DONE and not e.is_ready(at))
        return sorted(ready, key=lambda e: (e.expires_at, e.id))[:most]

    async def left_behind(self, *, before: datetime, most: int = 100) -> Sequence[Export]:
        """Those under way that nobody works on, and that were left so before then."""
        self._session.must_write()
        left = self._live(lambda e: e.updated_at < before and self._is_left(e))
        return sorted(left, key=lambda e: (e.updated_at, e.id))[:most]

    def _is_left(self, export: Export) -> bool:
        job = self._session.state.jobs.get(JobId(export.id))
        return export.is_under_way and (job is None or job.buried_at is not None)


class MemoryExportFiles:
    """The files of exports."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, export: ExportId, file: UUID, number: int, piece: bytes) -> None:
        """Keep a piece, counted from 0.

        :raises Duplicate: that one is there already
        :raises ValueError: it is not the next, or too large
        """
        with self._session.writing():
            state = self._session.state
            if export not in state.table(Export):
                raise UnknownReference("export_id", "export")
            kept = state.pieces.get(file) or ExportPieces(export=export, pieces=())
            if number < len(kept.pieces):
                raise Duplicate("piece of an export", "number")
            if number > len(kept.pieces) or len(piece) > PIECE:
                message = f"piece {number} of {len(piece)} bytes is not the next one"
                raise ValueError(message)
            state.pieces[file] = attrs.evolve(kept, pieces=(*kept.pieces, piece))

    async def piece(self, file: UUID, number: int) -> bytes | None:
        """A piece of a file; None where there is none."""
        kept = self._session.state.pieces.get(file)
        return kept.pieces[number] if kept is not None and number < len(kept.pieces) else None

    async def forget(self, export: ExportId, *, but: UUID | None = None) -> None:
        """Remove what is kept for an export, `but` this file of it."""
        with self._session.writing():
            pieces = self._session.state.pieces
            for file in [f for f, kept in pieces.items() if kept.export == export and f != but]:
                del pieces[file]
