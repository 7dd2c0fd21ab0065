"""Tables as CSV (RFC 4180): UTF-8 with a byte order mark, lines ended by CRLF."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, Final, Self

from haitech_adapters.sheets.lines import Lines
from haitech_adapters.sheets.plain import plain
from haitech_adapters.sheets.text import clean, guarded
from haitech_domain.reports import Cell, Heading

AT_ONCE: Final = 1_000
"""Rows that are held before they are handed to the file."""


class CsvSheet:
    """A line of titles, the rows, and a line of totals."""

    def __init__(self, to: BinaryIO, heading: Heading) -> None:
        self._to = to
        self._lines = Lines(heading)
        to.write(codecs.BOM_UTF8)  # by which Excel knows that it is UTF-8
        self._write([self._lines.titles])

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def rows(self, batch: Iterable[Sequence[Cell]]) -> None:
        """Write some rows."""
        rows = iter(batch)
        while some := list(islice(rows, AT_ONCE)):
            self._write(self._lines.row(row) for row in some)

    def end(self, totals: Sequence[Cell] | None = None) -> None:
        """Write the totals."""
        if totals is not None:
            self._write([self._lines.totals(totals)])

    def _write(self, rows: Iterable[Sequence[Cell]]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(map(_fields, rows))
        self._to.write(text.getvalue().encode())


def _fields(row: Sequence[Cell]) -> Iterator[str]:
    """Numbers may begin with a sign; what is text is cleaned and guarded."""
    return (guarded(clean(c)) if isinstance(c, str) else plain(c) for c in row)
