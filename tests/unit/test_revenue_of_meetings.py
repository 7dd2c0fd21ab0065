"""R-REV-1…6: what a meeting earns, every worked example with its exact figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs
import pytest

from haitech_domain.calendar import DayOfWeek
from haitech_domain.cycle import Cycle, CycleType
from haitech_domain.ids import (
    BranchId,
    CourseId,
    CycleId,
    InstructorId,
    MeetingId,
    RegistrationId,
    StudentId,
)
from haitech_domain.meeting import Meeting, MeetingNature
from haitech_domain.money import Money, Net
from haitech_domain.registration import Registration, RegistrationStatus
from haitech_domain.revenue import RevenueInputs, revenue_of
from haitech_domain.vat import NoVatRate, VatSchedule

AT = datetime(2026, 1, 1, tzinfo=UTC)
IN_2026 = date(2026, 2, 3)
FIXED, PER_CHILD, PRIVATE = (
    CycleType.INSTITUTIONAL_FIXED,
    CycleType.INSTITUTIONAL_PER_CHILD,
    CycleType.PRIVATE,
)


def inputs(kind: CycleType, **facts: Any) -> RevenueInputs:
    return RevenueInputs(**{"type": kind, "on": IN_2026, "number": 1, **facts})


def prices(*amounts: str | None) -> tuple[Money | None, ...]:
    return tuple(None if amount is None else Money.of(amount) for amount in amounts)


def shares(count: int, amount: str, total: int, **facts: Any) -> list[str]:
    """What each meeting of a private cycle earns."""
    return [
        str(
            revenue_of(
                inputs(
                    PRIVATE,
                    amounts=prices(*[amount] * count),
                    total_meetings=total,
                    **{**facts, "number": number},
                )
            ).amount
        )
        for number in range(1, total + 1)
    ]


def a_cycle(**facts: Any) -> Cycle:
    given = {
        "id": CycleId(UUID(int=1)),
        "name": "Robots",
        "course_id": CourseId(UUID(int=2)),
        "branch_id": BranchId(UUID(int=3)),
        "instructor_id": InstructorId(UUID(int=4)),
        "type": PRIVATE,
        "start_date": IN_2026,
        "day_of_week": DayOfWeek.TUESDAY,
        "start_time": time(16),
        "end_time": time(17, 30),
        "total_meetings": 10,
        "created_at": AT,
        "updated_at": AT,
    }
    return Cycle(**{**given, **facts})


def a_meeting(**facts: Any) -> Meeting:
    given = {
        "id": MeetingId(UUID(int=50)),
        "cycle_id": CycleId(UUID(int=1)),
        "instructor_id": InstructorId(UUID(int=4)),
        "scheduled_date": IN_2026,
        "start_time": time(16),
        "end_time": time(17, 30),
        "number": 3,
        "created_at": AT,
        "updated_at": AT,
    }
    return Meeting(**{**given, **facts})


def a_registration(number: int, **facts: Any) -> Registration:
    given = {
        "id": RegistrationId(UUID(int=100 + number)),
        "student_id": StudentId(UUID(int=200 + number)),
        "cycle_id": CycleId(UUID(int=1)),
        "registration_date": IN_2026,
        "created_at": AT,
        "updated_at": AT,
    }
    return Registration(**{**given, **facts})


# --- worked examples -----------------------------------------------------------------------


def test_two_registrations_of_1180_over_10_meetings_earn_200_each() -> None:
    """R-REV-2: two private registrations of 1,180.00 over 10 meetings in 2026 → 200.00 each."""
    assert shares(2, "1180.00", 10) == ["200.00"] * 10


def test_one_registration_of_1000_over_3_meetings_is_split_to_the_agora() -> None:
    """R-REV-2: one of 1,000.00 over 3 → 282.49, 282.49, 282.48 (sum 847.46)."""
    split = shares(1, "1000.00", 3)
    assert split == ["282.49", "282.49", "282.48"]
    assert sum(map(Decimal, split)) == Decimal("847.46")


def test_five_registrations_of_2880_over_32_meetings_put_the_larger_shares_first() -> None:
    """R-REV-2: five of 2,880.00 over 32 → 19 × 381.36, then 13 × 381.35 (sum 12,203.39)."""
    split = shares(5, "2880.00", 32)
    assert split == ["381.36"] * 19 + ["381.35"] * 13
    assert sum(map(Decimal, split)) == Decimal("12203.39")


@pytest.mark.parametrize(
    ("price", "children", "revenue"), [("45.50", 12, "546.00"), ("33.33", 3, "99.99")]
)
def test_a_price_per_child_is_multiplied_by_the_children(
    price: str, children: int, revenue: str
) -> None:
    """R-REV-6: 45.50 × 12 children → 546.00; 33.33 × 3 → 99.99; and each says so."""
    figure = revenue_of(
        inputs(PER_CHILD, price_per_student=Money.of(price), student_count=children)
    )
    assert figure.amount == Net.of(revenue)
    (line,) = figure.lines
    assert f"{children} children × {price} = {revenue}" in line.text
    assert (line.quantity, line.unit, line.rate) == (str(children), "children", price)
    assert line.amount == Money.of(revenue)


# --- by type of cycle ----------------------------------------------------------------------


def test_a_fixed_cycle_earns_its_stated_revenue() -> None:
    """R-MONEY-5: an explicit meeting revenue is net unless the cycle says yes."""
    stated = inputs(FIXED, meeting_revenue=Money.of("118.00"))
    for includes_vat in (None, False):
        figure = revenue_of(attrs.evolve(stated, includes_vat=includes_vat))
        assert figure.amount == Net.of("118.00")
        assert str(figure) == "revenue per meeting 118.00"
    gross = revenue_of(attrs.evolve(stated, includes_vat=True))
    assert gross.amount == Net.of("100.00")
    assert str(gross).splitlines() == [
        "revenue per meeting 118.00",
        "118.00 with VAT of 18 % on 2026-02-03: net 100.00",
    ]
    assert (gross.lines[1].rate, gross.lines[1].rule) == ("18 %", "R-MONEY-4")


def test_a_fixed_cycle_without_a_revenue_earns_nothing() -> None:
    """R-REV-4: never an error."""
    assert revenue_of(inputs(FIXED)).amount == Net(0)


def test_prices_per_child_with_vat_are_netted_once() -> None:
    """R-REV-4: from price × children, never per child (33.33 × 3 = 99.99 → 84.74, not 84.75)."""
    figure = revenue_of(
        inputs(PER_CHILD, price_per_student=Money.of("33.33"), student_count=3, includes_vat=True)
    )
    assert figure.amount == Net.of("84.74")
    assert (Money.of("33.33").exact / 118 * 100) * 3 != figure.amount.exact


def test_a_stated_number_of_children_goes_before_the_registrations() -> None:
    """R-REV-6: the cycle's `student_count` if it is set, also at 0, else the registrations."""
    price = {"price_per_student": Money.of("10.00"), "amounts": prices("1.00", None)}
    assert revenue_of(inputs(PER_CHILD, **price)).amount == Net.of("20.00")
    assert revenue_of(inputs(PER_CHILD, student_count=7, **price)).amount == Net.of("70.00")
    none = revenue_of(inputs(PER_CHILD, student_count=0, **price))
    assert none.amount == Net(0)
    assert "0 children × 10.00 = 0.00" in str(none)


