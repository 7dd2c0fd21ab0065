"""Tables as CSV and XLSX: what stands in them, what they refuse to be, how little they hold."""

from __future__ import annotations

import asyncio
import csv
import errno
import io
import tracemalloc
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from haitech_adapters.sheets import SheetFiles
from haitech_adapters.sheets.wording import COLUMNS, REPORTS, VALUES
from haitech_adapters.sheets.xlsx_sheet import XlsxSheet
from haitech_domain.money import MOST, Money
from haitech_domain.reports import CellKind, Column, FileFormat, Heading, Language, Table

TABLE = Table(
    name="revenue",
    columns=(
        Column(key="course", kind=CellKind.TEXT),
        Column(key="cycleType", kind=CellKind.WORD),
        Column(key="meetings", kind=CellKind.COUNT),
        Column(key="revenue", kind=CellKind.AMOUNT),
        Column(key="margin", kind=CellKind.RATIO),
        Column(key="hours", kind=CellKind.HOURS),
        Column(key="day", kind=CellKind.DAY),
    ),
    rows=(
        ("רובוטיקה, למתחילים", "private", 12, Money(123_456), Decimal("0.4257"), Decimal("1.50"), date(2026, 2, 6)),
        ('"גלישה"', "institutional_fixed", 0, Money(-995), None, Decimal(0), date(2026, 2, 7)),
    ),
    totals=(None, None, 12, Money(122_461), Decimal("0.4257"), Decimal("1.50"), None),
)  # fmt: skip
HEBREW = Heading.of(TABLE, Language.HEBREW)
ENGLISH = Heading.of(TABLE, Language.ENGLISH)
FILES = SheetFiles()


def written(format, heading=HEBREW, table=TABLE):
    return asyncio.run(FILES.written(format, heading, table))


def book(**changes):
    return load_workbook(io.BytesIO(written(FileFormat.XLSX, **changes)))


def of_one(kind, *cells):
    """A table of one column."""
    column = Column(key={CellKind.TEXT: "course"}.get(kind, "day"), kind=kind)
    return Table(name="revenue", columns=[column], rows=[(cell,) for cell in cells])


def fields(table):
    """The first field of each line below the titles, as CSV."""
    heading = Heading.of(table, Language.ENGLISH)
    text = written(FileFormat.CSV, heading, table).decode("utf-8-sig")
    return [line[0] for line in csv.reader(io.StringIO(text, newline=""))][1:]


def cells(table, **options):
    """The cells of the first column below the titles, as XLSX."""
    file = io.BytesIO()
    with XlsxSheet(file, Heading.of(table, Language.ENGLISH), **options) as sheet:
        sheet.rows(table.rows)
        sheet.end(table.totals)
    return [[row[0] for row in sheet.iter_rows(min_row=2)] for sheet in load_workbook(file)]


def shown(*parts):
    """A moment as Excel has it: what a clock shows, and no zone."""
    return datetime(*parts)  # noqa: DTZ001


class TestCsv:
    def test_is_utf_8_with_a_mark_and_lines_that_end_in_crlf(self):
        assert written(FileFormat.CSV).decode() == (
            "\ufeffקורס,סוג מחזור,מפגשים,הכנסות (₪),שיעור רווח,שעות,תאריך\r\n"
            '"רובוטיקה, למתחילים",פרטי,12,1234.56,0.4257,1.50,2026-02-06\r\n'
            '"""גלישה""",מוסדי בסכום קבוע,0,-9.95,,0,2026-02-07\r\n'
            "סה״כ,,12,1224.61,0.4257,1.50,\r\n"
        )

    def test_speaks_english_to_those_who_ask(self):
        first, *_, last = written(FileFormat.CSV, ENGLISH).decode("utf-8-sig").splitlines()
        assert first == "Course,Cycle type,Meetings,Revenue (₪),Margin,Hours,Date"
        assert last.startswith("Total,,12,1224.61")

    @pytest.mark.parametrize(
        "text",
        ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A1", "  =1", "\u200f=1"],
    )  # fmt: skip
    def test_leaves_no_text_that_would_be_calculated(self, text):
        assert fields(of_one(CellKind.TEXT, text)) == [f"'{text}"]

    def test_leaves_other_text_as_it_is(self):
        harmless = ["", "a=b", "1-1", "ת״ז", "050-1234567", "א@ב", "ab\ncd"]
        assert fields(of_one(CellKind.TEXT, "x", *harmless)) == ["x", *harmless]

    def test_has_a_mark_in_place_of_what_no_file_can_hold(self):
        assert fields(of_one(CellKind.TEXT, "a\x00b\x1bc\ud800")) == ["a\ufffdb\ufffdc\ufffd"]

    def test_a_control_character_hides_no_formula(self):
        assert fields(of_one(CellKind.TEXT, "\x00=1+1")) == ["'\ufffd=1+1"]

    def test_writes_times_as_programs_read_them(self):
        instant = datetime(2026, 2, 6, 12, 0, tzinfo=UTC)
        assert fields(of_one(CellKind.INSTANT, instant)) == ["2026-02-06T12:00:00Z"]
        assert fields(of_one(CellKind.CLOCK, time(17, 30))) == ["17:30"]

    def test_has_no_line_of_totals_where_nothing_is_summed(self):
        assert fields(of_one(CellKind.TEXT, "x")) == ["x"]

    def test_several_words_are_said_with_commas(self):
        column = Column(key="remark", kind=CellKind.WORD)
        table = Table(name="revenue", columns=[column], rows=[("course-deleted,branch-deleted",)])
        assert fields(table) == ["course deleted, branch deleted"]


