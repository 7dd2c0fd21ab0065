"""Exports: where they are kept, and where their files are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from haitech_domain.export import Export
from haitech_domain.ids import ExportId
from haitech_domain.ports.repositories import Repository

PIECE: Final = 2**20
"""Bytes of each piece of a file but the last: 1 MiB."""


class Exports(Repository[Export], Protocol):
    """The exports; `own` are those that a user or an API key asked for."""

    async def under_way(self, owner: UUID) -> int:
        """How many of an owner's exports wait or are written. Those who ask so wait for each other."""
        ...

    async def over(self, *, at: datetime, most: int = 100) -> Sequence[Export]:
        """Those that are ready, and whose time is over by then; the oldest, locked."""
        ...

    async def left_behind(self, *, before: datetime, most: int = 100) -> Sequence[Export]:
        """Those under way that nobody works on, and nobody will, and that were left so before then.

        Their job was given up, or is gone. The oldest, locked.
        """
        ...


class ExportFiles(Protocol):
    """The files of exports, in pieces of `PIECE` bytes.

    One is written piece after piece, in as many transactions as one likes, and stands for nothing
    until an export names it as its `file_id`.
    """

    async def put(self, export: ExportId, file: UUID, number: int, piece: bytes) -> None:
        """Keep a piece, counted from 0. :raises Duplicate: that one is there already"""
        ...

    async def piece(self, file: UUID, number: int) -> bytes | None:
        """A piece of a file; None where there is none."""
        ...

    async def forget(self, export: ExportId, *, but: UUID | None = None) -> None:
        """Remove what is kept for an export, `but` this file of it."""
        ...
