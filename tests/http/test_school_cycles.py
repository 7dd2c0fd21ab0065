"""Cycles: making, changing, listing, their status, and what each role sees."""

import json
from datetime import date
from itertools import product

import pytest

from haitech_domain.testing.builders import an_order
from tests.http.school_world import (
    NOBODY,
    SUNDAY,
    a_school_behind_its_api,
    fields_of,
    ids_of,
    sunday,
)

PRICES = {
    "pricePerStudent",
    "defaultRegistrationAmount",
    "meetingRevenue",
    "revenueIncludesVat",
    "instructorPaymentMode",
    "instructorDailyRate",
}
REQUIRED = {
    *("name", "courseId", "branchId", "instructorId", "type"),
    *("startDate", "dayOfWeek", "startTime", "endTime", "totalMeetings"),
}
DETAILS = {
    "endDate": "2027-01-31",
    "durationMinutes": 90,
    "pricePerStudent": 45.5,
    "defaultRegistrationAmount": 1180,
    "revenueIncludesVat": True,
    "instructorPaymentMode": "daily",
    "instructorDailyRate": 600,
    "studentCount": 12,
    "maxStudents": 14,
    "sendParentReminders": False,
    "activityType": "online",
    "location": "room 4",
    "zoomMeetingId": "123",
    "zoomJoinUrl": "https://zoom.us/j/123",
    "notes": "first\nsecond",
}


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def stands(world, id):
    return world.manager.get(f"/cycles/{id}")


def test_a_cycle_is_made_of_what_was_given_with_what_it_belongs_to(world):
    answer = world.manager.send("POST", "/cycles", world.cycle_body(**DETAILS))
    made = answer.json()["data"]
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/cycles/{made['id']}"
    assert made | world.cycle_body(**DETAILS, meetingRevenue=600) == made
    assert made["status"] == "active"
    assert made["course"] == {"id": world.course["id"], "name": "Python"}
    assert made["branch"] == {"id": world.branch["id"], "name": "Herzl"}
    assert made["instructor"] == {"id": world.yael["id"], "name": "Yael"}
    assert made["progress"] == {
        **dict.fromkeys(("completed", "scheduled", "cancelled", "postponed"), 0),
        "total": 3,
        "remaining": 3,
    }
    assert stands(world, made["id"]) == made
    assert made in world.manager.everything("/cycles")
    assert world.events()[-1] == "cycle.created"


def test_what_is_not_said_of_a_cycle_has_its_default(world):
    made = world.cycle()
    assert {name: made[name] for name in DETAILS} == {
        **dict.fromkeys(DETAILS),
        "durationMinutes": 90,
        "instructorPaymentMode": "hourly",
        "sendParentReminders": True,
        "activityType": "frontal",
    }


def test_an_empty_cycle_lists_everything_it_lacks(world):
    """R-CYC-7 and the contract: all problems at once."""
    error = world.manager.refused(400, "POST", "/cycles", {})
    assert fields_of(error) == REQUIRED


def test_single_values_that_break_their_rules_are_listed_together(world):
    """R-CYC-7."""
    wrong = {
        "name": "",
        "totalMeetings": 0,
        "maxStudents": 0,
        "meetingRevenue": -1,
        "pricePerStudent": "-0.01",
        "defaultRegistrationAmount": "1.005",
        "instructorDailyRate": "much",
        "studentCount": -1,
        "startDate": "1999-12-31",
        "dayOfWeek": "someday",
        "startTime": "25:00",
        "courseId": "7",
        "type": "gift",
    }
    error = world.manager.refused(400, "POST", "/cycles", world.cycle_body(**wrong))
    assert fields_of(error) == set(wrong)


@pytest.mark.parametrize(
    ("type", "price"),
    [
        ("institutional_fixed", "meetingRevenue"),
        ("institutional_per_child", "pricePerStudent"),
    ],
)
def test_rules_between_fields_are_listed_together(world, type, price):
    """R-CYC-7: dates and times in order, the price that the type needs."""
    wrong = {"type": type, price: ..., "endDate": "2026-10-17", "endTime": "16:00"}
    error = world.manager.refused(400, "POST", "/cycles", world.cycle_body(**wrong))
    assert {(d["field"], d["reason"]) for d in error["details"]} == {
        ("endDate", "date.order"),
        ("endTime", "time.order"),
        (price, "price.required"),
    }


