"""R-SCHED-10: when instructors could teach, do teach, and are away."""

from __future__ import annotations

import pytest

from haitech_domain.access import Role
from tests.http.school_world import (
    NOBODY,
    a_free_phone,
    a_school_behind_its_api,
    fields_of,
    ids_of,
    sunday,
)

USUAL = [
    {"day": day, "from": "08:00", "to": "20:00"}
    for day in ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday")
]
AFTERNOONS = [
    {"day": "sunday", "from": "14:00", "to": "19:00"},
    {"day": "tuesday", "from": "15:00", "to": "18:00"},
]
MONDAY, TUESDAY, SATURDAY = "2026-10-19", "2026-10-20", "2026-10-24"


@pytest.fixture
def world():
    with a_school_behind_its_api() as world:
        yield world


def times_of(world):
    return f"/instructors/{world.yael['id']}/availability"


def off_of(world):
    return f"/instructors/{world.yael['id']}/time-off"


def week_of(world):
    return f"/instructors/{world.yael['id']}/schedule"


def slots(shown, day=None):
    return [
        f"{slot['from']}-{slot['to']}" for slot in shown["freeSlots"] if day in (None, slot["date"])
    ]


class TestWindows:
    def test_without_windows_the_usual_hours_stand_in_for_a_week_from_today(self, world):
        shown = world.manager.get(times_of(world))
        assert (shown["from"], shown["to"]) == ("2026-10-18", "2026-10-24")
        assert (shown["isDefault"], shown["windows"]) == (True, USUAL)
        assert [slot["date"] for slot in shown["freeSlots"]] == [
            f"2026-10-{day}" for day in range(18, 24)
        ]
        assert set(slots(shown)) == {"08:00-20:00"}
        assert shown["noTeachingDays"] == [{"date": SATURDAY, "reason": "rest day"}]
        assert shown["timeOff"] == []

    def test_windows_replace_those_before_and_none_bring_the_usual_hours_back(self, world):
        shown = world.as_yael.put(times_of(world), {"windows": AFTERNOONS})
        assert (shown["isDefault"], shown["windows"]) == (False, AFTERNOONS)
        assert slots(shown) == ["14:00-19:00", "15:00-18:00"]
        assert world.manager.get(times_of(world)) == shown
        one = [{"day": "friday", "from": "09:00", "to": "12:00"}]
        assert world.manager.put(times_of(world), {"windows": one})["windows"] == one
        again = world.manager.put(times_of(world), {"windows": []})
        assert (again["isDefault"], again["windows"]) == (True, USUAL)

    def test_windows_that_overlap_or_touch_become_one_in_the_order_of_a_week(self, world):
        given = [
            {"day": "monday", "from": "12:00", "to": "13:00"},
            {"day": "sunday", "from": "16:00", "to": "18:00"},
            {"day": "monday", "from": "09:00", "to": "12:00"},
            {"day": "sunday", "from": "17:00", "to": "17:30"},
        ]
        assert world.manager.put(times_of(world), {"windows": given})["windows"] == [
            {"day": "sunday", "from": "16:00", "to": "18:00"},
            {"day": "monday", "from": "09:00", "to": "13:00"},
        ]

    @pytest.mark.parametrize(
        ("window", "field", "reason"),
        [
            ({"day": "sunday", "from": "12:00", "to": "12:00"}, "windows[1].to", "time.order"),
            ({"day": "sunday", "from": "25:00", "to": "26:00"}, "windows[1].from", "time.invalid"),
            ({"day": "someday", "from": "08:00", "to": "09:00"}, "windows[1].day", "value.unknown"),
            ({"day": "sunday", "from": "08:00"}, "windows[1].to", "value.required"),
        ],
    )
    def test_a_window_that_is_none_is_refused_by_its_place(self, world, window, field, reason):
        body = {"windows": [AFTERNOONS[0], window]}
        error = world.manager.refused(400, "PUT", times_of(world), body)
        assert (field, reason) in {(d["field"], d["reason"]) for d in error["details"]}
        assert world.manager.get(times_of(world))["isDefault"]

    def test_more_windows_than_anybody_has_are_refused(self, world):
        windows = [{"day": "sunday", "from": "08:00", "to": "09:00"}] * 101
        error = world.manager.refused(400, "PUT", times_of(world), {"windows": windows})
        assert fields_of(error) == {"windows"}

    def test_what_was_seen_for_some_days_is_what_if_match_holds_to(self, world):
        query = f"{times_of(world)}?from={sunday(0)}&to={sunday(2)}"
        seen = world.manager.send("GET", query).headers["etag"]
        changed = world.manager.send(
            "PUT", query, {"windows": AFTERNOONS}, headers={"If-Match": seen}
        )
        assert changed.status_code == 200
        assert len(slots(changed.json()["data"])) == 5
        again = world.manager.send("PUT", query, {"windows": []}, headers={"If-Match": seen})
        assert again.status_code == 412
        now = {"If-Match": changed.headers["etag"]}
        assert world.manager.send("PUT", query, {"windows": []}, headers=now).status_code == 200

    def test_a_change_of_windows_is_in_the_audit(self, world):
        world.as_yael.put(times_of(world), {"windows": AFTERNOONS[:1]})
        entry, *_ = world.admin.page("/audit-logs", entity="instructor", action="update")[0]
        assert entry["old"] == {"windows": []}
        assert entry["new"]["windows"] == [
            {"day": "sunday", "start": "14:00:00", "end": "19:00:00"}
        ]

    def test_the_times_of_somebody_who_is_gone_are_gone(self, world):
        dana = world.instructor()["id"]
        world.admin.drop(f"/instructors/{dana}")
        for path in ("availability", "schedule", "time-off", f"time-off/{NOBODY}"):
            world.manager.refused(404, "GET", f"/instructors/{dana}/{path}")


