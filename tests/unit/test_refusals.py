"""Every refusal of the pure domain: its kind, its stable reason, its sentence (domain.md)."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from uuid import UUID

import attrs
import pytest

import haitech_domain
from haitech_domain.access import Action, Forbidden, Resource
from haitech_domain.attendance import MeetingTakesNoMarks
from haitech_domain.calendar import CalendarOutOfRange, DayOfWeek
from haitech_domain.change import Transition
from haitech_domain.cycle import (
    CycleCancelledError,
    CycleStatus,
    MeetingsStillScheduled,
    TotalBelowLiveNumber,
)
from haitech_domain.errors import (
    BadValue,
    DomainError,
    Duplicate,
    Invalid,
    Kind,
    NotFound,
    Problem,
    Several,
    Stale,
    UnknownReference,
    WouldOrphan,
    plain,
)
from haitech_domain.export import (
    ExportExpired,
    ExportNotReady,
    ExportStatus,
    ExportTakenOver,
    ExportTooLarge,
    NoRoom,
    TooManyExports,
)
from haitech_domain.ids import CycleId, RegistrationId, StudentId
from haitech_domain.meeting import MeetingIsFixed, MeetingStatus, OutsideWindow
from haitech_domain.money import Money
from haitech_domain.order import OrderInUse
from haitech_domain.registration import (
    AlreadyRegistered,
    CycleFull,
    CycleTakesNoRegistrations,
    PaymentAbovePrice,
    PaymentContradicts,
    PaymentStatus,
    PriceUnset,
    RefundAbovePaid,
    RegistrationEnded,
    RegistrationStatus,
)
from haitech_domain.scheduling import InstructorBusy, NoTeachingDay, PlanWithoutEnd, RestDay
from haitech_domain.user import LastAdmin
from haitech_domain.vat import NoVatRate
from haitech_domain.webhook import DeliveryWaits, WebhookIsSilent, WebhookStatus

ID = UUID(int=1)
DAY = date(2026, 2, 3)
MOMENT = datetime.combine(DAY, time(16))
NAMED = Problem("name", "is required", "value.required")

# Each with its kind, its reason and its whole sentence. The reasons are part of the API.
REFUSALS: list[tuple[DomainError, Kind, str, str]] = [
    (DomainError(), Kind.CONFLICT, "conflict", "this conflicts with the current state"),
    (Invalid((NAMED,)), Kind.INVALID, "value.required", "Invalid input: name: is required"),
    (NotFound("cycle", ID), Kind.NOT_FOUND, "not_found", f"there is no cycle with id {ID}"),
    (
        UnknownReference("courseId", "course"),
        Kind.INVALID,
        "reference.unknown",
        "there is no such course",
    ),
    (
        Duplicate("customer", "phone"),
        Kind.CONFLICT,
        "duplicate",
        "another customer already has this phone",
    ),
    (
        Stale("cycle", ID),
        Kind.STALE,
        "version.stale",
        "this cycle was changed by someone else meanwhile; read it again",
    ),
    (
        OrderInUse(2),
        Kind.CONFLICT,
        "order.in_use",
        "2 active cycles run on this order; end them or take them off it",
    ),
    (
        WouldOrphan("course", 2, "active cycles"),
        Kind.CONFLICT,
        "delete.would_orphan",
        "this course still has 2 active cycles; end or move them first",
    ),
    (
        Several((("records[0]", NotFound("cycle", ID)), ("records[1]", Duplicate("x", "y")))),
        Kind.NOT_FOUND,
        "not_found",
        f"2 problems; the first: there is no cycle with id {ID}",
    ),
    (
        TooManyExports(),
        Kind.CONFLICT,
        "export.too_many",
        "10 of your exports are under way; wait for one, or cancel one",
    ),
    (
        ExportNotReady(ExportStatus.FAILED, "its failure says why; ask for it anew"),
        Kind.CONFLICT,
        "export.not_ready",
        "this export is failed: its failure says why; ask for it anew",
    ),
    (
        ExportExpired(),
        Kind.NOT_FOUND,
        "export.expired",
        "the file of this export was kept for 7 days; ask for it anew",
    ),
    (
        ExportTakenOver(),
        Kind.CONFLICT,
        "export.taken_over",
        "this export is written by somebody else by now, or by nobody",
    ),
    (
        NoRoom(),
        Kind.UNAVAILABLE,
        "export.no_room",
        (
            "there was no room for the file where the server writes it; have space made there"
            " (HAITECH_SPOOL_DIR), or ask for less"
        ),
    ),
    (
        ExportTooLarge(),
        Kind.CONFLICT,
        "export.too_large",
        "the file would have more than 1024 MiB; ask for fewer days at once",
    ),
    (
        Forbidden("manager", Action.CREATE, Resource.COURSES),
        Kind.FORBIDDEN,
        "access.denied",
        "manager may not create courses",
    ),
    (
        CalendarOutOfRange(date(2101, 1, 1)),
        Kind.CONFLICT,
        "calendar.out_of_range",
        "2101-01-01 is outside the years 2000-2100 that the calendar knows",
    ),
    (
        Transition("meeting", MeetingStatus.POSTPONED, "complete", (MeetingStatus.SCHEDULED,)),
        Kind.CONFLICT,
        "meeting.cannot_complete",
        "this meeting is postponed; to complete it, it must be scheduled",
    ),
    (
        CycleCancelledError(CycleId(ID), "Robots"),
        Kind.CONFLICT,
        "cycle.is_cancelled",
        "cycle Robots is cancelled; reopen it before changing its meetings",
    ),
    (
        MeetingsStillScheduled(CycleId(ID), "Robots", 2),
        Kind.CONFLICT,
        "cycle.meetings_scheduled",
        "cycle Robots still has 2 scheduled meetings",
    ),
    (
        TotalBelowLiveNumber(6, 7),
        Kind.CONFLICT,
        "cycle.total_below_live_number",
        "a total of 6 is below meeting number 7, which is live",
    ),
    (
        MeetingIsFixed(("nature", "start_time"), MeetingStatus.COMPLETED),
        Kind.CONFLICT,
        "meeting.is_fixed",
        "these change only while a meeting is scheduled; this one is completed",
    ),
    (
        OutsideWindow(MOMENT, MOMENT),
        Kind.CONFLICT,
        "meeting.outside_window",
        "an instructor reports this meeting between 2026-02-03 16:00:00 and 2026-02-03 16:00:00",
    ),
    (
        AlreadyRegistered(StudentId(ID), RegistrationId(ID)),
        Kind.CONFLICT,
        "registration.exists",
        "this student already has a live registration in this cycle",
    ),
    (
        CycleFull(CycleId(ID), "Robots", 12, 12),
        Kind.CONFLICT,
        "cycle.full",
        "cycle Robots is full: 12 of 12 places are taken",
    ),
    (
        RegistrationEnded(RegistrationStatus.CANCELLED),
        Kind.CONFLICT,
        "registration.ended",
        "this registration is cancelled; register the student anew",
    ),
    (
        PaymentContradicts(PaymentStatus.PAID, PaymentStatus.UNPAID, Money(0), Money.of(100)),
        Kind.CONFLICT,
        "payment.contradicts_ledger",
        "the payments say unpaid, not paid: 0.00 paid, the price is 100.00",
    ),
    (
        PaymentAbovePrice(Money.of(70), Money.of(40), Money.of(100)),
        Kind.CONFLICT,
        "payment.above_price",
        "70.00 more is above the price: 40.00 of 100.00 are paid already",
    ),
    (
        PriceUnset(Money.of(40)),
        Kind.CONFLICT,
        "payment.no_price",
        "there is no price, so no balance to pay: set one, or say how much was paid (40.00 so far)",
    ),
    (
        RefundAbovePaid(Money.of(70), Money.of(40)),
        Kind.CONFLICT,
        "payment.refund_above_paid",
        "a refund of 70.00 is more than the 40.00 that were paid",
    ),
    (
        CycleTakesNoRegistrations("Robots", CycleStatus.COMPLETED),
        Kind.CONFLICT,
        "registration.cycle_not_active",
        "cycle Robots is completed; only an active cycle takes registrations",
    ),
    (
        MeetingTakesNoMarks(MeetingStatus.POSTPONED),
        Kind.CONFLICT,
        "attendance.meeting_not_held",
        "this meeting is postponed; only a scheduled or completed one is marked",
    ),
    (
        InstructorBusy(()),
        Kind.CONFLICT,
        "instructor.busy",
        "the instructor is busy (0 overlapping); choose another time or allow it",
    ),
    (
        NoTeachingDay(DAY, "Purim"),
        Kind.CONFLICT,
        "meeting.no_teaching_day",
        "there is no teaching on 2026-02-03 (Purim); choose another day or allow it",
    ),
    (
        PlanWithoutEnd(DayOfWeek.SUNDAY, DAY, 104),
        Kind.CONFLICT,
        "plan.without_end",
        "every sunday from 2026-02-03 on is closed for 104 weeks",
    ),
    (
        RestDay(DayOfWeek.SATURDAY),
        Kind.INVALID,
        "cycle.rest_day",
        "saturday is a rest day; choose another weekday",
    ),
    (
        NoVatRate(DAY, date(2026, 3, 1)),
        Kind.CONFLICT,
        "vat.no_rate",
        "no VAT rate is known for 2026-02-03; the schedule begins on 2026-03-01",
    ),
    (
        LastAdmin(),
        Kind.CONFLICT,
        "user.last_admin",
        "this is the last active administrator; make another one first",
    ),
    (
        DeliveryWaits(),
        Kind.CONFLICT,
        "delivery.pending",
        "this delivery is on its way already",
    ),
    (
        WebhookIsSilent(WebhookStatus.PAUSED),
        Kind.CONFLICT,
        "webhook.not_active",
        "this webhook is paused; make it active first",
    ),
]
OF_LATER_PARTS = {"ports", "use_cases", "testing", "reports"}


def pure_modules() -> Iterator[str]:
    """The names of the modules that later parts do not add to."""
    for top in pkgutil.iter_modules(haitech_domain.__path__):
        if top.name not in OF_LATER_PARTS:
            name = f"haitech_domain.{top.name}"
            yield name
            inner = getattr(importlib.import_module(name), "__path__", [])
            yield from (module.name for module in pkgutil.iter_modules(inner, f"{name}."))


@pytest.mark.parametrize(
    ("refusal", "kind", "reason", "message"), REFUSALS, ids=lambda v: getattr(v, "reason", "")
)
def test_a_refusal_has_a_kind_a_stable_reason_and_a_sentence(
    refusal: DomainError, kind: Kind, reason: str, message: str
) -> None:
    """R-CYC-6: every refusal is clear to machines and to people."""
    assert (refusal.kind, refusal.reason) == (kind, reason)
    assert refusal.message == str(refusal) == message
    assert all(type(problem) is Problem for problem in refusal.problems)


def test_every_refusal_of_the_pure_domain_is_in_the_list() -> None:
    """R-CYC-6: a new one is decided here, with its kind, reason and sentence."""
    found: set[type] = set()
    for name in pure_modules():
        members = inspect.getmembers(importlib.import_module(name), inspect.isclass)
        found |= {member for _, member in members if issubclass(member, DomainError)}
    found = {c for c in found if c.__module__.split(".")[1] not in OF_LATER_PARTS}
    assert found == {type(refusal) for refusal, *_ in REFUSALS}
    reasons = [reason for _, _, reason, _ in REFUSALS if reason != "not_found"]
    assert len(set(reasons)) == len(reasons)


def test_the_kinds_are_a_closed_list() -> None:
    """R-ACC-2: an adapter maps each to a status."""
    assert [kind.value for kind in Kind] == [
        "invalid",
        "unauthenticated",
        "forbidden",
        "not_found",
        "stale",
        "conflict",
        "key_reused",
        "limited",
        "unavailable",
    ]


@pytest.mark.parametrize("refusal", [row[0] for row in REFUSALS], ids=lambda r: r.reason)
def test_a_refusal_can_be_raised_chained_and_annotated(refusal: DomainError) -> None:
    """R-CYC-6: a frozen exception is still an exception."""
    with pytest.raises(DomainError) as caught:
        raise refusal from ValueError("cause")
    assert caught.value is refusal
    assert isinstance(caught.value.__cause__, ValueError)
    refusal.add_note("seen in a test")
    assert hash(refusal) == hash(refusal)


def test_invalid_lists_every_problem() -> None:
    """R-CYC-6: all problems are listed."""
    whole = Problem("", "must not be empty")
    both = Invalid((NAMED, whole))
    assert both.problems == both.found == (NAMED, whole)
    assert both.message == "Invalid input: name: is required; must not be empty"
    assert both.reason == "value.required"
    assert (Invalid(()).reason, Invalid(()).message) == ("value.invalid", "Invalid input: ")
    one = Invalid.because("amount", "is too much", reason="amount.too_much")
    assert one.problems == (Problem("amount", "is too much", "amount.too_much"),)
    assert Invalid.because("amount", "is wrong").reason == "value.invalid"


def test_refusals_about_one_field_name_it() -> None:
    """R-CYC-6: a form shows the message beside its field."""
    assert UnknownReference("courseId", "course").problems == (
        Problem("courseId", "names no existing course", "reference.unknown"),
    )
    assert Duplicate("customer", "phone").problems == (
        Problem("phone", "taken by another customer", "duplicate"),
    )
    assert NotFound("cycle", ID).problems == ()


def test_things_of_two_words_are_spoken_in_two_words() -> None:
    """Errors are for people; `what` and `field` are names of the program."""
    taken = Duplicate("time_off", "registration_id")
    assert NotFound("time_off", ID).message == f"there is no time off with id {ID}"
    assert taken.message == "another time off already has this registration id"
    assert [p.message for p in taken.problems] == ["taken by another time off"]
    assert [p.field for p in taken.problems] == ["registration_id"]
    (unknown,) = UnknownReference("orderId", "institutional_order").problems
    assert unknown.message == "names no existing institutional order"


def test_several_refusals_are_told_under_their_paths() -> None:
    """R-CYC-6: every id and value is checked, all problems are listed."""
    nested = Several((("price", Invalid((Problem("", "is odd", "price.odd"),))),))
    several = Several(
        (
            ("records[0]", NotFound("cycle", ID)),
            ("records[1]", Invalid((NAMED, Problem("city", "is too long")))),
            ("records[2]", nested),
        )
    )
    assert several.problems == (
        Problem("records[0]", f"there is no cycle with id {ID}", "not_found"),
        Problem("records[1].name", "is required", "value.required"),
        Problem("records[1].city", "is too long", "value.invalid"),
        Problem("records[2].price", "is odd", "price.odd"),
    )


def test_a_problem_is_seen_from_further_out() -> None:
    """R-CYC-6: the path grows outward."""
    assert NAMED.under("records[2]").field == "records[2].name"
    assert Problem("", "x").under("records[2]").field == "records[2]"
    assert attrs.asdict(NAMED) == {
        "field": "name",
        "message": "is required",
        "reason": "value.required",
    }


def test_facts_read_plainly_in_a_sentence() -> None:
    """R-CYC-6: enums by their value, collections by their members."""
    assert plain(Kind.STALE) == "stale"
    assert plain([Kind.STALE, Kind.INVALID, 3]) == "stale, invalid, 3"
    assert plain((DayOfWeek.SUNDAY,)) == "sunday"
    assert plain(frozenset({1})) == plain({1}) == "1"
    assert plain(DAY) is DAY


def test_braces_in_a_fact_are_only_text() -> None:
    """R-CYC-6: a name like `{id}` does no harm."""
    odd = CycleFull(CycleId(ID), "{taken} {0}", 1, 1)
    assert odd.message == "cycle {taken} {0} is full: 1 of 1 places are taken"


def test_a_bad_value_carries_its_reason() -> None:
    """R-MONEY-6: what a value's own rule raises is a ValueError with a name."""
    bad = BadValue("is odd")
    assert isinstance(bad, ValueError)
    assert (bad.message, bad.reason, str(bad)) == ("is odd", "value.invalid", "is odd")
    assert BadValue("is odd", reason="number.odd").reason == "number.odd"


def test_a_refusal_needs_no_clock() -> None:
    """R-MEET-4: moments come in from outside."""
    opens = datetime(2026, 2, 3, tzinfo=UTC)
    assert OutsideWindow(opens, opens).opens is opens
