"""Passwords, tokens, secrets and bank details are `***` in the audit, of whatever entity."""

from __future__ import annotations

import re

import attrs
import pytest

from haitech_domain.change import Change
from haitech_domain.entity import Entity, hydrate
from haitech_domain.fields import Derived, Passing, Secret, marked
from haitech_domain.records import differences
from haitech_domain.testing import contracts  # noqa: F401  # with it, every entity is known

SHOWN = "as it is"
TELLING = re.compile(r"password|token|secret|bank|account_number|hash$|signature")
"""Names that say that a value is private."""


def entities(cls=Entity):
    # attrs makes a slotted class twice; the one that counts is the one found by its name
    for sub in cls.__subclasses__():
        if attrs.has(sub) and "id" in attrs.fields_dict(sub):
            yield sub
        yield from entities(sub)


def names(cls):
    return {a.name for a in attrs.fields(cls)}


def told_secrets(cls):
    """Those that audit rows show at all: a token that is new at every refresh would flood them."""
    return marked(cls, Secret) - marked(cls, Derived) - marked(cls, Passing)


ALL = sorted(set(entities()), key=lambda cls: cls.__qualname__)


def test_entities_are_found():
    assert {"Customer", "Instructor", "User", "Meeting"} <= {cls.__name__ for cls in ALL}


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_every_field_whose_name_tells_is_marked_as_a_secret(cls):
    private = {name for name in names(cls) if TELLING.search(name)}
    assert private <= marked(cls, Secret) | marked(cls, Derived)


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_secrets_are_masked_and_everything_else_is_shown(cls):
    row = hydrate(cls, dict.fromkeys(names(cls), SHOWN))
    old, new = differences(Change.created(row))
    assert old == {}
    assert {name for name, value in new.items() if value == "***"} == told_secrets(cls)
    assert {value for name, value in new.items() if name not in marked(cls, Secret)} <= {SHOWN}


@pytest.mark.parametrize(
    "cls", [cls for cls in ALL if marked(cls, Secret)], ids=lambda cls: cls.__name__
)
def test_a_changed_secret_shows_that_it_changed_and_nothing_else(cls):
    before = hydrate(cls, dict.fromkeys(names(cls), SHOWN))
    for name in told_secrets(cls):
        after = hydrate(cls, {**dict.fromkeys(names(cls), SHOWN), name: "new"})
        assert differences(Change.updated(before, after)) == ({name: "***"}, {name: "***"})
        gone = hydrate(cls, {**dict.fromkeys(names(cls), SHOWN), name: None})
        assert differences(Change.updated(before, gone)) == ({name: "***"}, {name: None})
