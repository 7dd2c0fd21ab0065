"""`docs/reference/events.md` says what the program tells."""

from __future__ import annotations

from haitech_app.reference.events import page
from haitech_domain.change import CATALOGUE


def test_every_type_has_a_section_with_its_facts():
    text = page()
    for type_ in CATALOGUE:
        assert f"\n## {type_}\n" in text
    assert "| `revenue` | an amount |" in text
    assert "| `balance` | an amount, or `null` |" in text
    assert "| `paymentStatus` | one of `unpaid`, `partial`, `paid` |" in text
    assert "| `fields` | a list; each a text |" in text
