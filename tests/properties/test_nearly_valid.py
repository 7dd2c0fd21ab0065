"""What is nearly valid is refused by the name of what is wrong; what is valid, for no such reason."""

from __future__ import annotations

import asyncio
import inspect
from functools import cache
from operator import attrgetter

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from haitech_app.testing import MemoryWorld
from haitech_domain import Invalid, Money, Phone
from haitech_domain.access import Actor, Role
from haitech_domain.change import CATALOGUE
from haitech_domain.entity import Entity
from haitech_domain.errors import BadValue, DomainError, Kind
from haitech_domain.records import facts_of, plain_data
from haitech_domain.registration import StatedPayment
from haitech_domain.testing import builders, strategies
from haitech_domain.testing.strategies.declared import DECLARED
from haitech_domain.testing.strategies.whole import ENFORCED, WHOLE
from haitech_domain.webhook import Delivery

ENTITIES = {cls for cls in DECLARED if issubclass(cls, Entity)} - {Entity} | {Delivery}
KINDS = sorted({*ENTITIES, *ENFORCED, *WHOLE, *CATALOGUE.values()}, key=lambda cls: cls.__name__)
NAMES = sorted(strategies.command_names())
WITH_VALUES = [name for name in NAMES if strategies.takes_values(name)]
BY_STATE = {
    "reference.unknown",
    "password.wrong",
    "token.invalid",
    "value.required",
    "value.out_of_range",
}
"""What depends on what is kept: who is named, whether a link still opens, what was paid before."""


@settings(max_examples=4 * settings().max_examples)
@given(st.sampled_from(KINDS).flatmap(strategies.nearly_valid))
def test_what_is_nearly_valid_is_refused_by_field_and_reason(nearly):
    with pytest.raises((BadValue, Invalid)) as refused:
        nearly.make()
    assert nearly.is_told_by(refused.value), (nearly, refused.value)


@settings(max_examples=2 * settings().max_examples)
@given(st.sampled_from(KINDS).flatmap(strategies.valid))
def test_what_is_valid_is_made_and_can_be_written_down(thing):
    assert plain_data(thing) is not None


@given(strategies.events())
def test_every_event_tells_facts_that_json_holds(event):
    assert plain_data(facts_of(event)) == facts_of(event)


# ── commands ────────────────────────────────────────────────────────────────────────────────


@cache
def school():
    """A school in memory, in which the commands are given."""
    world, made = MemoryWorld.fresh(), builders.a_school()
    asyncio.run(world.uow.run(Actor.system("test"), lambda tx: builders.furnish(tx, made)))
    return world, made


PARTS = {
    "orders": "order",
    "branches": "branch",
    "activate_user": "user",
    "deactivate_user": "user",
    "invite_instructor": "instructor",
    "read_meeting": "meeting",
    "read_lead": "lead",
    "read_registration": "registration",
    "read_mark": "mark",
}


@cache
def called(name, nearly=False):
    """The keywords of a verb, about what is there."""
    _, made = school()
    verb = attrgetter(name)(school()[0].verbs)
    own = {}
    for keyword in inspect.signature(verb).parameters:
        first = name.partition(".")[0]
        part = PARTS.get(first, first.removesuffix("s"))
        if keyword == "id" and hasattr(made, part):
            own[keyword] = getattr(made, part).id
        elif keyword.endswith("_id") and hasattr(made, keyword[:-3]):
            own[keyword] = getattr(made, keyword[:-3]).id
        elif keyword == "ids":
            own[keyword] = [made.cycle.id if "cycle" in name else made.meeting.id]
        elif keyword == "within" and first in {"closures", "time_off"}:
            parent = {"closures": made.branch, "time_off": made.instructor}[first]
            own[keyword] = {f"{type(parent).__name__.lower()}_id": parent.id}
    made_of = strategies.nearly_valid_commands if nearly else strategies.commands
    return st.tuples(st.just(name), made_of(name, **own))


def refusal(name, keywords):
    """By what a verb refuses an administrator, if it does; nothing that it does is kept."""
    world, made = school()
    verb = attrgetter(name)(world.verbs)
    actor = builders.a_user(id=made.user.id, role=Role.ADMIN).actor()
    who = {"actor": actor} if "actor" in inspect.signature(verb).parameters else {}

    async def undone(_tx):
        answer = verb(**who, **keywords)
        if inspect.isawaitable(answer):
            await answer
        raise UndoneError

    with pytest.raises((UndoneError, DomainError)) as ended:
        asyncio.run(world.uow.run(actor, undone))
    return ended.value if isinstance(ended.value, DomainError) else None


class UndoneError(Exception):
    """Ends a transaction in which all went well."""


@settings(max_examples=settings().max_examples // 2)
@given(st.sampled_from(NAMES).flatmap(called))
def test_a_valid_command_is_done_or_refused_for_what_is_there(command):
    name, keywords = command
    refused = refusal(name, keywords)
    if refused is not None and refused.kind is Kind.INVALID:
        assert {problem.reason for problem in refused.problems} <= BY_STATE, (name, refused)


@given(st.sampled_from(WITH_VALUES).flatmap(lambda name: called(name, nearly=True)))
def test_a_nearly_valid_command_is_refused_by_field_and_reason(command):
    name, nearly = command
    refused = refusal(name, nearly.values)
    assert refused is not None, (name, nearly)
    problems = [p for p in refused.problems if p.reason != "reference.unknown"]
    assert nearly.is_all_of(problems), (name, nearly, refused)


# ── shrinking ───────────────────────────────────────────────────────────────────────────────


def smallest(strategy, suits=lambda _: True):
    how = settings(max_examples=200, database=None, phases=(Phase.generate, Phase.shrink))
    return find(strategy, suits, settings=how)


def test_a_failing_example_is_the_one_that_a_person_would_write():
    assert smallest(strategies.money(), lambda amount: amount > Money(0)) == Money(1)
    assert smallest(strategies.money(), lambda amount: amount < Money(-99)) == Money(-100)
    lost = smallest(strategies.prices(), lambda p: Money(int(float(p.amount) * 100)) != p)
    assert lost == Money.of("0.29"), "the least amount that a float loses"
    long = smallest(strategies.time_slots(), lambda slot: slot.minutes > 60)
    assert (str(long.start), str(long.end)) == ("00:00:00", "01:01:00")
    week = smallest(strategies.date_ranges(), lambda days: (days.end - days.start).days >= 7)
    assert (str(week.start), str(week.end)) == ("2026-01-01", "2026-01-08")
    first, _, last = smallest(strategies.names(), lambda name: " " in name).partition(" ")
    assert len(first + last) <= 3, "two letters, or one and a word in capitals"


def test_a_nearly_valid_example_shrinks_to_nothing_but_what_is_wrong():
    nearly = smallest(strategies.nearly_valid(Phone))
    assert (nearly.values, nearly.reason) == ({"e164": ""}, "phone.invalid")
    stated = smallest(strategies.nearly_valid(StatedPayment), lambda n: n.field == "amount")
    assert {name for name, value in stated.values.items() if value is not None} == {"amount"}


def test_what_has_no_rules_cannot_be_nearly_valid():
    with pytest.raises(TypeError, match="no rule"):
        strategies.nearly_valid(type(builders.a_school()))
    with pytest.raises(TypeError, match="no values"):
        strategies.nearly_valid_commands("read_cycle")
    with pytest.raises(TypeError, match="is not told shoe_size"):
        strategies.commands("read_cycle", shoe_size=44)
    with pytest.raises(TypeError, match="nothing that the domain makes"):
        strategies.valid(object().__class__)