class TestFreeSlots:
    def test_they_lie_between_the_meetings_that_live(self, world):
        _, meetings = world.generated()
        cancelled = world.meeting(meetings[0]["cycleId"], sunday(0), "10:00", "11:00")
        world.manager.act(f"/meetings/{cancelled['id']}/cancel", {"reason": "rain"})
        world.meeting(meetings[0]["cycleId"], sunday(0), "07:00", "08:30")
        assert slots(world.manager.get(times_of(world)), sunday(0)) == [
            "08:30-16:00",
            "17:30-20:00",
        ]

    def test_days_off_and_days_without_teaching_have_none_and_say_why(self, world):
        world.as_yael.make(off_of(world), {"from": MONDAY, "to": TUESDAY, "reason": "חתונה"})
        shown = world.manager.get(times_of(world), **{"from": MONDAY, "to": "2026-10-21"})
        assert [(off["from"], off["to"], off["reason"]) for off in shown["timeOff"]] == [
            (MONDAY, TUESDAY, "חתונה")
        ]
        assert {slot["date"] for slot in shown["freeSlots"]} == {"2026-10-21"}
        spring = world.manager.get(times_of(world), **{"from": "2027-04-20", "to": "2027-04-22"})
        assert [day["date"] for day in spring["noTeachingDays"]] == ["2027-04-21", "2027-04-22"]
        assert all(day["reason"] for day in spring["noTeachingDays"])

    @pytest.mark.parametrize(
        ("days", "field", "reason"),
        [
            ({"from": "2026-10-18", "to": "2027-01-18"}, "to", "range.too_long"),
            ({"from": "2026-10-18", "to": "2026-10-17"}, "to", "date.order"),
            ({"to": "2026-10-17"}, "to", "date.order"),
            ({"from": "2101-01-01"}, "from", "value.out_of_range"),
            ({"from": "2100-12-30", "to": "2101-01-01"}, "to", "value.out_of_range"),
            ({"from": "soon"}, "from", "date.invalid"),
            ({"until": "2026-10-17"}, "until", "filter.unknown"),
        ],
    )
    @pytest.mark.parametrize("path", [times_of, week_of])
    def test_days_that_are_none_or_too_many_are_refused(self, world, path, days, field, reason):
        error = world.manager.refused(400, "GET", path(world), params=days)
        assert (field, reason) in {(d["field"], d["reason"]) for d in error["details"]}

    def test_a_range_may_have_92_days_and_ends_with_the_calendar(self, world):
        days = {"from": "2026-10-18", "to": "2027-01-17"}
        assert world.manager.get(times_of(world), **days)["to"] == "2027-01-17"
        assert world.manager.get(times_of(world), **{"from": "2100-12-30"})["to"] == "2100-12-31"


