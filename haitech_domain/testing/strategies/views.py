"""Saved views."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from haitech_domain.access import Resource
from haitech_domain.saved_view import Filters, SavedView, SortOrder
from haitech_domain.testing.strategies.making import entities, maybe
from haitech_domain.testing.strategies.once import made_once
from haitech_domain.testing.strategies.text import names, texts


@made_once
def filters() -> st.SearchStrategy[Filters]:
    """Filters of any names, with each kind of value."""
    values = texts(500) | st.booleans() | st.integers(-(2**53), 2**53)
    return st.dictionaries(texts(100), values, max_size=4).map(Filters.of)


def saved_views(**overrides: Any) -> st.SearchStrategy[SavedView]:
    """Views of any list, of an owner of their own unless `owner_id` is given."""
    fields = {
        "id": st.uuids(),
        "owner_id": st.uuids(),
        "name": names(),
        "entity": st.sampled_from(Resource),
        "filters": filters(),
        "columns": st.lists(texts(100), unique=True, max_size=4).map(tuple),
        "sort_by": maybe(texts(100)),
        "sort_order": maybe(st.sampled_from(SortOrder)),
        "is_default": st.booleans(),
        "is_public": st.booleans(),
    }
    return entities(SavedView, fields, overrides)