def test_the_source_of_the_count_is_told() -> None:
    """R-REV-6: what was counted."""
    price = Money.of("10.00")
    counted = revenue_of(inputs(PER_CHILD, price_per_student=price, amounts=prices(None)))
    stated = revenue_of(inputs(PER_CHILD, price_per_student=price, student_count=1))
    assert str(counted) == "1 children × 10.00 = 10.00 (registered)"
    assert str(stated) == "1 children × 10.00 = 10.00 (stated for the cycle)"


def test_children_without_a_price_earn_nothing() -> None:
    """R-REV-4: never an error."""
    assert revenue_of(inputs(PER_CHILD, student_count=5)).amount == Net(0)


def test_a_private_cycle_takes_an_explicit_revenue_above_zero() -> None:
    """R-MONEY-5: explicit meeting revenues are net unless the cycle says yes."""
    facts = {"amounts": prices("1180.00"), "total_meetings": 10}
    explicit = inputs(PRIVATE, meeting_revenue=Money.of("236.00"), **facts)
    assert revenue_of(explicit).amount == Net.of("236.00")
    with_vat = attrs.evolve(explicit, includes_vat=True)
    assert revenue_of(with_vat).amount == Net.of("200.00")
    zero = inputs(PRIVATE, meeting_revenue=Money(0), **facts)
    assert revenue_of(zero).amount == Net.of("100.00")