class TestTimeOff:
    def test_it_is_noted_changed_taken_back_and_restored(self, world):
        body = {"from": MONDAY, "to": TUESDAY, "reason": "חתונה"}
        answer = world.as_yael.send("POST", off_of(world), body)
        made = answer.json()["data"]
        path = f"{off_of(world)}/{made['id']}"
        assert (answer.status_code, answer.headers["location"]) == (201, f"/api/v1{path}")
        assert {name: made[name] for name in body} == body
        assert (made["instructorId"], made["version"]) == (world.yael["id"], 1)
        seen = world.as_yael.send("GET", path)
        assert seen.json()["data"] == made
        changed = world.as_yael.put(path, {"to": "2026-10-22", "reason": None})
        assert (changed["from"], changed["to"], changed["reason"]) == (MONDAY, "2026-10-22", None)
        stale = {"If-Match": seen.headers["etag"]}
        assert world.manager.send("DELETE", path, headers=stale).status_code == 412
        world.manager.drop(path)
        world.manager.refused(404, "GET", path)
        assert world.manager.page(off_of(world))[0] == []
        assert world.as_yael.act(f"{path}/restore")["reason"] is None
        assert world.as_yael.refused(409, "POST", f"{path}/restore")["reason"] == (
            "restore.not_deleted"
        )

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ({"from": TUESDAY, "to": MONDAY}, {"to"}),
            ({"from": "1999-12-31", "to": "2101-01-01"}, {"from", "to"}),
            ({"reason": "x"}, {"from", "to"}),
            ({"from": MONDAY, "to": MONDAY, "reason": " "}, {"reason"}),
            ({"from": MONDAY, "to": MONDAY, "why": "x"}, {"why"}),
        ],
    )
    def test_what_is_wrong_with_it_is_told_in_the_words_of_the_wire(self, world, body, fields):
        error = world.as_yael.refused(400, "POST", off_of(world), body)
        assert fields_of(error) == fields

    def test_it_is_listed_by_its_first_day_and_by_the_days_that_it_touches(self, world):
        days = [(20, 22), (1, 3), (10, 25)]
        late, early, long = (
            world.manager.make(off_of(world), {"from": f"2026-11-{a:02}", "to": f"2026-11-{b:02}"})
            for a, b in days
        )
        rows, about = world.as_yael.page(off_of(world), limit=2)
        assert ids_of(rows) == ids_of([early, long])
        more, _ = world.as_yael.page(off_of(world), limit=2, cursor=about["nextCursor"])
        assert ids_of(more) == [late["id"]]
        touched, _ = world.as_yael.page(off_of(world), **{"from": "2026-11-22", "to": "2026-11-22"})
        assert ids_of(touched) == ids_of([long, late])
        falling, _ = world.as_yael.page(off_of(world), sortBy="from", sortOrder="desc")
        assert ids_of(falling) == ids_of([late, long, early])

    def test_under_another_instructor_it_is_not_there(self, world):
        made = world.manager.make(off_of(world), {"from": MONDAY, "to": MONDAY})
        other = f"/instructors/{world.omer['id']}/time-off/{made['id']}"
        for caller in (world.manager, world.as_omer):
            caller.refused(404, "GET", other)
            caller.refused(404, "PUT", other, {"reason": "x"})
            caller.refused(404, "DELETE", other)
            caller.refused(404, "POST", f"{other}/restore")
        assert world.as_omer.page(f"/instructors/{world.omer['id']}/time-off")[0] == []

    def test_nobody_is_given_time_off_who_does_not_exist(self, world):
        path = f"/instructors/{NOBODY}/time-off"
        error = world.manager.refused(404, "POST", path, {"from": MONDAY, "to": MONDAY})
        assert error["message"] == f"there is no instructor with id {NOBODY}"

    def test_a_postponed_meeting_does_not_fall_into_it(self, world):
        """R-MEET-5."""
        _, meetings = world.generated()
        world.as_yael.make(off_of(world), {"from": sunday(3), "to": sunday(4)})
        moved = world.manager.act(f"/meetings/{meetings[0]['id']}/postpone")["newMeeting"]
        assert moved["scheduledDate"] == sunday(5)
        told = {"newDate": sunday(4)}
        given = world.manager.act(f"/meetings/{meetings[1]['id']}/postpone", told)["newMeeting"]
        assert given["scheduledDate"] == sunday(4)


