"""Rules of single values, read from the annotations of the class that holds them.

`name: Annotated[str, Text(120)]` is at once the type, the rule and the documentation. One
reading of a class's annotations gives one rule for each field; a rule takes what it is given
(text from outside or a value already made) and returns the value, or raises `BadValue`. Rules
are idempotent, so a value that has passed once passes again unchanged.
"""

from __future__ import annotations

import functools
import re
import types
import typing
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Annotated, Any, Final
from uuid import UUID

import attrs

from haitech_domain.calendar import FIRST_DAY, LAST_DAY
from haitech_domain.errors import BadValue, Invalid, Problem
from haitech_domain.money import Money

Rule = Callable[[Any], Any]

_REQUIRED: Final = "is required"
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_OFFSET: Final = timedelta(0)
_TIME: Final = re.compile(r"[0-9]{2}:[0-9]{2}")


@attrs.frozen
class Text:
    """Text of at most `most` characters without control characters, kept as given.

    Text of one line holds no direction overrides either: they can make it read as another.
    """

    most: int
    blank: bool = False
    lines: bool = False

    def __call__(self, value: str) -> str:
        """The text itself. :raises BadValue: blank, too long, with control characters"""
        if not self.blank and not any(map(_is_visible, value)):
            raise BadValue("must not be blank", reason="text.blank")
        if len(value) > self.most:
            raise BadValue(f"must be at most {self.most} characters", reason="text.too_long")
        allowed = "\n\r\t" if self.lines else ""
        if any(is_control(char) and char not in allowed for char in value):
            raise BadValue("must not hold control characters", reason="text.control_character")
        if not self.lines and not _OVERRIDES.isdisjoint(value):
            raise BadValue("must not hold direction overrides", reason="text.direction_override")
        return value


_OVERRIDES: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Embeddings, overrides and isolates; the marks U+200E and U+200F are harmless, and in use."""


def _is_visible(char: str) -> bool:
    """Neither space nor one of the signs that only direct or join others."""
    return not char.isspace() and unicodedata.category(char) != "Cf"


def is_control(char: str) -> bool:
    """C0 and C1 control characters and lone surrogates, which no text of people holds."""
    return char < " " or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff"


@attrs.frozen
class Between:
    """A number or amount within bounds, both included."""

    least: Any
    most: Any

    def __call__(self, value: Any) -> Any:
        """The value itself. :raises BadValue: outside the bounds"""
        if not self.least <= value <= self.most:
            raise BadValue(
                f"must be between {self.least} and {self.most}", reason="value.out_of_range"
            )
        return value


@attrs.frozen
class Secret:
    """Marks a value that appears as `***` in audit rows and logs."""

    def __call__(self, value: Any) -> Any:
        """The value itself: a mark forbids nothing."""
        return value


@attrs.frozen
class Derived:
    """Marks a figure that is recomputed from others; audit rows do not repeat it."""

    def __call__(self, value: Any) -> Any:
        """The value itself: a mark forbids nothing."""
        return value


@attrs.frozen
class Passing:
    """Marks what changes by mere use, such as a token at each refresh; audit rows leave it out."""

    def __call__(self, value: Any) -> Any:
        """The value itself: a mark forbids nothing."""
        return value


@attrs.frozen
class KeepsHistory:
    """Marks a value whose past is kept: what it was on a day can be asked (`AsOf`).

    Whatever a meeting's money is reckoned from carries it, so that recalculating «as of» a day
    gives what was true then (R-MEET-6).
    """

    def __call__(self, value: Any) -> Any:
        """The value itself: a mark forbids nothing."""
        return value


@attrs.frozen
class WebAddress:
    """A text that is an address of the web, and nothing that a page could run."""

    def __call__(self, value: str) -> str:
        """The address itself. :raises BadValue: it does not begin with http(s)://"""
        if not value.startswith(("https://", "http://")):
            raise BadValue("must begin with https:// or http://", reason="url.invalid")
        return value


Name = Annotated[str, Text(200)]
Line = Annotated[str, Text(500)]
Remark = Annotated[str, Text(500, lines=True)]
LONGEST_URL: Final = 2_000
Url = Annotated[str, Text(LONGEST_URL), WebAddress()]
Notes = Annotated[str, Text(10_000, lines=True)]
Price = Annotated[Money, Between(Money(0), Money.of(1_000_000))]
Payable = Annotated[Money, Between(Money(1), Money.of(1_000_000))]
Day = Annotated[date, Between(FIRST_DAY, LAST_DAY)]


def whole(value: Any) -> int:
    """The rule of a whole number; a truth value is none."""
    if type(value) is not int:
        raise BadValue("must be a whole number", reason="value.not_a_number")
    return value


def truth(value: Any) -> bool:
    """The rule of a truth value."""
    if type(value) is not bool:
        raise BadValue("must be true or false", reason="value.not_a_truth_value")
    return value


def text(value: Any) -> str:
    """The rule of text as such."""
    if not isinstance(value, str):
        raise BadValue("must be text", reason="value.not_text")
    return value