@pytest.mark.parametrize("total", [1, 500])
def test_the_bounds_of_the_total_belong_to_it(world, total):
    """R-CYC-7."""
    assert world.cycle(totalMeetings=total)["totalMeetings"] == total
    world.manager.refused(400, "POST", "/cycles", world.cycle_body(totalMeetings=501))


@pytest.mark.parametrize("field", ["endDate", "startDate"])
@pytest.mark.parametrize("day", ["1999-12-31", "2101-01-01"])
def test_a_day_beyond_the_calendar_is_named_as_it_was_given(world, field, day):
    error = world.manager.refused(400, "POST", "/cycles", world.cycle_body(**{field: day}))
    assert fields_of(error) == {field}
    id = world.cycle()["id"]
    assert fields_of(world.manager.refused(400, "PUT", f"/cycles/{id}", {field: day})) == {field}


def test_every_reference_that_names_nothing_is_listed(world):
    wrong = dict.fromkeys(
        ("courseId", "branchId", "instructorId", "institutionalOrderId"), str(NOBODY)
    )
    error = world.manager.refused(400, "POST", "/cycles", world.cycle_body(**wrong))
    assert fields_of(error) == set(wrong)
    assert error["reason"] == "reference.unknown"
    id = world.cycle()["id"]
    assert fields_of(world.manager.refused(400, "PUT", f"/cycles/{id}", wrong)) == set(wrong)
    world.admin.drop(f"/instructors/{world.omer['id']}")
    gone = {"instructorId": world.omer["id"]}
    assert fields_of(world.manager.refused(400, "PUT", f"/cycles/{id}", gone)) == set(gone)


def test_a_rest_day_is_refused(world):
    """R-SCHED-3."""
    error = world.manager.refused(400, "POST", "/cycles", world.cycle_body(dayOfWeek="saturday"))
    assert (error["reason"], fields_of(error)) == ("cycle.rest_day", {"dayOfWeek"})
    id = world.cycle(dayOfWeek="friday")["id"]
    error = world.manager.refused(400, "PUT", f"/cycles/{id}", {"dayOfWeek": "saturday"})
    assert (error["reason"], fields_of(error)) == ("cycle.rest_day", {"dayOfWeek"})


@pytest.mark.parametrize("minutes", [89, 91, 0, -90])
def test_stated_minutes_must_agree_with_the_times(world, minutes):
    """R-CYC-9."""
    body = world.cycle_body(durationMinutes=minutes)
    error = world.manager.refused(400, "POST", "/cycles", body)
    assert (error["reason"], fields_of(error)) == ("cycle.duration", {"durationMinutes"})
    id = world.cycle(durationMinutes=90)["id"]
    world.manager.refused(400, "PUT", f"/cycles/{id}", {"durationMinutes": minutes})
    longer = {"endTime": "18:00", "durationMinutes": 120}
    assert world.manager.put(f"/cycles/{id}", longer)["durationMinutes"] == 120


def test_a_new_cycle_is_active(world):
    assert world.cycle(status="active")["status"] == "active"
    for status in ("completed", "cancelled"):
        error = world.manager.refused(400, "POST", "/cycles", world.cycle_body(status=status))
        assert (error["reason"], fields_of(error)) == ("cycle.status", {"status"})


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_touches_the_given_fields_only(world, method):
    made = world.cycle(**DETAILS)
    path = f"/cycles/{made['id']}"
    changed = world.manager.send(method, path, {"location": "room 5"}).json()["data"]
    assert changed == made | {
        "location": "room 5",
        "version": changed["version"],
        "updatedAt": changed["updatedAt"],
    }
    assert changed["version"] > made["version"]
    assert world.manager.put(path, {"location": "room 5"}) == changed
    assert world.manager.put(path, {}) == changed


def test_null_clears_what_is_optional_and_nothing_else(world):
    id = world.cycle(**DETAILS, type="private")["id"]
    optional = {
        name
        for name in (*DETAILS, "meetingRevenue", "institutionalOrderId")
        if name not in {"instructorPaymentMode", "sendParentReminders", "activityType"}
    }
    cleared = world.manager.put(f"/cycles/{id}", dict.fromkeys(optional))
    assert all(cleared[name] is None for name in optional - {"durationMinutes"})
    assert cleared["durationMinutes"] == 90
    required = {
        *(REQUIRED | {"status"}),
        *("instructorPaymentMode", "sendParentReminders", "activityType"),
    }
    error = world.manager.refused(400, "PATCH", f"/cycles/{id}", dict.fromkeys(required))
    assert fields_of(error) == required


