"""A CSV file as records with their lines, or a clear word on why it is none."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Final

import attrs

from haitech_domain.errors import DomainError, Kind

_EDGES: Final = (
    "".join(char for char in map(chr, range(0x3001)) if char.isspace())
    + "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
"""White space and invisible direction marks, which spreadsheets leave around Hebrew."""

_OVERRIDES: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""What no name may hold; spreadsheets put it between Hebrew and Latin words, too."""


@attrs.frozen
class UnreadableFile(DomainError):
    """A file that is not there, not text in UTF-8, not CSV, or not an export of the form."""

    kind: ClassVar[Kind] = Kind.INVALID
    reason: ClassVar[str] = "import.unreadable_file"
    says: ClassVar[str] = "{file}: {why}"
    file: str
    why: str


@attrs.frozen
class Record:
    """One record: the line on which it begins, its cells by their column, and what is wrong."""

    line: int
    cells: dict[str, str]
    surplus: int = 0
    """How many values stand beyond the last column."""


def clean(text: str) -> str:
    """Text without white space and invisible marks around it, and without overrides inside."""
    return _OVERRIDES.sub("", text.strip(_EDGES))


def records(path: Path, columns: Sequence[str], file: str) -> list[Record]:
    """The records of a file that has all these columns, in any order; blank ones passed over.

    Columns of other names are no matter. Cells are clean. `file` is what refusals call the file.

    :raises UnreadableFile: missing, a directory, not UTF-8, empty, not CSV, columns missing
    """
    rows = _rows(file, _text(path, file))
    line, header = next(((line, row) for line, row in rows if any(row)), (0, []))
    if not line:
        raise UnreadableFile(file, "the file is empty")
    missing = [column for column in columns if column not in header]
    twice = [column for column in columns if header.count(column) > 1]
    if missing:
        raise UnreadableFile(file, f"columns are missing: {', '.join(missing)}")
    if twice:
        raise UnreadableFile(file, f"columns stand there twice: {', '.join(twice)}")
    return [_record(line, row, header) for line, row in rows if any(row)]


def _record(line: int, row: list[str], header: list[str]) -> Record:
    padded = row + [""] * (len(header) - len(row))
    cells = dict(zip(header, padded, strict=False))
    return Record(line, cells, sum(1 for cell in row[len(header) :] if cell))


def _text(path: Path, file: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        raise UnreadableFile(file, f"not UTF-8 text (byte {bad.start})") from None
    except (OSError, ValueError) as bad:
        why = getattr(bad, "strerror", None) or str(bad)
        raise UnreadableFile(file, f"cannot be read: {why}") from None


def _rows(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line of the file on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as bad:
            raise UnreadableFile(file, f"not CSV, at line {begins}: {bad}") from None
        yield begins, [clean(cell) for cell in row]
