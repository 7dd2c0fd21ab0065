"""The published strategies make what they say: valid values, of every kind, without much waste."""

from __future__ import annotations

import inspect
from collections import Counter
from contextlib import suppress
from datetime import date

import attrs
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from haitech_domain.access import ActorKind, Role
from haitech_domain.calendar import DayOfWeek
from haitech_domain.cycle import CycleType
from haitech_domain.entity import Entity
from haitech_domain.errors import BadValue
from haitech_domain.fields import Text
from haitech_domain.meeting import MeetingStatus
from haitech_domain.meeting import tally as recount
from haitech_domain.people import Email, Phone
from haitech_domain.registration import RegistrationStatus
from haitech_domain.testing import builders, strategies

ENTITIES = {
    name: getattr(strategies, name)
    for name in [
        "customers",
        "students",
        "courses",
        "branches",
        "closures",
        "instructors",
        "orders",
        "cycles",
        "meetings",
        "scheduled_meetings",
        "registrations",
        "users",
        "api_keys",
    ]
}
ROW = {"version", "deleted_at", "deletion"}
COUNTS = {f"{kind}_meetings" for kind in ("completed", "scheduled", "cancelled", "postponed")}
LEFT_ALONE = {
    **dict.fromkeys(ENTITIES, ROW),
    "cycles": {*ROW, *COUNTS, "status", "institutional_order_id"},
    "instructors": {*ROW, "user_id"},
    "meetings": {"deleted_at", "deletion", "started_at", "ended_at", "rescheduled_from_id"},
    "registrations": {*ROW, "before_cascade"},
}
"""What only an override sets: a row's history, and what only exists beside other things."""
NEEDS_ARGUMENTS = {
    "amounts",
    "command_names",
    "commands",
    "has_rules",
    "meetings_of_cycle",
    "nearly_valid",
    "nearly_valid_commands",
    "takes_values",
    "valid",
}


def comes_true(strategy, complete):
    """Whether `complete` is true after some of 300 examples; no more are drawn than it takes."""
    done = False

    @settings(
        max_examples=300,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
    )
    @given(strategy)
    def draw(made):
        nonlocal done
        done = done or complete(made)
        if done:
            raise EnoughError

    with suppress(EnoughError):
        draw()
    return done


class EnoughError(Exception):
    """Ends the drawing of examples."""


@pytest.mark.parametrize("name", sorted(set(strategies.__all__) - NEEDS_ARGUMENTS))
def test_every_strategy_makes_something_with_nothing_filtered_away(name):
    made = getattr(strategies, name)
    if inspect.isclass(made):
        return

    # filter_too_much stays on: it fails where a strategy throws away most of what it draws
    @settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
    @given(made())
    def draw(_value):
        pass

    draw()


@pytest.mark.parametrize("name", ENTITIES)
@settings(max_examples=15)
@given(data=st.data())
def test_entities_are_valid_and_live(name, data):
    entity = data.draw(ENTITIES[name]())
    again = attrs.evolve(entity)  # runs every rule once more
    assert again == entity
    assert isinstance(entity, Entity)
    assert entity.deleted_at is None


@pytest.mark.parametrize("name", sorted(set(ENTITIES) - {"scheduled_meetings"}))
def test_every_field_with_a_default_departs_from_it_now_and_then(name):
    """A new field of an entity must be drawn, or nothing would ever test it."""
    departed: set[str] = set()

    def complete(made):
        known = attrs.fields(type(made))
        departed.update(a.name for a in known if getattr(made, a.name) != a.default)
        return {a.name for a in known} - departed <= LEFT_ALONE[name]

    assert comes_true(ENTITIES[name](), complete)


@pytest.mark.parametrize("name", ENTITIES)
@settings(max_examples=3)
@given(data=st.data())
def test_an_override_is_kept_whether_value_or_strategy(name, data):
    id = builders.an_id()
    assert data.draw(ENTITIES[name](id=id)).id == id
    assert data.draw(ENTITIES[name](id=st.just(id))).id == id