@pytest.mark.parametrize(
    ("includes_vat", "share"), [(None, "100.00"), (True, "100.00"), (False, "118.00")]
)
def test_private_amounts_are_gross_unless_the_cycle_says_no(
    *, includes_vat: bool | None, share: str
) -> None:
    """R-MONEY-5: registration amounts of a private cycle are gross unless it says no."""
    assert shares(1, "1180.00", 10, includes_vat=includes_vat) == [share] * 10


def test_a_share_is_taken_at_the_rate_of_its_own_date() -> None:
    """R-REV-2: share k of the split at its own date's rate (17 % in 2024)."""
    old = shares(1, "1170.00", 10, on=date(2024, 12, 31))
    new = shares(1, "1170.00", 10, on=date(2025, 1, 1))
    assert old == ["100.00"] * 10
    assert new == ["99.16"] * 3 + ["99.15"] * 7


@pytest.mark.parametrize("number", [11, 400, None])
def test_an_extra_meeting_takes_nothing(number: int | None) -> None:
    """R-REV-2: a meeting numbered above `total_meetings` takes 0."""
    figure = revenue_of(
        inputs(PRIVATE, number=number, total_meetings=10, amounts=prices("1180.00"))
    )
    assert figure.amount == Net(0)
    assert figure.lines[-1].text == "an extra meeting, beyond the 10 that were paid: 0.00"
    assert figure.lines[0].text == "1 registrations with a price, together 1180.00"


def test_a_total_of_no_meetings_gives_nothing_without_dividing() -> None:
    """R-REV-4: `total_meetings` of 0 gives 0, never an error and never a division."""
    figure = revenue_of(inputs(PRIVATE, total_meetings=0, amounts=prices("1180.00")))
    assert figure.amount == Net(0)
    assert figure.lines[-1].text == "the cycle has no meetings to share its price: 0.00"


@pytest.mark.parametrize("amounts", [(), ("0.00",), (None, None)])
def test_registrations_without_a_price_give_nothing(amounts: tuple[str | None, ...]) -> None:
    """R-REV-2: nothing to share is 0, also before the first VAT rate."""
    figure = revenue_of(
        inputs(PRIVATE, total_meetings=10, amounts=prices(*amounts), on=date(2001, 1, 1))
    )
    assert figure.amount == Net(0)
    assert figure.lines[-1].text == "no registration has a price: 0.00"


def test_a_share_explains_itself() -> None:
    """R-REV-6: what was counted, the rate, the split."""
    figure = revenue_of(
        inputs(PRIVATE, number=3, total_meetings=3, amounts=prices("600.00", None, "400.00"))
    )
    assert str(figure).splitlines() == [
        "2 registrations with a price, together 1000.00",
        "1000.00 with VAT of 18 % on 2026-02-03: net 847.46",
        "847.46 over 3 meetings, share 3 = 282.48",
    ]
    assert [line.rule for line in figure.lines] == ["R-REV-1", "R-MONEY-4", "R-REV-2"]
    assert (figure.lines[0].quantity, figure.lines[0].unit) == ("2", "registrations")
    assert str(figure.lines[0]) == figure.lines[0].text


