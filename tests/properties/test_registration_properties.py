"""R-REG-1, R-REG-2, R-REG-4 as properties: places, uniqueness and the payment status."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.cycle import Cycle
from haitech_domain.errors import DomainError
from haitech_domain.ids import RegistrationId, StudentId
from haitech_domain.money import Money
from haitech_domain.registration import (
    PaymentContradicts,
    PaymentStatus,
    Registration,
    RegistrationStatus,
    amend,
    payment_status,
    register,
    take_back,
)
from haitech_domain.testing import strategies
from haitech_domain.testing.builders import MADE, SUNDAY, a_cycle, an_id, gone

PLACES = st.none() | st.integers(1, 4)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["join", "delete", "restore", *RegistrationStatus]), st.integers(0, 5)
    ),
    max_size=30,
)


def _step(cycle: Cycle, rows: dict[Any, Registration], what: str, number: int) -> Registration:
    """One act on a cycle's registrations: of a student, or on the one so far down the list."""
    present = [row for row in rows.values() if row.deleted_at is None]
    deleted = [row for row in rows.values() if row.deleted_at is not None]
    if what == "join":
        return register(
            id=RegistrationId(an_id()),
            student_id=StudentId(UUID(int=number)),
            cycle=cycle,
            present=present,
            today=SUNDAY,
            at=MADE,
        ).after
    if what == "restore":
        chosen = deleted[number % len(deleted)]
        return take_back(chosen, cycle=cycle, present=present, at=MADE).after
    chosen = present[number % len(present)]
    if what == "delete":
        return gone(chosen)
    return amend(chosen, cycle=cycle, today=SUNDAY, at=MADE, status=what).after


@given(PLACES, STEPS)
def test_whatever_is_done_places_and_uniqueness_hold(
    places: int | None, steps: list[tuple[str, int]]
) -> None:
    """R-REG-1, R-REG-2: by joining, deleting, restoring and every change of status."""
    cycle = a_cycle(max_students=places)
    rows: dict[Any, Registration] = {}
    for what, number in steps:
        with suppress(DomainError, ZeroDivisionError):  # nothing there to act on, or refused
            row = _step(cycle, rows, what, number)
            rows[row.id] = row
        live = [row.student_id for row in rows.values() if row.is_live]
        assert len(live) == len(set(live))
        assert places is None or len(live) <= places


@given(st.none() | strategies.prices(), strategies.prices())
def test_the_payment_status_is_one_of_three_by_the_figures_alone(
    price: Money | None, paid: Money
) -> None:
    """R-REG-4."""
    status = payment_status(price, paid)
    if price is None:
        assert status is (PaymentStatus.PARTIAL if paid else PaymentStatus.UNPAID)
    elif paid >= price:
        assert status is PaymentStatus.PAID
    else:
        assert status is (PaymentStatus.PARTIAL if paid else PaymentStatus.UNPAID)


@given(st.none() | strategies.prices(), strategies.prices(), strategies.prices())
def test_paying_more_never_worsens_the_status(
    price: Money | None, paid: Money, more: Money
) -> None:
    """R-REG-4: unpaid, partial, paid, in this order."""
    order = list(PaymentStatus)
    before, after = payment_status(price, paid), payment_status(price, paid + more)
    assert order.index(before) <= order.index(after)


@given(strategies.registrations(), st.sampled_from(PaymentStatus))
def test_a_stated_status_changes_nothing_and_contradicts_or_not(
    registration: Registration, stated: PaymentStatus
) -> None:
    """R-REG-4: what is stated is compared, never stored."""
    asked: dict[str, Any] = {
        "cycle": a_cycle(),
        "today": SUNDAY,
        "at": MADE,
        "payment_status": stated,
    }
    if stated is registration.payment_status:
        assert amend(registration, **asked).is_empty
    else:
        with pytest.raises(PaymentContradicts):
            amend(registration, **asked)
