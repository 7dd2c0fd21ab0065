"""A report as a file: in which form, in which language, under which words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Self

import attrs

from haitech_domain.reports.table import Column, Table


class FileFormat(StrEnum):
    """What a table is written as."""

    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"


class Language(StrEnum):
    """What titles and words are written in; names stay as people wrote them."""

    HEBREW = "he"
    ENGLISH = "en"


@attrs.frozen(kw_only=True)
class Heading:
    """What is known of a table before its first row.

    `first` and `last` bound the days that are counted, both included; None where nothing does.
    `row_count` is how many rows there are in all, where that is known and the table may have fewer.
    """

    name: str
    columns: Sequence[Column]
    language: Language = Language.HEBREW
    first: date | None = None
    last: date | None = None
    row_count: int | None = None

    @classmethod
    def of(cls, table: Table, language: Language, **facts: Any) -> Self:
        """The heading of a table that is whole already, with what else is known of it."""
        return cls(name=table.name, columns=table.columns, language=language, **facts)