class TestSchedule:
    def test_it_holds_what_the_instructor_teaches_by_date_and_start(self, world):
        cycle, (first, second, third) = world.generated(location="Room 4")
        early = world.meeting(cycle, sunday(1), "08:00", "09:00")
        substituted = world.meeting(
            cycle, sunday(1), "10:00", "11:00", instructorId=world.omer["id"]
        )
        world.manager.act(f"/meetings/{third['id']}/cancel", {})
        days = {"from": sunday(0), "to": sunday(2)}
        rows = world.manager.get(week_of(world), **days)
        assert ids_of(rows) == [first["id"], early["id"], second["id"]]
        row = rows[0]
        assert (row["cycleName"], row["branchName"], row["location"]) == (
            "Python, Sundays",
            "Herzl",
            "Room 4",
        )
        assert (row["branchId"], row["status"]) == (world.branch["id"], "scheduled")
        theirs = world.manager.get(f"/instructors/{world.omer['id']}/schedule", **days)
        assert ids_of(theirs) == [substituted["id"]]

    def test_its_days_are_inclusive_and_a_week_where_none_are_given(self, world):
        _, (first, second, _) = world.generated()
        assert ids_of(world.as_yael.get(week_of(world))) == [first["id"]]
        days = {"from": sunday(1), "to": sunday(1)}
        assert ids_of(world.as_yael.get(week_of(world), **days)) == [second["id"]]

    def test_an_instructor_sees_the_pay_of_it_and_no_other_money(self, world):
        world.generated()
        (row,) = world.as_yael.get(week_of(world))
        assert row["instructorPayment"] == 0
        assert not {"revenue", "employerCost", "profit"} & set(row)


