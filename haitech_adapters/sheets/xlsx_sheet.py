"""Tables as workbooks for Excel (XlsxWriter), right to left in Hebrew, row after row."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, Final, Self, cast
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from haitech_adapters.sheets.asked_once import AskedOnce
from haitech_adapters.sheets.lines import Lines
from haitech_adapters.sheets.plain import plain
from haitech_adapters.sheets.text import clean
from haitech_domain.money import Money
from haitech_domain.reports import Cell, CellKind, Heading, Language

ROWS: Final = 1_048_576
"""The most rows that Excel has on one sheet, with those of titles and totals."""
CHARACTERS: Final = 32_767
"""The most that Excel has in one cell, in UTF-16; the last one says that there was more."""
WIDEST: Final = 48
"""The most that a column's width grows to, in characters."""
OLDEST: Final = datetime(1900, 3, 1)  # noqa: DTZ001  # a wall clock's
"""Excel's first day whose number all programs agree on; earlier ones are written as text."""
EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001  # day 0 of Excel, as it counts after OLDEST
SECONDS: Final = 86_400
"""Of a day."""
JERUSALEM: Final = ZoneInfo("Asia/Jerusalem")
_NAME: Final = 31  # characters in the name of a sheet
_ARROW: Final = 4  # characters that the arrow of a filter takes
_A4: Final = 9
_MADE: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # equal tables, equal files

_EDGE: Final = "#9AA5B1"
_HEAD: Final = {
    "bold": True,
    "bg_color": "#E8EEF4",
    "bottom": 1,
    "bottom_color": _EDGE,
    "text_wrap": True,
    "valign": "vcenter",
}
_TOTALS: Final = {"bold": True, "top": 1, "top_color": _EDGE}
_SHOWN: Final[Mapping[CellKind, tuple[str, int]]] = {
    CellKind.TEXT: ("@", 12),
    CellKind.WORD: ("@", 12),
    CellKind.COUNT: ("#,##0", 10),
    CellKind.AMOUNT: ("#,##0.00", 15),
    CellKind.RATIO: ("0.0%", 10),
    CellKind.HOURS: ("#,##0.00", 10),
    CellKind.DAY: ("dd/mm/yyyy", 12),
    CellKind.CLOCK: ("hh:mm", 10),
    CellKind.INSTANT: ("dd/mm/yyyy hh:mm", 18),
}
"""How Excel shows a kind, and the least width of its column in characters."""