def test_the_price_that_a_type_needs_is_not_cleared(world):
    """R-CYC-7."""
    id = world.cycle()["id"]
    error = world.manager.refused(400, "PUT", f"/cycles/{id}", {"meetingRevenue": None})
    assert (error["reason"], fields_of(error)) == ("price.required", {"meetingRevenue"})
    change = {"type": "institutional_per_child"}
    error = world.manager.refused(400, "PUT", f"/cycles/{id}", change)
    assert fields_of(error) == {"pricePerStudent"}
    world.manager.put(f"/cycles/{id}", change | {"pricePerStudent": "45.50"})


@pytest.mark.parametrize("field", ["id", "progress", "completedMeetings", "course", "version", "x"])
def test_what_is_derived_is_an_unknown_field(world, field):
    id = world.cycle()["id"]
    error = world.manager.refused(400, "PUT", f"/cycles/{id}", {field: 1})
    assert (error["reason"], fields_of(error)) == ("field.unknown", {field})


@pytest.mark.parametrize("given", ["600.00", "600", "600.0", "6e2"])
def test_money_is_written_with_two_decimals_however_it_was_given(world, given):
    """R-MONEY-1, R-MONEY-6: a JSON number, never a float's shadow."""
    body = world.cycle_body(meetingRevenue="GIVEN", pricePerStudent="0.1", instructorDailyRate=0)
    raw = json.dumps(body).replace('"GIVEN"', given)
    headers = {"Content-Type": "application/json"}
    answer = world.manager.send("POST", "/cycles", content=raw, headers=headers)
    assert '"meetingRevenue":600.00,' in answer.text
    assert '"pricePerStudent":0.10,' in answer.text
    assert '"instructorDailyRate":0.00,' in answer.text


@pytest.mark.parametrize("given", ["282.49", "1180.1", "0.29", "999999.99"])
def test_no_amount_passes_through_a_float(world, given):
    """R-MONEY-1: as a number and as a text, each agora arrives and returns."""
    for value in (given, float(given)):
        made = world.manager.send("POST", "/cycles", world.cycle_body(meetingRevenue=value))
        whole, _, rest = given.partition(".")
        assert f'"meetingRevenue":{whole}.{rest.ljust(2, "0")},' in made.text


@pytest.mark.parametrize("given", ["1.005", 1.005, "0.001", "x", "", True, [1], "NaN", "1e9"])
def test_what_is_no_amount_is_refused(world, given):
    """R-MONEY-6."""
    error = world.manager.refused(400, "POST", "/cycles", world.cycle_body(meetingRevenue=given))
    assert fields_of(error) == {"meetingRevenue"}


# ── deleting ────────────────────────────────────────────────────────────────────────────────


def test_a_deleted_cycle_is_nowhere_until_it_is_restored_with_what_it_took(world):
    """R-PPL-3, R-PPL-4."""
    id, meetings = world.generated()
    gone_before = meetings[0]["id"]
    world.manager.drop(f"/meetings/{gone_before}")
    registration = world.registered(id)
    before = stands(world, id)
    world.manager.drop(f"/cycles/{id}")
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "", {"notes": "x"}),
        ("DELETE", "", None),
        ("GET", "/meetings", None),
        ("POST", "/generate-meetings", None),
        ("POST", "/sync-progress", None),
    ):
        world.manager.refused(404, method, f"/cycles/{id}{path}", body)
    assert world.manager.everything("/cycles") == []
    assert world.manager.everything("/meetings") == []
    world.manager.refused(404, "POST", f"/meetings/{meetings[1]['id']}/complete")
    error = world.manager.refused(409, "POST", f"/meetings/{gone_before}/restore")
    assert error["reason"] == "restore.parent_deleted"
    back = world.manager.act(f"/cycles/{id}/restore")
    kept = {k: v for k, v in before.items() if k not in {"version", "updatedAt"}}
    assert back | kept == back
    assert ids_of(world.meetings(id)) == ids_of(meetings[1:])
    assert [r.id for r in world.registrations(id)] == [registration.id]
    world.recounted(id)
    world.manager.refused(409, "POST", f"/cycles/{id}/restore")
    world.manager.act(f"/meetings/{gone_before}/restore")


