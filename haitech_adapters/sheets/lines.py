"""What every form of a table needs of its heading: words, titles, and the line of totals."""

from __future__ import annotations

from collections.abc import Sequence

from haitech_adapters.sheets.wording import TOTAL, Words
from haitech_domain.reports import Cell, CellKind, Heading


class Lines:
    """A heading in words."""

    def __init__(self, heading: Heading) -> None:
        self.heading = heading
        self.columns = tuple(heading.columns)
        self.words = Words(heading.language)
        self.title = self.words.report(heading.name)
        self.titles = tuple(self.words.column(column.key) for column in self.columns)
        self._words_at = tuple(
            place for place, column in enumerate(self.columns) if column.kind is CellKind.WORD
        )

    def row(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        """A row with the program's words in the reader's language."""
        if not self._words_at:
            return cells
        said = list(cells)
        for place in self._words_at:
            if isinstance(word := said[place], str):
                said[place] = self.words.value(word)
        return said

    def totals(self, cells: Sequence[Cell]) -> list[Cell]:
        """The line of totals; its first place says what it is, where nothing is summed there."""
        first, *others = cells
        return [self.words.say(TOTAL) if first is None else first, *others]
