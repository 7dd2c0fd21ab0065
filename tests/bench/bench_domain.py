"""What the domain's calculations cost: `nox -s bench`.

Planning is held against a bare loop over dates, which skips the same days and does nothing else.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_domain.calendar import DayOfWeek, TeachingDays
from haitech_domain.cycle import ActivityType, CycleType
from haitech_domain.instructor import EmploymentType
from haitech_domain.money import Money, allocate
from haitech_domain.pay import PayInputs, settled
from haitech_domain.revenue import RevenueInputs, revenue_of
from haitech_domain.scheduling import plan

CYCLES = 1_000
EACH = 30
MOST = 4.0
"""How many times the bare loop planning may take."""
ROUNDS = 7
DAYS = [day for day in DayOfWeek if day is not DayOfWeek.SATURDAY]
STARTS = [(DAYS[n % len(DAYS)], date(2026, 9, 1) + timedelta(days=n % 300)) for n in range(CYCLES)]
TEACHING = TeachingDays(IsraeliSchoolCalendar())


def closed_days() -> dict[date, str]:
    """All that is closed in the years that these cycles reach."""
    days = (date(2026, 9, 1) + timedelta(days=n) for n in range(3 * 366))
    return {day: why for day in days if (why := TEACHING.closed_on(day)) is not None}


CLOSED = closed_days()
WEEK = timedelta(days=7)


def planned() -> int:
    """The meetings of all cycles, planned by the domain."""
    return sum(
        len(plan(weekday=day, start=start, total=EACH, teaching=TEACHING).meetings)
        for day, start in STARTS
    )


def bare() -> int:
    """The same dates by a loop that only adds weeks and looks a day up."""
    found = 0
    for weekday, start in STARTS:
        meetings: list[tuple[date, int]] = []
        skipped: list[tuple[date, str]] = []
        day = weekday.on_or_after(start)
        while len(meetings) < EACH:
            why = CLOSED.get(day)
            if why is None:
                meetings.append((day, len(meetings) + 1))
            else:
                skipped.append((day, why))
            day += WEEK
        found += len(meetings)
    return found


def best(work: Callable[[], object]) -> float:
    """Seconds of the quickest of several rounds."""
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


@pytest.mark.benchmark(group="1,000 cycles of 30 meetings")
@pytest.mark.parametrize("way", [planned, bare])
def bench_planning(benchmark, way):
    assert benchmark(way) == CYCLES * EACH


def bench_planning_beside_a_bare_loop(capsys):
    """The goal of quality.md: within four times of the loop, measured in one run."""
    ratio = best(planned) / best(bare)
    with capsys.disabled():
        sys.stdout.write(
            f"\nplanning takes {ratio:.2f} times a bare loop (goal: at most {MOST:g})\n"
        )
    assert ratio <= MOST


PRIVATE = RevenueInputs(
    type=CycleType.PRIVATE,
    on=date(2026, 11, 1),
    number=7,
    total_meetings=32,
    amounts=(Money.of(2880),) * 5,
)
PER_CHILD = RevenueInputs(
    type=CycleType.INSTITUTIONAL_PER_CHILD,
    on=date(2026, 11, 1),
    number=7,
    total_meetings=32,
    price_per_student=Money.of("45.50"),
    student_count=12,
)


@pytest.mark.benchmark(group="one meeting")
@pytest.mark.parametrize(
    ("inputs", "revenue"),
    [(PRIVATE, "381.36"), (PER_CHILD, "546.00")],
    ids=["private", "per child"],
)
def bench_revenue_with_its_explanation(benchmark, inputs, revenue):
    assert benchmark(revenue_of, inputs).amount.amount == Decimal(revenue)


@pytest.mark.benchmark(group="one meeting")
def bench_pay_cost_and_profit_with_their_explanation(benchmark):
    inputs = PayInputs(
        activity=ActivityType.FRONTAL,
        minutes=75,
        employment=EmploymentType.EMPLOYEE,
        rate_frontal=Money.of(100),
    )
    money = benchmark(settled, revenue_of(PER_CHILD), inputs)
    assert (money.instructor_payment, money.employer_cost) == (Money.of(125), Money.of("162.50"))


@pytest.mark.benchmark(group="one split")
def bench_allocating_over_32_meetings(benchmark):
    shares = benchmark(allocate, Money.of("12203.39"), 32)
    assert shares[0] == Money.of("381.36")
