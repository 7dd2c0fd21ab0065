"""Lists of what belongs to one thing: filtered and sorted like the list itself, and as closed."""

import pytest

from tests.http.school_world import NOBODY, a_school_behind_its_api, fields_of, ids_of


@pytest.fixture
def world():
    with a_school_behind_its_api() as world:
        yield world


@pytest.fixture
def school(world):
    """Two cycles that share nothing but a third one's parents, each with meetings."""
    course = world.admin.make("/courses", {"name": "AI", "category": "ai"})
    branch = world.admin.make("/branches", {"name": "Bialik", "type": "school"})
    order = world.manager.make(
        "/institutional-orders",
        {
            "branchId": branch["id"],
            "orderDate": "2026-06-01",
            "startDate": "2026-09-01",
            "endDate": "2027-06-20",
        },
    )
    here = world.generated(name="Here")[0]
    there = world.generated(
        name="There",
        courseId=course["id"],
        branchId=branch["id"],
        instructorId=world.omer["id"],
        institutionalOrderId=order["id"],
    )[0]
    ended = world.cycle(
        name="Ended", courseId=course["id"], branchId=branch["id"], instructorId=world.omer["id"]
    )["id"]
    world.manager.put(f"/cycles/{ended}", {"status": "cancelled"})
    return {
        "here": here,
        "there": there,
        "ended": ended,
        "courses": (world.course["id"], course["id"]),
        "branches": (world.branch["id"], branch["id"]),
        "instructors": (world.yael["id"], world.omer["id"]),
        "institutional-orders": (None, order["id"]),
    }


FILTERS = {
    "courses": "courseId",
    "branches": "branchId",
    "instructors": "instructorId",
    "institutional-orders": "institutionalOrderId",
}


@pytest.mark.parametrize("parent", FILTERS)
def test_the_cycles_of_something_are_the_list_with_that_filter(world, school, parent):
    for id in filter(None, school[parent]):
        path = f"/{parent}/{id}/cycles"
        for query in (
            {},
            {"sortBy": "name"},
            {"sortBy": "name", "sortOrder": "desc"},
            {"status": "active"},
            {"search": "ere"},
            {"from": "2026-10-18", "to": "2026-10-19"},
            {"dayOfWeek": "monday"},
        ):
            expected = world.manager.page("/cycles", **query, **{FILTERS[parent]: id})
            assert world.manager.page(path, **query) == expected
    id = school[parent][1]
    wanted = (
        {school["there"]}
        if parent == "institutional-orders"
        else {school["there"], school["ended"]}
    )
    assert set(ids_of(world.manager.everything(f"/{parent}/{id}/cycles"))) == wanted
    rows, about = world.manager.page(f"/{parent}/{id}/cycles", limit=1)
    assert (len(rows), about["total"]) == (1, len(wanted))


@pytest.mark.parametrize("parent", FILTERS)
def test_what_the_path_says_already_is_no_filter_there(world, school, parent):
    path = f"/{parent}/{school[parent][1]}/cycles"
    for name, value in ((FILTERS[parent], school[parent][1]), ("colour", "red"), ("sortBy", "x")):
        error = world.manager.refused(400, "GET", path, params={name: value})
        assert fields_of(error) == {name}


@pytest.mark.parametrize(
    "path",
    [
        *(f"/{parent}/{{}}/cycles" for parent in FILTERS),
        "/branches/{}/orders",
        "/branches/{}/closures",
        "/instructors/{}/meetings",
        "/cycles/{}/meetings",
        "/customers/{}/students",
    ],
)
def test_the_parent_must_exist(world, path):
    world.manager.refused(404, "GET", path.format(NOBODY))
    assert world.manager.refused(400, "GET", path.format("no-id"))["reason"] == "id.invalid"
    world.nobody.refused(401, "GET", path.format(NOBODY))


def test_a_deleted_parent_has_no_relations(world):
    """R-PPL-4."""
    course = world.admin.make("/courses", {"name": "AI", "category": "ai"})
    world.admin.drop(f"/courses/{course['id']}")
    world.manager.refused(404, "GET", f"/courses/{course['id']}/cycles")