class TestXlsx:
    def test_has_numbers_and_dates_as_such(self):
        values = [[cell.value for cell in row] for row in book(heading=ENGLISH).active.iter_rows()]
        assert values[0] == [
            "Course", "Cycle type", "Meetings", "Revenue (₪)", "Margin", "Hours", "Date",
        ]  # fmt: skip
        assert values[1] == [
            "רובוטיקה, למתחילים", "private", 12, 1234.56, 0.4257, 1.5, shown(2026, 2, 6),
        ]  # fmt: skip
        assert values[2][2:5] == [0, -9.95, None]
        assert values[3] == ["Total", None, 12, 1224.61, 0.4257, 1.5, None]

    def test_shows_each_kind_in_its_form(self):
        forms = [cell.number_format for cell in book().active[2]]
        assert forms == [
            "@", "@", "#,##0", "#,##0.00", "0.0%", "#,##0.00", "dd/mm/yyyy",
        ]  # fmt: skip

    def test_reads_from_right_to_left_in_hebrew_only(self):
        assert book().active.sheet_view.rightToLeft
        assert book().active.title == "דוח הכנסות"
        assert not book(heading=ENGLISH).active.sheet_view.rightToLeft

    def test_keeps_its_titles_in_sight_and_filters_all_but_the_totals(self):
        sheet = book().active
        assert sheet.freeze_panes == "A2"
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.auto_filter.ref == "A1:G3"
        assert sheet["A4"].font.bold

    def test_columns_are_as_wide_as_what_stands_in_them(self):
        table = of_one(CellKind.TEXT, "x" * 30)
        assert book(heading=Heading.of(table, Language.ENGLISH), table=table).active.column_dimensions["A"].width > 30  # fmt: skip
        table = of_one(CellKind.TEXT, "x" * 3_000)
        assert book(heading=Heading.of(table, Language.ENGLISH), table=table).active.column_dimensions["A"].width < 60  # fmt: skip

    def test_columns_are_wide_enough_for_their_sums(self):
        column = Column(key="revenue", kind=CellKind.AMOUNT)
        table = Table(name="revenue", columns=[column], rows=[], totals=[Money(MOST)])
        width = book(heading=Heading.of(table, Language.HEBREW), table=table).active.column_dimensions["A"].width  # fmt: skip
        assert width > len("999,999,999,999.99")

    @pytest.mark.parametrize(
        "text", ["=1+1", "+1", "@A1", "http://evil.example", "{=1}", "12", "2026-01-01", "\t=1"]
    )
    def test_text_is_text_whatever_it_looks_like(self, text):
        [[cell]] = cells(of_one(CellKind.TEXT, text))
        assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)

    def test_text_that_looks_like_the_librarys_own_xml_is_text(self):
        evil = "<r><t>x</t></r></is></c><c r='B2'><f>1+1</f></c><c t='inlineStr'><is><r></r>"
        [[cell]] = cells(of_one(CellKind.TEXT, evil))
        assert cell.value == f"{evil} "

    def test_has_a_mark_in_place_of_what_no_file_can_hold(self):
        [[cell, escaped]] = cells(of_one(CellKind.TEXT, "a\x00b\x1bc\ud800\uffff", "_x0041_"))
        assert cell.value == "a\ufffdb\ufffdc\ufffd\ufffd"
        assert escaped.value == "_x005F_x0041_"  # in which Excel reads `_x0041_`, not an A

    @pytest.mark.parametrize(("letter", "most"), [("א", 32_767), ("😀", 16_383)])
    def test_a_cell_has_as_much_as_excel_takes(self, letter, most):
        [[whole, cut]] = cells(of_one(CellKind.TEXT, letter * most, letter * (most + 1)))
        assert whole.value == letter * most
        assert cut.value == letter * (most - (letter == "א")) + "…"

    def test_goes_on_further_sheets_where_one_is_full(self):
        table = of_one(CellKind.COUNT, *range(7))
        table = Table(name=table.name, columns=table.columns, rows=table.rows, totals=(21,))
        found = [[cell.value for cell in sheet] for sheet in cells(table, rows_per_sheet=4)]
        assert found == [[0, 1, 2], [3, 4, 5], [6, 21]]

    def test_totals_have_a_sheet_of_their_own_where_the_last_is_full(self):
        table = of_one(CellKind.COUNT, *range(3))
        table = Table(name=table.name, columns=table.columns, rows=table.rows, totals=(3,))
        found = [[cell.value for cell in sheet] for sheet in cells(table, rows_per_sheet=4)]
        assert found == [[0, 1, 2], [3]]

    def test_shows_instants_by_the_clock_of_jerusalem(self):
        [[summer]] = cells(of_one(CellKind.INSTANT, datetime(2026, 7, 1, 21, 30, tzinfo=UTC)))
        assert summer.value == shown(2026, 7, 2, 0, 30)
        [[clock]] = cells(of_one(CellKind.CLOCK, time(17, 30)))
        assert clock.value == time(17, 30)

    def test_days_that_excel_does_not_know_are_text(self):
        [[first, before]] = cells(of_one(CellKind.DAY, date(1900, 3, 1), date(1900, 2, 28)))
        assert first.value == shown(1900, 3, 1)
        assert before.value == "1900-02-28"

    def test_equal_tables_are_equal_files(self):
        assert written(FileFormat.XLSX) == written(FileFormat.XLSX)


