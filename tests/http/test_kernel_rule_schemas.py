"""The domain's rules as JSON Schema says them: as exact as it can, and never stricter."""

import re
from datetime import date
from typing import Annotated

import pytest

from haitech_adapters.http.rule_schemas import keywords_of, like, ruled, written
from haitech_domain.fields import Between, Payable, Secret, Text, Url
from haitech_domain.ids import CourseId
from haitech_domain.money import Money
from haitech_domain.people import Email, Phone

MONEY = Annotated[Money, Between(Money(0), Money.of(1_000_000))]
ODD = Annotated[Money, Between(Money.of(-250), Money.of(250))]


def accepts(pattern, text):
    return re.search(pattern, text) is not None


def test_a_text_that_may_be_blank_has_a_length_and_no_control_characters():
    words = keywords_of(Annotated[str, Text(10, blank=True)])["string"]
    assert words["maxLength"] == 10
    assert "minLength" not in words
    assert accepts(words["pattern"], "")
    assert not accepts(words["pattern"], "a\tb")


def test_an_address_of_the_web_says_how_it_begins():
    words = keywords_of(Url)["string"]
    assert (words["format"], words["maxLength"]) == ("uri", 2000)
    assert accepts(words["pattern"], "https://example.com/a")
    assert not accepts(words["pattern"], "javascript:alert(1)")


@pytest.mark.parametrize(
    ("rule", "amount", "allowed"),
    [
        (MONEY, "0.5", True),
        (MONEY, "1000000.0", True),
        (MONEY, "1000001", False),
        (MONEY, "-0.01", False),
        (ODD, "-250.00", True),
        (ODD, "249.99", True),
        (ODD, "2500", False),
        (ODD, "1.234", False),
        (Payable, "0.01", True),
        (Payable, "10", True),
        (Payable, "1000000.00", True),
        (Payable, "0.00", False),
        (Payable, "0", False),
        (Payable, "-1", False),
        (Payable, "1000000.01", False),
    ],
)
def test_amounts_as_text_have_a_pattern(rule, amount, allowed):
    assert accepts(keywords_of(rule)["string"]["pattern"], amount) is allowed


def test_amounts_as_numbers_have_bounds():
    assert keywords_of(ODD)["number"] == {"minimum": -250, "maximum": 250}
    assert keywords_of(Payable)["number"] == {"exclusiveMinimum": 0, "maximum": 1_000_000}


@pytest.mark.parametrize(
    ("first", "last", "day", "allowed"),
    [
        (1998, 2100, "1998-05-05", True),
        (1998, 2100, "1997-05-05", False),
        (1998, 2100, "2050-05-05", True),
        (2026, 2027, "2028-01-01", False),
    ],
)
def test_days_have_a_pattern_of_their_years(first, last, day, allowed):
    rule = Annotated[date, Between(date(first, 1, 1), date(last, 12, 31))]
    words = keywords_of(rule)["string"]
    assert accepts(words["pattern"], day) is allowed
    assert words["description"] == f"From {first}-01-01 to {last}-12-31."


def test_what_is_no_limit_adds_nothing():
    assert keywords_of(Annotated[str, Secret()]) == {}
    assert keywords_of(CourseId) == {}
    assert keywords_of(int | str) == {}
    assert ruled({"type": "string"}, {}) == {"type": "string"}


def test_rules_reach_through_null_and_pass_over_choices_and_ids():
    words = keywords_of(Annotated[str, Text(5)] | None)
    either = ruled({"anyOf": [{"type": "string"}, {"type": "null"}]}, words)
    assert either["anyOf"][0]["maxLength"] == 5
    assert either["anyOf"][1] == {"type": "null"}
    for schema in ({"enum": ["a"]}, {"type": "string", "format": "uuid"}):
        assert ruled(schema, words) == schema


def test_what_is_shown_is_said_to_be_written_as_it_is():
    assert accepts(written(Phone)["string"]["pattern"], "+972501234567")
    assert written(Email | None) == {"string": {"format": "email"}}
    assert written(Annotated[str, Text(5)]) == {}


def test_a_field_may_borrow_the_rule_of_another():
    assert like(Url).extra == {"rule": Url}
