"""Writing a long report to a file: reading it at one moment, and where the file grows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

import attrs

from haitech_domain.ports.unit_of_work import Transaction
from haitech_domain.reports import Cell, FileFormat, Heading

R = TypeVar("R")


class Snapshots(Protocol):
    """Reading for a long time without keeping others waiting."""

    async def read(self, work: Callable[[Transaction], Awaitable[R]]) -> R:
        """Do work that only reads; all that it sees is as it was when it began.

        It is not repeated. What is written meanwhile, by this task too, it does not see.

        :raises Unavailable: the store cannot be reached, or was lost on the way
        """
        ...


@attrs.frozen(kw_only=True)
class Spooled:
    """A file that is whole: its bytes, and the SHA-256 of them in hexadecimal."""

    size: int
    digest: str


class SpoolFile(Protocol):
    """A file that grows; nothing of it is left when its context ends."""

    async def rows(self, batch: Iterable[Sequence[Cell]]) -> None:
        """Write some rows, off the event loop; the batch is gone through there, too.

        :raises NoRoom: the disk is full, or a file may not be as large
        :raises ExportTooLarge: the file has more than is kept
        """
        ...

    async def end(self, totals: Sequence[Cell] | None) -> Spooled:
        """Write the totals, and all that was held back.

        :raises NoRoom: the disk is full, or a file may not be as large
        :raises ExportTooLarge: the file has more than is kept
        """
        ...

    def pieces(self) -> AsyncIterator[bytes]:
        """The whole file, in pieces of `PIECE` bytes."""
        ...


class Spool(Protocol):
    """Where files grow until they are whole."""

    def begin(self, format: FileFormat, heading: Heading) -> AbstractAsyncContextManager[SpoolFile]:
        """A new file, for as long as the context lasts. :raises NoRoom: the disk is full"""
        ...
