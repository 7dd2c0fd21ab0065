"""A report as a file: in which form, in which language, under which words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import attrs

from haitech_domain.reports.table import Column, Table


class FileFormat(StrEnum):
    """What a table is written as."""

    CSV = "csv"
    XLSX = "xlsx"


class Language(StrEnum):
    """What titles and words are written in; names stay as people wrote them."""

    HEBREW = "he"
    ENGLISH = "en"


@attrs.frozen(kw_only=True)
class Heading:
    """What is known of a table before its first row.

    `first` and `last` bound the days that are counted, both included; None where nothing does.
    """

    name: str
    columns: Sequence[Column]
    language: Language = Language.HEBREW
    first: date | None = None
    last: date | None = None

    @classmethod
    def of(
        cls,
        table: Table,
        language: Language,
        *,
        first: date | None = None,
        last: date | None = None,
    ) -> Heading:
        """The heading of a table that is whole already."""
        return cls(
            name=table.name, columns=table.columns, language=language, first=first, last=last
        )