class XlsxSheet:
    """A workbook of as many sheets as its rows need, each with its titles.

    Rows go to a file in a folder of its own, from which `end` packs the workbook: memory holds one
    row. Numbers are written from their decimal digits and pass through no float: an amount has at
    most 14 of them and Excel keeps 15, so each is read as it was. A ratio or hours of more than 16
    digits are rounded to 16.
    """

    def __init__(self, to: BinaryIO, heading: Heading, *, rows_per_sheet: int = ROWS) -> None:
        self._lines = Lines(heading)
        self._limit = rows_per_sheet
        self._folder = tempfile.TemporaryDirectory(prefix="haitech-sheet-", dir=_beside(to))
        self._book = Workbook(
            cast("BinaryIO", AskedOnce(to)),
            {"constant_memory": True, "tmpdir": self._folder.name, "use_zip64": True},
        )
        self._book.set_properties({"title": self._lines.title, "created": _MADE})
        shown = [_SHOWN[column.kind] for column in self._lines.columns]
        self._head = self._book.add_format(_HEAD)
        self._cells = [self._book.add_format({"num_format": form}) for form, _ in shown]
        self._sums = [self._book.add_format({"num_format": form, **_TOTALS}) for form, _ in shown]
        self._widths = [
            max(least, len(title) + _ARROW)
            for title, (_, least) in zip(self._lines.titles, shown, strict=True)
        ]
        self._sheets: list[Worksheet] = []
        self._row = rows_per_sheet
        self._make_room()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the folder."""
        for sheet in self._sheets:
            if sheet.row_data_fh is not None:
                sheet.row_data_fh.close()
        self._folder.cleanup()

    def rows(self, batch: Iterable[Sequence[Cell]]) -> None:
        """Write some rows."""
        for row in batch:
            self._make_room()
            self._write(self._lines.row(row), self._cells)

    def end(self, totals: Sequence[Cell] | None = None) -> None:
        """Write the totals, which no filter hides, and pack the workbook."""
        self._filter()
        if totals is not None:
            self._make_room()
            self._write(self._lines.totals(totals), self._sums)
            self._widen(totals)
        for sheet in self._sheets:
            for place, width in enumerate(self._widths):
                sheet.set_column(place, place, min(width, WIDEST))
        try:
            self._book.close()
        except FileCreateError as refused:
            raise refused.args[0] from None  # the OSError in it

    def _widen(self, totals: Sequence[Cell]) -> None:
        """Sums are the longest numbers; a column that is too narrow shows none of them."""
        for place, cell in enumerate(totals):
            if isinstance(cell, Money | int):
                number = cell.amount if isinstance(cell, Money) else cell
                self._widths[place] = max(self._widths[place], len(f"{number:,}") + 3)

    def _make_room(self) -> None:
        """Begin a further sheet where this one is full."""
        if self._row < self._limit:
            return
        self._filter()
        number = f" ({len(self._sheets) + 1})" if self._sheets else ""
        sheet = self._book.add_worksheet(f"{self._lines.title[: _NAME - len(number)]}{number}")
        if self._lines.heading.language is Language.HEBREW:
            sheet.right_to_left()
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P / &N")
        for place, title in enumerate(self._lines.titles):
            sheet.write_string(0, place, title, self._head)
        self._sheets.append(sheet)
        self._row = 1

    @property
    def _sheet(self) -> Worksheet:
        return self._sheets[-1]

    def _filter(self) -> None:
        if self._sheets:
            self._sheets[-1].autofilter(0, 0, self._row - 1, len(self._lines.columns) - 1)

    def _write(self, row: Sequence[Cell], styles: Sequence[Format]) -> None:
        for place, (cell, style) in enumerate(zip(row, styles, strict=True)):
            match cell:
                case None:
                    self._sheet.write_blank(self._row, place, None, style)
                case str():
                    self._write_text(place, cell, style)
                case date() if _civil(cell) < OLDEST:
                    self._write_text(place, plain(cell), style)
                case date():
                    self._write_number(place, _days(_civil(cell) - EPOCH), style)
                case time():
                    since_midnight = timedelta(hours=cell.hour, minutes=cell.minute)
                    self._write_number(place, _days(since_midnight), style)
                case Money():
                    self._write_number(place, cell.amount, style)
                case Decimal() | int():
                    self._write_number(place, Decimal(cell), style)
        self._row += 1

    def _write_number(self, place: int, number: Decimal, style: Format) -> None:
        # XlsxWriter formats what it is given, and a Decimal by its own digits
        self._sheet.write_number(self._row, place, cast("float", number), style)

    def _write_text(self, place: int, text: str, style: Format) -> None:
        self._widths[place] = max(self._widths[place], len(text) + 2)
        self._sheet.write_string(self._row, place, _fitting(clean(text)), style)


def _beside(file: BinaryIO) -> Path | None:
    """The folder of a file that has one: what is kept for it takes room where it does."""
    name = getattr(file, "name", None)
    return Path(name).parent if isinstance(name, str | Path) else None


def _days(span: timedelta) -> Decimal:
    """As Excel counts time."""
    return Decimal(span // timedelta(seconds=1)) / SECONDS


def _civil(at: date) -> datetime:
    """A day, or what the wall clock of Jerusalem shows at an instant."""
    if isinstance(at, datetime):
        return at.astimezone(JERUSALEM).replace(tzinfo=None)
    return datetime.combine(at, time.min)


def _fitting(text: str) -> str:
    """The text as one cell can have it."""
    if len(text) * 2 > CHARACTERS and len(text.encode("utf-16-le")) > CHARACTERS * 2:
        kept = text.encode("utf-16-le")[: (CHARACTERS - 1) * 2].decode("utf-16-le", "ignore")
        text = f"{kept}…"
    # XlsxWriter takes `<r>…</r>` for XML of its own making, and would write it as it is.
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text
