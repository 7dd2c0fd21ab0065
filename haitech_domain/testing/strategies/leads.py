"""Leads, their notes, and the enquiries that they come from."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from haitech_domain.lead import Enquiry, Lead, LeadNote, LeadStatus
from haitech_domain.testing.strategies.calendar import instants
from haitech_domain.testing.strategies.making import either, entities, maybe
from haitech_domain.testing.strategies.text import emails, names, phones, texts


def _said() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "name": names(),
        "phone": phones(),
        "email": maybe(emails()),
        "course": maybe(names()),
        "message": maybe(texts(5_000, lines=True)),
        "source": maybe(names()),
        "child_name": maybe(names()),
    }


def enquiries(**overrides: Any) -> st.SearchStrategy[Enquiry]:
    """What somebody outside says."""
    chosen = {name: either(given) for name, given in overrides.items()}
    return st.builds(Enquiry, **{**_said(), **chosen})


@st.composite
def leads(draw: st.DrawFn, /, **overrides: Any) -> Lead:
    """Leads of any status, of a customer of their own unless `customer_id` is given.

    A converted one has become `student_id`, which is made up unless given.
    """
    status = draw(either(overrides.get("status", st.sampled_from(LeadStatus))))
    student = draw(either(overrides.get("student_id", st.uuids())))
    fields = {"id": st.uuids(), "customer_id": st.uuids(), "received_at": instants(), **_said()}
    settled = {
        "status": status,
        "student_id": student if status == LeadStatus.CONVERTED else None,
    }
    return draw(entities(Lead, fields, {**overrides, **settled}))


def lead_notes(**overrides: Any) -> st.SearchStrategy[LeadNote]:
    """Notes of a lead of their own unless `lead_id` is given."""
    fields = {
        "id": st.uuids(),
        "lead_id": st.uuids(),
        "text": texts(10_000, lines=True),
        "author_id": maybe(st.uuids()),
        "author": maybe(names()),
    }
    return entities(LeadNote, fields, overrides)
