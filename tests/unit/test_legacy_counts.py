"""Whatever an export holds: read = created + unchanged + rejected, and nothing crashes."""

from __future__ import annotations

import asyncio
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from haitech_adapters.legacy import read_cycles, read_meetings
from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_domain.use_cases.import_legacy import ImportLegacy
from haitech_domain.use_cases.legacy import Counts, ImportReport
from haitech_domain.use_cases.school import School
from tests.journeys.legacy_files import cycle, meeting, write_export

odd = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
names = st.sampled_from(["א", "ב", "ג", ""])
teachers = st.sampled_from(["דנה", "נועה", ""])
days = st.sampled_from(["02/11/2025", "09/11/2025", "03/11/2025", "29/02/2025"])
times = st.sampled_from(["16:00", "16:30", "9:15", "23:00"])


@st.composite
def cycle_rows(draw):
    row = cycle(
        id=draw(st.sampled_from(["", "", "1", "2"])),
        name=draw(names),
        instructor=draw(teachers),
        day=draw(st.sampled_from(["ראשון", "שני", "שבת"])),
        end=draw(st.sampled_from(["", "2026-01-04", "2025-11-03", "2025-01-01"])),
        pricing=draw(st.sampled_from(["מוסדי", "פרטי", "מוסדי (תשלום פר ילד)", ""])),
        revenue=draw(st.sampled_from(["", "300.0", "300.005"])),
    )
    if draw(st.integers(0, 5)) == 0:
        row[draw(st.sampled_from(list(row)))] = draw(odd)
    return row


@st.composite
def meeting_rows(draw):
    day = draw(days)
    row = meeting(
        f"{day} {draw(times)}",
        f"{day} {draw(times)}",
        cycle=draw(names),
        instructor=draw(teachers),
        status=draw(st.sampled_from(["התקיימה", "התקיימה", "-", "נדחתה", "בוטלה", "לא בשימוש"])),
        lesson=draw(st.sampled_from(["-", "", "שיעור פרטי"])),
    )
    if draw(st.integers(0, 5)) == 0:
        row[draw(st.sampled_from(list(row)))] = draw(odd)
    return row


class Open:
    """A calendar that closes no day."""

    def closed_on(self, day: date) -> str | None:
        return None


def agrees(counts: Counts) -> bool:
    return counts.read == counts.created + counts.unchanged + counts.rejected


def checked(report: ImportReport) -> None:
    assert agrees(report.cycles)
    assert agrees(report.meetings)
    assert sum(report.by_status.values()) == report.meetings.created
    assert len(report.rejections) == report.cycles.rejected + report.meetings.rejected
    assert all(r.file and r.line > 1 and r.field and r.reason for r in report.rejections)


@given(
    st.lists(cycle_rows(), max_size=6),
    st.lists(meeting_rows(), max_size=16),
    st.integers(0, 16),
)
def test_every_row_is_counted_once_and_the_second_run_creates_nothing(
    tmp_path_factory, cycles, meetings, cut
):
    paths = write_export(tmp_path_factory.mktemp("any"), cycles, meetings)
    ids, clock = CountingIds(), FixedClock()
    use_case = ImportLegacy(
        uow=MemoryUnitOfWork(ids, clock), clock=clock, ids=ids, school=School(holidays=Open())
    )
    rows, held = read_cycles(paths[0]), read_meetings(paths[1])

    async def story() -> None:
        part = await use_case(cycles=rows, meetings=held[:cut])
        checked(part)
        planned = await use_case(cycles=rows, meetings=held, dry_run=True)
        report = await use_case(cycles=rows, meetings=held)
        checked(report)
        assert (planned.cycles, planned.meetings) == (report.cycles, report.meetings)
        assert report.cycles.created == 0
        again = await use_case(cycles=rows, meetings=held)
        checked(again)
        assert (again.cycles.created, again.meetings.created) == (0, 0)
        assert again.rejections == report.rejections

    asyncio.run(story())