@settings(max_examples=15)
@given(st.data())
def test_meetings_come_in_every_status(data):
    for status in MeetingStatus:
        assert data.draw(strategies.meetings(status=status)).status is status


@pytest.mark.parametrize(
    ("strategy", "attribute", "kinds"),
    [
        (strategies.cycles(), "type", CycleType),
        (strategies.registrations(), "status", RegistrationStatus),
        (strategies.meetings(), "status", MeetingStatus),
        (strategies.users(), "role", Role),
        (strategies.actors(), "kind", ActorKind),
    ],
)
def test_every_kind_occurs(strategy, attribute, kinds):
    seen: set[object] = set()

    def complete(made):
        seen.add(getattr(made, attribute))
        return seen == set(kinds)

    assert comes_true(strategy, complete)


@given(strategies.postponements())
def test_a_postponement_is_linked_both_ways(pair):
    gone, new = pair
    assert (gone.rescheduled_to_id, new.rescheduled_from_id) == (new.id, gone.id)
    assert (gone.number, gone.cycle_id) == (new.number, new.cycle_id)


@given(strategies.meetings_of_cycle(builders.an_id(), builders.an_id()))
def test_the_meetings_of_a_cycle_can_stand_beside_each_other(meetings):
    numbers = Counter(m.number for m in meetings if m.status.teaches and m.deleted_at is None)
    assert all(times == 1 for times in numbers.values())
    assert recount(meetings, 10).scheduled <= len(meetings)


@given(strategies.phone_writings())
def test_a_phone_is_what_it_was_written_as(writing):
    text, phone = writing
    assert Phone.of(text) == phone


@given(strategies.invalid_phones())
def test_invalid_phones_are_refused(text):
    with pytest.raises(BadValue):
        Phone.of(text)


@given(strategies.email_writings())
def test_an_email_is_what_it_was_written_as(writing):
    text, email = writing
    assert Email.of(text) == email


@given(strategies.invalid_emails())
def test_invalid_emails_are_refused(text):
    with pytest.raises(BadValue):
        Email.of(text)


@given(strategies.blanks())
def test_blanks_are_no_names(text):
    with pytest.raises(BadValue):
        Text(200)(text)


@given(strategies.names(12), strategies.texts(3), strategies.texts(50, lines=True))
def test_texts_keep_their_lengths(name, short, lines):
    assert Text(12)(name) == name
    assert Text(3)(short) == short
    assert Text(50, lines=True)(lines) == lines


@given(strategies.date_ranges(near=date(2026, 3, 1), longest=30))
def test_ranges_near_a_date_are_near_and_short(days):
    assert abs((days.start - date(2026, 3, 1)).days) <= 365
    assert (days.end - days.start).days <= 30


@given(strategies.vat_schedules(first=date(2013, 6, 2)), strategies.civil_dates())
def test_a_schedule_with_a_first_day_has_a_rate_from_then_on(schedule, day):
    assert 0 <= schedule.rate_on(day) < 1


@given(strategies.teaching_days(near=date(2026, 3, 1)), strategies.civil_dates())
def test_a_closed_day_says_why(teaching, day):
    why = teaching.closed_on(day)
    closed = day in teaching.holidays.closed or any(day in days for days in teaching.closures)
    assert (why is not None) is (closed or DayOfWeek.of(day) is DayOfWeek.SATURDAY)


def test_a_closure_and_a_holiday_do_occur():
    near = date(2026, 3, 1)
    find(strategies.teaching_days(near=near), lambda t: t.holidays.closed_on(near) is not None)
    find(strategies.teaching_days(near=near), lambda t: any(near in days for days in t.closures))


def test_strategies_shrink_to_the_shortest():
    student = find(strategies.students(), lambda _: True)
    assert (len(student.name), student.grade, student.notes) == (1, None, None)
    assert find(strategies.civil_dates(), lambda _: True) == date(2026, 1, 1)


def test_builders_make_things_that_differ():
    first, second = builders.a_school(), builders.a_school()
    assert first.customer.phone != second.customer.phone
    assert first.user.email != second.user.email
    assert first.cycle.id != second.cycle.id
    assert first.meeting.cycle_id == first.cycle.id