def test_a_cycle_comes_back_only_to_what_it_belongs_to(world):
    """R-PPL-3."""
    id = world.cycle()["id"]
    world.manager.drop(f"/cycles/{id}")
    for path in (f"/courses/{world.course['id']}", f"/branches/{world.branch['id']}"):
        world.admin.drop(path)
        error = world.manager.refused(409, "POST", f"/cycles/{id}/restore")
        assert error["reason"] == "restore.parent_deleted"
        world.admin.act(f"{path}/restore")
    world.manager.act(f"/cycles/{id}/restore")


def test_restoring_a_cycle_asks_for_its_instructor_s_time_again(world):
    """R-SCHED-9, R-PPL-3."""
    id, _ = world.generated()
    world.manager.drop(f"/cycles/{id}")
    world.generated(name="Other")
    error = world.manager.refused(409, "POST", f"/cycles/{id}/restore")
    assert error["reason"] == "instructor.busy"
    assert len(error["details"]) == 3
    world.manager.act(f"/cycles/{id}/restore", {"allowConflicts": True})
    assert [m["conflictOverride"] for m in world.meetings(id)] == [True] * 3
    world.recounted(id)


def test_restoring_a_cycle_brings_back_meetings_whose_substitute_has_left(world):
    """R-PPL-3: restoring brings back exactly what was taken along."""
    id, meetings = world.generated()
    one = f"/meetings/{meetings[0]['id']}"
    world.manager.put(one, {"instructorId": world.omer["id"]})
    world.manager.act(f"{one}/complete")
    world.manager.drop(f"/cycles/{id}")
    world.admin.drop(f"/instructors/{world.omer['id']}")
    world.manager.act(f"/cycles/{id}/restore")
    assert len(world.meetings(id)) == 3


# ── lists ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def many():
    """Cycles of every kind, as they are shown one by one."""
    with a_school_behind_its_api() as world:
        order = an_order(branch_id=world.branch["id"])
        world.save(lambda tx: tx.orders, order)
        ai = world.admin.make("/courses", {"name": "AI", "category": "ai"})
        online = world.admin.make("/branches", {"name": "Zoom", "type": "online"})
        spread = [
            ("alpha", "sunday", "2026-10-18", "2026-12-31"),
            ("Beta", "monday", "2026-11-02", None),
            ("גמא", "sunday", "2027-01-03", "2027-03-01"),
            ("alphabet", "friday", "2026-10-18", "2026-10-30"),
            ("100%_x", "tuesday", "2027-04-06", "2027-06-01"),
            ("omega", "sunday", "2026-09-06", "2026-10-17"),
        ]
        for position, (name, day, start, end) in enumerate(spread):
            fields = {
                "name": name,
                "dayOfWeek": day,
                "startDate": start,
                "endDate": end,
                "startTime": f"{8 + position:02}:00",
                "endTime": f"{9 + position:02}:00",
                "courseId": (ai if position % 2 else world.course)["id"],
                "branchId": (online if position % 3 == 0 else world.branch)["id"],
                "instructorId": (world.omer if position in {1, 2} else world.yael)["id"],
                "type": ("private", "institutional_fixed")[position % 2],
                "activityType": ("frontal", "online", "private_lesson")[position % 3],
            }
            if position in {0, 4}:
                fields["institutionalOrderId"] = str(order.id)
            id = world.cycle(**fields)["id"]
            if position == 2:
                world.manager.act(f"/cycles/{id}/generate-meetings")
            if position == 3:
                world.manager.put(f"/cycles/{id}", {"status": "cancelled"})
            if position == 5:
                world.manager.put(f"/cycles/{id}", {"status": "completed"})
        world.cycles = [
            world.manager.get(f"/cycles/{row['id']}") for row in world.manager.everything("/cycles")
        ]
        assert len(world.cycles) == len(spread)
        yield world


@pytest.mark.parametrize(
    "field",
    [
        *("courseId", "branchId", "instructorId", "institutionalOrderId"),
        *("type", "status", "dayOfWeek", "activityType"),
    ],
)
def test_each_filter_gives_what_a_recount_gives(many, field):
    for value in {c[field] for c in many.cycles} - {None}:
        expected = [c for c in many.cycles if c[field] == value]
        assert many.manager.everything("/cycles", **{field: value}) == expected


