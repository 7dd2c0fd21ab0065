"""Exports and their files on PostgreSQL: all processes, on whatever machine, share them there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from haitech_adapters.postgres.compiled import compiled
from haitech_adapters.postgres.mapping import Mapping, civil_days, equals, parameter
from haitech_adapters.postgres.repositories import in_turn
from haitech_adapters.postgres.repository import PostgresRepository
from haitech_adapters.postgres.session import Session
from haitech_adapters.postgres.tables import export_pieces, exports, jobs
from haitech_domain.export import Export
from haitech_domain.ids import ExportId
from haitech_domain.ports import listings

EXPORTS: Final = Mapping(
    what="export",
    entity=Export,
    table=exports,
    listing=listings.EXPORTS,
    filters={**equals(exports, "report", "format", "status"), **civil_days(exports.c.created_at)},
    own=lambda own: exports.c.owner_id == own,
)

_IS_READY: Final = sa.literal_column("exports.status = 'done'", sa.Boolean())
_IS_UNDER_WAY: Final = sa.literal_column("exports.status IN ('queued', 'running')", sa.Boolean())
_UNDER_WAY: Final = compiled(
    sa.select(sa.func.count())
    .select_from(exports)
    .where(EXPORTS.live, _IS_UNDER_WAY, exports.c.owner_id == parameter("owner"))
)


def _some(chosen: sa.Select[Any], *order: sa.ColumnElement[Any]) -> str:
    """So many of them, each locked; what somebody else is at is passed over."""
    limited = chosen.order_by(*order).limit(parameter("most", sa.Integer()))
    return compiled(limited.with_for_update(of=exports, skip_locked=True))


_OVER: Final = _some(
    EXPORTS.select(EXPORTS.live, _IS_READY, exports.c.expires_at <= parameter("at")),
    exports.c.expires_at,
    exports.c.id,
)
_WORKED_ON: Final = (
    sa.select(jobs.c.id).where(jobs.c.id == exports.c.id, jobs.c.buried_at.is_(None)).exists()
)
_LEFT_BEHIND: Final = _some(
    EXPORTS.select(
        EXPORTS.live,
        _IS_UNDER_WAY,
        exports.c.updated_at < parameter("before"),
        sa.not_(_WORKED_ON),
    ),
    exports.c.updated_at,
    exports.c.id,
)


class PostgresExports(PostgresRepository[Export]):
    """The exports."""

    async def under_way(self, owner: UUID) -> int:
        """How many of an owner's exports wait or are written; those who ask wait for each other."""
        self._session.must_write()
        await in_turn(self._session, f"exports of {owner}")
        (count,) = await self._only(_UNDER_WAY, {"owner": owner})
        return int(count)

    async def over(self, *, at: datetime, most: int = 100) -> Sequence[Export]:
        """Those that are ready, and whose time is over by then; the oldest, locked."""
        self._session.must_write()
        return await self._all(_OVER, {"at": at, "most": most})

    async def left_behind(self, *, before: datetime, most: int = 100) -> Sequence[Export]:
        """Those under way that nobody works on, and that were left so before then; locked."""
        self._session.must_write()
        return await self._all(_LEFT_BEHIND, {"before": before, "most": most})


_PUT: Final = compiled(
    export_pieces.insert().values(
        {name: parameter(name) for name in ("file_id", "number", "export_id", "piece")}
    )
)
_PIECE: Final = compiled(
    sa.select(export_pieces.c.piece).where(
        export_pieces.c.file_id == parameter("file"), export_pieces.c.number == parameter("number")
    )
)
_FORGET: Final = compiled(
    export_pieces.delete().where(export_pieces.c.export_id == parameter("export"))
)
_FORGET_OTHERS: Final = compiled(
    export_pieces.delete().where(
        export_pieces.c.export_id == parameter("export"),
        export_pieces.c.file_id != parameter("but"),
    )
)


class PostgresExportFiles:
    """The files of exports."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, export: ExportId, file: UUID, number: int, piece: bytes) -> None:
        """Keep a piece, counted from 0. :raises Duplicate: that one is there already"""
        self._session.must_write()
        row = {"export_id": export, "file_id": file, "number": number, "piece": piece}
        await self._session.write([(_PUT, row)])

    async def piece(self, file: UUID, number: int) -> bytes | None:
        """A piece of a file; None where there is none."""
        rows = await self._session.rows(_PIECE, {"file": file, "number": number})
        return bytes(rows[0][0]) if rows else None

    async def forget(self, export: ExportId, *, but: UUID | None = None) -> None:
        """Remove what is kept for an export, `but` this file of it."""
        self._session.must_write()
        statement = _FORGET if but is None else _FORGET_OTHERS
        await self._session.write([(statement, {"export": export, "but": but})])
