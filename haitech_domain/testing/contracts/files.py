"""What writers of tables and calendars promise, and the place where long files grow."""

from __future__ import annotations

import csv
import hashlib
from datetime import UTC, date, datetime, time
from io import StringIO
from typing import Final

import attrs
import pytest

from haitech_domain.ids import MeetingId
from haitech_domain.meeting import MeetingStatus
from haitech_domain.money import Money
from haitech_domain.ports import CalendarFeeds, Sheets, Spool
from haitech_domain.reports import CellKind, Column, FileFormat, Heading, Language, Table
from haitech_domain.scheduling import Feed, FeedEvent
from haitech_domain.testing.builders import an_id
from haitech_domain.testing.contracts.promises import must_be
from haitech_domain.testing.contracts.world import Contract

COLUMNS: Final = (
    Column(key="student", kind=CellKind.TEXT),
    Column(key="revenue", kind=CellKind.AMOUNT),
    Column(key="day", kind=CellKind.DAY),
)
ROWS: Final = (
    ("דנה, כהן", Money.of("1234567.89"), date(2026, 3, 1)),
    ('=HYPERLINK("x")', Money.of("-0.01"), None),
)
TABLE: Final = Table(name="instructor-payment-lines", columns=COLUMNS, rows=ROWS)
HEADING: Final = Heading.of(TABLE, Language.ENGLISH)
MADE: Final = datetime(2026, 1, 1, tzinfo=UTC)


class SheetsContract(Contract):
    """Tables as files. Beside it a fixture `sheets`."""

    @pytest.mark.parametrize("format", FileFormat)
    async def test_equal_tables_are_written_alike(self, sheets: Sheets, format: FileFormat) -> None:
        """And their files are named by what they are."""
        once = await sheets.written(format, HEADING, TABLE)
        assert once, "a table is some bytes"
        must_be(
            await sheets.written(format, HEADING, TABLE), once, "equal tables are written alike"
        )
        assert sheets.file_name(format, HEADING).endswith(f".{format.value}"), "has its ending"

    async def test_amounts_are_exact_and_formulas_stay_text(self, sheets: Sheets) -> None:
        """R-MONEY-1; a spreadsheet runs nothing that somebody wrote as a name."""
        written = (await sheets.written(FileFormat.CSV, HEADING, TABLE)).decode("utf-8-sig")
        cells = [cell for row in csv.reader(StringIO(written)) for cell in row]
        assert {"1234567.89", "-0.01", "דנה, כהן"} <= set(cells), "amounts and names are exact"
        assert not any(cell.startswith("=") for cell in cells), "no cell begins as formulas do"


class SpoolContract(Contract):
    """Files that grow until they are whole. Beside it a fixture `spool`."""

    async def test_a_whole_file_is_what_was_written(self, spool: Spool) -> None:
        """Its pieces make up its size and its digest."""
        async with spool.begin(FileFormat.CSV, HEADING) as file:
            for row in ROWS:
                await file.rows([row])
            whole = await file.end(None)
            pieces = b"".join([piece async for piece in file.pieces()])
        must_be(len(pieces), whole.size, "a file's pieces make up its size")
        must_be(hashlib.sha256(pieces).hexdigest(), whole.digest, "and its digest")
        assert "דנה".encode() in pieces, "it holds what was written"


class CalendarFeedsContract(Contract):
    """Calendars that people subscribe to. Beside it a fixture `feeds`."""

    EVENT = FeedEvent(
        id=MeetingId(an_id()),
        version=1,
        created_at=MADE,
        updated_at=MADE,
        day=date(2026, 3, 1),
        start=time(16),
        end=time(17, 30),
        status=MeetingStatus.SCHEDULED,
        title="Python, Sundays",
        place="הרצל 1",
        number=1,
        total=10,
    )

    async def test_equal_feeds_are_written_alike(self, feeds: CalendarFeeds) -> None:
        """So that whoever has it already need not read it again."""
        feed = Feed(name="יעל", events=(self.EVENT,))
        once = await feeds.written(feed)
        must_be(await feeds.written(feed), once, "equal feeds are written alike")
        must_be(once.count(b"BEGIN:VEVENT"), 1, "a meeting is one event")

    async def test_a_cancelled_meeting_stays_as_such_under_its_name(
        self, feeds: CalendarFeeds
    ) -> None:
        """A calendar that forgets it leaves it standing with whoever has seen it."""
        gone = attrs.evolve(self.EVENT, version=2, status=MeetingStatus.CANCELLED)
        before = await feeds.written(Feed(name="x", events=(self.EVENT,)))
        after = await feeds.written(Feed(name="x", events=(gone,)))
        must_be(_lines(after, b"UID"), _lines(before, b"UID"), "a meeting keeps its UID")
        assert _lines(after, b"SEQUENCE") != _lines(before, b"SEQUENCE"), "SEQUENCE grows"
        assert b"STATUS:CANCELLED" in after, "what is cancelled is shown as cancelled"


def _lines(calendar: bytes, name: bytes) -> list[bytes]:
    return [line for line in calendar.splitlines() if line.startswith(name)]
