"""Each parser answers a value or its documented refusal to any text, never anything else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haitech_adapters.legacy.sheet import clean
from tests.properties.parsers import PARSERS, TEXTS

SNIPPETS = st.sampled_from(
    ["{", "}", "[", "]", '"', ":", ",", ".", "=", "%", "\\", "0", "-", ";", "/", "@"]
)


def near(known):
    """A text that is nearly one of those that a parser knows: cut, doubled, with something within."""

    @st.composite
    def bent(draw):
        text = draw(st.sampled_from(known))
        at = draw(st.integers(0, len(text)))
        left = draw(st.integers(0, len(text)))
        within = draw(st.text(max_size=3) | SNIPPETS | st.characters(categories=["Cs", "Nd", "Cf"]))
        return text[:at] + within + text[left:]

    return bent()


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_what_has_broken_parsers_elsewhere_is_answered_or_refused(parser):
    for text in (*TEXTS, *parser.known):
        assert parser.answers(text) in {True, False}
        assert parser.answers("".join(parser.known[:1]) + text) in {True, False}


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
@settings(max_examples=12)
@given(data=st.data())
def test_any_text_is_answered_or_refused(parser, data):
    kinds = st.text(max_size=60) | st.text("0123456789.-:,/+ eE", max_size=30)
    text = data.draw(kinds | near(parser.known) if parser.known else kinds)
    assert parser.answers(text) in {True, False}


def test_a_cell_of_nothing_but_space_within_is_read_at_once():
    """Looked at from every space to its end, this one would take minutes."""
    cell = "א" + " " * 130_000 + "ב"
    assert clean(f" \u200f{cell}\u202c\n") == cell
