"""R-MEET-2, R-MEET-3, R-PAY-3: any sequence of transitions keeps status and money together."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.calendar import DayOfWeek, TimeSlot
from haitech_domain.change import Change, Transition
from haitech_domain.cycle import Cycle, CycleType, PaymentMode
from haitech_domain.explanation import Figure, Line
from haitech_domain.ids import BranchId, CourseId, CycleId, InstructorId, MeetingId
from haitech_domain.instructor import EmploymentType, Instructor
from haitech_domain.meeting import (
    Meeting,
    MeetingStatus,
    PayBasis,
    Settlement,
    cancel,
    carrier_of,
    carry,
    complete,
    postpone,
    recalculate,
    reopen,
    restore,
    schedule,
)
from haitech_domain.meeting.entity import NO_MONEY
from haitech_domain.money import Money, Net
from haitech_domain.pay import PayInputs, settled

AT = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2026, 2, 3)
SLOT = TimeSlot(time(16), time(17, 30))
CYCLE, OWN, SUBSTITUTE = (
    CycleId(UUID(int=1)),
    InstructorId(UUID(int=4)),
    InstructorId(UUID(int=5)),
)
SCHEDULED, COMPLETED, CANCELLED, POSTPONED = MeetingStatus

agorot = st.integers(0, 10**8)
settlements = st.builds(
    Settlement,
    revenue=agorot.map(Net),
    instructor_payment=agorot.map(Money),
    employer_cost=agorot.map(Money),
    basis=st.sampled_from(PayBasis),
    explanation=st.lists(
        st.builds(Line, st.just("because"), agorot.map(Money), st.just("R-REV-6")), max_size=2
    ).map(tuple),
)
FROM = {
    "complete": (SCHEDULED, COMPLETED),
    "cancel": (SCHEDULED, CANCELLED),
    "postpone": (SCHEDULED, POSTPONED),
    "reopen": (COMPLETED, SCHEDULED),
    "restore": (CANCELLED, SCHEDULED),
    "recalculate": (COMPLETED, COMPLETED),
}


def a_meeting(**facts: Any) -> Meeting:
    given_facts = {
        "id": MeetingId(UUID(int=50)),
        "cycle_id": CYCLE,
        "number": 3,
        "instructor_id": OWN,
        "day": DAY,
        "slot": SLOT,
        "at": AT,
    }
    return schedule(**{**given_facts, **facts}).after


def act(verb: str, meeting: Meeting, money: Settlement, at: datetime) -> Change[Meeting]:
    if verb == "complete":
        return complete(meeting, money, at=at)
    if verb == "recalculate":
        return recalculate(meeting, money, at=at)
    if verb == "cancel":
        return cancel(meeting, at=at)
    if verb == "reopen":
        return reopen(meeting, at=at)
    if verb == "restore":
        return restore(meeting, number=3, at=at)
    new = MeetingId(UUID(int=99))
    return postpone(meeting, replacement_id=new, day=DAY, slot=SLOT, at=at)[0]


@given(st.lists(st.tuples(st.sampled_from(sorted(FROM)), settlements), max_size=12))
def test_no_sequence_of_verbs_parts_a_status_from_its_money(
    steps: list[tuple[str, Settlement]],
) -> None:
    """R-MEET-3: money is zero unless completed, and equals the settlement when it is."""
    meeting, status, money = a_meeting(), SCHEDULED, NO_MONEY
    for n, (verb, settlement) in enumerate(steps, start=1):
        at = AT + timedelta(hours=n)
        allowed, reached = FROM[verb]
        if status is not allowed:
            with pytest.raises(Transition) as refused:
                act(verb, meeting, settlement, at)
            assert refused.value.reason == f"meeting.cannot_{verb}"
            continue
        change = act(verb, meeting, settlement, at)
        assert change.before is meeting
        same = reached is COMPLETED and status is COMPLETED and settlement == money
        status, money = reached, settlement if reached is COMPLETED else NO_MONEY
        assert change.is_empty is same
        assert len(change.events) == (0 if same else 1)
        assert change.after.version == meeting.version + (0 if same else 1)
        meeting = change.after
        assert (meeting.status, meeting.money) == (status, money)
        assert meeting.profit.agorot == money.revenue.agorot - money.employer_cost.agorot
        assert (meeting.completed_at is not None) is (status is COMPLETED)


@given(money=settlements, hours=st.integers(1, 1000))
def test_reopening_undoes_completing(money: Settlement, hours: int) -> None:
    """R-MEET-2: completed → scheduled, and all but the version is as it was."""
    before = a_meeting()
    at = AT + timedelta(hours=hours)
    after = reopen(complete(before, money, at=at).after, at=at).after
    assert after.version == 3
    assert attrs.evolve(after, version=before.version, updated_at=before.updated_at) == before


# --- daily pay -----------------------------------------------------------------------------

TEACHER: dict[str, Any] = {"id": OWN, "name": "Dana", "created_at": AT, "updated_at": AT}


def a_daily_cycle(rate: Money) -> Cycle:
    return Cycle(
        id=CYCLE,
        name="Robots",
        course_id=CourseId(UUID(int=2)),
        branch_id=BranchId(UUID(int=3)),
        instructor_id=OWN,
        type=CycleType.PRIVATE,
        start_date=DAY,
        day_of_week=DayOfWeek.TUESDAY,
        start_time=time(16),
        end_time=time(17),
        total_meetings=10,
        instructor_payment_mode=PaymentMode.DAILY,
        instructor_daily_rate=rate,
        created_at=AT,
        updated_at=AT,
    )


@st.composite
def days_of_meetings(draw: st.DrawFn) -> list[Meeting]:
    """The meetings of one cycle and date: times may tie, numbers do not; some by a substitute."""
    count = draw(st.integers(1, 6))
    numbers = draw(st.permutations(range(1, count + 1)))
    return [
        a_meeting(
            id=MeetingId(UUID(int=100 + k)),
            number=number,
            slot=TimeSlot(time(start), time(start + 1)),
            instructor_id=draw(st.sampled_from([OWN, OWN, OWN, SUBSTITUTE])),
        )
        for k, number in enumerate(numbers)
        for start in [draw(st.integers(8, 11))]
    ]


@given(
    day=days_of_meetings(),
    steps=st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["complete", "complete", "reopen", "delete"])),
        max_size=25,
    ),
    employment=st.sampled_from(EmploymentType),
)
def test_exactly_one_meeting_of_the_date_carries_the_daily_rate(
    day: list[Meeting], steps: list[tuple[int, str]], employment: EmploymentType
) -> None:
    """R-PAY-3: in any order of completing, reopening and deleting, the first carries it."""
    cycle = a_daily_cycle(Money.of("600.00"))
    teacher = Instructor(**TEACHER, employment_type=employment, rate_frontal=Money.of("100.00"))
    cost = Decimal("780.00") if employment is EmploymentType.EMPLOYEE else Decimal("600.00")
    for n, (which, verb) in enumerate(steps, start=1):
        at = AT + timedelta(hours=n)
        spot = which % len(day)
        before = day[spot]
        left_by = before if carrier_of(day) is before else None
        if before.deleted_at is not None:
            continue
        if verb == "complete" and before.status is SCHEDULED:
            given_inputs = PayInputs.of(cycle, before, teacher, carrier=carrier_of(day))
            earned = Figure(Net.of("1000.00"), (Line("revenue", Net.of("1000.00"), "R-REV-5"),))
            day[spot] = complete(before, settled(earned, given_inputs), at=at).after
        elif verb == "reopen" and before.status is COMPLETED:
            day[spot] = reopen(before, at=at).after
        elif verb == "delete":
            day[spot] = before.changed(at, deleted_at=at)
        for change in carry(day, at=at, left_by=left_by):
            (place,) = (k for k, meeting in enumerate(day) if meeting is change.before)
            day[place] = change.after
        assert carry(day, at=at) == [], "settled once is settled"

        live = [m for m in day if m.status is COMPLETED and m.deleted_at is None]
        own = sorted(
            (m for m in live if m.instructor_id == OWN),
            key=lambda m: (m.start_time, m.number or 0),
        )
        assert [m.instructor_payment.amount for m in own[:1]] == [Decimal(600)] * len(own[:1])
        assert [m.employer_cost.amount for m in own[:1]] == [cost] * len(own[:1])
        assert all(m.money.instructor_payment == Money(0) for m in own[1:])
        assert all(m.employer_cost == Money(0) for m in own[1:])
        assert carrier_of(day) is (own[0] if own else None)
        for meeting in live:
            assert meeting.profit == Money.of("1000.00") - meeting.employer_cost
            closing = meeting.explanation[-1]
            assert (closing.rule, closing.amount) == ("R-PAY-5", meeting.profit)
            assert meeting.explanation[0].text == "revenue"
            if meeting.instructor_id == SUBSTITUTE:
                assert meeting.pay_basis is PayBasis.HOURLY
                assert meeting.instructor_payment == Money.of("100.00")
