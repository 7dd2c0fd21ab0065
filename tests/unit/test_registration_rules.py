"""R-REG-1…3 and the cascade of R-CYC-2, R-CYC-3: who joins a cycle, and how they follow it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest

from haitech_domain.calendar import DayOfWeek
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle, CycleStatus, CycleType
from haitech_domain.errors import DomainError, Invalid, Kind
from haitech_domain.ids import (
    BranchId,
    CourseId,
    CycleId,
    InstructorId,
    RegistrationId,
    StudentId,
)
from haitech_domain.money import Money
from haitech_domain.registration import (
    AlreadyRegistered,
    CapacityPolicy,
    CycleFull,
    CycleTakesNoRegistrations,
    PaymentMethod,
    Registration,
    RegistrationCancelled,
    RegistrationCompleted,
    RegistrationCreated,
    RegistrationStatus,
    RegistrationUpdated,
    cancel_with_cycle,
    complete_with_cycle,
    register,
    undo_cascade,
)

AT = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 2, 3, 14, tzinfo=UTC)
TODAY = date(2026, 2, 3)
CYCLE, DANA = CycleId(UUID(int=1)), StudentId(UUID(int=7))
REGISTERED, ACTIVE, TRIAL, COMPLETED, CANCELLED = RegistrationStatus


def a_cycle(**facts: Any) -> Cycle:
    given = {
        "id": CYCLE,
        "name": "Robots",
        "course_id": CourseId(UUID(int=2)),
        "branch_id": BranchId(UUID(int=3)),
        "instructor_id": InstructorId(UUID(int=4)),
        "type": CycleType.PRIVATE,
        "start_date": TODAY,
        "day_of_week": DayOfWeek.TUESDAY,
        "start_time": time(16),
        "end_time": time(17, 30),
        "total_meetings": 10,
        "created_at": AT,
        "updated_at": AT,
    }
    return Cycle(**{**given, **facts})


def a_registration(student: int = 8, **facts: Any) -> Registration:
    given = {
        "id": RegistrationId(UUID(int=100 + student)),
        "student_id": StudentId(UUID(int=student)),
        "cycle_id": CYCLE,
        "registration_date": TODAY,
        "created_at": AT,
        "updated_at": AT,
    }
    return Registration(**{**given, **facts})


def joining(cycle: Cycle, *present: Registration, **facts: Any) -> Change[Registration]:
    return register(
        id=RegistrationId(UUID(int=99)),
        student_id=DANA,
        cycle=cycle,
        present=present,
        today=TODAY,
        at=NOW,
        **facts,
    )


def test_a_registration_begins_registered_today() -> None:
    """R-REG-1: a student in a cycle, told by `registration.created`."""
    change = joining(a_cycle())
    made = change.after
    assert (made.student_id, made.cycle_id, made.status) == (DANA, CYCLE, REGISTERED)
    assert (made.registration_date, made.created_at, made.updated_at) == (TODAY, NOW, NOW)
    assert (change.before, change.action) == (None, "create")
    assert change.events == (
        RegistrationCreated(at=NOW, registration_id=made.id, student_id=DANA, cycle_id=CYCLE),
    )


def test_a_registration_takes_what_it_is_given() -> None:
    """R-REG-1: method, link, notes and another date."""
    made = joining(
        a_cycle(),
        status=TRIAL,
        registration_date="2026-01-15",
        payment_method="cash",
        invoice_link="https://i.example/1",
        notes="sits in front",
    ).after
    assert (made.status, made.registration_date) == (TRIAL, date(2026, 1, 15))
    assert made.payment_method is PaymentMethod.CASH
    assert (made.invoice_link, made.notes) == ("https://i.example/1", "sits in front")


@pytest.mark.parametrize(
    ("given", "default", "price"),
    [
        ("90.00", "100.00", "90.00"),
        ("0.00", "100.00", "0.00"),
        (None, "100.00", "100.00"),
        (None, "0.00", "0.00"),
        (None, None, None),
        ("90.00", None, "90.00"),
    ],
)
def test_the_price_is_the_given_one_else_the_cycles_else_unset(
    given: str | None, default: str | None, price: str | None
) -> None:
    """R-REG-3: the given amount, else the cycle's default registration amount, else unset."""
    made = joining(
        a_cycle(default_registration_amount=default),
        amount=None if given is None else Money.of(given),
    ).after
    assert made.amount == (None if price is None else Money.of(price))


