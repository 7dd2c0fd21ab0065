"""A few weeks of a few cycles, played through the verbs at once and counted once more."""

import pytest

from tests.drills.year.days import live
from tests.drills.year.founding import found
from tests.drills.year.recount import recounted
from tests.drills.year.school import MONTH, year_school

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

ONE_AGORA = (
    "UPDATE meetings SET revenue = revenue + 0.01, profit = profit + 0.01 WHERE id ="
    " (SELECT id FROM meetings WHERE status = 'completed' AND deleted_at IS NULL"
    "   ORDER BY id LIMIT 1) RETURNING id"
)
ONE_MEETING = (
    "UPDATE cycles SET completed_meetings = completed_meetings + 1 WHERE id ="
    " (SELECT id FROM cycles WHERE deleted_at IS NULL ORDER BY id LIMIT 1) RETURNING id"
)


async def differing(school):
    return {c.what: c.differences async for c in recounted(school) if c.differences}


async def test_weeks_of_a_school_add_up_and_a_recount_finds_one_agora():
    """R-CYC-1, R-MEET-3, R-REG-2, R-REG-4: money, progress, capacity, ledger and audit."""
    async with year_school(MONTH, seed=20) as school:
        await live(school, await found(school), lambda _: None)
        assert await differing(school) == {}
        assert school.told["CompleteMeeting", "done"] > MONTH.cycles
        ((touched,),) = await school.rows(ONE_AGORA)
        await school.rows(ONE_MEETING)
        wrong = await differing(school)
    assert set(wrong) == {
        "the audit log, replayed, is what is stored",
        "progress and end of a cycle are a count of its meetings",
        "sync-progress finds nothing",
    }
    assert str(touched) in str(wrong["the audit log, replayed, is what is stored"])