class TestWhoIsFree:
    @pytest.fixture
    def busy(self, world):
        """Yael teaches on Sunday from 16:00 to 17:30; Omer on Sunday and Tuesday afternoons."""
        world.generated()
        world.manager.put(f"/instructors/{world.omer['id']}/availability", {"windows": AFTERNOONS})
        return world

    def free(self, world, **asked):
        return {row["name"] for row in world.manager.everything("/instructors", **asked)}

    @pytest.mark.parametrize(
        ("day", "times", "names"),
        [
            (sunday(0), None, {"Yael", "Omer"}),
            (MONDAY, None, {"Yael"}),
            (SATURDAY, None, set()),
            ("2027-04-22", None, set()),
            (sunday(0), ("15:00", "17:00"), {"Omer"}),
            (sunday(0), ("17:30", "19:00"), {"Yael", "Omer"}),
            (sunday(0), ("17:30", "19:30"), {"Yael"}),
            (sunday(0), ("07:30", "09:00"), set()),
        ],
    )
    def test_by_windows_and_meetings(self, busy, day, times, names):
        asked = {"availableOn": day}
        if times:
            asked |= {"availableFrom": times[0], "availableTo": times[1]}
        assert self.free(busy, **asked) == names

    def test_nobody_who_is_away_or_has_a_full_day(self, busy):
        busy.as_yael.make(off_of(busy), {"from": MONDAY, "to": TUESDAY})
        assert self.free(busy, availableOn=TUESDAY) == {"Omer"}
        cycle = busy.cycle(name="Full", instructorId=busy.omer["id"])["id"]
        busy.meeting(cycle, TUESDAY, "14:30", "18:30")
        assert self.free(busy, availableOn=TUESDAY) == set()

    def test_along_with_other_filters_search_pages_and_cursors(self, busy):
        for name in ("Tamar", "Tal"):
            busy.instructor(name=name)
        resting = busy.instructor(name="Tara", isActive=False)
        on = {"availableOn": MONDAY}
        assert self.free(busy, **on, search="Ta") == {"Tamar", "Tal", "Tara"}
        assert self.free(busy, **on, search="Ta", isActive="true") == {"Tamar", "Tal"}
        rows, about = busy.manager.page("/instructors", **on, isActive="false")
        assert (ids_of(rows), about["total"]) == ([resting["id"]], 1)
        first, about = busy.manager.page("/instructors", **on, sortBy="name", limit=3)
        assert ([row["name"] for row in first], about["total"]) == (["Tal", "Tamar", "Tara"], 4)
        rest, _ = busy.manager.page(
            "/instructors", **on, sortBy="name", limit=3, cursor=about["nextCursor"]
        )
        assert [row["name"] for row in rest] == ["Yael"]
        other = {"availableOn": TUESDAY, "sortBy": "name", "cursor": about["nextCursor"]}
        error = busy.manager.refused(400, "GET", "/instructors", params=other)
        assert error["reason"] == "cursor.invalid"

    def test_a_closed_day_is_an_empty_page(self, busy):
        rows, about = busy.manager.page("/instructors", availableOn=SATURDAY, limit=5)
        assert (rows, about["total"], about["limit"], about["hasMore"]) == ([], 0, 5, False)

    @pytest.mark.parametrize(
        ("asked", "fields"),
        [
            ({"availableFrom": "10:00", "availableTo": "11:00"}, {"availableOn"}),
            ({"availableOn": MONDAY, "availableFrom": "10:00"}, {"availableTo"}),
            ({"availableTo": "10:00"}, {"availableOn", "availableFrom"}),
            (
                {"availableOn": MONDAY, "availableFrom": "10:00", "availableTo": "10:00"},
                {"availableTo"},
            ),
            ({"availableOn": "2101-01-01"}, {"availableOn"}),
            (
                {"availableOn": MONDAY, "availableFrom": "10", "availableTo": "1"},
                {"availableFrom", "availableTo"},
            ),
        ],
    )
    def test_half_a_question_is_refused_also_in_a_view(self, world, asked, fields):
        error = world.manager.refused(400, "GET", "/instructors", params=asked)
        assert fields_of(error) == fields
        view = {"name": "Free", "entity": "instructors", "filters": asked}
        error = world.manager.refused(400, "POST", "/saved-views", view)
        assert fields_of(error) == {f"filters.{field}" for field in fields}

    def test_a_view_may_ask_it(self, world):
        asked = {"availableOn": MONDAY, "availableFrom": "10:00", "availableTo": "11:00"}
        view = {"name": "Free", "entity": "instructors", "filters": asked}
        assert world.manager.make("/saved-views", view)["filters"] == asked

    def test_an_instructor_may_not_ask_when_colleagues_are_free(self, world):
        asked = {"availableOn": MONDAY}
        error = world.as_yael.refused(400, "GET", "/instructors", params=asked)
        assert (fields_of(error), error["reason"]) == ({"availableOn"}, "filter.unknown")


def test_availability_informs_and_refuses_no_meeting(world):
    world.manager.put(times_of(world), {"windows": AFTERNOONS})
    world.as_yael.make(off_of(world), {"from": MONDAY, "to": MONDAY})
    cycle = world.cycle()["id"]
    assert world.meeting(cycle, MONDAY, "06:00", "07:00")["status"] == "scheduled"


def test_a_user_without_an_instructor_has_no_times(world):
    lost = world.user(Role.INSTRUCTOR)
    for method, path in (("GET", times_of(world)), ("GET", off_of(world)), ("GET", week_of(world))):
        lost.refused(403, method, path)


def test_a_new_instructor_keeps_the_usual_hours(world):
    body = {"name": "Tal", "phone": a_free_phone(), "windows": AFTERNOONS}
    assert fields_of(world.admin.refused(400, "POST", "/instructors", body)) == {"windows"}
