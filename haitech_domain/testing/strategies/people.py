"""Customers, students, instructors, users, and those who act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
from hypothesis import strategies as st

from haitech_domain.access import SCOPES, Actor, ActorKind, Role, Scopes
from haitech_domain.api_key import ApiKey
from haitech_domain.calendar import LAST_DAY, DayOfWeek
from haitech_domain.customer import Customer
from haitech_domain.instructor import Instructor, TimeOff, WeeklyWindows, Window
from haitech_domain.instructor.entity import EmploymentType
from haitech_domain.session import (
    LoginSession,
    OneTimeToken,
    SessionEnd,
    TokenEnd,
    TokenPurpose,
)
from haitech_domain.student import Student
from haitech_domain.testing.strategies.calendar import (
    civil_dates,
    date_ranges,
    instants,
    reasons,
    time_slots,
)
from haitech_domain.testing.strategies.making import either, entities, maybe
from haitech_domain.testing.strategies.money import prices
from haitech_domain.testing.strategies.once import made_once
from haitech_domain.testing.strategies.text import emails, names, phones, texts
from haitech_domain.user import User


def customers(**overrides: Any) -> st.SearchStrategy[Customer]:
    """Customers."""
    fields = {
        "id": st.uuids(),
        "name": names(),
        "phone": phones(),
        "email": maybe(emails()),
        "address": maybe(texts(500)),
        "city": maybe(names()),
        "notes": maybe(texts(10_000, lines=True)),
    }
    return entities(Customer, fields, overrides)


def students(**overrides: Any) -> st.SearchStrategy[Student]:
    """Students, of a customer of their own unless `customer_id` is given."""
    fields = {
        "id": st.uuids(),
        "customer_id": st.uuids(),
        "name": names(),
        "birth_date": maybe(civil_dates(most=LAST_DAY)),
        "grade": maybe(st.sampled_from(["א", "ב", "ג׳", "7", "12"]) | texts(50)),
        "notes": maybe(texts(10_000, lines=True)),
    }
    return entities(Student, fields, overrides)


def instructors(**overrides: Any) -> st.SearchStrategy[Instructor]:
    """Instructors of either employment, with any of the rates; without a user."""
    fields = {
        "id": st.uuids(),
        "name": names(),
        "phone": maybe(phones()),
        "email": maybe(emails()),
        "rate_frontal": maybe(prices()),
        "rate_online": maybe(prices()),
        "rate_private": maybe(prices()),
        "rate_preparation": maybe(prices()),
        "employment_type": st.sampled_from(EmploymentType),
        "is_active": st.booleans(),
        "notes": maybe(texts(10_000, lines=True)),
        "bank_name": maybe(names(50)),
        "bank_branch": maybe(texts(50)),
        "account_number": maybe(texts(50)),
        "user_id": st.none(),
        "windows": weekly_windows(),
        "calendar_hash": maybe(_hashes()),
    }
    return entities(Instructor, fields, overrides)


@made_once
def weekly_windows() -> st.SearchStrategy[WeeklyWindows]:
    """Up to six windows of a week, or none."""
    return st.lists(windows(), max_size=6).map(WeeklyWindows.of)


@made_once
def windows() -> st.SearchStrategy[Window]:
    """Stretches of a weekday."""
    days = st.sampled_from(DayOfWeek)
    return st.builds(lambda day, slot: Window(day, slot.start, slot.end), days, time_slots())


@st.composite
def time_off(draw: st.DrawFn, /, **overrides: Any) -> TimeOff:
    """One to 61 days off, with or without a reason."""
    days = draw(date_ranges())
    fields = {
        "id": st.uuids(),
        "instructor_id": st.uuids(),
        "first_day": either(days.start),
        "last_day": either(days.end),
        "why": maybe(reasons() | texts(500)),
    }
    return draw(entities(TimeOff, fields, overrides))


def users(**overrides: Any) -> st.SearchStrategy[User]:
    """Users of each role."""
    fields = {
        "id": st.uuids(),
        "email": emails(),
        "name": names(),
        "role": st.sampled_from(Role),
        "phone": maybe(phones()),
        "is_active": st.booleans(),
        "password_hash": maybe(texts(200)),
        "last_login": maybe(instants()),
    }
    return entities(User, fields, overrides)


@made_once
def _hashes() -> st.SearchStrategy[str]:
    return st.binary(min_size=32, max_size=32).map(bytes.hex)


def login_sessions(**overrides: Any) -> st.SearchStrategy[LoginSession]:
    """Login sessions, open or over."""
    fields = {
        "id": st.uuids(),
        "user_id": st.uuids(),
        "family_hash": _hashes(),
        "token_hash": _hashes(),
        "expires_at": instants(),
        "ends_at": instants(),
        "ended_at": maybe(instants()),
        "ended_by": maybe(st.sampled_from(SessionEnd)),
    }
    return entities(LoginSession, fields, overrides)


def one_time_tokens(**overrides: Any) -> st.SearchStrategy[OneTimeToken]:
    """One-time tokens, open or over."""
    fields = {
        "id": st.uuids(),
        "user_id": st.uuids(),
        "purpose": st.sampled_from(TokenPurpose),
        "token_hash": _hashes(),
        "expires_at": instants(),
        "ended_at": maybe(instants()),
        "ended_by": maybe(st.sampled_from(TokenEnd)),
    }
    return entities(OneTimeToken, fields, overrides)


@made_once
def scopes() -> st.SearchStrategy[Scopes]:
    """Scopes of a key."""
    return st.frozensets(st.sampled_from(SCOPES), min_size=1, max_size=6).map(Scopes.of)


def api_keys(**overrides: Any) -> st.SearchStrategy[ApiKey]:
    """API keys, some of them rotated or used."""
    hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
    fields = {
        "id": st.uuids(),
        "name": names(),
        "prefix": texts(20),
        "scopes": scopes(),
        "rate_limit": st.integers(10, 100_000),
        "expires_at": maybe(instants()),
        "is_active": st.booleans(),
        "key_hash": maybe(hashes),
        "last_used_at": maybe(instants()),
        "last_used_ip": maybe(st.ip_addresses().map(str)),
    }
    stated = {"previous_hash", "previous_until"} & overrides.keys()
    overlaps = st.none() if stated else maybe(st.tuples(hashes, instants()))

    def rotated(key: ApiKey, overlap: tuple[str, datetime] | None) -> ApiKey:
        if overlap is None:
            return key
        return attrs.evolve(key, previous_hash=overlap[0], previous_until=overlap[1])

    return st.builds(rotated, entities(ApiKey, fields, overrides), overlaps)


def user_actors(*roles: Role) -> st.SearchStrategy[Actor]:
    """Users who act, of the roles given or of each; an instructor is linked to one."""
    return st.builds(
        lambda id, name, role, instructor: Actor(
            kind=ActorKind.USER,
            id=id,
            name=name,
            role=role,
            instructor_id=instructor if role is Role.INSTRUCTOR else None,
        ),
        st.uuids(),
        names(),
        st.sampled_from(roles or tuple(Role)),
        st.uuids(),
    )


def key_actors(scopes: st.SearchStrategy[frozenset[str]] | None = None) -> st.SearchStrategy[Actor]:
    """API keys, with any set of scopes unless told which."""
    held = scopes or st.frozensets(st.sampled_from(SCOPES), max_size=6)
    return st.builds(
        Actor, kind=st.just(ActorKind.API_KEY), id=st.uuids(), name=names(), scopes=held
    )


def actors() -> st.SearchStrategy[Actor]:
    """Everybody who may act: the system, users of each role, keys of all scopes."""
    system = st.sampled_from(["import", "setup"]).map(Actor.system)
    return system | user_actors() | key_actors()