def civil_date(value: Any) -> date:
    """The rule of a civil date, or its text `YYYY-MM-DD`."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise BadValue("must be a date like 2026-01-31", reason="date.invalid")


def civil_time(value: Any) -> time:
    """The rule of a civil time of whole minutes, or its text `HH:MM`."""
    if isinstance(value, str) and _TIME.fullmatch(value):
        try:
            value = time.fromisoformat(value)
        except ValueError:
            value = None
    if isinstance(value, time) and not (value.second or value.microsecond or value.tzinfo):
        return value
    raise BadValue("must be a time like 16:30", reason="time.invalid")


def instant(value: Any) -> datetime:
    """The rule of an instant: a moment with an offset, kept in UTC."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise BadValue("must be a moment with an offset", reason="instant.invalid")
    if value.utcoffset() == _NO_OFFSET:
        return value
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise BadValue("is beyond the calendar", reason="instant.invalid") from None


def identifier(value: Any) -> UUID:
    """The rule of an id, or its text."""
    if isinstance(value, str):
        try:
            value = UUID(value)
        except ValueError:
            value = None
    if not isinstance(value, UUID):
        raise BadValue("must be a UUID", reason="id.invalid")
    return value


_BY_TYPE: Final[Mapping[Any, Rule]] = {
    int: whole,
    bool: truth,
    str: text,
    date: civil_date,
    time: civil_time,
    datetime: instant,
    UUID: identifier,
}


def rule_of(annotation: Any) -> Rule:
    """The rule that an annotation states."""
    if isinstance(annotation, typing.NewType):
        return rule_of(annotation.__supertype__)
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        base, *limits = typing.get_args(annotation)
        return _all_of(rule_of(base), *limits)
    if origin in (types.UnionType, typing.Union):
        inner = [part for part in typing.get_args(annotation) if part is not type(None)]
        return _optional(rule_of(inner[0])) if len(inner) == 1 else _instance(tuple(inner))
    if annotation in _BY_TYPE:
        return _BY_TYPE[annotation]
    return _by_class(origin or annotation)


def _by_class(cls: Any) -> Rule:
    if isinstance(cls, type) and issubclass(cls, Enum):
        return _choice(cls)
    if hasattr(cls, "of"):
        return typing.cast("Rule", cls.of)
    return _instance(cls)


def _all_of(*rules: Rule) -> Rule:
    def check(value: Any) -> Any:
        for rule in rules:
            value = rule(value)
        return value

    return check


def _optional(rule: Rule) -> Rule:
    return lambda value: None if value is None else rule(value)


def _choice(kind: type[Enum]) -> Rule:
    values = ", ".join(str(member.value) for member in kind)

    def check(value: Any) -> Enum:
        try:
            return kind(value)
        except ValueError:
            raise BadValue(f"must be one of {values}", reason="value.unknown") from None

    return check


def _instance(kind: Any) -> Rule:
    def check(value: Any) -> Any:
        if not isinstance(value, kind):
            raise BadValue(f"must be a {kind}", reason="value.wrong_type")
        return value

    return check


@functools.cache
def annotations_of(cls: type) -> Mapping[str, Any]:
    """The annotations of a class's fields, resolved, with their extras."""
    hints = typing.get_type_hints(cls, include_extras=True)
    return {a.name: hints[a.name] for a in attrs.fields(cls)}


@functools.cache
def rules_of(cls: type) -> Mapping[str, Rule]:
    """Each field's rule, by name."""
    return {name: rule_of(annotation) for name, annotation in annotations_of(cls).items()}


@functools.cache
def marked(cls: type, mark: type[Secret | Derived | Passing | KeepsHistory]) -> frozenset[str]:
    """The names of the fields that carry a mark, bare or within an optional."""

    def carries(part: Any) -> bool:
        return isinstance(part, mark) or any(map(carries, typing.get_args(part)))

    return frozenset(name for name, hint in annotations_of(cls).items() if carries(hint))


def problems_in(cls: type, values: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with single values given for fields of `cls`, unknown names passed over."""
    for name, rule in rules_of(cls).items():
        if name in values:
            try:
                rule(values[name])
            except BadValue as bad:
                yield Problem(name, bad.message, bad.reason)


def put_through_rules(instance: Any) -> list[Problem]:
    """Put every field through its rule, in place; what is wrong with those that break theirs."""
    problems: list[Problem] = []
    cls: Any = type(instance)
    for name, rule in rules_of(cls).items():
        given = getattr(instance, name)
        try:
            value = rule(given)
        except BadValue as bad:
            missing = given is None
            message = _REQUIRED if missing else bad.message
            problems.append(Problem(name, message, "value.required" if missing else bad.reason))
        else:
            if value is not given:
                object.__setattr__(instance, name, value)
    return problems


def enforce(instance: Any) -> None:
    """Put every field through its rule, in place, as the last step of making `instance`.

    :raises Invalid: with every field that broke its rule
    """
    problems = put_through_rules(instance)
    if problems:
        raise Invalid(tuple(problems))
