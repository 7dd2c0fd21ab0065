"""Hypothesis strategies for every value, entity, command and event, valid and nearly valid.

By class: `valid(Customer)` makes valid ones, `nearly_valid(Customer)` keywords with one thing wrong
and the name of what it is. By verb: `commands("customers.create")`, `nearly_valid_commands(…)`. Each
of the others makes one kind of thing, for reading.

Each strategy makes valid things, shrinks towards short and early ones, and takes overrides by
keyword: `customers(city="חיפה")`, `cycles(type=CycleType.PRIVATE, max_students=st.just(3))`.
An override may be a value or a strategy. Ids of other things are made up unless given.
"""

from haitech_domain.testing.strategies.attendance import marks
from haitech_domain.testing.strategies.calendar import (
    ClosedDays,
    civil_dates,
    civil_times,
    date_ranges,
    days_of_week,
    holiday_calendars,
    instants,
    reasons,
    teaching_days,
    time_slots,
)
from haitech_domain.testing.strategies.commands import (
    command_names,
    commands,
    nearly_valid_commands,
    takes_values,
)
from haitech_domain.testing.strategies.cycles import cycles, payments, registrations
from haitech_domain.testing.strategies.exports import exports
from haitech_domain.testing.strategies.kinds import events, valid
from haitech_domain.testing.strategies.leads import enquiries, lead_notes, leads
from haitech_domain.testing.strategies.meetings import (
    lines,
    meetings,
    meetings_of_cycle,
    postponements,
    scheduled_meetings,
    settlements,
)
from haitech_domain.testing.strategies.money import (
    amounts,
    gross_amounts,
    money,
    net_amounts,
    prices,
    rates,
    vat_schedules,
)
from haitech_domain.testing.strategies.nearly import NearlyValid, has_rules, nearly_valid
from haitech_domain.testing.strategies.people import (
    actors,
    api_keys,
    customers,
    instructors,
    key_actors,
    login_sessions,
    one_time_tokens,
    scopes,
    students,
    time_off,
    user_actors,
    users,
    weekly_windows,
)
from haitech_domain.testing.strategies.places import branches, closures, courses, orders
from haitech_domain.testing.strategies.text import (
    blanks,
    email_writings,
    emails,
    foreign_numbers,
    hebrew_names,
    hebrew_words,
    invalid_emails,
    invalid_phones,
    israeli_numbers,
    latin_names,
    names,
    phone_writings,
    phones,
    texts,
    web_addresses,
)
from haitech_domain.testing.strategies.views import filters, saved_views
from haitech_domain.testing.strategies.webhooks import own_headers, patterns, webhooks

__all__ = [
    "ClosedDays",
    "NearlyValid",
    "actors",
    "amounts",
    "api_keys",
    "blanks",
    "branches",
    "civil_dates",
    "civil_times",
    "closures",
    "command_names",
    "commands",
    "courses",
    "customers",
    "cycles",
    "date_ranges",
    "days_of_week",
    "email_writings",
    "emails",
    "enquiries",
    "events",
    "exports",
    "filters",
    "foreign_numbers",
    "gross_amounts",
    "has_rules",
    "hebrew_names",
    "hebrew_words",
    "holiday_calendars",
    "instants",
    "instructors",
    "invalid_emails",
    "invalid_phones",
    "israeli_numbers",
    "key_actors",
    "latin_names",
    "lead_notes",
    "leads",
    "lines",
    "login_sessions",
    "marks",
    "meetings",
    "meetings_of_cycle",
    "money",
    "names",
    "nearly_valid",
    "nearly_valid_commands",
    "net_amounts",
    "one_time_tokens",
    "orders",
    "own_headers",
    "patterns",
    "payments",
    "phone_writings",
    "phones",
    "postponements",
    "prices",
    "rates",
    "reasons",
    "registrations",
    "saved_views",
    "scheduled_meetings",
    "scopes",
    "settlements",
    "students",
    "takes_values",
    "teaching_days",
    "texts",
    "time_off",
    "time_slots",
    "user_actors",
    "users",
    "valid",
    "vat_schedules",
    "web_addresses",
    "webhooks",
    "weekly_windows",
]
