"""Tables as pages: Hebrew from right to left, a chart, totals, and nothing that a browser may run."""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haitech_adapters.sheets import SheetFiles
from haitech_adapters.sheets.shown import shown
from haitech_adapters.sheets.text import clean
from haitech_adapters.sheets.wording import VALUES, Words
from haitech_domain.cycle import ActivityType, CycleStatus, CycleType
from haitech_domain.money import Money
from haitech_domain.reports import (
    MOST_ROWS,
    AttendanceBy,
    CellKind,
    Column,
    FileFormat,
    Heading,
    Language,
    RevenueBy,
    Table,
    attendance_summary,
    attendance_table,
    cycle_progress,
    instructor_payments,
    lines_table,
    payments_table,
    progress_table,
    revenue,
    revenue_table,
)
from haitech_domain.reports.attendance_summary import GUESTS
from haitech_domain.reports.table import DELETED

BRANCH = Column(key="branch", kind=CellKind.TEXT)
DAY = Column(key="day", kind=CellKind.DAY)
REST = (
    Column(key="meetings", kind=CellKind.COUNT),
    Column(key="revenue", kind=CellKind.AMOUNT),
    Column(key="profit", kind=CellKind.AMOUNT),
    Column(key="margin", kind=CellKind.RATIO),
)
ROWS = [
    ("בית ספר הרצל", 3, Money(123_456_78), Money(-99), Decimal("-0.0001")),
    ("אורט", 1, Money(200_00), Money(100_00), Decimal("0.5")),
]
TOTALS = (None, 4, Money(123_656_78), Money(99_01), Decimal("0.0008"))
TABLE = Table(name="revenue", columns=(BRANCH, *REST), rows=ROWS, totals=TOTALS)
DAYS = attrs.evolve(
    TABLE,
    columns=(DAY, *REST),
    rows=[(date(2026, 1, 1) + timedelta(days=n * n), *ROWS[n % 2][1:]) for n in range(9)],
)
EVERY_TABLE = [
    *(revenue_table(revenue([], by), by) for by in RevenueBy),
    *(attendance_table(attendance_summary([], by), by) for by in AttendanceBy),
    payments_table(instructor_payments([])),
    lines_table([]),
    progress_table(cycle_progress([])),
]


