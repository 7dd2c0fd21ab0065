"""What every form of a table needs of its heading: words, titles, and the line of totals."""

from __future__ import annotations

from collections.abc import Sequence

from haitech_adapters.sheets.wording import TOTAL, Words
from haitech_domain.reports import Cell, Heading


class Lines:
    """A heading in words."""

    def __init__(self, heading: Heading) -> None:
        self.heading = heading
        self.columns = tuple(heading.columns)
        self.words = Words(heading.language)
        self.title = self.words.report(heading.name)
        self.titles = tuple(self.words.column(column.key) for column in self.columns)

    def row(self, cells: Sequence[Cell]) -> list[Cell]:
        """A row with words in place of the names that enums have."""
        return [
            self.words.value(column.key, cell)
            for column, cell in zip(self.columns, cells, strict=True)
        ]

    def totals(self, cells: Sequence[Cell]) -> list[Cell]:
        """The line of totals; its first place says what it is, where nothing is summed there."""
        first, *others = cells
        return [self.words.say(TOTAL) if first is None else first, *others]
