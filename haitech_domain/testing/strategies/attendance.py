"""Marks of every kind of target."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from haitech_domain.attendance import AttendanceStatus, Mark
from haitech_domain.testing.strategies.calendar import instants
from haitech_domain.testing.strategies.making import either, entities, maybe
from haitech_domain.testing.strategies.text import names, texts


@st.composite
def marks(draw: st.DrawFn, /, **overrides: Any) -> Mark:
    """Marks of a registration, a student or a guest.

    Where some of `registration_id`, `student_id` and `guest_name` are given, one of those is it.
    """
    given = {
        "registration_id": st.uuids(),
        "student_id": st.uuids(),
        "guest_name": names(),
    }
    stated = {name: overrides.pop(name) for name in given if name in overrides}
    target = draw(st.sampled_from(list(stated or given)))
    fields = {
        "id": st.uuids(),
        "meeting_id": st.uuids(),
        "status": st.sampled_from(AttendanceStatus),
        target: either(stated.get(target, given[target])),
        "is_trial": st.booleans() if target == "registration_id" else st.just(value=True),
        "notes": maybe(texts(10_000, lines=True)),
        "recorded_at": instants(),
        "recorded_by_id": st.none(),
    }
    return draw(entities(Mark, fields, overrides))
