"""`docs/reference/events.md` says what the program tells."""

from __future__ import annotations

from pathlib import Path

from haitech_app.events_page import PAGE, main, page
from haitech_domain.change import CATALOGUE

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_program_tells():
    """Run `python -m haitech_app.events_page` where this fails, and look at what it changes."""
    assert (ROOT / PAGE).read_text("utf-8") == page()


def test_every_type_has_a_section_with_its_facts():
    text = page()
    for type_ in CATALOGUE:
        assert f"\n## {type_}\n" in text
    assert "| `revenue` | an amount |" in text
    assert "| `balance` | an amount, or `null` |" in text
    assert "| `paymentStatus` | one of `unpaid`, `partial`, `paid` |" in text
    assert "| `fields` | a list; each a text |" in text


def test_it_is_written_where_it_belongs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    main()
    assert (tmp_path / PAGE).read_text("utf-8") == page()
    assert capsys.readouterr().out == f"{PAGE}\n"