def test_filters_hold_together(many):
    fields = ("courseId", "type", "status")
    for values in product(*({c[f] for c in many.cycles} for f in fields)):
        asked = dict(zip(fields, values, strict=True))
        expected = [c for c in many.cycles if asked.items() <= c.items()]
        assert many.manager.everything("/cycles", **asked) == expected


@pytest.mark.parametrize("since", ["2026-10-17", "2026-10-18", "2026-12-31", "2027-01-01", None])
@pytest.mark.parametrize("until", ["2026-10-17", "2026-10-18", "2026-11-01", "2027-04-06", None])
def test_from_and_to_mean_overlap(many, since, until):
    """A cycle counts where its stretch touches the wanted one; no end is for ever."""
    expected = [
        c
        for c in many.cycles
        if (until is None or c["startDate"] <= until)
        and (since is None or c["endDate"] is None or c["endDate"] >= since)
    ]
    params = {k: v for k, v in {"from": since, "to": until}.items() if v}
    if since and until and since > until:
        refused = many.manager.refused(400, "GET", "/cycles", params=params)
        assert [detail["field"] for detail in refused["details"]] == ["to"]
        return
    found = many.manager.everything("/cycles", **params)
    assert found == expected


@pytest.mark.parametrize("term", ["alpha", "ALPHA", "pha", "מא", "%", "_", "100%", "nothing"])
def test_a_search_finds_part_of_a_name(many, term):
    expected = [c for c in many.cycles if term.lower() in c["name"].lower()]
    assert many.manager.everything("/cycles", search=term) == expected
    assert many.manager.everything("/cycles", q=term) == expected


@pytest.mark.parametrize("order", ["asc", "desc", None])
@pytest.mark.parametrize("field", ["name", "startDate", "endDate", "createdAt"])
def test_each_sort_is_that_of_a_recount(many, field, order):
    """Ties by id; what has no value comes last both ways."""
    turned = order == "desc"
    known = [c for c in many.cycles if c[field] is not None]
    known.sort(key=lambda c: (c[field], c["id"]), reverse=turned)
    expected = known + [c for c in many.cycles if c[field] is None]
    params = {"sortBy": field} | ({"sortOrder": order} if order else {})
    assert ids_of(many.manager.everything("/cycles", **params)) == ids_of(expected)


def test_pages_follow_each_other_without_gap(many):
    rows = []
    for offset in range(len(many.cycles)):
        page, about = many.manager.page("/cycles", limit=1, offset=offset, sortBy="startDate")
        assert about["total"] == len(many.cycles)
        assert about["hasMore"] is (offset < len(many.cycles) - 1)
        rows += page
    assert rows == many.manager.everything("/cycles", sortBy="startDate")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sortBy": "totalMeetings"}, "sortBy"),
        ({"status": "done"}, "status"),
        ({"courseId": "7"}, "courseId"),
        ({"from": "yesterday"}, "from"),
        ({"to": "2026-13-01"}, "to"),
        ({"dayOfWeek": "1"}, "dayOfWeek"),
        ({"instructor": "x"}, "instructor"),
    ],
)
def test_a_bad_query_names_its_parameter(many, query, field):
    error = many.manager.refused(400, "GET", "/cycles", params=query)
    assert fields_of(error) == {field}


def test_an_instructor_s_list_is_their_own(many):
    """R-ACC-2: foreign rows are in no list, count or search."""
    for caller, who in ((many.as_yael, many.yael), (many.as_omer, many.omer)):
        own = [c for c in many.cycles if c["instructorId"] == who["id"]]
        seen = [{k: v for k, v in c.items() if k not in PRICES} for c in own]
        assert caller.everything("/cycles") == seen
        assert caller.page("/cycles", limit=1)[1]["total"] == len(own)
        assert caller.everything("/cycles", status="active") == [
            c for c in seen if c["status"] == "active"
        ]
    foreign = next(c for c in many.cycles if c["instructorId"] == many.omer["id"])
    assert many.as_yael.everything("/cycles", search=foreign["name"]) == []
    assert many.as_yael.everything("/cycles", instructorId=many.omer["id"]) == []


