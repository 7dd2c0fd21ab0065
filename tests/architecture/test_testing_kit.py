"""The published kit has something for whatever the domain has, also for what is written next."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from pathlib import Path

import attrs
import pytest

import haitech_domain
from haitech_app.testing import MemoryWorld
from haitech_domain import change, entity, fields, ports
from haitech_domain.calendar import HolidayCalendar
from haitech_domain.change import CATALOGUE, Event
from haitech_domain.entity import Entity, rules_across
from haitech_domain.errors import DomainError, Problem
from haitech_domain.pay import PayInputs
from haitech_domain.testing import builders, contracts, strategies
from haitech_domain.testing.strategies.between import BETWEEN

ROOT = Path(__file__).resolve().parents[2]
RULES = {cls for cls in vars(fields).values() if inspect.isclass(cls) and attrs.has(cls)}
"""What annotations say of values; they are no values themselves."""
NO_CALLER_BREAKS = {PayInputs: "an exact factor, which the type says: a float is a TypeError"}


def modules():
    found = pkgutil.walk_packages(haitech_domain.__path__, "haitech_domain.")
    return [module.name for module in found if ".testing" not in module.name]


def classes():
    """Every public class of attrs that the domain defines, where it defines it."""
    for name in modules():
        for cls in vars(import_module(name)).values():
            mine = inspect.isclass(cls) and cls.__module__ == name and attrs.has(cls)
            if mine and not cls.__name__.startswith("_"):
                yield cls


def is_a_verb(cls):
    return "__call__" in dir(cls) or cls.__module__.startswith("haitech_domain.use_cases")


def checks_itself(cls):
    """Whether making one can be refused."""
    made = "__attrs_post_init__" in vars(cls)
    return made or any(a.validator is not None for a in attrs.fields(cls))


def is_a_thing(cls):
    """An entity, a value, an event, or what a verb is told; no rule, no refusal, no verb."""
    if issubclass(cls, (DomainError, Problem)) or cls in RULES:
        return False
    return not is_a_verb(cls) or (checks_itself(cls) and "__call__" not in dir(cls))


THINGS = sorted((cls for cls in classes() if is_a_thing(cls)), key=lambda cls: cls.__qualname__)
WITH_RULES = [
    cls
    for cls in THINGS
    if (checks_itself(cls) or issubclass(cls, (Entity, Event)))
    and cls not in {Entity, Event}
    and (not issubclass(cls, Event) or cls in CATALOGUE.values())
    and cls not in NO_CALLER_BREAKS
]


def named(cls):
    return f"{cls.__module__.removeprefix('haitech_domain.')}.{cls.__name__}"


@pytest.mark.parametrize("cls", THINGS, ids=named)
def test_every_thing_of_the_domain_has_a_strategy(cls):
    strategies.valid(cls).validate()


@pytest.mark.parametrize("cls", WITH_RULES, ids=named)
def test_every_thing_that_can_be_refused_has_a_strategy_that_nearly_makes_it(cls):
    assert strategies.has_rules(cls)
    strategies.nearly_valid(cls).validate()


def test_the_things_are_all_that_there_are():
    assert set(CATALOGUE.values()) < set(THINGS)
    entities = {cls for cls in classes() if issubclass(cls, Entity)}
    assert entities < set(THINGS)
    assert len(entities) - 1 == 22
    assert {change.Change, entity.Entity} < set(THINGS)


@pytest.mark.parametrize("cls", [c for c in THINGS if issubclass(c, Entity)], ids=named)
def test_every_rule_between_fields_is_broken_by_a_strategy(cls):
    rules = {rule.__name__ for _, rule in rules_across(cls)}
    assert set(BETWEEN.get(cls, {})) == rules


def test_every_entity_has_a_builder_that_takes_any_of_its_fields():
    hints = [
        inspect.signature(made, eval_str=True)
        for name, made in vars(builders).items()
        if name.startswith(("a_", "an_")) and inspect.isfunction(made)
    ]
    built = {
        signature.return_annotation for signature in hints if "overrides" in signature.parameters
    }
    entities = {cls for cls in THINGS if issubclass(cls, Entity)} - {Entity}
    assert entities - built == set()


def test_every_verb_that_a_caller_can_ask_for_has_commands():
    """The paths are those of the verbs as they are called."""
    verbs = MemoryWorld.fresh().verbs
    for name in strategies.command_names():
        found = verbs
        for part in name.split("."):
            found = getattr(found, part)
        assert callable(found), name
        strategies.commands(name).validate()
        if strategies.takes_values(name):
            strategies.nearly_valid_commands(name).validate()
    asked = {
        path
        for path, verb in callables(verbs)
        if not {"job", "entity", "work", "written", "rounds"}
        & set(inspect.signature(verb).parameters)
    }
    assert asked == set(strategies.command_names())


def callables(verbs, prefix=""):
    for field in attrs.fields(type(verbs)):
        found = getattr(verbs, field.name)
        if not type(found).__module__.startswith("haitech_domain.use_cases"):
            continue
        if callable(found):
            yield prefix + field.name, found
        else:
            yield from callables(found, f"{prefix}{field.name}.")


# ── ports ───────────────────────────────────────────────────────────────────────────────────


def port_classes():
    found = [*vars(ports).values(), HolidayCalendar]
    return {cls for cls in found if getattr(cls, "_is_protocol", False)}


def test_every_port_has_a_contract_suite():
    assert port_classes() - contracts.SUITES.keys() == set()
    assert contracts.SUITES.keys() <= port_classes()


def test_every_suite_is_of_a_port_and_says_what_it_wants():
    published = {
        suite
        for name, suite in vars(contracts).items()
        if name.endswith("Contract") and suite is not contracts.ThingsContract
    }
    assert published == {suite for suites in contracts.SUITES.values() for suite in suites}
    for suite in published:
        stores = issubclass(suite, contracts.world.Contract)  # whose fixture is the world
        assert stores or "fixture" in (suite.__doc__ or ""), suite


def test_every_suite_is_passed_by_an_adapter_of_ours():
    tests = ROOT / "tests" / "contract"
    sources = "".join(path.read_text("utf-8") for path in tests.glob("test_*.py"))
    suites = {suite for suites in contracts.SUITES.values() for suite in suites}
    assert [suite for suite in suites if f"(contracts.{suite.__name__})" not in sources] == []
