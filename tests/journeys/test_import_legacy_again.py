"""A later export of the same school: known rows stay, new ones are added."""

from __future__ import annotations

import pytest

from haitech_domain.change import Change
from haitech_domain.cycle import CycleStatus, PaymentMode, cancel
from haitech_domain.ids import DeletionId
from haitech_domain.money import Money
from haitech_domain.registration import RegistrationStatus
from haitech_domain.testing.builders import (
    a_customer,
    a_registration,
    a_student,
)
from tests.journeys.legacy_files import cycle, meeting
from tests.journeys.legacy_world import OnBothStores, counts, sundays

pytestmark = pytest.mark.anyio

HELD, PLANNED, POSTPONED, CANCELLED = "התקיימה", "-", "נדחתה", "בוטלה"


class TestASecondRun(OnBothStores):
    async def test_creates_nothing_and_warns_of_what_changed(self, world):
        await world.imports([cycle(id="1"), cycle(name="ב")], sundays(3))
        before = [await world.all(kind) for kind in ("cycles", "meetings", "instructors")]
        changed = [*sundays(2), *sundays(3, status=PLANNED)[2:]]
        report = await world.imports(
            [cycle(id="1", revenue="301", held="9"), cycle(name="ב")], changed
        )
        assert report.cycles == counts(2, 0, 2, 0)
        assert report.meetings == counts(3, 0, 3, 0)
        assert report.warnings == (
            "cycles.csv:2: changed since it was imported; left unchanged",
            "meetings.csv:4: changed since it was imported; left unchanged",
        )
        after = [await world.all(kind) for kind in ("cycles", "meetings", "instructors")]
        assert after == before

    async def test_knows_the_meetings_of_a_cycle_that_was_renamed(self, world):
        await world.imports([cycle(id="1")], sundays(2))
        report = await world.imports([cycle(id="1", name="ב")], sundays(2, cycle="ב"))
        assert report.meetings == counts(2, 0, 2, 0)
        assert len(report.warnings) == 1

    async def test_adds_new_rows_to_known_cycles(self, world):
        """R-SCHED-5, R-MEET-7: a completed cycle is reopened, and its total grows."""
        await world.imports([cycle()], sundays(3))
        one = await world.cycle()
        customer = a_customer()
        student = a_student(customer_id=customer.id)
        reg = a_registration(
            student_id=student.id,
            cycle_id=one.id,
            status=RegistrationStatus.COMPLETED,
            before_cascade=RegistrationStatus.ACTIVE,
        )
        await world.save(
            customers=Change.created(customer),
            students=Change.created(student),
            registrations=Change.created(reg),
        )
        more = [
            *sundays(3),
            meeting("01/11/2025 16:00"),
            meeting("07/12/2025 16:00", status=PLANNED),
        ]
        report = await world.imports([cycle()], more)
        after = await world.cycle()
        assert report.meetings == counts(5, 2, 3, 0)
        assert report.warnings == ("meetings.csv:5: total meetings of חוג א grew from 3 to 5",)
        assert (after.status, after.total_meetings, after.version) == ("active", 5, 2)
        assert (after.completed_meetings, after.scheduled_meetings) == (4, 1)
        numbers = [(str(m.scheduled_date), m.number) for m in await world.meetings(after)]
        assert numbers[0] == ("2025-11-01", 4)
        assert numbers[-1] == ("2025-12-07", 5)
        [followed] = await world.all("registrations")
        assert followed.status is RegistrationStatus.ACTIVE
        last = [*more, meeting("14/12/2025 16:00", status=PLANNED)]
        await world.imports([cycle()], last)
        assert await world.all("registrations") == [followed]
        assert (await world.cycle()).total_meetings == 6

    async def test_completes_a_cycle_with_its_registrations(self, world):
        """R-CYC-2."""
        await world.imports([cycle()], [*sundays(1), meeting("09/11/2025 16:00", status=POSTPONED)])
        one = await world.cycle()
        open_ = one.changed(world.clock.now(), status=CycleStatus.ACTIVE)
        await world.save(cycles=Change.updated(one, open_))
        customer = a_customer()
        student = a_student(customer_id=customer.id)
        reg = a_registration(student_id=student.id, cycle_id=one.id)
        await world.save(
            customers=Change.created(customer),
            students=Change.created(student),
            registrations=Change.created(reg),
        )
        await world.imports([cycle()], sundays(3))
        [followed] = await world.all("registrations")
        assert followed.status is RegistrationStatus.COMPLETED
        assert (await world.cycle()).status is CycleStatus.COMPLETED

    async def test_leaves_a_completed_cycle_completed_where_nothing_live_comes(self, world):
        await world.imports([cycle()], sundays(2))
        extra = meeting("16/11/2025 16:00", status=CANCELLED)
        report = await world.imports([cycle()], [*sundays(2), extra])
        one = await world.cycle()
        assert (one.status, one.cancelled_meetings, one.total_meetings) == ("completed", 1, 2)
        assert report.warnings == ()

    async def test_settles_the_daily_pay_of_a_date_anew(self, world):
        """R-PAY-3."""
        await world.imports([cycle()], [meeting(), meeting("09/11/2025 16:00", status=PLANNED)])
        one = await world.cycle()
        daily = one.changed(
            world.clock.now(),
            instructor_payment_mode=PaymentMode.DAILY,
            instructor_daily_rate=Money.of(600),
        )
        await world.save(cycles=Change.updated(one, daily))
        more = [meeting("16/11/2025 16:00"), meeting("16/11/2025 14:00")]
        await world.imports([cycle()], [*sundays(2), *more])
        pays = {m.starts: m.instructor_payment for m in await world.meetings(await world.cycle())}
        assert [str(pay) for pay in pays.values()] == ["0.00", "0.00", "600.00", "0.00"]

    async def test_refuses_new_rows_of_a_deleted_or_cancelled_cycle(self, world):
        """R-MEET-7."""
        await world.imports([cycle(), cycle(name="ב")], [])
        at = world.clock.now()
        first, second = await world.cycle(), await world.cycle("ב")
        gone = first.changed(at, deleted_at=at, deletion=DeletionId(world.ids.new()))
        await world.save(cycles=Change.updated(first, gone))
        await world.save(cycles=cancel(second, at=at))
        report = await world.imports(
            [cycle(), cycle(name="ב")], [*sundays(1), *sundays(1, cycle="ב")]
        )
        assert report.cycles == counts(2, 0, 2, 0)
        assert report.meetings == counts(2, 0, 0, 2)
        assert ["deleted" in r.reason or "cancelled" in r.reason for r in report.rejections] == [
            True,
            True,
        ]