# ── access ──────────────────────────────────────────────────────────────────────────────────


def test_an_instructor_reads_own_cycles_without_prices(world):
    """R-ACC-2."""
    made = world.cycle(**DETAILS)
    seen = world.as_yael.get(f"/cycles/{made['id']}")
    assert seen == {k: v for k, v in made.items() if k not in PRICES}
    world.as_omer.refused(404, "GET", f"/cycles/{made['id']}")
    world.as_omer.refused(404, "GET", f"/cycles/{made['id']}/meetings")
    assert world.as_yael.everything(f"/cycles/{made['id']}/meetings") == []


def test_an_instructor_changes_no_cycle(world):
    """R-ACC-1: 403 comes before anything else."""
    id = world.cycle()["id"]
    for method, path, body in (
        ("POST", "/cycles", {}),
        ("PUT", f"/cycles/{id}", {"colour": 1}),
        ("PATCH", f"/cycles/{NOBODY}", {}),
        ("DELETE", f"/cycles/{id}", None),
        ("POST", f"/cycles/{id}/restore", None),
        ("POST", f"/cycles/{id}/generate-meetings", None),
        ("POST", f"/cycles/{id}/sync-progress", None),
    ):
        assert world.as_yael.refused(403, method, path, body)["reason"] == "access.denied"


def test_what_never_was_is_not_found(world):
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "", {}),
        ("DELETE", "", None),
        ("GET", "/meetings", None),
        ("POST", "/restore", None),
        ("POST", "/generate-meetings", {"dryRun": True}),
        ("POST", "/generate-meetings", None),
        ("POST", "/sync-progress", None),
    ):
        world.manager.refused(404, method, f"/cycles/{NOBODY}{path}", body)


# ── status ──────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_status_is_refused(world):
    id = world.cycle()["id"]
    error = world.manager.refused(400, "PUT", f"/cycles/{id}", {"status": "paused"})
    assert fields_of(error) == {"status"}


def test_a_cycle_is_not_completed_by_hand_while_a_meeting_is_scheduled(world):
    """R-CYC-3; and the other changes of the request are undone with it."""
    id, meetings = world.generated()
    change = {"status": "completed", "notes": "done"}
    error = world.manager.refused(409, "PUT", f"/cycles/{id}", change)
    assert error["reason"] == "cycle.meetings_scheduled"
    assert stands(world, id)["notes"] is None
    world.manager.act(f"/meetings/{meetings[0]['id']}/complete")
    for meeting in meetings[1:]:
        world.manager.act(f"/meetings/{meeting['id']}/cancel")
    done = world.manager.put(f"/cycles/{id}", change)
    assert (done["status"], done["notes"], done["remainingMeetings"]) == ("completed", "done", 0)
    world.recounted(id)


def test_cancelling_takes_meetings_and_registrations_along_and_reopening_brings_them_back(world):
    """R-CYC-3: exactly its own cascade; completed meetings keep their money."""
    id, meetings = world.generated(totalMeetings=4)
    held, gone, *to_come = (m["id"] for m in meetings)
    world.manager.act(f"/meetings/{held}/complete")
    world.manager.act(f"/meetings/{gone}/cancel", {"reason": "rain"})
    statuses = ["registered", "active", "trial"]
    for status in statuses:
        world.registered(id, status=status)
    cancelled = world.manager.put(f"/cycles/{id}", {"status": "cancelled"})
    assert cancelled["progress"] | {"completed": 1, "cancelled": 3} == cancelled["progress"]
    assert cancelled["remainingMeetings"] == 0
    assert {r.status.value for r in world.registrations(id)} == {"cancelled"}
    shown = {m["id"]: m for m in world.meetings(id)}
    assert shown[held]["revenue"] == 600
    assert {shown[m]["cancellationReason"] for m in to_come} == {"cycle cancelled"}
    world.recounted(id)
    back = world.manager.put(f"/cycles/{id}", {"status": "active"})
    shown = {m["id"]: m["status"] for m in world.meetings(id)}
    assert shown == {held: "completed", gone: "cancelled"} | dict.fromkeys(to_come, "scheduled")
    assert [r.status.value for r in world.registrations(id)] == statuses
    assert back["progress"]["remaining"] == 3
    world.recounted(id)


