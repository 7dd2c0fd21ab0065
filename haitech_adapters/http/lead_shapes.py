"""What is read and shown of leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from haitech_adapters.http.customers import CustomerView
from haitech_adapters.http.registration_shapes import RegistrationView, registration_view
from haitech_adapters.http.rule_schemas import like
from haitech_adapters.http.shapes import Amount, Body, Instant, ListQuery, SearchedQuery, View
from haitech_adapters.http.showing import shown
from haitech_adapters.http.students import StudentView, student_view
from haitech_domain.access import Action, Actor, Resource, may
from haitech_domain.customer import Customer
from haitech_domain.fields import Text
from haitech_domain.lead import Lead, LeadNote, LeadStatus, Reception
from haitech_domain.use_cases import Conversion, LeadRelatives

Day: TypeAlias = dt.date

_BY_HAND: Final = {
    "reason": "value.unknown",
    "says": "must be one of new, contacted, in_progress, closed;"
    " a lead is converted by POST /leads/{id}/convert",
}
StatusByHand: TypeAlias = Annotated[
    Literal["new", "contacted", "in_progress", "closed"], Meta(extra=_BY_HAND)
]


class LeadDetails(Body, frozen=True):
    """What may be said of a lead besides name and phone."""

    email: str | UnsetType | None = UNSET
    course: str | UnsetType | None = UNSET
    message: str | UnsetType | None = UNSET
    source: str | UnsetType | None = UNSET
    child_name: str | UnsetType | None = UNSET


_LeftBlank: TypeAlias = Annotated[str, like(Annotated[str, Text(200, blank=True)])]


_MailOrBlank: TypeAlias = Annotated[
    str,
    Meta(
        extra={"rule": Annotated[str, Text(254, blank=True)]},
        extra_json_schema={
            "anyOf": [{"type": "string", "format": "email"}, {"type": "string", "enum": [""]}]
        },
    ),
]


class EnquiryBody(LeadDetails, frozen=True, kw_only=True):
    """An enquiry from outside. What a form left blank counts as not given."""

    name: str
    phone: str
    email: _MailOrBlank | UnsetType | None = UNSET
    course: _LeftBlank | UnsetType | None = UNSET
    message: (
        Annotated[str, like(Annotated[str, Text(5_000, blank=True, lines=True)])] | UnsetType | None
    ) = UNSET
    source: _LeftBlank | UnsetType | None = UNSET
    child_name: _LeftBlank | UnsetType | None = UNSET

    def given(self, *, apart_from: tuple[str, ...] = ()) -> dict[str, Any]:
        """What was said: forms send the boxes that nobody filled in as empty texts."""
        said = super().given(apart_from=apart_from)
        blank = {n for n in LeadDetails.__struct_fields__ if _is_blank(said.get(n))}
        return {name: value for name, value in said.items() if name not in blank}


def _is_blank(value: str | None) -> bool:
    return value is not None and not value.strip(" ")


class LeadChanges(LeadDetails, frozen=True, kw_only=True):
    """Fields of a lead to be changed; it is converted by its own verb."""

    name: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET
    status: StatusByHand | UnsetType = UNSET

    def given(self, *, apart_from: tuple[str, ...] = ()) -> dict[str, Any]:
        """The fields that were given, the status as the domain's."""
        values = super().given(apart_from=apart_from)
        return values | ({"status": LeadStatus(values["status"])} if "status" in values else {})


class LeadNoteBody(Body, frozen=True, kw_only=True):
    """What is to be noted of a lead."""

    text: str


class ConversionBody(Body, frozen=True):
    """Which child a lead becomes, and perhaps in which cycle.

    `childName` (the lead's own where none is given), `birthDate` and `grade` are of a new student,
    `studentId` names one that the customer has; `amount` and `registrationStatus` go with
    `cycleId`.
    """

    student_id: UUID | UnsetType | None = UNSET
    child_name: str | UnsetType | None = UNSET
    birth_date: Day | UnsetType | None = UNSET
    grade: str | UnsetType | None = UNSET
    cycle_id: UUID | UnsetType | None = UNSET
    amount: Amount | UnsetType | None = UNSET
    registration_status: Literal["registered", "active", "trial"] | UnsetType | None = UNSET