class Read(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.cells, self.texts = [], [], [], []
        self._open = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self._open = tag
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_endtag(self, tag):
        self._open = None

    def handle_data(self, data):
        self.texts.append((self._open, data))
        if self._open in {"td", "th"}:
            self.cells[-1] += data

    def said(self, tag):
        return [text for open_tag, text in self.texts if open_tag == tag]


def page(table=TABLE, language=Language.HEBREW, **facts):
    heading = Heading.of(table, language, **facts)
    return asyncio.run(SheetFiles().written(FileFormat.HTML, heading, table)).decode()


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("table", EVERY_TABLE, ids=lambda table: table.name)
def test_every_column_of_every_report_has_words(table, language):
    assert Words(language).report(table.name) in page(table, language)
    titles = {Words(language).column(column.key) for column in table.columns}
    assert len(titles) == len(table.columns)


def test_every_word_of_the_program_is_said_in_both_languages():
    words = {DELETED, GUESTS, *CycleType, *CycleStatus, *ActivityType}
    assert words <= VALUES.keys()
    assert Words(Language.HEBREW).value("unheard of") == "unheard of"


class TestWords:
    def test_is_hebrew_from_right_to_left(self):
        text = page(first=date(2026, 1, 1), last=date(2026, 1, 31))
        assert '<html lang="he" dir="rtl">' in text
        assert "<h1>דוח הכנסות</h1><p>לפי סניף · 01.01.2026 – 31.01.2026</p>" in text

    def test_is_english_for_those_who_ask(self):
        text = page(language=Language.ENGLISH, first=date(2026, 1, 1), last=date(2026, 1, 31))
        assert '<html lang="en" dir="ltr">' in text
        assert "<h1>Revenue</h1><p>by branch · 1 Jan 2026 – 31 Jan 2026</p>" in text

    @pytest.mark.parametrize(
        ("facts", "said"),
        [
            ({}, "by branch · All days"),
            ({"first": date(2026, 1, 1)}, "by branch · from 1 Jan 2026"),
            ({"last": date(2026, 1, 1)}, "by branch · until 1 Jan 2026"),
        ],
    )
    def test_says_which_days_are_counted(self, facts, said):
        assert said in page(language=Language.ENGLISH, **facts)

    def test_months_are_called_by_their_names(self):
        month = Column(key="month", kind=CellKind.TEXT)
        table = attrs.evolve(TABLE, columns=(month, *REST), rows=[("2026-02", *ROWS[0][1:])])
        assert "פברואר 2026" in Read(page(table)).cells
        assert "February 2026" in Read(page(table, Language.ENGLISH)).cells

    @pytest.mark.parametrize(
        ("kind", "cell", "hebrew", "english"),
        [
            (CellKind.AMOUNT, Money(-1_234_567), "-12,345.67", "-12,345.67"),
            (CellKind.RATIO, Decimal("0.4255"), "42.6%", "42.6%"),
            (CellKind.HOURS, Decimal("1234.5"), "1,234.50", "1,234.50"),
            (CellKind.COUNT, 1234, "1,234", "1,234"),
            (CellKind.CLOCK, time(9, 5), "09:05", "09:05"),
            (CellKind.DAY, date(2026, 2, 6), "06.02.2026", "6 Feb 2026"),
            (
                CellKind.INSTANT,
                datetime(2026, 2, 6, 22, 30, tzinfo=UTC),
                "07.02.2026 00:30",
                "7 Feb 2026 00:30",
            ),
            (CellKind.TEXT, "a\x00b", "a\ufffdb", "a\ufffdb"),
            (CellKind.RATIO, None, "–", "–"),
        ],
    )
    def test_cells_are_written_as_people_write(self, kind, cell, hebrew, english):
        column = Column(key="revenue", kind=kind)
        assert shown(cell, column, Words(Language.HEBREW)) == hebrew
        assert shown(cell, column, Words(Language.ENGLISH)) == english


class TestTable:
    def test_has_titles_rows_and_totals(self):
        assert Read(page(language=Language.ENGLISH)).cells == [
            "Branch", "Meetings", "Revenue (₪)", "Profit (₪)", "Margin",
            "בית ספר הרצל", "3", "123,456.78", "-0.99", "0.0%",
            "אורט", "1", "200.00", "100.00", "50.0%",
            "Total", "4", "123,656.78", "99.01", "0.1%",
        ]  # fmt: skip

    def test_leaves_a_column_of_remarks_out_where_nothing_is_remarked(self):
        remark = Column(key="remark", kind=CellKind.WORD)
        rows: Any = [(name, None, *rest) for name, *rest in ROWS]
        table = attrs.evolve(TABLE, columns=(BRANCH, remark, *REST), rows=rows, totals=None)
        assert "הערה" not in page(table)
        rows[1] = (rows[1][0], DELETED, *rows[1][2:])
        assert {"הערה", "נמחק"} <= set(Read(page(table)).cells)

    def test_says_so_where_there_is_nothing(self):
        text = page(attrs.evolve(TABLE, rows=[]))
        assert "אין נתונים" in text
        assert "<table>" not in text

    def test_says_so_where_there_are_more_rows(self):
        many = [(str(n), *ROWS[0][1:]) for n in range(MOST_ROWS + 5)]
        text = page(attrs.evolve(TABLE, rows=many), Language.ENGLISH)
        assert "These are 10,000 of 10,005 rows." in text
        assert text.count("<tr>") == MOST_ROWS + 2
        assert "<figure>" not in text  # which would show some of them as if they were all
        part = page(language=Language.ENGLISH, row_count=7)
        assert "These are 2 of 7 rows." in part
        assert "an export as CSV or XLSX has them all" in part
        assert "<tfoot>" in part

    @pytest.mark.parametrize("language", Language)
    def test_names_run_as_their_own_letters_do(self, language):
        """Else «C++» is shown as «++C» on a page from right to left."""
        table = attrs.evolve(TABLE, rows=[("C++", *ROWS[0][1:])])
        text = page(table, language)
        assert '<th scope="row" class="t">C++</th>' in text
        [rules] = re.findall(r"^\.t\{(.*?)\}", text, re.MULTILINE)[:1]
        assert "unicode-bidi:plaintext" in rules.split(";")
        assert "svg text:not(.figure){unicode-bidi:plaintext}" in text


class TestChart:
    def test_bars_have_names_and_exact_figures_the_highest_first(self):
        found = Read(page(language=Language.ENGLISH))
        names = [text for text in found.said("text") if "." not in text]
        assert names == ["בית ספר הרצל", "אורט"]
        assert "123,456.78" in found.said("text")
        assert "Revenue (₪), Profit (₪) by branch" in found.said("title")
        assert found.said("desc") == [
            "The highest is בית ספר הרצל, 123,456.78. All figures are in the table below."
        ]

    def test_time_is_a_line(self):
        text = page(DAYS)
        assert text.count("<polyline") == 2
        assert text.count("<circle") == 18

    def test_time_runs_as_one_reads(self):
        corners = r'<polyline class="line one" points="([\d.]+),[\d. ,-]* ([\d.]+),[\d.]+"'
        [(first, last)] = re.findall(corners, page(DAYS))
        assert float(first) > float(last)
        [(first, last)] = re.findall(corners, page(DAYS, Language.ENGLISH))
        assert float(first) < float(last)

    def test_only_the_highest_are_drawn_and_that_is_said(self):
        rows = [(f"סניף {n}", n, Money(n * 100), Money(n), None) for n in range(20)]
        text = page(attrs.evolve(TABLE, rows=rows, totals=None))
        assert "8 הגבוהים מתוך 20" in text
        assert "סניף 19" in Read(text).said("text")
        assert "סניף 2" not in Read(text).said("text")

    def test_what_has_no_figure_is_not_drawn(self):
        rate = Column(key="rate", kind=CellKind.RATIO)
        table = Table(
            name="attendance-summary", columns=(BRANCH, rate), rows=[("a", None)], totals=None
        )
        assert "<figure>" not in page(table)
        assert "<figure>" in page(attrs.evolve(table, rows=[("a", None), ("b", Decimal(1))]))

    def test_nothing_earned_is_drawn_as_nothing(self):
        rows = [(date(2026, 1, n), 0, Money(0), Money(0), None) for n in (1, 2, 3)]
        assert "<polyline" in page(attrs.evolve(DAYS, rows=rows))
        assert 'width="0.000%"' in page(attrs.evolve(TABLE, rows=[("a", 0, Money(0), Money(0), None)]))  # fmt: skip


class TestSafety:
    def test_lets_a_browser_apply_its_own_style_and_nothing_else(self):
        text = page()
        [style] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        digest = b64encode(sha256(style.encode()).digest()).decode()
        assert "default-src &#x27;none&#x27;" in text
        assert f"style-src &#x27;sha256-{digest}&#x27;" in text

    @pytest.mark.parametrize("table", [TABLE, DAYS], ids=["bars", "lines"])
    def test_has_nothing_to_run_and_nothing_to_load(self, table):
        found = Read(page(table))
        assert not {"script", "link", "img", "iframe", "a", "form"} & set(found.tags)
        names = {name for name, _ in found.attributes}
        assert not {"style", "src", "href"} & names
        assert not any(name.startswith("on") for name in names)

    @settings(max_examples=40, deadline=None)
    @given(
        st.text(max_size=60) | st.sampled_from(["<script>", "</td>", "&amp;", '"', "]]>", "<!--"])
    )
    def test_whatever_a_name_is_it_is_text(self, name):
        table = attrs.evolve(TABLE, rows=[(name, *ROWS[0][1:])])
        plain = attrs.evolve(TABLE, rows=[("x", *ROWS[0][1:])])
        found, expected = Read(page(table)), Read(page(plain))
        assert found.tags == expected.tags
        assert found.cells[5] == clean(name)