def test_completing_by_hand_completes_registrations_and_reopening_undoes_it(world):
    """R-CYC-3, R-CYC-2: trials are left alone."""
    id = world.cycle()["id"]
    for status in ("registered", "active", "trial"):
        world.registered(id, status=status)
    world.manager.put(f"/cycles/{id}", {"status": "completed"})
    assert [r.status.value for r in world.registrations(id)] == ["completed", "completed", "trial"]
    world.manager.put(f"/cycles/{id}", {"status": "active"})
    assert [r.status.value for r in world.registrations(id)] == ["registered", "active", "trial"]


def test_reopening_asks_for_the_instructor_s_time_again(world):
    """R-SCHED-9."""
    id, _ = world.generated()
    world.manager.put(f"/cycles/{id}", {"status": "cancelled"})
    world.generated(name="Other")
    back = {"status": "active"}
    error = world.manager.refused(409, "PUT", f"/cycles/{id}", back)
    assert error["reason"] == "instructor.busy"
    assert stands(world, id)["status"] == "cancelled"
    world.manager.put(f"/cycles/{id}", back | {"allowConflicts": True})
    assert [m["conflictOverride"] for m in world.meetings(id)] == [True] * 3
    world.recounted(id)


def two_at_once(world):
    """A cycle two of whose meetings overlap, with leave."""
    id, meetings = world.generated()
    day = meetings[0]["scheduledDate"]
    world.meeting(id, day, "17:00", "18:00", allowConflicts=True)
    return id


def test_a_cycle_whose_own_meetings_overlap_can_be_reopened(world):
    """R-CYC-3, R-SCHED-9: what was allowed before stays allowed."""
    id = two_at_once(world)
    world.manager.put(f"/cycles/{id}", {"status": "cancelled"})
    change = {"status": "active", "allowConflicts": True}
    assert world.manager.put(f"/cycles/{id}", change)["progress"]["scheduled"] == 4


def test_a_cycle_whose_own_meetings_overlap_can_be_handed_over(world):
    """R-CYC-9, R-SCHED-9."""
    id = two_at_once(world)
    change = {"instructorId": world.omer["id"], "allowConflicts": True}
    world.manager.put(f"/cycles/{id}", change)
    assert {m["instructorId"] for m in world.meetings(id)} == {world.omer["id"]}


@pytest.mark.parametrize("status", ["completed", "cancelled"])
@pytest.mark.parametrize("what", ["courses", "branches", "instructors"])
def test_a_cycle_is_not_reopened_onto_what_is_deleted(world, what, status):
    """R-PPL-3: an active cycle never belongs to something deleted."""
    id = world.cycle()["id"]
    world.manager.put(f"/cycles/{id}", {"status": status})
    belongs = {"courses": world.course, "branches": world.branch, "instructors": world.yael}
    world.admin.drop(f"/{what}/{belongs[what]['id']}")
    world.manager.refused(409, "PUT", f"/cycles/{id}", {"status": "active"})
    assert stands(world, id)["status"] == status


def test_a_meeting_does_not_reopen_its_cycle_onto_what_is_deleted(world):
    """R-PPL-3, R-CYC-2."""
    id, meetings = world.generated(totalMeetings=1)
    world.manager.act(f"/meetings/{meetings[0]['id']}/complete")
    world.admin.drop(f"/courses/{world.course['id']}")
    world.manager.refused(409, "POST", f"/meetings/{meetings[0]['id']}/reopen")
    assert stands(world, id)["status"] == "completed"


# ── end, total, instructor ──────────────────────────────────────────────────────────────────


def test_the_end_is_the_last_live_meeting_s_else_the_given_one(world):
    """R-CYC-4."""
    id = world.cycle(endDate="2027-01-31", totalMeetings=2)["id"]
    assert stands(world, id)["endDate"] == "2027-01-31"
    meetings = world.manager.act(f"/cycles/{id}/generate-meetings")["meetings"]
    assert stands(world, id)["endDate"] == sunday(1)
    world.manager.put(f"/cycles/{id}", {"endDate": "2027-02-28"})
    assert stands(world, id)["endDate"] == sunday(1)
    for meeting in meetings:
        world.manager.act(f"/meetings/{meeting['id']}/cancel")
    assert stands(world, id)["endDate"] == "2027-02-28"
    assert world.manager.put(f"/cycles/{id}", {"endDate": None})["endDate"] is None