@pytest.mark.parametrize("status", [COMPLETED, CANCELLED])
def test_a_registration_does_not_begin_ended(status: RegistrationStatus) -> None:
    """R-REG-1: registered, active or trial at first."""
    with pytest.raises(
        Invalid, match="must be one of registered, active, trial at first"
    ) as refused:
        joining(a_cycle(), status=status)
    assert refused.value.problems[0].field == "status"


def test_an_unknown_status_is_refused_like_any_bad_value() -> None:
    """R-REG-1: by the domain, not by a bare ValueError."""
    with pytest.raises(DomainError):
        joining(a_cycle(), status="enrolled")


@pytest.mark.parametrize("status", list(RegistrationStatus))
def test_a_student_has_one_live_registration_per_cycle(status: RegistrationStatus) -> None:
    """R-REG-1: after a cancellation a new one may be made; history stays."""
    there = a_registration(7, status=status)
    live = status in {REGISTERED, ACTIVE, TRIAL}
    assert (status.is_live, there.is_live) == (live, live)
    if not live:
        assert joining(a_cycle(), there).after.status is REGISTERED
        return
    with pytest.raises(AlreadyRegistered) as refused:
        joining(a_cycle(), there)
    assert refused.value.reason == "registration.exists"
    assert refused.value.kind is Kind.CONFLICT
    assert (refused.value.student_id, refused.value.registration_id) == (DANA, there.id)
    assert str(refused.value) == "this student already has a live registration in this cycle"
    assert joining(a_cycle(), a_registration(7, status=status, deleted_at=AT)).events


@pytest.mark.parametrize("status", [CycleStatus.COMPLETED, CycleStatus.CANCELLED])
def test_only_an_active_cycle_takes_registrations(status: CycleStatus) -> None:
    """R-REG-2."""
    with pytest.raises(CycleTakesNoRegistrations) as refused:
        joining(a_cycle(status=status))
    assert refused.value.reason == "registration.cycle_not_active"
    assert str(refused.value) == (
        f"cycle Robots is {status.value}; only an active cycle takes registrations"
    )


def test_a_full_cycle_takes_nobody() -> None:
    """R-REG-2: `max_students` counts live registrations."""
    present = [
        a_registration(10, status=REGISTERED),
        a_registration(11, status=ACTIVE),
        a_registration(12, status=TRIAL),
        a_registration(13, status=CANCELLED),
        a_registration(14, status=COMPLETED),
        a_registration(15, deleted_at=AT),
    ]
    with pytest.raises(CycleFull) as refused:
        joining(a_cycle(max_students=3), *present)
    assert refused.value.reason == "cycle.full"
    assert refused.value.kind is Kind.CONFLICT
    assert str(refused.value) == "cycle Robots is full: 3 of 3 places are taken"
    assert joining(a_cycle(max_students=4), *present).events
    assert joining(a_cycle(max_students=None), *present).events


def test_a_cycle_over_its_limit_stays_full() -> None:
    """R-REG-2: also where the limit was lowered below those present."""
    with pytest.raises(CycleFull, match="2 of 1 places"):
        joining(a_cycle(max_students=1), a_registration(10), a_registration(11))


def test_a_school_may_ask_its_own_questions() -> None:
    """R-REG-2: policies are replaceable."""
    full = a_cycle(max_students=1, status=CycleStatus.COMPLETED)
    assert joining(full, a_registration(7), policies=()).after.status is REGISTERED
    with pytest.raises(CycleFull):
        joining(full, a_registration(7), policies=[CapacityPolicy()])


# --- the cascade ---------------------------------------------------------------------------


def ended(
    registration: Registration, by: CycleStatus, *, today: date = TODAY, at: datetime = NOW
) -> Change[Registration]:
    """What the end of its cycle does to a registration."""
    if by is CycleStatus.CANCELLED:
        return cancel_with_cycle(registration, today=today, at=at)
    return complete_with_cycle(registration, at=at)