class LeadQuery(SearchedQuery, frozen=True, kw_only=True):
    """Which leads to list; `from` and `to` are the days on which they first came in."""

    sort_by: Literal["name", "createdAt"] | UnsetType = UNSET
    status: LeadStatus | UnsetType = UNSET
    source: str | UnsetType = UNSET
    customer_id: UUID | UnsetType = UNSET
    from_: Day | UnsetType = msgspec.field(default=UNSET, name="from")
    to: Day | UnsetType = UNSET


class LeadNoteQuery(ListQuery, frozen=True, kw_only=True):
    """How to list the notes of a lead, the newest first unless asked otherwise."""

    sort_by: Literal["createdAt"] | UnsetType = UNSET


class ReceivedLeadView(View, frozen=True):
    """What became of an enquiry; `created` is false where it was one with a lead that is open."""

    success: bool
    message: str
    customer_id: UUID
    lead_id: UUID
    created: bool


class LeadView(View, frozen=True):
    """A lead in a list. `receivedAt` is when it last came in."""

    id: UUID
    customer_id: UUID
    student_id: UUID | None
    name: str
    phone: str
    email: str | None
    course: str | None
    message: str | None
    source: str | None
    child_name: str | None
    status: LeadStatus
    received_at: Instant
    created_at: Instant
    updated_at: Instant
    version: int


class LeadNoteView(View, frozen=True):
    """A note of a lead, by whom and when."""

    id: UUID
    lead_id: UUID
    text: str
    author_id: UUID | None
    author: str | None
    created_at: Instant


class WholeLeadView(LeadView, frozen=True, kw_only=True):
    """A lead with its latest notes, 100 at most, and its customer for whoever may read that."""

    customer: CustomerView | UnsetType
    notes: Sequence[LeadNoteView]


class ConversionView(View, frozen=True):
    """What a lead became. `customer` is absent for whoever may not read customers."""

    lead: LeadView
    customer: CustomerView | UnsetType
    student: StudentView
    registration: RegistrationView | None


def received_view(reception: Reception) -> ReceivedLeadView:
    """The answer to whoever brought an enquiry."""
    again = "the enquiry was received again, and noted"
    return ReceivedLeadView(
        success=True,
        message="the enquiry was received" if reception.created else again,
        customer_id=reception.customer.after.id,
        lead_id=reception.lead.after.id,
        created=reception.created,
    )


def lead_view(lead: Lead, _actor: Actor) -> LeadView:
    """A lead."""
    return shown(LeadView, lead)


def note_view(note: LeadNote) -> LeadNoteView:
    """A note."""
    return shown(LeadNoteView, note)


def whole_lead_view(lead: Lead, relatives: LeadRelatives, actor: Actor) -> WholeLeadView:
    """A lead with its relatives, as this actor sees it."""
    return shown(
        WholeLeadView,
        lead,
        customer=_customer(relatives.customer, actor),
        notes=[note_view(note) for note in relatives.notes.items],
    )


def conversion_view(made: Conversion, actor: Actor) -> ConversionView:
    """What a lead became, as this actor sees it."""
    joined = made.registration
    return ConversionView(
        lead=shown(LeadView, made.lead),
        customer=_customer(made.customer, actor),
        student=student_view(made.student, actor),
        registration=None if joined is None else registration_view(joined, actor),
    )


def _customer(customer: Customer, actor: Actor) -> CustomerView | UnsetType:
    seen = may(actor, Action.READ, Resource.CUSTOMERS)
    return shown(CustomerView, customer) if seen else UNSET


ENQUIRY_EXAMPLE: Final = {
    "name": "דנה לוי",
    "phone": "050-123-4567",
    "email": "dana.levi@example.com",
    "course": "רובוטיקה",
    "message": "מבקשים פרטים על קורס רובוטיקה",
    "source": "website",
    "childName": "נועם לוי",
}
CONVERSION_EXAMPLE: Final = {
    "childName": "נועם לוי",
    "birthDate": "2016-05-14",
    "grade": "ד׳",
    "cycleId": "0190aaaa-0000-7000-8000-000000000004",
    "amount": 1180,
    "registrationStatus": "trial",
}
