"""What is signed of an audit row does not depend on how it is stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from haitech_adapters.postgres.audit_key import CONTENT, AuditKey, canonical

KEY = AuditKey(b"k" * 32)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
AT = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)
ROW = {
    **dict.fromkeys(CONTENT, "text"),
    "id": UUID(int=1),
    "entity_id": UUID(int=2),
    "actor_id": None,
    "created_at": AT,
    "old": {},
    "new": {"name": "דנה"},
}


@given(st.dictionaries(TEXT, VALUES, max_size=4))
def test_it_is_json_with_sorted_keys_and_without_spaces(new):
    signed = canonical({**ROW, "new": new})
    parts = json.loads(signed)
    assert len(parts) == len(CONTENT) + 1
    assert parts[1 + CONTENT.index("new")] == new
    assert parts[1 + CONTENT.index("created_at")] == "2026-01-02T03:04:05.678900+00:00"
    turned = dict(reversed(json.loads(json.dumps(new)).items()))
    assert canonical({**ROW, "new": turned}) == signed


def test_the_same_moment_in_another_zone_is_the_same():
    there = AT.astimezone(timezone(timedelta(hours=3)))
    assert canonical({**ROW, "created_at": there}) == canonical(ROW)


def test_the_form_is_fixed_for_ever():
    """Rows signed by an older program must stay true: another form needs another number."""
    assert canonical(ROW).decode() == (
        '[1,"00000000-0000-0000-0000-000000000001","2026-01-02T03:04:05.678900+00:00","text",null,'
        '"text","text","text","00000000-0000-0000-0000-000000000002",{},{"name":"דנה"},"text",'
        '"text","text"]'
    )
    assert KEY.of_row(ROW).hex() == KEY_OF_ROW


KEY_OF_ROW = "88f47c66244279ac3880c2df6d591eedfba9e86b2259eb687db625066ec6e96c"
