"""A whole export comes in, or nothing of it; the same on memory and on PostgreSQL."""

from __future__ import annotations

import asyncio
import time as clock_of_the_machine
from collections import Counter
from typing import Any

import attrs
import pytest

from haitech_domain.cycle import CycleType
from haitech_domain.errors import Duplicate
from haitech_domain.meeting import MeetingStatus
from tests.journeys.legacy_files import REAL, cycle
from tests.journeys.legacy_world import OnBothStores, counts, sundays

pytestmark = pytest.mark.anyio

HELD, PLANNED, POSTPONED, CANCELLED = "התקיימה", "-", "נדחתה", "בוטלה"


class TestTheRealExport(OnBothStores):
    pytestmark = pytest.mark.skipif(
        not REAL.is_dir(), reason="the real export does not lie beside the project"
    )

    async def test_comes_in_with_the_figures_of_the_issue(self, world):
        began = clock_of_the_machine.perf_counter()
        planned = await world.imports_real(dry_run=True)
        report = await world.imports_real()
        again = await world.imports_real()
        assert clock_of_the_machine.perf_counter() - began < 20
        assert attrs.evolve(planned, dry_run=False) == report
        assert report.cycles == counts(86, 85, 0, 1)
        assert report.meetings == counts(2172, 2049, 0, 123)
        why = Counter(r.reason.partition(":")[0] for r in report.rejections)
        assert why == {
            "unknown cycle": 72,
            "duplicate": 43,
            "not in use": 3,
            "too long": 3,
            "reversed": 2,
            "is required": 1,
        }
        assert again.cycles == counts(86, 0, 85, 1)
        assert again.meetings == counts(2172, 0, 2049, 123)
        assert sum(report.by_status.values()) == 2049
        assert again.warnings == ()

    async def test_agrees_with_itself(self, world):
        report = await world.imports_real()
        cycles, meetings = await world.all("cycles"), await world.all("meetings")
        assert Counter(m.status for m in meetings) == Counter(report.by_status)
        by_cycle = {c.id: [m for m in meetings if m.cycle_id == c.id] for c in cycles}
        for one in cycles:
            live = [m for m in by_cycle[one.id] if m.status.teaches]
            in_order = sorted(live, key=lambda m: m.starts)
            assert [m.number for m in in_order] == list(range(1, len(live) + 1))
            assert one.completed_meetings + one.scheduled_meetings == len(live)
            if live:
                assert one.total_meetings == len(live)
                assert one.end_date == in_order[-1].scheduled_date
            fixed = one.type is CycleType.INSTITUTIONAL_FIXED
            for held in live:
                earns = fixed and held.status is MeetingStatus.COMPLETED
                assert held.revenue.agorot == (one.meeting_revenue.agorot if earns else 0)


class TestOneTransaction(OnBothStores):
    async def test_a_dry_run_stores_nothing(self, world):
        planned = await world.imports([cycle()], sundays(3), dry_run=True)
        assert planned.dry_run
        for kind in ("cycles", "meetings", "courses", "branches", "instructors"):
            assert await world.all(kind) == []
        report = await world.imports([cycle()], sundays(3))
        assert report == attrs.evolve(planned, dry_run=False)

    async def test_a_crash_half_way_leaves_nothing(self, world):
        def crash(done, total):
            if done > 1:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            await world.imports([cycle()], sundays(3), progress=crash)
        for kind in ("cycles", "meetings", "courses", "branches", "instructors"):
            assert await world.all(kind) == []
        report = await world.imports([cycle()], sundays(3))
        assert report.meetings == counts(3, 3)

    async def test_progress_runs_from_none_to_all(self, world):
        seen = []
        await world.imports(
            [cycle()], sundays(3), progress=lambda done, total: seen.append((done, total))
        )
        assert seen == [(0, 4), (1, 4), (4, 4)]

    async def test_of_two_at_once_one_imports(self, world):
        """What the other finds is known, or taken by the first just then."""
        both: list[Any] = await asyncio.gather(
            *(world.imports([cycle()], sundays(3)) for _ in range(2)), return_exceptions=True
        )
        reports = [report for report in both if not isinstance(report, Duplicate)]
        assert sum(report.meetings.created for report in reports) == 3
        assert len(await world.all("meetings")) == 3

    async def test_every_row_is_audited_as_the_import_and_no_event_is_told(self, world):
        await world.imports([cycle()], sundays(3))
        await world.imports([cycle()], sundays(4))
        audit, events = await world.journal()
        assert Counter(audit) == {
            ("import", "course", "system"): 1,
            ("import", "branch", "system"): 1,
            ("import", "instructor", "system"): 1,
            ("import", "cycle", "system"): 2,
            ("import", "meeting", "system"): 4,
        }
        assert events == 0
