"""What a saved view may hold, as values (api.md, Fields)."""

from __future__ import annotations

from typing import Any

import pytest

from haitech_domain.access import Resource
from haitech_domain.errors import BadValue, Invalid
from haitech_domain.records import plain_data
from haitech_domain.saved_view import Filters, SavedView, SortOrder
from haitech_domain.testing.builders import MADE, a_saved_view


def test_filters_are_a_mapping_that_never_changes() -> None:
    """The order of names is no difference."""
    given: dict[str, Any] = {"status": "active", "is_active": True, "limit": 3}
    filters = Filters.of(given)
    given["status"] = "cancelled"
    assert dict(filters) == {"is_active": True, "limit": 3, "status": "active"}
    assert (len(filters), filters["status"], "colour" in filters) == (3, "active", False)
    again = Filters.of({"limit": 3, "is_active": True, "status": "active"})
    assert (again, hash(again)) == (filters, hash(filters))
    assert Filters.of(filters) is filters
    assert plain_data(filters) == {"is_active": True, "limit": 3, "status": "active"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("status=active", "value.wrong_type"),
        ({1: "x"}, "value.wrong_type"),
        ({"x": 1.5}, "value.wrong_type"),
        ({"x": None}, "value.wrong_type"),
        ({"x": ["y"]}, "value.wrong_type"),
        ({"x": 2**53 + 1}, "value.out_of_range"),
        ({f"x{n}": 1 for n in range(51)}, "value.out_of_range"),
        ({"x" * 101: 1}, "text.too_long"),
        ({"x": "y" * 501}, "text.too_long"),
        ({"x": "a\x00b"}, "text.control_character"),
        ({"": 1}, "text.blank"),
    ],
)
def test_what_are_no_filters_is_refused_by_name(given: Any, reason: str) -> None:
    """Bounded, and nothing but texts, whole numbers and truth values."""
    with pytest.raises(BadValue) as refused:
        Filters.of(given)
    assert refused.value.reason == reason


def test_a_view_is_made_of_plain_values_and_changed_by_them() -> None:
    """What says the same is no change."""
    view = a_saved_view(filters={"status": "active"}, sort_order="desc", entity="cycles")
    assert (view.entity, view.sort_order) == (Resource.CYCLES, SortOrder.DESC)
    assert view.changed(MADE, filters={"status": "active"}) is view
    assert view.changed(MADE, filters={}).version == 2
    with pytest.raises(Invalid) as refused:
        a_saved_view(filters=5, columns=("a", "a"), entity="shoes", owner_id=None)
    assert {p.field for p in refused.value.found} == {"filters", "columns", "entity", "owner_id"}


def test_the_system_makes_views_for_others_only() -> None:
    """A view without an owner would be nobody's."""
    values = {"name": "x", "entity": "cycles"}
    with pytest.raises(Invalid) as refused:
        SavedView(**values, id=a_saved_view().id, owner_id=None, created_at=MADE, updated_at=MADE)  # type: ignore[arg-type]  # the mistake itself
    assert [p.field for p in refused.value.found] == ["owner_id"]
