"""R-MONEY-6, R-MEET-1, R-PPL-1 at the door: rules of single values, read from annotations."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.errors import BadValue, Invalid, Problem
from haitech_domain.fields import (
    Between,
    Derived,
    Name,
    Notes,
    Price,
    Secret,
    Text,
    annotations_of,
    civil_date,
    civil_time,
    enforce,
    identifier,
    instant,
    is_control,
    marked,
    problems_in,
    rule_of,
    rules_of,
    text,
    truth,
    whole,
)
from haitech_domain.ids import CourseId
from haitech_domain.money import Money
from haitech_domain.people import Phone

AN_ID = UUID("0198c0de-0000-7000-8000-000000000001")


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@attrs.define(kw_only=True)
class Sample:
    """A class of every kind of field."""

    id: CourseId
    name: Name
    price: Price | None = None
    phone: Phone | None = None
    colour: Colour = Colour.RED
    count: Annotated[int, Between(1, 5), Derived()] = 1
    password: Annotated[str, Secret()] | None = None
    either: int | str = 0
    lines: tuple[str, ...] = ()


def refused(rule: Any, value: object) -> str:
    with pytest.raises(BadValue) as bad:
        rule(value)
    assert str(bad.value) == bad.value.message
    return bad.value.reason


def reason_of(rule: Any, value: object) -> str | None:
    """Why a rule refuses a value; None where it does not."""
    try:
        rule(value)
    except BadValue as bad:
        return bad.reason
    return None


def test_text_is_kept_as_given_within_its_length() -> None:
    """R-PPL-1: text of people is not changed silently."""
    rule = Text(5)
    assert rule(" ab  ") == " ab  "
    assert rule("דנהלה") == "דנהלה"
    assert refused(rule, "abcdef") == "text.too_long"
    assert refused(rule, "  ") == "text.blank"
    assert refused(rule, "") == "text.blank"
    assert Text(5, blank=True)("") == ""
    with pytest.raises(BadValue, match=r"^must be at most 5 characters$"):
        rule("abcdef")
    with pytest.raises(BadValue, match=r"^must not be blank$"):
        rule("")


@pytest.mark.parametrize("char", ["\x00", "\x1f", "\x7f", "\x85", "\x9f", chr(0xD800), chr(0xDFFF)])
def test_control_characters_are_no_text(char: str) -> None:
    """R-PPL-1: NUL bytes and lone surrogates come from no keyboard."""
    assert is_control(char)
    assert refused(Text(9), f"a{char}") == "text.control_character"
    assert refused(Text(9, lines=True), f"a{char}") == "text.control_character"


@pytest.mark.parametrize("char", ["\n", "\r", "\t"])
def test_only_notes_have_lines(char: str) -> None:
    """R-MEET-8: notes hold line breaks and tabs, names do not."""
    assert rule_of(Notes)(f"a{char}b") == f"a{char}b"
    assert refused(rule_of(Name), f"a{char}b") == "text.control_character"


@pytest.mark.parametrize("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
def test_a_name_holds_nothing_that_makes_it_read_as_another(code: int) -> None:
    """R-PPL-1: embeddings, overrides and isolates disguise text; Hebrew needs none of them."""
    name = f"דנה{chr(code)}gpj.exe"
    assert refused(rule_of(Name), name) == "text.direction_override"
    assert rule_of(Notes)(name) == name


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u061c"])
def test_direction_marks_stay_in_names(mark: str) -> None:
    """R-PPL-1: they set a hyphen or a bracket right between two scripts."""
    assert rule_of(Name)(f"AI{mark} (מתקדמים)") == f"AI{mark} (מתקדמים)"


@pytest.mark.parametrize("char", [" ", "~", "\u00a0", "א", "\u200f", "\ud7ff", "\ue000", "😀"])
def test_other_characters_are_text(char: str) -> None:
    """R-PPL-1: Hebrew, direction marks and pictures are text."""
    assert not is_control(char)


def test_bounds_are_included() -> None:
    """R-CYC-7: 1-500 means 1 and 500."""
    rule = Between(1, 5)
    assert [rule(1), rule(5)] == [1, 5]
    for value in (0, 6):
        with pytest.raises(BadValue, match=r"^must be between 1 and 5$") as bad:
            rule(value)
        assert bad.value.reason == "value.out_of_range"


def test_marks_let_every_value_pass() -> None:
    """R-REV-6: a mark is no rule."""
    assert Secret()("x") == "x"
    assert Derived()(3) == 3


@pytest.mark.parametrize(
    ("rule", "good", "bad", "reason"),
    [
        (whole, [0, -3], [True, 1.0, "1", None, Decimal(1)], "value.not_a_number"),
        (truth, [True, False], [0, 1, "true", None], "value.not_a_truth_value"),
        (text, ["", "a"], [1, None, b"a"], "value.not_text"),
        (
            instant,
            [datetime(2026, 1, 1, tzinfo=UTC)],
            [datetime(2026, 1, 1), date(2026, 1, 1), "2026-01-01T00:00Z"],  # noqa: DTZ001
            "instant.invalid",
        ),
    ],
)
def test_plain_values_are_of_their_type(
    rule: Any, good: list[object], bad: list[object], reason: str
) -> None:
    """R-MONEY-1: no value is guessed from one of another type."""
    assert [rule(value) for value in good] == good
    assert {refused(rule, value) for value in bad} == {reason}


def test_a_date_is_a_date_or_its_text() -> None:
    """R-SCHED-7: civil dates, `YYYY-MM-DD`."""
    assert civil_date("2026-01-31") == civil_date(date(2026, 1, 31)) == date(2026, 1, 31)
    bad: list[object] = [
        "2026-02-30",
        "20260131",
        "31/01/2026",
        "2026-1-31",
        "2026-01-31T00:00",
        "",
        None,
        20260131,
        datetime(2026, 1, 31, tzinfo=UTC),
    ]
    assert {refused(civil_date, value) for value in bad} == {"date.invalid"}


def test_a_week_date_is_no_date() -> None:
    """R-SCHED-7: `2026-W01-1` has ten characters too, but it is not `YYYY-MM-DD`."""
    assert refused(civil_date, "2026-W01-1") == "date.invalid"


def test_a_time_is_whole_minutes_or_its_text() -> None:
    """R-MEET-1: `HH:MM`, no seconds, no offset."""
    assert civil_time("16:30") == civil_time(time(16, 30)) == time(16, 30)
    bad: list[object] = [
        "24:00",
        "16:60",
        "16:3",
        "1630",
        "T16:3",
        "16:30:00",
        "ab:cd",
        "",
        None,
        1630,
        time(16, 30, 1),
        time(16, 30, 0, 1),
        time(16, 30, tzinfo=UTC),
    ]
    assert {refused(civil_time, value) for value in bad} == {"time.invalid"}


def test_an_id_is_a_uuid_or_its_text() -> None:
    """R-ACC-2: ids are UUIDs."""
    assert identifier(str(AN_ID)) == identifier(AN_ID) == AN_ID
    bad: list[object] = ["1", "", None, 1, b"1"]
    assert {refused(identifier, value) for value in bad} == {"id.invalid"}


def test_rules_are_read_from_annotations() -> None:
    """R-MONEY-6: at once the type, the rule and the documentation."""
    assert rule_of(CourseId)(str(AN_ID)) == AN_ID
    assert rule_of(Price)("45.50") == Money.of("45.50")
    assert refused(rule_of(Price), "-1") == "value.out_of_range"
    assert refused(rule_of(Price), "1000000.01") == "value.out_of_range"
    assert refused(rule_of(Price), "1.001") == "money.too_many_decimals"
    assert rule_of(Price | None)(None) is None
    assert rule_of(Phone | None)("0501234567") == Phone("+972501234567")
    assert rule_of(Colour)("blue") is Colour.BLUE
    assert rule_of(Colour)(Colour.RED) is Colour.RED
    assert rule_of(int | str)(5) == 5
    assert rule_of(int | str)("5") == "5"
    assert refused(rule_of(int | str), 5.0) == "value.wrong_type"
    assert rule_of(tuple[str, ...])(("a",)) == ("a",)
    assert refused(rule_of(tuple[str, ...]), ["a"]) == "value.wrong_type"


@pytest.mark.parametrize("value", ["green", "RED", None, 1, [], {}])
def test_a_word_outside_the_list_is_refused_with_the_list(value: object) -> None:
    """R-CYC-7: closed words; the refusal names them."""
    with pytest.raises(BadValue, match=r"^must be one of red, blue$") as bad:
        rule_of(Colour)(value)
    assert bad.value.reason == "value.unknown"


def test_enforcing_puts_every_field_through_its_rule_in_place() -> None:
    """R-MONEY-6: an object that exists is valid, its values already made."""
    name = "Robots"
    sample = Sample(id=str(AN_ID), name=name, price="45.50", phone="050-1234567", colour="blue")  # type: ignore[arg-type]
    enforce(sample)
    assert sample == Sample(
        id=CourseId(AN_ID),
        name="Robots",
        price=Money(4550),
        phone=Phone("+972501234567"),
        colour=Colour.BLUE,
    )
    assert sample.name is name
    before = attrs.evolve(sample)
    enforce(sample)
    assert sample == before


def test_all_that_is_wrong_is_told_at_once() -> None:
    """R-CYC-6: all problems are listed."""
    sample = Sample(id=None, name="", price="0.001", count=9)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as invalid:
        enforce(sample)
    assert invalid.value.problems == (
        Problem("id", "is required", "value.required"),
        Problem("name", "must not be blank", "text.blank"),
        Problem("price", "has more than two decimals", "money.too_many_decimals"),
        Problem("count", "must be between 1 and 5", "value.out_of_range"),
    )


def test_single_values_are_checked_without_an_object() -> None:
    """R-CYC-6: every value is checked; names that no field has are passed over."""
    given_values = {"name": "x" * 201, "count": 3, "colour": "green", "unknown": object()}
    assert list(problems_in(Sample, given_values)) == [
        Problem("name", "must be at most 200 characters", "text.too_long"),
        Problem("colour", "must be one of red, blue", "value.unknown"),
    ]
    assert list(problems_in(Sample, {})) == []


def test_annotations_and_marks_are_found_also_within_optionals() -> None:
    """R-ACC-2: secrets and derived figures are known by their mark."""
    assert list(annotations_of(Sample)) == [a.name for a in attrs.fields(Sample)]
    assert set(rules_of(Sample)) == set(annotations_of(Sample))
    assert marked(Sample, Secret) == {"password"}
    assert marked(Sample, Derived) == {"count"}


@given(st.dates())
def test_every_date_survives_its_text(day: date) -> None:
    """R-SCHED-7: rules are idempotent."""
    assert civil_date(day.isoformat()) == civil_date(day) == day


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_minute_of_the_day_survives_its_text(hour: int, minute: int) -> None:
    """R-MEET-1."""
    moment = time(hour, minute)
    assert civil_time(f"{hour:02}:{minute:02}") == civil_time(moment) == moment


@given(st.text(max_size=12))
def test_any_text_is_a_date_and_a_time_or_refused(value: str) -> None:
    """R-SCHED-7: never another error, and what is read is written the same way."""
    reasons = {"date.invalid", "time.invalid", "id.invalid", None}
    assert {reason_of(rule, value) for rule in (civil_date, civil_time, identifier)} <= reasons


def test_an_instant_is_kept_in_utc() -> None:
    """domain.md: instants are timezone-aware UTC, whatever offset they come with."""
    jerusalem = timezone(timedelta(hours=2))
    kept = instant(datetime(2026, 1, 1, 2, tzinfo=jerusalem))
    assert (kept, kept.utcoffset()) == (datetime(2026, 1, 1, tzinfo=UTC), timedelta(0))
    with pytest.raises(BadValue, match="beyond the calendar"):
        instant(datetime(1, 1, 1, tzinfo=jerusalem))
