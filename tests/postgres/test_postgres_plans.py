"""No question without an index on a big table, as the planner's own plans show."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import psycopg
import pytest

from haitech_adapters.postgres import (
    exports,
    leads,
    report_shapes,
    reports,
    repositories,
    teaching,
)
from haitech_adapters.postgres.audit import AUDIT
from haitech_adapters.postgres.compiled import sql_of
from haitech_adapters.postgres.history import AsTheyAre, AsTheyWere
from haitech_adapters.postgres.mapping import Whether
from haitech_adapters.postgres.mapping import filled as filled_with
from haitech_adapters.postgres.mappings import (
    ATTENDANCE,
    CUSTOMERS,
    CYCLES,
    INSTRUCTORS,
    LEAD_NOTES,
    LEADS,
    MEETINGS,
    PAYMENTS,
    REGISTRATIONS,
    STUDENTS,
    ZOOM_EVENTS,
)
from haitech_adapters.postgres.shapes import ById, CountOf, DeletedWith, Many, PageOf
from haitech_adapters.postgres.webhooks import DELIVERIES
from haitech_domain.calendar import TimeSlot
from haitech_domain.reports import AttendanceBy, RevenueBy
from haitech_domain.scheduling import FreeTime
from haitech_domain.testing.builders import MADE, an_id
from tests.postgres import filled

BIG = (CUSTOMERS, CYCLES, MEETINGS, REGISTRATIONS, ATTENDANCE, LEADS)
NEWEST = (("created_at", True),)
VALUES = {
    "city": "עיר 7",
    "source": "source 7",
    "type": "private",
    "status": "active",
    "day_of_week": "sunday",
    "activity_type": "online",
    "payment_status": "unpaid",
    "is_trial": True,
    "date": date(2021, 1, 1),
}
LATE = {
    "attendance": date(2022, 8, 1),
    "lead": date(2030, 1, 1),
    "cycle": date(2028, 8, 1),
    "meeting": date(2022, 8, 1),
    "registration": date(2024, 10, 1),
}
EARLY = date(2020, 1, 20)
INSTANT = datetime(2022, 8, 1, tzinfo=UTC)
TABLES = {
    "cycle_id": "cycles",
    "course_id": "courses",
    "branch_id": "branches",
    "instructor_id": "instructors",
    "institutional_order_id": "institutional_orders",
    "student_id": "students",
    "customer_id": "customers",
    "meeting_id": "meetings",
    "registration_id": "registrations",
}


def value_of(resource, name):
    if name == "from":
        return LATE[resource.what]
    if name == "to":
        return EARLY
    if name == "status" and resource is MEETINGS:
        return "scheduled"
    if name == "status" and resource is ATTENDANCE:
        return "late"
    return filled.an_id_in(TABLES[name]) if name in TABLES else VALUES.get(name)


SMALL = {
    "branches",
    "closures",
    "courses",
    "instructors",
    "institutional_orders",
    "exports",
    "webhooks",
}
"""Tables of tens or hundreds of rows, of which all may be read."""


def plan_of(sql, params):
    """The plan of a statement, which reads no big table from its beginning to its end.

    That is switched off for it, so where a plan does it all the same there is no index.
    """
    with psycopg.connect(filled.database()) as connection:
        connection.execute("SET enable_seqscan = off")
        [(plan,)] = connection.execute(f"EXPLAIN (FORMAT JSON) {sql}", params).fetchall()
    assert read_whole(plan[0]["Plan"]) <= SMALL
    return plan[0]["Plan"]


def read_whole(plan):
    """The tables of which a plan reads every row."""
    here = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return here.union(*(read_whole(part) for part in plan.get("Plans", ())))


def conditions(plan):
    """What indexes of a plan are searched by."""
    here = [plan["Index Cond"]] if "Index Cond" in plan else []
    return here + [found for part in plan.get("Plans", ()) for found in conditions(part)]


def indexes(plan):
    """The indexes that a plan uses."""
    here = [plan["Index Name"]] if "Index Name" in plan else []
    return here + [found for part in plan.get("Plans", ()) for found in indexes(part)]


def named(value):
    return getattr(value, "what", str(value))


FILTERS = [(m, name) for m in BIG for name in m.filters if name != "has_active_registration"]


@pytest.mark.parametrize(("resource", "name"), FILTERS, ids=named)
def test_an_index_is_searched_by_every_filter(resource, name):
    shape = CountOf(PageOf(resource, frozenset({(name, None)}), NEWEST))
    assert conditions(plan_of(sql_of(shape), {f"filter_{name}": value_of(resource, name)}))


@pytest.mark.parametrize("resource", [AUDIT, DELIVERIES, STUDENTS], ids=named)
def test_no_filter_of_what_else_grows_reads_it_whole(resource):
    """They have few rows here or none, so which index is best is not to be seen, but that there is one."""
    for name in resource.filters:
        value = INSTANT if name in {"from", "to"} else ID if name.endswith("_id") else "create"
        shape = PageOf(resource, frozenset({(name, None)}), resource.listing.order)
        plan = plan_of(sql_of(shape), {f"filter_{name}": value, "limit": 20, "offset": 0})
        assert indexes(plan), name


@pytest.mark.parametrize("value", [True, False])
def test_customers_by_their_registrations_are_joined_not_asked_one_by_one(value):
    assert isinstance(CUSTOMERS.filters["has_active_registration"], Whether)
    shape = PageOf(CUSTOMERS, frozenset({("has_active_registration", value)}), NEWEST)
    plan = plan_of(sql_of(CountOf(shape)), {})
    assert "SubPlan" not in str(plan)


@pytest.mark.parametrize("slot", [None, TimeSlot(time(16), time(17))])
def test_who_is_free_is_searched_for_in_the_indexes_of_meetings_and_time_off(slot):
    wanted = FreeTime(date(2021, 1, 3), slot)
    decides, params = filled_with(INSTRUCTORS.filters["free"], "free", wanted)
    shape = PageOf(INSTRUCTORS, frozenset({("free", decides)}), NEWEST)
    plan = plan_of(sql_of(CountOf(shape)), params)
    assert {"ix_meetings_instructor_id", "ix_time_off_instructor_id"} <= set(indexes(plan))


@pytest.mark.parametrize("readings", [1, 2])
@pytest.mark.parametrize("resource", [m for m in BIG if m.listing.searched], ids=named)
def test_an_index_is_searched_by_every_searched_column(resource, readings):
    shape = CountOf(PageOf(resource, frozenset(), NEWEST, search=readings))
    params = {"search": "%abc9f%", "digits_0": "%97250123%", "digits_1": "%050123%"}
    found = conditions(plan_of(sql_of(shape), params))
    columns = resource.listing.searched
    again = (readings - 1) * columns.count("phone")
    assert len([c for c in found if "~~" in c]) == len(columns) + again


SORTS = [(m, s) for m in BIG for s in m.listing.sorts]


@pytest.mark.parametrize("falls", [False, True], ids=["rising", "falling"])
@pytest.mark.parametrize(("resource", "sort"), SORTS, ids=named)
def test_the_first_page_of_every_order_comes_from_an_index(resource, sort, falls):
    within = ["start_time"] if sort == "scheduled_date" else []
    order = tuple((name, falls) for name in (sort, *within))
    plan = plan_of(sql_of(PageOf(resource, frozenset(), order)), {"limit": 20, "offset": 0})
    assert "Sort" not in [part["Node Type"] for part in plan["Plans"]]


@pytest.mark.parametrize("falls", [False, True], ids=["rising", "falling"])
@pytest.mark.parametrize(("resource", "sort"), SORTS, ids=named)
def test_a_page_by_cursor_is_searched_for_in_an_index(resource, sort, falls):
    if sort == "end_date":
        pytest.skip("where values may be missing, the index gives the order and no place in it")
    names = [sort, *(["start_time"] if sort == "scheduled_date" else [])]
    order = tuple((name, falls) for name in names)
    shape = PageOf(resource, frozenset(), order, after=(False,) * len(names))
    with psycopg.connect(filled.database()) as connection:
        wanted = ", ".join([*names, "id"])
        row = connection.execute(
            f"SELECT {wanted} FROM {resource.table.name} ORDER BY {wanted} LIMIT 1 OFFSET 900"  # noqa: S608
        ).fetchone()
    assert row is not None
    params = dict(zip((f"after_{name}" for name in (*names, "id")), row, strict=True))
    plan = plan_of(sql_of(shape), {"limit": 21, "offset": 0, **params})
    assert any("ROW(" in condition for condition in conditions(plan))
    assert "Sort" not in [part["Node Type"] for part in plan["Plans"]]


ID, DAY = an_id(), date(2021, 1, 1)
CONTACT = {"phone": "+972510000123", "email": "p7@example.com"}
SLOTS = {"days": [DAY], "starts": [time(16)], "ends": [time(17)], "apart_from": [an_id()]}
OF_CYCLE = PageOf(ATTENDANCE, frozenset({("cycle_id", None)}), NEWEST)
QUESTIONS = {
    "get": (sql_of(ById(MEETINGS)), {"id": ID}),
    "get own": (sql_of(ById(MEETINGS, own=True)), {"id": ID, "own": ID}),
    "lock": (sql_of(ById(MEETINGS, locked=True)), {"id": ID}),
    "many": (sql_of(Many(MEETINGS)), {"ids": [ID, an_id()]}),
    "many own": (sql_of(Many(ATTENDANCE, own=True)), {"ids": [ID, an_id()], "own": ID}),
    "lock many": (sql_of(Many(MEETINGS, locked=True)), {"ids": [ID, an_id()]}),
    "deleted with": (sql_of(DeletedWith(MEETINGS)), {"deletion": ID}),
    "meetings of a cycle": (teaching._OF_CYCLE, {"cycle": ID}),
    "meetings of some cycles": (teaching._OF_CYCLES, {"cycles": [ID, ID]}),
    "registrations of some cycles": (teaching._REGISTRATIONS_OF_MANY, {"cycles": [ID, ID]}),
    "meetings in a Zoom room": (teaching._IN_ROOM, {"room": "98712345678", "day": DAY}),
    "what fits no meeting": (
        sql_of(PageOf(ZOOM_EVENTS, frozenset({("type", None)}), NEWEST)),
        {"filter_type": "meeting.ended", "limit": 20, "offset": 0},
    ),
    "tally": (teaching._TALLY, {"cycle": ID}),
    "clashing": (teaching._CLASHING, {"instructor": ID, **SLOTS}),
    "meetings of an instructor": (
        teaching._OF_INSTRUCTOR,
        {"instructor": ID, "first": DAY, "last": DAY},
    ),
    "time off of an instructor": (
        repositories._TIME_OFF_TOUCHING,
        {"instructor": ID, "first": DAY, "last": DAY},
    ),
    "booked after": (teaching._BOOKED_AFTER, {"instructor": ID, "day": DAY}),
    "scheduled count": (teaching._SCHEDULED_COUNT, {"instructor": ID}),
    "registrations of a cycle": (teaching._REGISTRATIONS_OF, {"cycle": ID}),
    "whose registrations": (teaching._WHOSE, {"ids": [ID, an_id()]}),
    "counts of a cycle": (sql_of(teaching.MarksByStatus(OF_CYCLE)), {"filter_cycle_id": ID}),
    "leads that are alike": (leads._ALIKE, {**CONTACT, "since": DAY}),
    "customers by contact": (leads._BY_CONTACT, CONTACT),
    "notes of a lead": (
        sql_of(PageOf(LEAD_NOTES, frozenset({("lead_id", None)}), NEWEST)),
        {"filter_lead_id": ID, "limit": 20, "offset": 0},
    ),
    "payments of a registration": (
        sql_of(PageOf(PAYMENTS, frozenset({("registration_id", None)}), PAYMENTS.listing.order)),
        {"filter_registration_id": ID, "limit": 20, "offset": 0},
    ),
    "marks of a meeting": (teaching._MARKS_OF, {"meeting": ID}),
    "live of a student": (teaching._LIVE_COUNT[False, True], {"student": ID}),
    "live of a customer": (teaching._LIVE_COUNT[True, False], {"customer": ID}),
    "active of an instructor": (teaching._ACTIVE_COUNT["instructor_id"], {"of": ID}),
    "cycles as they are": (sql_of(AsTheyAre(CYCLES)), {"ids": [ID]}),
    "cycles as they were": (sql_of(AsTheyWere(CYCLES)), {"ids": [ID], "day": DAY}),
    "meetings of a day": (reports._DAY, {"day": DAY}),
    "who takes part in meetings": (reports._TAKING_PART, {"meetings": [ID, an_id()]}),
    "marks of some meetings": (reports._MARKS, {"meetings": [ID, an_id()]}),
    "unreported meetings": (reports._UNREPORTED, {"today": DAY, "now": time(12), "most": 100}),
    "branches closed on a day": (reports._CLOSED, {"day": DAY}),
    "exports that are over": (exports._OVER, {"at": MADE, "most": 100}),
    "exports left behind": (exports._LEFT_BEHIND, {"before": MADE, "most": 100}),
    "pieces of a file": (exports._PIECE, {"file": ID, "number": 0}),
    "students of a customer": (repositories._STUDENTS_OF, {"customer": ID}),
}


@pytest.mark.parametrize(("sql", "params"), QUESTIONS.values(), ids=QUESTIONS.keys())
def test_every_other_question_searches_an_index(sql, params):
    plan = plan_of(sql, params)
    assert indexes(plan)
    assert conditions(plan)


def test_money_is_summed_from_an_index_alone():
    """Whatever of completed meetings is summed, and however: their rows are not read."""
    shapes = [report_shapes.RevenueOf(by, frozenset()) for by in RevenueBy]
    shapes.append(report_shapes.RevenueOf(RevenueBy.MONTH, frozenset({"from_day", "to_day"})))
    asked = {"limit": 100, "offset": 0, "from_day": DAY, "to_day": date(2021, 12, 31)}
    for shape in (*shapes, report_shapes.PaymentsOf(frozenset())):
        assert reads_of(plan_of(sql_of(shape), asked), "meetings") == {
            ("Index Only Scan", "ix_meetings_held")
        }
    progress = reads_of(plan_of(sql_of(report_shapes.ProgressOf(frozenset())), asked), "meetings")
    assert ("Index Only Scan", "ix_meetings_held") in progress


def test_marks_are_summed_from_months_and_looked_at_for_other_days_alone():
    """By index there, too: of the marks of four million, those of some weeks."""
    asked = {"limit": 100, "offset": 0, "first_month": DAY, "last_month": DAY}
    edge = {"first_0": date(2022, 1, 3), "last_0": date(2022, 1, 9)}
    for by in AttendanceBy:
        whole = report_shapes.AttendanceOf(by, frozenset(), months=True, edges=0)
        assert not reads_of(plan_of(sql_of(whole), asked), "attendance")
        odd = report_shapes.AttendanceOf(by, frozenset(), months=False, edges=1)
        [(_, index)] = reads_of(plan_of(sql_of(odd), asked | edge), "attendance")
        assert index == "ix_attendance_meeting_id"


def reads_of(plan, table):
    """How a plan reads a table: the kind of scan, and by which index."""
    here = (
        {(plan["Node Type"], plan.get("Index Name"))}
        if plan.get("Relation Name") == table
        else set()
    )
    return here.union(*(reads_of(part, table) for part in plan.get("Plans", ())))


@pytest.mark.parametrize("given", ["cycle_id", "branch_id", "course_id"])
def test_a_narrowed_report_searches_an_index(given):
    shape = report_shapes.RevenueOf(RevenueBy.MONTH, frozenset({given}))
    asked = {"limit": 100, "offset": 0, given: filled.an_id_in(TABLES[given])}
    assert conditions(plan_of(sql_of(shape), asked))