def test_the_meetings_of_an_instructor_and_of_a_cycle(world, school):
    mine = f"/instructors/{world.omer['id']}/meetings"
    meetings = world.manager.everything(f"/cycles/{school['there']}/meetings")
    assert len(meetings) == 3
    assert world.manager.everything(mine) == meetings
    assert world.manager.everything(mine, date=meetings[1]["scheduledDate"]) == [meetings[1]]
    assert (
        world.manager.everything(mine, sortBy="scheduledDate", sortOrder="desc") == meetings[::-1]
    )
    assert world.manager.everything(mine, cycleId=school["here"]) == []
    one = f"/meetings/{meetings[0]['id']}"
    world.manager.put(one, {"instructorId": world.yael["id"], "allowConflicts": True})
    assert len(world.manager.everything(mine)) == 2
    assert len(world.manager.everything(f"/cycles/{school['there']}/meetings")) == 3


def test_an_instructor_finds_own_rows_only_in_every_relation(world, school):
    """R-ACC-2: of a colleague's cycles and meetings there is nothing to find or count."""
    for parent, position in (("courses", 1), ("branches", 1), ("instructors", 1)):
        path = f"/{parent}/{school[parent][position]}/cycles"
        rows, about = world.as_yael.page(path)
        assert (rows, about["total"], about["hasMore"]) == ([], 0, False)
        assert world.as_yael.page(path, search="there", sortBy="name")[1]["total"] == 0
        assert set(ids_of(world.as_omer.everything(path))) == {school["there"], school["ended"]}
    theirs = f"/instructors/{world.omer['id']}/meetings"
    assert world.as_yael.page(theirs)[1]["total"] == 0
    assert len(world.as_omer.everything(theirs)) == 3
    world.as_yael.refused(404, "GET", f"/cycles/{school['there']}/meetings")
    own = world.as_yael.everything(f"/branches/{world.branch['id']}/cycles")
    assert ids_of(own) == [school["here"]]
    assert "meetingRevenue" not in own[0]


def test_a_substitute_in_ones_own_cycle_is_seen_in_the_relation(world, school):
    """R-ACC-2: to read a meeting is to be its instructor or its cycle's."""
    meeting = world.meetings(school["here"])[0]
    world.manager.put(
        f"/meetings/{meeting['id']}", {"instructorId": world.omer["id"], "allowConflicts": True}
    )
    seen = world.as_yael.everything(f"/instructors/{world.omer['id']}/meetings")
    assert ids_of(seen) == [meeting["id"]]
    assert "instructorPayment" not in seen[0]


@pytest.mark.parametrize(
    ("scopes", "status"),
    [
        (("read:courses", "read:cycles"), 200),
        (("read:cycles",), 403),
        (("read:courses",), 403),
    ],
)
def test_a_key_needs_both_scopes_for_a_relation(world, scopes, status):
    """R-ACC-3."""
    path = f"/courses/{world.course['id']}/cycles"
    assert world.key(*scopes).send("GET", path).status_code == status


def test_a_key_sees_the_students_of_a_customer_by_scope_only(world):
    """R-ACC-3."""
    made = world.manager.make("/customers", {"name": "Rina", "phone": "050-1112233"})
    world.manager.make(f"/customers/{made['id']}/students", {"name": "Noam"})
    one = f"/customers/{made['id']}"
    assert "students" not in world.key("read:customers").get(one)
    both = world.key("read:customers", "read:students").get(one)
    assert [s["name"] for s in both["students"]] == ["Noam"]


@pytest.mark.parametrize(
    "query", [{"isActive": "true"}, {"sortBy": "createdAt"}, {"search": "052"}, {"q": "yael@"}]
)
def test_an_instructor_learns_nothing_of_colleagues_by_asking(world, query):
    """R-ACC-2: no filter, sort, search or count tells more than id and name."""
    world.instructor(name="Noa", phone="0529998877", email="yael@secret.example")
    answer = world.as_yael.send("GET", "/instructors", params=query)
    if {"isActive", "sortBy"} & query.keys():
        assert answer.status_code == 400
        assert set(query) == {d["field"] for d in answer.json()["error"]["details"]}
    else:
        assert answer.json()["pagination"]["total"] == 0
