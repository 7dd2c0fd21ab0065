"""Saved views: what may be saved, and how one becomes the default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from haitech_domain.access import Action, Actor, Resource, Role, grant
from haitech_domain.attendance import Mark
from haitech_domain.branch import Branch
from haitech_domain.change import Change
from haitech_domain.course import Course
from haitech_domain.customer import Customer
from haitech_domain.cycle import Cycle
from haitech_domain.entity import Entity
from haitech_domain.errors import BadValue, Duplicate, Invalid, Problem
from haitech_domain.fields import (
    Rule,
    Text,
    civil_date,
    civil_time,
    identifier,
    rule_of,
    rules_of,
    truth,
)
from haitech_domain.instructor import Instructor
from haitech_domain.lead import Lead
from haitech_domain.meeting import Meeting
from haitech_domain.order import InstitutionalOrder
from haitech_domain.ports import Listing, Transaction, listings
from haitech_domain.registration import PaymentStatus, Registration
from haitech_domain.saved_view import SavedView
from haitech_domain.student import Student
from haitech_domain.use_cases.free_instructors import INSTRUCTORS_ASKED
from haitech_domain.use_cases.registration_reading import REGISTRATIONS
from haitech_domain.use_cases.resources import INSTRUCTORS, STUDENTS
from haitech_domain.use_cases.spec import Spec
from haitech_domain.user import User

SEARCH: Final = "search"
"""The name under which a view keeps what is searched for."""

VIEWED: Final[Mapping[Resource, tuple[type[Entity], Listing]]] = {
    Resource.CUSTOMERS: (Customer, listings.CUSTOMERS),
    Resource.STUDENTS: (Student, listings.STUDENTS),
    Resource.COURSES: (Course, listings.COURSES),
    Resource.BRANCHES: (Branch, listings.BRANCHES),
    Resource.INSTRUCTORS: (Instructor, INSTRUCTORS_ASKED),
    Resource.ORDERS: (InstitutionalOrder, listings.ORDERS),
    Resource.CYCLES: (Cycle, listings.CYCLES),
    Resource.MEETINGS: (Meeting, listings.MEETINGS),
    Resource.REGISTRATIONS: (Registration, listings.REGISTRATIONS),
    Resource.ATTENDANCE: (Mark, listings.ATTENDANCE),
    Resource.LEADS: (Lead, listings.LEADS),
    Resource.USERS: (User, listings.USERS),
}
"""The lists that can be viewed: what is in them, and what may be asked of them."""
_FOR_INSTRUCTORS: Final = {
    spec.resource: spec.for_instructors for spec in (STUDENTS, INSTRUCTORS, REGISTRATIONS)
}
_OTHERS: Final[Mapping[str, Rule]] = {
    SEARCH: Text(500),
    "available_on": civil_date,
    "available_from": civil_time,
    "available_to": civil_time,
    "date": civil_date,
    "from": civil_date,
    "to": civil_date,
    "has_active_registration": truth,
    "payment_status": rule_of(PaymentStatus),
}


def rule_of_filter(cls: Any, name: str) -> Rule:
    """What a filter's value must be: the rule of the field of its name, where there is one."""
    found = rules_of(cls).get(name) or _OTHERS.get(name)
    return identifier if found is None else found


def _works(actor: Actor, view: SavedView) -> None:
    """Whether the list answers what the view asks, for whoever saves it.

    :raises Forbidden: the list is not theirs to read
    :raises Invalid: with everything that it would refuse
    """
    viewed = VIEWED.get(view.entity)
    if viewed is None:
        raise Invalid.because("entity", "is no list that can be viewed", reason="view.no_list")
    grant(actor, Action.READ, view.entity)
    cls, listing = viewed
    if actor.role is Role.INSTRUCTOR:
        listing = _FOR_INSTRUCTORS.get(view.entity) or listing
    problems = tuple(_problems(view, cls, listing))
    if problems:
        raise Invalid(problems)


def _problems(view: SavedView, cls: type[Entity], listing: Listing) -> Iterator[Problem]:
    known = listing.filters | ({SEARCH} if listing.searched else set())
    values: dict[str, Any] = {}
    for name, value in view.filters.items():
        field = f"filters.{name}"
        if name not in known:
            yield Problem(field, "is no filter of this list", "filter.unknown")
            continue
        try:
            values[name] = rule_of_filter(cls, name)(value)
        except BadValue as bad:
            yield Problem(field, bad.message, bad.reason)
    yield from (problem.under("filters") for problem in listing.between(values))
    if view.sort_by is not None and view.sort_by not in listing.sorts:
        choices = ", ".join(listing.sorts)
        yield Problem("sort_by", f"must be one of {choices}", "sort.unknown")


async def _gives_way(tx: Transaction, before: SavedView | None, after: SavedView) -> None:
    """Of an owner's views of one list, the one that was the default is none any more."""
    was = before is not None and before.is_default and before.entity is after.entity
    if was or not after.is_default:
        return
    other = await tx.saved_views.default_of(after.owner_id, after.entity)
    if other is not None:
        await tx.saved_views.save(
            Change.updated(other, other.changed(after.updated_at, is_default=False))
        )


SAVED_VIEWS: Final = Spec(
    resource=Resource.SAVED_VIEWS,
    entity=SavedView,
    repository=lambda tx: tx.saved_views,
    owner="owner_id",
    judged=_works,
    moving=_gives_way,
    refuses={"restore": (Duplicate,)},
)
