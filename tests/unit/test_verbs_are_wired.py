"""What makes all verbs gives each of them every part that it says it needs."""

from __future__ import annotations

import types
import typing

import attrs
import pytest

from haitech_domain.use_cases import Verbs

pytestmark = pytest.mark.anyio


def may_be_none(hint):
    if typing.get_origin(hint) in {types.UnionType, typing.Union}:
        return any(map(may_be_none, typing.get_args(hint)))
    return hint in {types.NoneType, typing.Any, object}


def missing(thing, path="verbs"):
    """The parts of a verb, and of what it is made of, that are None and must not be."""
    cls = type(thing)
    if not (attrs.has(cls) and cls.__module__.startswith("haitech_domain.use_cases")):
        return []
    hints = typing.get_type_hints(cls)
    found = []
    for field in attrs.fields(cls):
        value, here = getattr(thing, field.name), f"{path}.{field.name}"
        if value is None and not may_be_none(hints[field.name]):
            found.append(here)
        found += missing(value, here)
    return found


async def test_every_verb_has_all_its_parts(memory_world):
    assert isinstance(memory_world.verbs, Verbs)
    assert missing(memory_world.verbs) == []


async def test_a_part_that_is_missing_is_named(memory_world):
    verbs = memory_world.verbs
    lame = attrs.evolve(verbs, read_sheet=attrs.evolve(verbs.read_sheet, uow=None))
    assert missing(lame) == ["verbs.read_sheet.uow"]
