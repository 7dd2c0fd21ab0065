"""How tables become files that people open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO, Protocol, Self

from haitech_domain.reports import Cell, FileFormat, Heading, Table


class SheetWriter(Protocol):
    """A table that is being written: `rows` any number of times, then `end` once.

    It is a context; leaving it before `end` gives the table up, and frees what it took. It works
    where it is called, so long tables are written off the event loop.
    """

    def __enter__(self) -> Self:
        """Itself."""
        ...

    def __exit__(self, *_: object) -> None:
        """Free what is held. The file stays open, and as it is."""
        ...

    def rows(self, batch: Iterable[Sequence[Cell]]) -> None:
        """Write some rows, one cell for each column. :raises OSError: the file takes no more"""
        ...

    def end(self, totals: Sequence[Cell] | None = None) -> None:
        """Write the totals and all that was held back. :raises OSError: the file takes no more"""
        ...


class Sheets(Protocol):
    """Writes tables in every form; what spreadsheets would take for a formula stays text."""

    def begin(self, format: FileFormat, to: BinaryIO, heading: Heading) -> SheetWriter:
        """Begin a table in a file that is open for writing.

        Memory stays flat however many rows come; a page (HTML) holds those that it shows, and
        says so where it does not show them all.

        :raises OSError: the file takes no more
        """
        ...

    async def written(self, format: FileFormat, heading: Heading, table: Table) -> bytes:
        """A table at once, made off the event loop; equal ones are written alike.

        Where it has fewer rows than the heading says there are, a page says so; CSV and XLSX,
        which cannot, have no totals.
        """
        ...

    def file_name(self, format: FileFormat, heading: Heading) -> str:
        """What the file is called, with its ending, in the language of the heading."""
        ...
