"""How leads change: by hand, and into students."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from haitech_domain.change import Change, Transition
from haitech_domain.errors import Invalid
from haitech_domain.ids import StudentId
from haitech_domain.lead.entity import Lead, LeadStatus

_OPEN: Final = tuple(status.value for status in LeadStatus if status.is_open)


def amend(lead: Lead, *, at: datetime, **changes: Any) -> Change[Lead]:
    """The lead with some fields changed, `status` among them: it is moved freely, and closed.

    :raises Invalid: a value that breaks its rule, or `converted`, which only `convert` gives
    :raises Transition: it is converted, and stays so
    """
    asked = changes.get("status", lead.status)
    if lead.status is LeadStatus.CONVERTED != asked:
        verb = "close" if asked == LeadStatus.CLOSED else "reopen"
        raise Transition("lead", lead.status, verb, (*_OPEN, LeadStatus.CLOSED.value))
    if lead.status is not LeadStatus.CONVERTED == asked:
        raise Invalid.because("status", "is reached by converting", reason="lead.status_by_verb")
    return Change.updated(lead, lead.changed(at, **changes))


def must_be_convertible(lead: Lead) -> None:
    """:raises Transition: the lead is converted or closed"""
    if not lead.status.is_open:
        raise Transition("lead", lead.status, "convert", _OPEN)


def convert(lead: Lead, student: StudentId, *, at: datetime) -> Change[Lead]:
    """An open lead, converted into a student of its customer.

    :raises Transition: it is converted or closed
    """
    must_be_convertible(lead)
    after = lead.changed(at, status=LeadStatus.CONVERTED, student_id=student)
    return Change.updated(lead, after, action="convert")
