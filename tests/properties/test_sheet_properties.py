"""For every table: what is written as CSV and XLSX is read back as it was, to the agora."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from datetime import datetime
from decimal import Decimal
from zipfile import ZipFile

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from haitech_adapters.sheets import SheetFiles
from haitech_adapters.sheets.text import clean, guarded
from haitech_domain.money import MOST, Money
from haitech_domain.reports import CellKind, Column, FileFormat, Heading, Language, Table

AMOUNTS = st.integers(-MOST, MOST).map(Money)
TEXTS = st.text(max_size=40) | st.sampled_from("=+-@\t\r＝＋－＠").flatmap(
    lambda first: st.text(max_size=10).map(lambda rest: first + rest)
)
DAYS = st.dates(min_value=datetime(1900, 3, 1).date())  # noqa: DTZ001
COLUMNS = [
    Column(key="course", kind=CellKind.TEXT),
    Column(key="revenue", kind=CellKind.AMOUNT),
    Column(key="day", kind=CellKind.DAY),
]
ROWS = st.lists(st.tuples(TEXTS, AMOUNTS, DAYS), max_size=12)


def written(format: FileFormat, rows) -> bytes:
    table = Table(name="revenue", columns=COLUMNS, rows=rows, totals=(None, None, None))
    heading = Heading.of(table, Language.HEBREW)
    return asyncio.run(SheetFiles().written(format, heading, table))


@settings(max_examples=50)
@given(ROWS)
def test_csv_is_read_as_it_was_written(rows):
    text = written(FileFormat.CSV, rows).decode("utf-8-sig")
    _titles, *found, _totals = csv.reader(io.StringIO(text, newline=""))
    assert found == [[guarded(clean(t)), str(a), d.isoformat()] for t, a, d in rows]


@settings(max_examples=100)
@given(TEXTS)
def test_no_text_is_a_formula_to_a_spreadsheet(text):
    shown = guarded(clean(text))
    assert shown.removeprefix("'") == clean(text) or shown == clean(text)
    seen = re.sub(r"^[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd]+", "", shown)
    assert not seen.startswith(tuple("=+-@＝＋－＠"))
    assert not shown.startswith(("\t", "\r", "\n"))


@settings(max_examples=20, deadline=None)
@given(ROWS)
def test_xlsx_is_read_as_it_was_written(rows):
    sheet = load_workbook(io.BytesIO(written(FileFormat.XLSX, rows))).active
    found = list(sheet.iter_rows(min_row=2, max_row=len(rows) + 1))
    assert len(found) == len(rows)
    for (text, amount, day), cells in zip(rows, found, strict=True):
        assert cells[0].data_type == "s" or not text
        assert day == cells[2].value.date()
        exact = Decimal(repr(cells[1].value))  # the shortest digits of the float that was read
        assert exact == amount.amount


@settings(max_examples=15, deadline=None)
@given(st.lists(AMOUNTS, min_size=1, max_size=60))
def test_an_amount_stands_in_the_workbook_with_its_own_digits(amounts):
    day = datetime(2026, 1, 1).date()  # noqa: DTZ001
    file = written(FileFormat.XLSX, [("x", amount, day) for amount in amounts])
    xml = ZipFile(io.BytesIO(file)).read("xl/worksheets/sheet1.xml").decode()
    found = re.findall(r'<c r="B\d+" s="\d+"><v>(.*?)</v>', xml)
    assert found == [str(amount) for amount in amounts]
