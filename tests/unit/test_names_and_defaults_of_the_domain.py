"""What holds of every class, name and constant of the domain, whoever adds the next one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import types
import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any
from uuid import UUID

import attrs
import pytest

import haitech_domain
from haitech_domain import ids
from haitech_domain.change import Event
from haitech_domain.entity import Entity
from haitech_domain.errors import DomainError
from haitech_domain.ports import listings
from haitech_domain.ports.query import Listing

SMALL = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


def every_module() -> Iterator[types.ModuleType]:
    yield haitech_domain
    for found in pkgutil.walk_packages(haitech_domain.__path__, "haitech_domain."):
        if ".testing" not in found.name:
            yield importlib.import_module(found.name)


MODULES = list(every_module())
PACKAGES = [module for module in MODULES if hasattr(module, "__all__")]
CLASSES: list[Any] = sorted(
    {
        thing
        for module in MODULES
        for thing in vars(module).values()
        if inspect.isclass(thing) and thing.__module__ == module.__name__
    },
    key=lambda cls: (cls.__module__, cls.__qualname__),
)
RECORDS: list[Any] = [cls for cls in CLASSES if attrs.has(cls)]
ENUMS = [cls for cls in CLASSES if issubclass(cls, Enum)]
LISTINGS = {name: value for name, value in vars(listings).items() if isinstance(value, Listing)}


def test_every_package_offers_what_it_says_once():
    for package in PACKAGES:
        assert [name for name in package.__all__ if not hasattr(package, name)] == []
        assert len(set(package.__all__)) == len(package.__all__)


def test_every_id_is_called_by_its_name():
    """What `repr`, a document and a type checker say of it is the same."""
    named = {name: made for name, made in vars(ids).items() if isinstance(made, typing.NewType)}
    assert {name: made.__name__ for name, made in named.items()} == {name: name for name in named}
    assert {made.__supertype__ for made in named.values()} == {UUID}


def test_every_value_of_an_enumeration_begins_small():
    """domain.md §1: codes are what programs compare."""
    texts = [member for enum in ENUMS for member in enum if not isinstance(member.value, int)]
    assert len(texts) > 100
    assert [member for member in texts if member.value[:1] != member.value[:1].lower()] == []


def test_every_name_in_a_listing_is_a_word_in_small_letters():
    assert len(LISTINGS) > 10
    for listing in LISTINGS.values():
        names = [*listing.filters, *listing.sorts, *listing.searched]
        names += [name for name, _ in listing.order]
        assert [name for name in names if not SMALL.fullmatch(name)] == []
        assert {name for name, _ in listing.order} <= {*listing.sorts, "name", "created_at"}


def test_every_reason_of_a_refusal_is_words_in_small_letters():
    """R-CYC-6: programs go by them."""
    dotted = re.compile(rf"{SMALL.pattern}(\.{SMALL.pattern})*")
    refusals = [cls for cls in CLASSES if issubclass(cls, DomainError)]
    reasons = {cls: cls.reason for cls in refusals if isinstance(cls.reason, str)}
    assert len(reasons) > len(refusals) / 2
    assert [cls for cls, reason in reasons.items() if not dotted.fullmatch(reason)] == []


@pytest.mark.parametrize("of", [Entity, Event])
def test_every_fact_is_given_by_its_name_and_stays(of):
    """Two ids or two times in the wrong order would be another fact."""
    those = [cls for cls in RECORDS if issubclass(cls, of)]
    assert len(those) > 10
    loose = [(cls, f.name) for cls in those for f in attrs.fields(cls) if f.init and not f.kw_only]
    assert loose == []
    assert [cls for cls in those if cls.__setattr__ is object.__setattr__] == []


def kinds_of(annotation: Any) -> tuple[type, ...]:
    """The classes that a value of an annotation may have; a protocol, say, may be anything."""
    origin = typing.get_origin(annotation)
    if origin in {typing.Union, types.UnionType}:
        return tuple(k for member in typing.get_args(annotation) for k in kinds_of(member))
    if origin in {typing.Annotated, typing.Final, typing.ClassVar}:
        return kinds_of(typing.get_args(annotation)[0])
    if isinstance(annotation, typing.NewType):
        return kinds_of(annotation.__supertype__)
    if origin is typing.Literal:
        return tuple(type(value) for value in typing.get_args(annotation))
    kind = origin or annotation
    return (
        (kind,) if inspect.isclass(kind) and not getattr(kind, "_is_protocol", False) else (object,)
    )


def test_every_default_is_a_value_of_its_field():
    """`None` only where none is allowed, and then no empty text in its place."""
    wrong: list[Any] = []
    for cls in RECORDS:
        hints = typing.get_type_hints(cls, include_extras=True)
        for field in attrs.fields(cls):
            default = field.default
            if default is attrs.NOTHING or hasattr(default, "factory"):
                continue
            kinds = kinds_of(hints.get(field.name, Any))
            empty = default == "" and type(None) in kinds
            if empty or not isinstance(default, kinds):
                wrong.append((cls.__qualname__, field.name, default))
    assert wrong == []