@pytest.mark.parametrize("kind", CycleType)
def test_a_meeting_without_revenue_earns_nothing(kind: CycleType) -> None:
    """R-REV-3: a `no_revenue` meeting earns 0."""
    figure = revenue_of(
        inputs(
            kind,
            nature=MeetingNature.NO_REVENUE,
            meeting_revenue=Money(100),
            price_per_student=Money(100),
            student_count=3,
            amounts=prices("100.00"),
            total_meetings=1,
        )
    )
    assert figure.amount == Net(0)
    assert str(figure) == "this meeting is marked as bringing no revenue: 0.00"
    assert figure.lines[0].rule == "R-REV-3"


def test_vat_before_the_first_rate_is_an_error() -> None:
    """R-MONEY-4: a date before the first rate is an error, where VAT has to come off."""
    early = inputs(PRIVATE, on=date(2013, 6, 1), amounts=prices("1.00"), total_meetings=1)
    with pytest.raises(NoVatRate):
        revenue_of(early)
    assert revenue_of(attrs.evolve(early, includes_vat=False)).amount == Net.of("1.00")


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        ("0.18", "18 %"),
        ("0.175", "17.5 %"),
        ("0.2", "20 %"),
        ("0.10", "10 %"),
        ("1E-1", "10 %"),
        ("0", "0 %"),
    ],
)
def test_a_rate_reads_as_people_write_it(rate: str, shown: str) -> None:
    """R-REV-6: the line names the rate, whatever digits the schedule was given."""
    vat = VatSchedule(((date(2020, 1, 1), Decimal(rate)),))
    figure = revenue_of(inputs(FIXED, meeting_revenue=Money.of("1.00"), includes_vat=True, vat=vat))
    assert figure.lines[1].rate == shown
    assert f"with VAT of {shown} on" in figure.lines[1].text


# --- from the entities ---------------------------------------------------------------------


def test_inputs_are_taken_from_cycle_meeting_and_registrations() -> None:
    """R-REV-5: computing reads the inputs and leaves every one of them as it was."""
    cycle = a_cycle(
        meeting_revenue="5.00",
        price_per_student="6.00",
        student_count=4,
        revenue_includes_vat=True,
    )
    meeting = a_meeting(nature=MeetingNature.NO_REVENUE)
    registrations = [a_registration(1, amount="70.00"), a_registration(2)]
    vat = VatSchedule(((date(2020, 1, 1), Decimal("0.5")),))
    before = (cycle, meeting, tuple(registrations))
    taken = RevenueInputs.of(cycle, meeting, registrations, vat)
    revenue_of(taken)
    assert taken == RevenueInputs(
        type=PRIVATE,
        on=IN_2026,
        number=3,
        nature=MeetingNature.NO_REVENUE,
        meeting_revenue=Money.of("5.00"),
        price_per_student=Money.of("6.00"),
        student_count=4,
        includes_vat=True,
        total_meetings=10,
        amounts=(Money.of("70.00"), None),
        vat=vat,
    )
    assert before == (cycle, meeting, tuple(registrations))


@pytest.mark.parametrize(
    ("status", "bears"),
    [
        (RegistrationStatus.REGISTERED, True),
        (RegistrationStatus.ACTIVE, True),
        (RegistrationStatus.COMPLETED, True),
        (RegistrationStatus.TRIAL, False),
        (RegistrationStatus.CANCELLED, False),
    ],
)
def test_only_registered_active_and_completed_bear_revenue(
    *, status: RegistrationStatus, bears: bool
) -> None:
    """R-REV-1: trial and cancelled bear none; a deleted one bears none whatever its status."""
    live = a_registration(1, status=status, amount="118.00")
    deleted = a_registration(2, status=status, amount="118.00", deleted_at=AT)
    assert (live.bears_revenue, deleted.bears_revenue) == (bears, False)
    taken = RevenueInputs.of(a_cycle(), a_meeting(), [live, deleted])
    assert taken.amounts == (prices("118.00") if bears else ())
    assert revenue_of(taken).amount == Net.of("10.00" if bears else "0.00")