def test_a_cycle_does_not_start_after_it_ends(world):
    """R-CYC-7: also where the end is the last live meeting's date."""
    id, _ = world.generated(totalMeetings=2)
    error = world.manager.refused(400, "PUT", f"/cycles/{id}", {"startDate": sunday(2)})
    assert (error["reason"], fields_of(error)) == ("date.order", {"startDate"})
    world.manager.put(f"/cycles/{id}", {"startDate": sunday(1)})
    error = world.manager.refused(400, "PUT", f"/cycles/{id}", {"endDate": sunday(0)})
    assert (error["reason"], fields_of(error)) == ("date.order", {"endDate"})


def test_the_total_does_not_fall_below_a_live_number(world):
    """R-CYC-8: a cancelled meeting's number does not count."""
    id, meetings = world.generated()
    error = world.manager.refused(409, "PUT", f"/cycles/{id}", {"totalMeetings": 2})
    assert error["reason"] == "cycle.total_below_live_number"
    world.manager.act(f"/meetings/{meetings[2]['id']}/cancel")
    assert world.manager.put(f"/cycles/{id}", {"totalMeetings": 2})["totalMeetings"] == 2
    world.recounted(id)


def test_a_total_lowered_to_what_is_completed_completes_the_cycle(world):
    """R-CYC-2: checked after every change of the total."""
    id = world.cycle()["id"]
    for week in range(2):
        meeting = world.meeting(id, sunday(week))
        world.manager.act(f"/meetings/{meeting['id']}/complete")
    done = world.manager.put(f"/cycles/{id}", {"totalMeetings": 2})
    assert done["status"] == "completed"
    assert world.events()[-1] == "cycle.completed"


def test_another_instructor_takes_over_the_scheduled_meetings_of_the_old_one(world):
    """R-CYC-9: not those of a substitute, nor those that were held."""
    noa = world.instructor(name="Noa")
    id, meetings = world.generated()
    held, substituted, taken = (m["id"] for m in meetings)
    world.manager.act(f"/meetings/{held}/complete")
    world.manager.put(f"/meetings/{substituted}", {"instructorId": noa["id"]})
    world.manager.put(f"/cycles/{id}", {"instructorId": world.omer["id"]})
    assert {m["id"]: m["instructorId"] for m in world.meetings(id)} == {
        held: world.yael["id"],
        substituted: noa["id"],
        taken: world.omer["id"],
    }
    world.as_yael.refused(404, "GET", f"/cycles/{id}")
    assert world.as_omer.get(f"/cycles/{id}")["id"] == id


def test_a_hand_over_onto_a_busy_instructor_is_refused_whole(world):
    """R-CYC-9, R-SCHED-9."""
    other = world.cycle(instructorId=world.omer["id"])["id"]
    world.meeting(other, sunday(1), "17:00", "18:00")
    id, _ = world.generated()
    change = {"instructorId": world.omer["id"], "notes": "handed over"}
    error = world.manager.refused(409, "PUT", f"/cycles/{id}", change)
    assert error["reason"] == "instructor.busy"
    assert len(error["details"]) == 1
    assert stands(world, id)["notes"] is None
    assert {m["instructorId"] for m in world.meetings(id)} == {world.yael["id"]}
    world.manager.put(f"/cycles/{id}", change | {"allowConflicts": True})
    assert [m["conflictOverride"] for m in world.meetings(id)] == [False, True, False]


def test_another_day_or_other_times_move_no_meeting(world):
    """R-CYC-9."""
    id, meetings = world.generated()
    change = {"dayOfWeek": "monday", "startTime": "10:00", "endTime": "11:00"}
    world.manager.put(f"/cycles/{id}", change)
    assert world.meetings(id) == meetings


def test_what_another_would_find_impossible_is_one_refusal(world):
    """A refused request changes nothing: no field, no event, no audit."""
    id, _ = world.generated()
    before = stands(world, id), len(world.uow.committed)
    world.manager.refused(409, "PUT", f"/cycles/{id}", {"name": "New", "totalMeetings": 1})
    assert (stands(world, id), len(world.uow.committed)) == before


def test_dates_are_civil(world):
    """R-SCHED-7: a day is a day, whatever the clock of the server."""
    assert date.fromisoformat(world.cycle()["startDate"]) == SUNDAY
