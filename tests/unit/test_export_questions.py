"""What a report can be asked as a file, and that the question is kept as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_adapters.sheets import SheetFiles
from haitech_domain.access import Actor, Forbidden
from haitech_domain.cycle import CycleStatus
from haitech_domain.errors import Invalid
from haitech_domain.export import File, ReportName
from haitech_domain.reports import AttendanceBy, FileFormat, Language, RevenueBy
from haitech_domain.testing.builders import an_id
from haitech_domain.testing.strategies import civil_dates
from haitech_domain.use_cases.export_asking import AskForExport
from haitech_domain.use_cases.export_contents import Question
from haitech_domain.use_cases.exports import FetchExport, FileGone

OWN = {
    ReportName.REVENUE: {"revenue_by": st.sampled_from(RevenueBy)},
    ReportName.INSTRUCTOR_PAYMENTS: {"lines": st.booleans()},
    ReportName.ATTENDANCE_SUMMARY: {
        "attendance_by": st.sampled_from(AttendanceBy),
        "student_id": st.uuids(),
    },
    ReportName.CYCLE_PROGRESS: {"status": st.sampled_from(CycleStatus)},
}


@st.composite
def questions(draw):
    report = draw(st.sampled_from(ReportName))
    first, last = sorted(draw(st.tuples(civil_dates(), civil_dates())))
    where = {"from_day": st.just(first), "to_day": st.just(last), "branch_id": st.uuids()}
    asked = draw(st.fixed_dictionaries({}, optional=where | OWN[report]))
    return Question.of(report, asked)


@given(questions())
def test_what_is_kept_of_a_question_makes_it_again(question):
    """For every question that a report can be asked."""
    assert Question.of(question.report, question.written()) == question


@given(questions(), st.sampled_from(Language))
def test_every_file_has_a_name(question, language):
    heading = question.heading(language)
    for format in ("csv", "xlsx"):
        assert SheetFiles().file_name(FileFormat(format), heading).endswith(f".{format}")


def test_what_a_report_does_not_know_is_refused_by_name():
    with pytest.raises(Invalid) as refused:
        Question.of(ReportName.REVENUE, {"status": "active", "lines": True})
    assert [p.field for p in refused.value.problems] == ["lines", "status"]


@pytest.mark.anyio
async def test_the_program_itself_asks_for_none():
    """Nobody would fetch it."""
    ids, clock = CountingIds(), FixedClock()
    ask = AskForExport(uow=MemoryUnitOfWork(ids, clock), clock=clock, ids=ids, sheets=SheetFiles())
    with pytest.raises(Forbidden):
        await ask(actor=Actor.system("test"), report=ReportName.REVENUE, asked={})


@pytest.mark.anyio
async def test_a_file_that_is_removed_while_it_is_read_ends_there():
    ids, clock = CountingIds(), FixedClock()
    fetch = FetchExport(uow=MemoryUnitOfWork(ids, clock), clock=clock)
    file = File(id=an_id(), size=10, digest="d" * 64, rows=1)
    with pytest.raises(FileGone, match="anew"):
        _ = [part async for part in fetch.part(file, 0, 9)]
