"""What a day is expected to come to is what it comes to."""

from __future__ import annotations

import asyncio
from datetime import datetime, time

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_domain.access import Actor
from haitech_domain.cycle import ActivityType, CycleType, PaymentMode
from haitech_domain.instructor import EmploymentType
from haitech_domain.meeting import Figures, MeetingNature, MeetingStatus, Settlement
from haitech_domain.money import Money, Net
from haitech_domain.registration import RegistrationStatus
from haitech_domain.reports import DayRow, Named, daily
from haitech_domain.testing import builders as make
from haitech_domain.testing.contracts.counting import DAY, Taught, taught
from haitech_domain.use_cases import CompleteMeeting, ReadDay, School

SYSTEM = Actor.system("test")
EVENING = datetime.combine(DAY, time(22))
RATES = (None, Money.of("101.00"), Money.of("33.33"))
amounts = st.sampled_from((None, Money(0), Money.of("45.50"), Money.of(1000), Money.of("0.01")))


@st.composite
def a_day(draw):
    """One cycle of any kind with up to five meetings of a date, by its instructor or a substitute."""
    customer, course, branch = make.a_customer(), make.a_course(), make.a_branch()
    instructors = [
        make.an_instructor(
            employment_type=draw(st.sampled_from(EmploymentType)),
            **{f"rate_{kind}": draw(st.sampled_from(RATES)) for kind in ("frontal", "online")},
        )
        for _ in range(2)
    ]
    cycle = make.a_cycle(
        course_id=course.id,
        branch_id=branch.id,
        instructor_id=instructors[0].id,
        type=draw(st.sampled_from(CycleType)),
        meeting_revenue=Money.of("600.00"),
        price_per_student=Money.of("33.33"),
        revenue_includes_vat=draw(st.sampled_from((None, True, False))),
        student_count=draw(st.sampled_from((None, 0, 7))),
        instructor_payment_mode=draw(st.sampled_from(PaymentMode)),
        instructor_daily_rate=draw(st.sampled_from((None, Money.of("600.01")))),
        total_meetings=draw(st.integers(1, 7)),
    )
    if cycle.type is CycleType.PRIVATE:
        cycle = attrs.evolve(cycle, meeting_revenue=draw(st.sampled_from((None, Money(0)))))
    starts = draw(st.permutations(range(8, 20)))
    meetings = [
        make.a_meeting(
            cycle_id=cycle.id,
            instructor_id=draw(st.sampled_from(instructors)).id,
            number=n + 1,
            scheduled_date=DAY,
            start_time=time(starts[n]),
            end_time=time(starts[n], 50),
            nature=draw(st.sampled_from(MeetingNature)),
            activity_type=draw(st.sampled_from((None, *ActivityType))),
            status=draw(st.sampled_from((*[MeetingStatus.SCHEDULED] * 4, MeetingStatus.CANCELLED))),
        )
        for n in range(draw(st.integers(1, 5)))
    ]
    students = [make.a_student(customer_id=customer.id) for _ in range(3)]
    registrations = [
        make.a_registration(
            student_id=student.id,
            cycle_id=cycle.id,
            amount=draw(amounts),
            status=draw(st.sampled_from(RegistrationStatus)),
        )
        for student in students
    ]
    return Taught(
        customer=customer,
        students=students,
        courses=[course],
        branches=[branch],
        instructors=instructors,
        cycles=[cycle],
        meetings=meetings,
        registrations=registrations,
        attendance=[],
    )


@settings(deadline=None)
@given(teaching=a_day(), data=st.data())
def test_completing_all_that_is_scheduled_in_any_order_gives_what_was_expected(teaching, data):
    """R-REV-6, R-PAY-3: at every step what is fixed and what is expected make the same sum."""
    waiting = [m.id for m in teaching.meetings if m.status is MeetingStatus.SCHEDULED]
    asyncio.run(expected_comes_true(teaching, data.draw(st.permutations(waiting))))


async def expected_comes_true(teaching, order):
    clock, school = FixedClock.at(EVENING), School(holidays=IsraeliSchoolCalendar())
    uow = MemoryUnitOfWork(CountingIds(), clock)
    complete = CompleteMeeting(uow=uow, clock=clock, school=school)
    read = ReadDay(uow=uow, clock=clock, school=school)
    await uow.run(SYSTEM, teaching.keep)
    first = await read(actor=SYSTEM)
    assert first.totals == Figures()
    assert first.unreported.total == len(order)
    for done, id in enumerate(order, 1):
        await complete(actor=SYSTEM, meeting_id=id, notes={})
        now = await read(actor=SYSTEM)
        assert now.totals + now.expected == first.expected
        assert now.counts[MeetingStatus.COMPLETED] == done
        assert now.unreported.total == now.counts[MeetingStatus.SCHEDULED] == len(order) - done


@given(school=taught())
def test_a_day_has_a_line_for_each_row_and_counts_each_once(school):
    rows = school.day(DAY)
    forecast = Settlement(revenue=Net(7))
    shown = daily(rows, {row.meeting.id: forecast for row in rows}, day=DAY, today=DAY)
    assert [line.row for line in shown.lines] == rows
    assert sum(shown.counts.values()) == len(rows)
    assert shown.expected.revenue == Net(7) * shown.counts[MeetingStatus.SCHEDULED]
    assert all(
        line.is_forecast is (line.row.meeting.status is MeetingStatus.SCHEDULED)
        for line in shown.lines
    )


def test_a_scheduled_meeting_without_a_forecast_is_a_mistake():
    school = make.a_school()
    place = Named(id=school.course.id, name="somewhere")
    row = DayRow(
        meeting=school.meeting,
        cycle=school.cycle,
        course=place,
        branch=place,
        instructor=school.instructor,
    )
    with pytest.raises(KeyError):
        daily([row], {}, day=DAY, today=DAY)