@pytest.mark.parametrize("status", [REGISTERED, ACTIVE, TRIAL])
def test_cancelling_a_cycle_cancels_its_live_registrations(status: RegistrationStatus) -> None:
    """R-CYC-3: cancelling cancels its live registrations, with date and reason (R-REG-5)."""
    before = a_registration(status=status, amount="100.00")
    change = ended(before, CycleStatus.CANCELLED)
    after = change.after
    assert (after.status, after.before_cascade) == (CANCELLED, status)
    assert (after.cancellation_date, after.cancellation_reason) == (TODAY, "cycle cancelled")
    assert (after.amount, change.action) == (Money.of("100.00"), "cancel")
    (event,) = change.events
    assert type(event) is RegistrationCancelled
    assert (event.cancellation_reason, event.registration_id) == ("cycle cancelled", before.id)
    assert (event.student_id, event.cycle_id, event.at) == (before.student_id, CYCLE, NOW)


def test_the_date_of_a_cascade_is_that_of_the_wall_clock() -> None:
    """R-CYC-3: dates are civil, in Asia/Jerusalem: 22:30 UTC on the 3rd is 00:30 on the 4th."""
    late = datetime(2026, 2, 3, 22, 30, tzinfo=UTC)
    civil = date(2026, 2, 4)
    after = ended(a_registration(), CycleStatus.CANCELLED, today=civil, at=late).after
    assert after.cancellation_date == date(2026, 2, 4)


@pytest.mark.parametrize("status", [REGISTERED, ACTIVE])
def test_completing_a_cycle_completes_its_registrations(status: RegistrationStatus) -> None:
    """R-CYC-2: its `registered` and `active` registrations become `completed`."""
    before = a_registration(status=status)
    change = ended(before, CycleStatus.COMPLETED)
    assert (change.after.status, change.after.before_cascade) == (COMPLETED, status)
    assert (change.after.cancellation_date, change.action) == (None, "complete")
    assert [type(event) for event in change.events] == [RegistrationCompleted]


@pytest.mark.parametrize(
    ("registration", "cycle"),
    [
        (TRIAL, CycleStatus.COMPLETED),
        (COMPLETED, CycleStatus.COMPLETED),
        (CANCELLED, CycleStatus.COMPLETED),
        (COMPLETED, CycleStatus.CANCELLED),
        (CANCELLED, CycleStatus.CANCELLED),
    ],
)
def test_what_the_end_does_not_concern_stays(
    registration: RegistrationStatus, cycle: CycleStatus
) -> None:
    """R-CYC-2: exactly `registered` and `active` complete; only live ones are cancelled."""
    change = ended(a_registration(status=registration), cycle)
    assert change.is_empty
    assert change.events == ()
    deleted = a_registration(status=ACTIVE, deleted_at=AT)
    assert ended(deleted, cycle).is_empty


@pytest.mark.parametrize("by", [CycleStatus.COMPLETED, CycleStatus.CANCELLED])
def test_reopening_a_cycle_brings_its_registrations_back(by: CycleStatus) -> None:
    """R-CYC-3: undoes exactly its own cascade."""
    before = a_registration(status=ACTIVE)
    after = ended(before, by).after
    change = undo_cascade(after, by, at=NOW)
    assert (change.after.status, change.after.before_cascade) == (ACTIVE, None)
    assert (change.after.cancellation_date, change.after.cancellation_reason) == (None, None)
    assert (change.action, change.after.version) == ("reopen", 3)
    (event,) = change.events
    assert type(event) is RegistrationUpdated
    assert event.fields == ("status",)


def test_a_cancellation_by_hand_outlives_the_cycle() -> None:
    """R-CYC-3: only its own cascade is undone, not what somebody decided meanwhile."""
    completed = ended(a_registration(), CycleStatus.COMPLETED).after
    by_hand = completed.changed(
        NOW, status=CANCELLED, cancellation_date=TODAY, cancellation_reason="refunded"
    )
    after = undo_cascade(by_hand, CycleStatus.COMPLETED, at=NOW).after
    assert (after.status, after.cancellation_reason) == (CANCELLED, "refunded")
