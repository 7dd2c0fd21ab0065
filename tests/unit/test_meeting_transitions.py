"""R-MEET-1…8: the status of a meeting and its money, verb by verb."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import attrs
import pytest

from haitech_domain.calendar import TimeSlot, civil
from haitech_domain.change import Transition
from haitech_domain.cycle import ActivityType, Tally
from haitech_domain.errors import DomainError, Invalid, Kind
from haitech_domain.explanation import Line
from haitech_domain.ids import CycleId, InstructorId, MeetingId
from haitech_domain.meeting import (
    CompletionWindow,
    Meeting,
    MeetingCancelled,
    MeetingCompleted,
    MeetingCreated,
    MeetingIsFixed,
    MeetingNature,
    MeetingPostponed,
    MeetingReopened,
    MeetingStatus,
    MeetingUpdated,
    OutsideWindow,
    PayBasis,
    Settlement,
    amend,
    cancel,
    complete,
    hand_over,
    in_order,
    postpone,
    recalculate,
    reopen,
    restore,
    schedule,
    tally,
)
from haitech_domain.meeting.entity import NO_MONEY
from haitech_domain.money import Money, Net

AT = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 2, 3, 14, 30, tzinfo=UTC)
DAY, LATER = date(2026, 2, 3), date(2026, 2, 10)
SLOT = TimeSlot(time(16), time(17, 30))
NEW_ID = MeetingId(UUID(int=99))
MONEY = Settlement(
    revenue=Net.of("200.00"),
    instructor_payment=Money.of("125.00"),
    employer_cost=Money.of("162.50"),
    basis=PayBasis.HOURLY,
    explanation=(Line("because", Money(0), "R-REV-6"),),
)
SCHEDULED, COMPLETED, CANCELLED, POSTPONED = MeetingStatus
STATUSES = list(MeetingStatus)


def a_meeting(status: MeetingStatus = SCHEDULED, **facts: Any) -> Meeting:
    money = MONEY if status is COMPLETED else NO_MONEY
    given = {
        "id": MeetingId(UUID(int=50)),
        "cycle_id": CycleId(UUID(int=1)),
        "instructor_id": InstructorId(UUID(int=4)),
        "scheduled_date": DAY,
        "start_time": SLOT.start,
        "end_time": SLOT.end,
        "number": 3,
        "status": status,
        "created_at": AT,
        "updated_at": AT,
        **money.as_fields(),
    }
    return Meeting(**{**given, **facts})


VERBS: dict[str, tuple[MeetingStatus, Callable[[Meeting], object]]] = {
    "complete": (SCHEDULED, lambda m: complete(m, MONEY, at=NOW)),
    "cancel": (SCHEDULED, lambda m: cancel(m, at=NOW)),
    "postpone": (
        SCHEDULED,
        lambda m: postpone(m, replacement_id=NEW_ID, day=LATER, slot=SLOT, at=NOW),
    ),
    "reopen": (COMPLETED, lambda m: reopen(m, at=NOW)),
    "restore": (CANCELLED, lambda m: restore(m, number=3, at=NOW)),
    "recalculate": (COMPLETED, lambda m: recalculate(m, MONEY, at=NOW)),
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_works_from_its_one_status_and_is_refused_by_name_from_others(
    verb: str, status: MeetingStatus
) -> None:
    """R-MEET-2: scheduled → completed, cancelled, postponed; completed and cancelled → scheduled.

    R-MEET-6 goes with it: only a completed meeting is recalculated.
    """
    allowed, act = VERBS[verb]
    if status is allowed:
        act(a_meeting(status))
        return
    with pytest.raises(Transition) as refused:
        act(a_meeting(status))
    assert refused.value.reason == f"meeting.cannot_{verb}"
    assert refused.value.kind is Kind.CONFLICT
    assert str(refused.value) == (
        f"this meeting is {status.value}; to {verb} it, it must be {allowed.value}"
    )


def money_of(meeting: Meeting) -> tuple[str, str, str, str]:
    amounts = (
        meeting.revenue,
        meeting.instructor_payment,
        meeting.employer_cost,
        meeting.profit,
    )
    return tuple(map(str, amounts))  # type: ignore[return-value]


def facts_of_meeting(event: object) -> tuple[object, ...]:
    names = (
        "meeting_id",
        "cycle_id",
        "instructor_id",
        "scheduled_date",
        "start_time",
        "end_time",
        "at",
    )
    return tuple(getattr(event, name) for name in names)


def expected_facts(meeting: Meeting) -> tuple[object, ...]:
    return (
        meeting.id,
        meeting.cycle_id,
        meeting.instructor_id,
        meeting.scheduled_date,
        meeting.start_time,
        meeting.end_time,
        NOW,
    )


def test_scheduling_makes_a_meeting_without_money() -> None:
    """R-MEET-3: a new meeting is scheduled, with its number and no money."""
    made = schedule(
        id=NEW_ID,
        cycle_id=CycleId(UUID(int=1)),
        number=7,
        instructor_id=InstructorId(UUID(int=4)),
        day=DAY,
        slot=SLOT,
        at=NOW,
        nature=MeetingNature.NO_REVENUE,
        activity_type=ActivityType.ONLINE,
        topic="loops",
        notes="bring cables",
    )
    meeting = made.after
    assert made.before is None
    assert made.action == "create"
    assert (meeting.id, meeting.number, meeting.status) == (NEW_ID, 7, SCHEDULED)
    assert (meeting.slot, meeting.scheduled_date) == (SLOT, DAY)
    assert (meeting.nature, meeting.activity_type) == (
        MeetingNature.NO_REVENUE,
        ActivityType.ONLINE,
    )
    assert (meeting.topic, meeting.notes) == ("loops", "bring cables")
    assert meeting.money == NO_MONEY
    assert (meeting.created_at, meeting.updated_at, meeting.version) == (NOW, NOW, 1)
    (event,) = made.events
    assert type(event) is MeetingCreated
    assert facts_of_meeting(event) == expected_facts(meeting)


def test_completing_fixes_the_money_of_the_moment() -> None:
    """R-MEET-3: revenue, pay, cost and profit as a snapshot with its explanation."""
    before = a_meeting()
    change = complete(before, MONEY, at=NOW, topic="loops", notes="all came")
    after = change.after
    assert after.status is COMPLETED
    assert money_of(after) == ("200.00", "125.00", "162.50", "37.50")
    assert (after.pay_basis, after.explanation) == (PayBasis.HOURLY, MONEY.explanation)
    assert after.money == MONEY
    assert (after.completed_at, after.updated_at, after.version) == (NOW, NOW, 2)
    assert (after.topic, after.notes) == ("loops", "all came")
    assert (change.before, change.action) == (before, "complete")
    (event,) = change.events
    assert type(event) is MeetingCompleted
    assert facts_of_meeting(event) == expected_facts(after)
    assert (event.revenue, event.instructor_payment) == (after.revenue, after.instructor_payment)
    assert (event.employer_cost, event.profit) == (after.employer_cost, after.profit)


@pytest.mark.parametrize("with_cycle", [True, False])
def test_cancelling_leaves_no_money_and_keeps_the_reason(*, with_cycle: bool) -> None:
    """R-MEET-3: cancelling sets the money to 0; R-CYC-3: the cascade is marked."""
    before = a_meeting()
    change = cancel(before, at=NOW, reason="rain", with_cycle=with_cycle)
    after = change.after
    assert (after.status, after.money) == (CANCELLED, NO_MONEY)
    assert (after.cancellation_reason, after.cancelled_with_cycle) == ("rain", with_cycle)
    assert change.action == "cancel"
    (event,) = change.events
    assert type(event) is MeetingCancelled
    assert event.cancellation_reason == "rain"
    assert facts_of_meeting(event) == expected_facts(after)
    plain = cancel(before, at=NOW).after
    assert (plain.cancellation_reason, plain.cancelled_with_cycle) == (None, False)


def test_postponing_makes_a_replacement_linked_both_ways() -> None:
    """R-MEET-5: same number, instructor, activity, nature and topic."""
    before = a_meeting(
        activity_type=ActivityType.PRIVATE_LESSON,
        nature=MeetingNature.NO_REVENUE,
        topic="loops",
        notes="old notes",
    )
    later = TimeSlot(time(9), time(10))
    old, new = postpone(
        before,
        replacement_id=NEW_ID,
        day=LATER,
        slot=later,
        at=NOW,
        conflict_override=True,
        notes="teacher ill",
    )
    assert (old.after.status, old.after.money) == (POSTPONED, NO_MONEY)
    assert (old.after.rescheduled_to_id, new.after.rescheduled_from_id) == (NEW_ID, before.id)
    assert (old.after.notes, old.action) == ("teacher ill", "postpone")
    for name in ("number", "instructor_id", "activity_type", "nature", "topic", "cycle_id"):
        assert getattr(new.after, name) == getattr(before, name), name
    assert (new.after.id, new.after.status, new.after.money) == (NEW_ID, SCHEDULED, NO_MONEY)
    assert (new.after.scheduled_date, new.after.slot) == (LATER, later)
    assert new.after.conflict_override is True
    assert new.after.notes is None
    (postponed,), (created,) = old.events, new.events
    assert type(postponed) is MeetingPostponed
    assert (postponed.replacement_id, postponed.new_date) == (NEW_ID, LATER)
    assert facts_of_meeting(postponed) == expected_facts(before)
    assert type(created) is MeetingCreated
    quiet, replacement = postpone(before, replacement_id=NEW_ID, day=LATER, slot=later, at=NOW)
    assert quiet.after.notes == "old notes"
    assert replacement.after.conflict_override is False


def test_reopening_takes_the_money_away() -> None:
    """R-MEET-3: reopening sets revenue, pay, cost and profit to 0."""
    before = a_meeting(COMPLETED, completed_at=AT)
    change = reopen(before, at=NOW)
    after = change.after
    assert (after.status, after.money, after.completed_at) == (SCHEDULED, NO_MONEY, None)
    assert after.number == before.number
    assert change.action == "reopen"
    (event,) = change.events
    assert type(event) is MeetingReopened
    assert facts_of_meeting(event) == expected_facts(after)


def test_restoring_takes_the_number_it_is_given() -> None:
    """R-MEET-2: cancelled → scheduled; a free number if its own is taken."""
    before = a_meeting(CANCELLED, cancellation_reason="rain", cancelled_with_cycle=True)
    change = restore(before, number=8, at=NOW, conflict_override=True)
    after = change.after
    assert (after.status, after.number, after.money) == (SCHEDULED, 8, NO_MONEY)
    assert (after.cancellation_reason, after.cancelled_with_cycle) == (None, False)
    assert after.conflict_override is True
    assert change.action == "restore"
    assert [type(event) for event in change.events] == [MeetingReopened]
    assert restore(before, number=3, at=NOW).after.conflict_override is False


def test_recalculating_applies_todays_inputs() -> None:
    """R-MEET-6: and reports old and new; the same inputs change nothing."""
    before = a_meeting(COMPLETED, completed_at=AT)
    dearer = attrs.evolve(MONEY, instructor_payment=Money.of("130.00"))
    change = recalculate(before, dearer, at=NOW)
    assert change.after.status is COMPLETED
    assert change.after.completed_at == AT
    assert (change.before, change.action) == (before, "recalculate")
    assert money_of(change.after) == ("200.00", "130.00", "162.50", "37.50")
    (event,) = change.events
    assert type(event) is MeetingUpdated
    assert event.fields == ("instructor_payment",)
    same = recalculate(before, MONEY, at=NOW)
    assert same.is_empty
    assert same.events == ()


# --- handing over --------------------------------------------------------------------------


@pytest.mark.parametrize("with_cycle", [True, False])
@pytest.mark.parametrize("status", STATUSES)
def test_what_is_still_to_be_held_is_handed_over(
    status: MeetingStatus, *, with_cycle: bool
) -> None:
    """R-CYC-9: scheduled ones, and those that only the end of their cycle cancelled."""
    to = InstructorId(UUID(int=5))
    meeting = a_meeting(status, cancelled_with_cycle=with_cycle and status is CANCELLED)
    if status is SCHEDULED or meeting.cancelled_with_cycle:
        change = hand_over(meeting, to, at=NOW, conflict_override=True)
        assert (change.after.instructor_id, change.after.status) == (to, status)
        assert change.after.conflict_override
        [event] = change.events
        assert isinstance(event, MeetingUpdated)
        assert event.fields == ("instructor_id", "conflict_override")
    else:
        with pytest.raises(MeetingIsFixed):
            hand_over(meeting, to, at=NOW)


# --- amending ------------------------------------------------------------------------------

FIXED = {
    "scheduled_date": LATER,
    "start_time": time(15),
    "end_time": time(18),
    "instructor_id": InstructorId(UUID(int=5)),
    "activity_type": ActivityType.ONLINE,
    "nature": MeetingNature.NO_REVENUE,
}
FREE = {"topic": "loops", "notes": "all came", "recording_url": "https://v.example/1"}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("field", FIXED)
def test_time_instructor_activity_and_nature_change_only_while_scheduled(
    field: str, status: MeetingStatus
) -> None:
    """R-MEET-8: time, date, instructor, activity and nature change only while scheduled."""
    meeting = a_meeting(status)
    if status is SCHEDULED:
        change = amend(meeting, at=NOW, **{field: FIXED[field]})
        assert getattr(change.after, field) == FIXED[field]
        return
    with pytest.raises(MeetingIsFixed) as refused:
        amend(meeting, at=NOW, **{field: FIXED[field]})
    assert (refused.value.fields, refused.value.status) == ((field,), status)
    assert refused.value.reason == "meeting.is_fixed"
    assert str(refused.value) == (
        f"these change only while a meeting is scheduled; this one is {status.value}"
    )
    assert [p.field for p in refused.value.problems] == [field]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("field", FREE)
def test_notes_and_topic_change_always(field: str, status: MeetingStatus) -> None:
    """R-MEET-8: notes and topic always; the money stays."""
    meeting = a_meeting(status)
    change = amend(meeting, at=NOW, **{field: FREE[field]})
    assert getattr(change.after, field) == FREE[field]
    assert change.after.money == meeting.money
    assert (change.action, change.after.version) == ("update", 2)
    (event,) = change.events
    assert type(event) is MeetingUpdated
    assert event.fields == (field,)


def test_every_fixed_field_that_differs_is_named() -> None:
    """R-MEET-8: refused with all the fields, in a stable order; repeating a value is none."""
    meeting = a_meeting(COMPLETED)
    with pytest.raises(MeetingIsFixed) as refused:
        amend(meeting, at=NOW, notes="x", start_time="15:00", scheduled_date=LATER)
    assert refused.value.fields == ("scheduled_date", "start_time")
    assert [p.field for p in refused.value.problems] == ["scheduled_date", "start_time"]
    same = amend(meeting, at=NOW, start_time="16:00", scheduled_date=DAY)
    assert same.is_empty
    assert same.after is meeting
    assert same.events == ()


def test_an_amended_meeting_obeys_its_rules() -> None:
    """R-MEET-1: also when it is moved."""
    with pytest.raises(Invalid) as refused:
        amend(a_meeting(), at=NOW, start_time=time(18))
    assert refused.value.reason == "time.order"
    amended = amend(a_meeting(), at=NOW, start_time="16:15", notes="late")
    assert amended.after.start_time == time(16, 15)
    (event,) = amended.events
    assert type(event) is MeetingUpdated
    assert event.fields == ("start_time", "notes")


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (SCHEDULED, {"status": CANCELLED}),
        (SCHEDULED, {"status": COMPLETED}),
        (CANCELLED, {"status": SCHEDULED}),
        (POSTPONED, {"status": SCHEDULED}),
        (COMPLETED, {"revenue": Net.of("300.00"), "profit": Money.of("137.50")}),
        (COMPLETED, {"instructor_payment": Money.of("1.00")}),
        (COMPLETED, {"explanation": ()}),
    ],
)
def test_amending_touches_neither_status_nor_money(
    status: MeetingStatus, changes: dict[str, Any]
) -> None:
    """R-MEET-3: no code path sets a status without its money; R-MEET-8: only through its verbs."""
    before = a_meeting(status)
    try:
        after = amend(before, at=NOW, **changes).after
    except (DomainError, TypeError):  # which refusal is the domain's choice
        return
    assert (after.status, after.money) == (before.status, before.money)


# --- the entity's own rules ----------------------------------------------------------------


@pytest.mark.parametrize("status", [SCHEDULED, CANCELLED, POSTPONED])
def test_only_a_completed_meeting_has_money(status: MeetingStatus) -> None:
    """R-MEET-3: money without completion cannot be made."""
    with pytest.raises(Invalid) as refused:
        a_meeting(status, **MONEY.as_fields())
    assert refused.value.reason == "meeting.money"
    assert str(refused.value) == f"Invalid input: revenue: a {status.value} meeting has no money"


def test_profit_is_revenue_less_cost() -> None:
    """R-PAY-5: a meeting with another profit cannot be made."""
    with pytest.raises(Invalid) as refused:
        a_meeting(COMPLETED, profit=Money.of("37.51"))
    assert refused.value.problems[0].field == "profit"
    assert refused.value.problems[0].message == "is revenue less employer cost"
    assert refused.value.reason == "meeting.profit"


@pytest.mark.parametrize("field", ["instructor_payment", "employer_cost"])
def test_a_meeting_with_negative_pay_cannot_be_made(field: str) -> None:
    """R-PAY-6: pay and cost are never negative."""
    with pytest.raises(Invalid) as refused:
        a_meeting(COMPLETED, **{field: Money(-1)})
    assert refused.value.problems[0].field == field
    assert refused.value.reason == "value.out_of_range"


@pytest.mark.parametrize("status", STATUSES)
def test_a_live_meeting_has_a_number(status: MeetingStatus) -> None:
    """R-SCHED-5: every live meeting of a cycle has its own number; cancelling frees it."""
    live = status in {SCHEDULED, COMPLETED}
    assert status.teaches is live
    if not live:
        assert a_meeting(status, number=None).number is None
        return
    with pytest.raises(Invalid) as refused:
        a_meeting(status, number=None)
    assert refused.value.reason == "meeting.number"
    assert str(refused.value) == f"Invalid input: number: a {status.value} meeting has a number"


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [("16:00", "16:00", "time.order"), ("16:00", "16:04", "time.duration")],
)
def test_a_meeting_ends_after_it_starts(start: str, end: str, reason: str) -> None:
    """R-MEET-1: start < end, 5 minutes to 12 hours."""
    with pytest.raises(Invalid) as refused:
        a_meeting(start_time=start, end_time=end)
    assert refused.value.problems[0].field == "end_time"
    assert refused.value.reason == reason


def test_a_meeting_begins_at_a_civil_moment() -> None:
    """R-SCHED-7: its wall-clock start."""
    assert a_meeting().starts == civil(DAY, time(16))
    assert a_meeting().slot == SLOT


# --- the window of the instructor ----------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "days", "inside"),
    [
        (civil(DAY, time(15, 59)), 1, False),
        (civil(DAY, time(16)), 1, True),
        (civil(date(2026, 2, 4), time(23, 59)), 1, True),
        (civil(date(2026, 2, 5), time(0)), 1, False),
        (civil(DAY, time(23, 59)), 0, True),
        (civil(date(2026, 2, 4), time(0)), 0, False),
        (civil(date(2026, 2, 10), time(23, 59)), 7, True),
    ],
)
def test_an_instructor_reports_from_the_start_to_the_end_of_the_next_day(
    now: datetime, days: int, *, inside: bool
) -> None:
    """R-MEET-4: (setting); outside it `meeting.outside_window`."""
    window = CompletionWindow(days)
    if inside:
        window.check(a_meeting(), now)
        return
    with pytest.raises(OutsideWindow) as refused:
        window.check(a_meeting(), now)
    assert refused.value.reason == "meeting.outside_window"
    assert refused.value.kind is Kind.CONFLICT
    assert refused.value.opens == civil(DAY, time(16))
    assert f"between {refused.value.opens} and {refused.value.closes}" in str(refused.value)


def test_the_window_is_a_day_unless_set() -> None:
    """R-MEET-4: until the end of the following day."""
    assert CompletionWindow() == CompletionWindow(1)


# --- lists and counts ----------------------------------------------------------------------


def test_meetings_are_listed_by_date_start_and_id() -> None:
    """R-CYC-1: one order for lists."""
    a = a_meeting(id=MeetingId(UUID(int=2)))
    b = a_meeting(id=MeetingId(UUID(int=1)))
    c = a_meeting(id=MeetingId(UUID(int=3)), start_time=time(15))
    d = a_meeting(id=MeetingId(UUID(int=4)), scheduled_date=LATER, start_time=time(8))
    assert in_order([d, a, b, c]) == [c, b, a, d]


def test_the_recount_looks_at_live_meetings_only() -> None:
    """R-CYC-1: progress is derived from meetings; R-CYC-4: the last live one's date."""
    meetings = [
        a_meeting(COMPLETED, number=1),
        a_meeting(COMPLETED, number=11, scheduled_date=date(2026, 2, 20)),
        a_meeting(number=2, scheduled_date=LATER),
        a_meeting(number=12, scheduled_date=date(2026, 3, 30), deleted_at=AT),
        a_meeting(CANCELLED, number=40, scheduled_date=date(2026, 3, 20)),
        a_meeting(CANCELLED, number=None),
        a_meeting(POSTPONED, number=3, scheduled_date=date(2026, 3, 27)),
    ]
    assert tally(meetings, 10) == Tally(
        completed=2,
        scheduled=1,
        cancelled=2,
        postponed=1,
        completed_in_plan=1,
        last_day=date(2026, 2, 20),
        highest_number=11,
    )
    assert tally(meetings, 11).completed_in_plan == 2
    assert tally([], 10) == Tally()


def test_a_settlement_fills_every_field_of_money() -> None:
    """R-MEET-3: what a transition writes is all the money there is."""
    assert MONEY.as_fields() == {
        "revenue": Net.of("200.00"),
        "instructor_payment": Money.of("125.00"),
        "employer_cost": Money.of("162.50"),
        "profit": Money.of("37.50"),
        "pay_basis": PayBasis.HOURLY,
        "explanation": MONEY.explanation,
    }
    assert a_meeting(COMPLETED).money == MONEY
