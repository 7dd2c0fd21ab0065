"""The two files of the legacy export, read record by record."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_adapters.legacy import UnreadableFile, read_cycles, read_meetings
from haitech_domain.cycle import ActivityType, CycleType
from haitech_domain.money import Money
from haitech_domain.use_cases.legacy import CycleColumn, CycleRow, MeetingColumn, Rejection
from tests.journeys.legacy_files import as_csv, cycle, meeting


def cycles_of(folder: Path, text: str | bytes):
    path = folder / "c.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_cycles(path)


def meetings_of(folder: Path, text: str | bytes):
    path = folder / "m.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_meetings(path)


def test_a_row_is_read_whole(tmp_path):
    text = as_csv([cycle(id="a1", kind="אונליין קבוצתי", pricing="פרטי", end="")], CycleColumn)
    [row] = cycles_of(tmp_path, text)
    assert isinstance(row, CycleRow)
    assert (row.id, row.name, row.course, row.institution) == (
        "a1",
        "חוג א",
        "פייתון",
        "בית ספר אלון",
    )
    assert (row.type, row.activity, row.online) == (CycleType.PRIVATE, ActivityType.ONLINE, True)
    assert (row.end, row.revenue, row.place.line) == (None, Money.of(300), 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_marks_of_files_do_not_matter(tmp_path, encoding, newline):
    text = as_csv([meeting(), meeting("09/11/2025 16:00")], MeetingColumn)
    rows = meetings_of(tmp_path, text.replace("\r\n", newline).encode(encoding))
    assert [row.place.line for row in rows] == [2, 3]
    assert not any(isinstance(row, Rejection) for row in rows)


def test_lines_are_those_of_the_file_also_after_blank_and_quoted_ones(tmp_path):
    note = '"two\nlines"'
    head = ",".join([*MeetingColumn, "הערות"])
    good = ",".join(meeting().values())
    text = f"\n{head}\n\n{good},{note}\n , ,,,,\n{good},x\n\n"
    rows = meetings_of(tmp_path, text)
    assert [row.place.line for row in rows] == [4, 7]


def test_spaces_and_direction_marks_around_values_do_not_matter(tmp_path):
    spaced = {f" {column}\u200f ": f"\u200f {value}\u00a0" for column, value in meeting().items()}
    head, cells = ",".join(spaced), ",".join(spaced.values())
    assert meetings_of(tmp_path, f"{head}\n{cells}\n") == meetings_of(
        tmp_path, as_csv([meeting()], MeetingColumn)
    )


def test_columns_may_stand_in_any_order_beside_unknown_ones(tmp_path):
    row = {"עוד": "x", **dict(reversed(meeting().items())), "": "y"}
    [read] = meetings_of(tmp_path, f"{','.join(row)}\n{','.join(row.values())}\n")
    assert read.cycle == "חוג א"


def test_quoted_values_may_hold_commas_and_quotes(tmp_path):
    [row] = cycles_of(tmp_path, as_csv([cycle(course='סייבר, "AI"')], CycleColumn))
    assert row.course == 'סייבר, "AI"'


def test_a_row_with_more_values_than_columns_is_refused(tmp_path):
    text = as_csv([cycle()], CycleColumn).replace("פייתון", "סייבר, בינה")
    [row] = cycles_of(tmp_path, text)
    assert isinstance(row, Rejection)
    assert "more values than columns" in row.reason
    assert row.line == 2
    tolerated = as_csv([cycle()], CycleColumn).rstrip("\r\n") + ",, \r\n"
    assert isinstance(cycles_of(tmp_path, tolerated)[0], CycleRow)


def test_values_that_are_missing_at_the_end_are_blank(tmp_path):
    text = as_csv([cycle(revenue="")], CycleColumn).rstrip("\r\n,")
    [row] = cycles_of(tmp_path, text)
    assert row.revenue is None


@pytest.mark.parametrize("column", ["name", "pricing", "day", "hour", "start", "duration"])
def test_a_cycle_needs(tmp_path, column):
    [row] = cycles_of(tmp_path, as_csv([cycle(**{column: ""})], CycleColumn))
    assert row == Rejection("c.csv", 2, CycleColumn[column.upper()], "is required")


@pytest.mark.parametrize("column", ["cycle", "status", "start", "end"])
def test_a_meeting_needs(tmp_path, column):
    row = meeting()
    row[MeetingColumn[column.upper()]] = " "
    [read] = meetings_of(tmp_path, as_csv([row], MeetingColumn))
    assert read == Rejection("m.csv", 2, MeetingColumn[column.upper()], "is required")


@pytest.mark.parametrize("column", ["id", "course", "institution", "instructor", "kind", "end"])
def test_a_cycle_may_lack(tmp_path, column):
    [row] = cycles_of(tmp_path, as_csv([cycle(**{column: ""})], CycleColumn))
    assert isinstance(row, CycleRow)


def test_a_refusal_names_the_first_column_at_fault_and_the_others_in_its_reason(tmp_path):
    [row] = cycles_of(tmp_path, as_csv([cycle(day="אחר", hour="25:00", revenue="x")], CycleColumn))
    assert (row.file, row.line, row.field) == ("c.csv", 2, "יום")
    assert row.reason.startswith("unknown day: «אחר»")
    assert "; שעה: " in row.reason
    assert "; הכנסה למפגש: " in row.reason


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"end": "2025-11-01"}, CycleColumn.END),
        ({"hour": "23:30"}, CycleColumn.DURATION),
        ({"revenue": "300.005"}, CycleColumn.REVENUE),
        ({"name": "א" * 201}, CycleColumn.NAME),
        ({"course": "a\x00b"}, CycleColumn.COURSE),
        ({"instructor": "a\nb"}, CycleColumn.INSTRUCTOR),
    ],
)
def test_cycles_that_break_a_rule_are_refused_at_their_column(tmp_path, cells, field):
    [row] = cycles_of(tmp_path, as_csv([cycle(**cells)], CycleColumn))
    assert isinstance(row, Rejection)
    assert row.field == field


def test_a_file_of_headers_alone_has_no_rows(tmp_path):
    assert meetings_of(tmp_path, as_csv([], MeetingColumn)) == []


@pytest.mark.parametrize("missing", list(CycleColumn))
def test_a_missing_column_is_named(tmp_path, missing):
    head = ",".join(c for c in CycleColumn if c is not missing)
    with pytest.raises(UnreadableFile, match=f"columns are missing: {missing}"):
        cycles_of(tmp_path, f"{head}\n")


def test_a_column_that_stands_there_twice_is_named(tmp_path):
    with pytest.raises(UnreadableFile, match="twice: סטטוס"):
        meetings_of(tmp_path, ",".join([*MeetingColumn, "סטטוס"]))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xef\xbb\xbf",
        b"\r\n \r\n",
        "מחזור".encode("cp1255"),
        as_csv([meeting()], MeetingColumn).encode("utf-16"),
        b"\x00\xff\xfe",
        b'{"cycles": []}',
        as_csv([meeting()], MeetingColumn).replace(",", ";").encode(),
        as_csv([meeting()], MeetingColumn).encode() + b'"never closed,\n',
        as_csv([meeting()], MeetingColumn).encode() + b'"a"b,\n',
    ],
)
def test_what_is_no_export_is_unreadable(tmp_path, content):
    with pytest.raises(UnreadableFile, match=r"m\.csv: "):
        meetings_of(tmp_path, content)


def test_what_is_no_file_is_unreadable(tmp_path):
    for path in (tmp_path, tmp_path / "absent.csv", tmp_path / "a\x00b"):
        with pytest.raises(UnreadableFile):
            read_cycles(path)


@given(st.data())
def test_any_text_in_any_column_is_a_row_or_a_refusal(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("any", numbered=True)
    any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    one, other = cycle(), meeting()
    for row in (one, other):
        for column in data.draw(st.sets(st.sampled_from(list(row)))):
            row[column] = data.draw(any_text)
    for rows in (
        cycles_of(folder, as_csv([one], CycleColumn)),
        meetings_of(folder, as_csv([other], MeetingColumn)),
    ):
        assert len(rows) <= 1