class Full(io.BytesIO):
    """A file on a disk that has no more room."""

    def write(self, data, /):
        raise OSError(errno.ENOSPC, "No space left on device")


class TestGivingUp:
    def test_a_full_disk_is_said(self):
        with pytest.raises(OSError, match="No space left"):
            FILES.begin(FileFormat.CSV, Full(), HEBREW)
        with FILES.begin(FileFormat.XLSX, Full(), HEBREW) as sheet:
            sheet.rows(TABLE.rows)
            with pytest.raises(OSError, match="No space left"):
                sheet.end(TABLE.totals)

    def test_what_is_given_up_leaves_nothing_behind(self, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        with FILES.begin(FileFormat.XLSX, io.BytesIO(), HEBREW) as sheet:
            sheet.rows(TABLE.rows)
            assert list(tmp_path.iterdir())
        assert not list(tmp_path.iterdir())

    def test_what_is_ended_leaves_nothing_behind(self, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        assert written(FileFormat.XLSX)
        assert not list(tmp_path.iterdir())


class TestNames:
    def test_files_are_called_by_their_report_and_days(self):
        name = FILES.file_name(FileFormat.CSV, HEBREW)
        assert name == "דוח הכנסות.csv"
        heading = Heading.of(
            TABLE, Language.ENGLISH, first=date(2026, 1, 1), last=date(2026, 1, 31)
        )
        name = FILES.file_name(FileFormat.XLSX, heading)
        assert name == "Revenue 2026-01-01 – 2026-01-31.xlsx"

    @pytest.mark.parametrize("said", [*REPORTS.values(), *COLUMNS.values(), *VALUES.values()])
    def test_every_word_is_there_in_both_languages(self, said):
        hebrew, english = said
        assert any("א" <= letter <= "ת" for letter in hebrew)
        assert english.replace("(₪)", "").isascii()
        assert not any("א" <= letter <= "ת" for letter in english)


@pytest.mark.parametrize(("row_count", "lines"), [(None, 4), (2, 4), (3, 3)])
def test_totals_of_all_rows_stand_only_under_all_rows(row_count, lines):
    """Neither CSV nor XLSX can say that its rows are a part of those that are summed."""
    heading = Heading.of(TABLE, Language.ENGLISH, row_count=row_count)
    assert len(written(FileFormat.CSV, heading).splitlines()) == lines
    assert book(heading=heading).active.max_row == lines


@pytest.mark.parametrize("format", [FileFormat.CSV, FileFormat.XLSX])
def test_memory_stays_flat_however_many_rows_come(format, tmp_path):
    """2,500 rows as Python has them are some megabytes; buffers are some hundred kilobytes.

    `python -m tests.drills.million_rows` measures a million of them.
    """
    assert peak(format, 3_000, tmp_path) < peak(format, 500, tmp_path) + 500_000


def peak(format, rows, folder: Path):
    """Bytes that Python held at most."""
    tracemalloc.start()
    with (folder / "table").open("wb") as file, FILES.begin(format, file, HEBREW) as sheet:
        for _ in range(rows // 500):
            sheet.rows(TABLE.rows[0] for _ in range(500))
        sheet.end(TABLE.totals)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most
