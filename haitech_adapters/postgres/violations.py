"""From what PostgreSQL refuses to what the domain calls it: by constraint name, never by text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from psycopg import errors

from haitech_adapters.postgres.tables import METADATA
from haitech_domain.change import Change
from haitech_domain.errors import DomainError, Duplicate, Invalid, UnknownReference
from haitech_domain.registration import AlreadyRegistered, Registration
from haitech_domain.scheduling import InstructorBusy

Blamed = Change[Any] | None
"""The change whose writing was refused, where that is known."""
Refusal = Callable[[Blamed], DomainError]

WORDS: Final = {
    "customers": "customer",
    "students": "student",
    "courses": "course",
    "branches": "branch",
    "closures": "closure",
    "instructors": "instructor",
    "time_off": "time_off",
    "institutional_orders": "institutional_order",
    "cycles": "cycle",
    "meetings": "meeting",
    "registrations": "registration",
    "payments": "payment",
    "attendance": "attendance",
    "attendance_months": "month of attendance",
    "leads": "lead",
    "lead_notes": "lead_note",
    "saved_views": "saved_view",
    "users": "user",
    "login_sessions": "login_session",
    "one_time_tokens": "one_time_token",
    "api_keys": "api_key",
    "import_ledger": "imported row",
    "audit_log": "audit row",
    "audit_seals": "audit seal",
    "audit_head": "audit head",
    "outbox": "event",
    "kept_answers": "kept answer",
    "jobs": "job",
    "webhooks": "webhook",
    "deliveries": "delivery",
    "delivery_attempts": "delivery attempt",
    "zoom_events": "Zoom event",
    "exports": "export",
    "export_pieces": "piece of an export",
    "instructors_history": "past of an instructor",
    "cycles_history": "past of a cycle",
}
"""What one row of each table is called."""


def _always(refusal: Callable[..., DomainError], *facts: Any) -> Refusal:
    # a new one each time: an exception that is raised again drags its old traceback along
    return lambda _change: refusal(*facts)


def _already_registered(change: Blamed) -> DomainError:
    if change is None or not isinstance(change.after, Registration):
        return Duplicate("registration", "student_id")
    return AlreadyRegistered(change.after.student_id, None)


# of the constraint triggers, which the tables do not describe
_is_not_the_sum: Final = _always(Invalid.because, "paid_amount", "must be the sum of the payments")
_NAMED: Final[dict[str, Refusal]] = {
    "uq_registrations_live": _already_registered,
    "tr_registrations_paid_amount": _is_not_the_sum,
    "tr_payments_paid_amount": _is_not_the_sum,
    "uq_saved_views_default": _always(Duplicate, "saved_view", "is_default"),
    # which meetings are in the way cannot be asked any more: the transaction has failed
    "ex_meetings_instructor": _always(InstructorBusy, ()),
}


def _by_name() -> dict[str, Refusal]:
    found = dict(_NAMED)
    for table in METADATA.tables.values():
        for name, refusal in _of(table):
            found.setdefault(name, refusal)
    return found


def _of(table: sa.Table) -> Iterator[tuple[str, Refusal]]:
    word = WORDS[table.name]
    for index in table.indexes:
        if index.unique:
            yield str(index.name), _always(Duplicate, word, list(index.columns)[-1].name)
    for constraint in table.constraints:
        name = str(constraint.name)
        if isinstance(constraint, sa.PrimaryKeyConstraint):
            yield name, _always(Duplicate, word, next(iter(constraint.columns)).name)
        elif isinstance(constraint, sa.ForeignKeyConstraint):
            (column,) = constraint.columns
            yield (
                name,
                _always(UnknownReference, column.name, WORDS[constraint.referred_table.name]),
            )
        elif isinstance(constraint, sa.CheckConstraint):
            about = name.removeprefix(f"ck_{table.name}_")
            field = about if about in table.c else ""
            message = f"breaks the rule «{about}» of {table.name}"
            yield name, _always(Invalid.because, field, message)


BY_CONSTRAINT: Final = _by_name()
"""Every constraint that a row can break, with its refusal."""


def refusal(error: psycopg.Error, change: Blamed = None) -> DomainError | None:
    """What the domain calls a refusal of the database; None where it is not about values."""
    if isinstance(error, errors.NotNullViolation):
        return Invalid.because(error.diag.column_name or "", "is required", reason="value.required")
    named = BY_CONSTRAINT.get(error.diag.constraint_name or "")
    if named is not None:
        return named(change)
    if isinstance(error, psycopg.DataError):  # out of range, NUL in a text, not a UUID …
        return Invalid.because("", "a value cannot be stored or looked for")
    return None
