"""Courses, branches and instructors: the six routes of each, and who may call them."""

import pytest

from tests.http.school_world import (
    NOBODY,
    a_free_phone,
    a_school_behind_its_api,
    fields_of,
    ids_of,
)

FULL = {
    "courses": {
        "name": "רובוטיקה",
        "category": "robotics",
        "description": "two lines\nof text",
        "targetAudience": "grades 3-6",
        "isActive": False,
    },
    "branches": {
        "name": "בית ספר הרצל",
        "type": "community_center",
        "address": "1 Herzl",
        "city": "חולון",
        "contactName": "Rina",
        "contactPhone": "+972501112233",
        "contactEmail": "rina@example.com",
        "isActive": False,
    },
    "instructors": {
        "name": "נועה כהן",
        "phone": "+972521112233",
        "email": "noa@example.com",
        "rateFrontal": 150.5,
        "rateOnline": 120,
        "ratePrivate": 180,
        "ratePreparation": 0,
        "employmentType": "employee",
        "isActive": False,
        "notes": "since 2019",
        "bankName": "Leumi",
        "bankBranch": "801",
        "accountNumber": "123456",
    },
}
DEFAULTS = {
    "courses": {"description": None, "targetAudience": None, "isActive": True},
    "branches": {
        **dict.fromkeys(("address", "city", "contactName", "contactPhone", "contactEmail")),
        "isActive": True,
    },
    "instructors": {
        **dict.fromkeys(("email", "rateFrontal", "rateOnline", "ratePrivate", "ratePreparation")),
        **dict.fromkeys(("notes", "bankName", "bankBranch", "accountNumber", "userId")),
        "employmentType": "freelancer",
        "isActive": True,
    },
}
REQUIRED = {
    "courses": ("name", "category"),
    "branches": ("name", "type"),
    "instructors": ("name", "phone"),
}
each = pytest.mark.parametrize("kind", list(FULL))


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def least(kind, **more):
    body = {name: FULL[kind][name] for name in REQUIRED[kind]}
    return body | ({"phone": a_free_phone()} if kind == "instructors" else {}) | more


@each
def test_what_is_made_is_what_was_given(world, kind):
    answer = world.admin.send("POST", f"/{kind}", FULL[kind])
    made = answer.json()["data"]
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/{kind}/{made['id']}"
    assert made | FULL[kind] == made
    assert made["version"] == 1
    assert made["createdAt"] == made["updatedAt"] == "2026-10-18T06:00:00Z"
    assert world.manager.get(f"/{kind}/{made['id']}") == made


@each
def test_what_is_not_given_has_its_default(world, kind):
    made = world.admin.make(f"/{kind}", least(kind))
    assert made | DEFAULTS[kind] == made


@each
def test_every_missing_and_unknown_field_is_listed(world, kind):
    error = world.admin.refused(400, "POST", f"/{kind}", {"colour": 1, "isActive": "yes"})
    assert fields_of(error) == {"colour", "isActive", *REQUIRED[kind]}
    assert {d["reason"] for d in error["details"]} >= {"field.unknown", "value.required"}


@each
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_touches_the_given_fields_only(world, kind, method):
    made = world.admin.make(f"/{kind}", FULL[kind])
    changed = world.manager.send(method, f"/{kind}/{made['id']}", {"name": "חדש"}).json()["data"]
    assert changed == made | {"name": "חדש", "version": 2, "updatedAt": changed["updatedAt"]}
    again = world.manager.put(f"/{kind}/{made['id']}", {"name": "חדש"})
    assert again == changed, "a change of nothing is no change"
    assert world.manager.put(f"/{kind}/{made['id']}", {}) == changed


@each
def test_null_clears_what_is_optional_and_nothing_else(world, kind):
    made = world.admin.make(f"/{kind}", FULL[kind])
    optional = [name for name, value in DEFAULTS[kind].items() if value is None]
    optional = [name for name in optional if name != "userId"]
    cleared = world.admin.put(f"/{kind}/{made['id']}", dict.fromkeys(optional))
    assert all(cleared[name] is None for name in optional)
    required = [*REQUIRED[kind], "isActive"]
    error = world.admin.refused(400, "PATCH", f"/{kind}/{made['id']}", dict.fromkeys(required))
    assert fields_of(error) == set(required)


@each
@pytest.mark.parametrize("field", ["id", "version", "createdAt", "deletedAt", "status"])
def test_what_is_read_only_is_an_unknown_field(world, kind, field):
    made = world.admin.make(f"/{kind}", least(kind))
    error = world.admin.refused(400, "PUT", f"/{kind}/{made['id']}", {field: "x"})
    assert error["reason"] == "field.unknown"
    assert fields_of(error) == {field}


@each
def test_values_that_break_their_rules_are_listed_together(world, kind):
    body = least(kind, name=" ", **{REQUIRED[kind][1]: "nonsense"})
    error = world.admin.refused(400, "POST", f"/{kind}", body)
    assert fields_of(error) == {"name", REQUIRED[kind][1]}


@each
def test_the_deleted_is_nowhere_until_it_is_restored(world, kind):
    """R-PPL-3, R-PPL-4."""
    made = world.admin.make(f"/{kind}", least(kind, name="Zebra"))
    one = f"/{kind}/{made['id']}"
    world.admin.drop(one)
    for method, body in (("GET", None), ("PUT", {"name": "x"}), ("PATCH", {}), ("DELETE", None)):
        assert world.admin.refused(404, method, one, body)["reason"] == "not_found"
    assert world.admin.page(f"/{kind}", search="zebra")[1]["total"] == 0
    assert made["id"] not in ids_of(world.admin.everything(f"/{kind}"))
    back = world.admin.act(f"{one}/restore")
    assert back == made | {"version": back["version"], "updatedAt": back["updatedAt"]}
    assert world.admin.get(one) == back
    again = world.admin.refused(409, "POST", f"{one}/restore")
    assert again["reason"] == "restore.not_deleted"


@each
def test_what_never_was_is_not_found(world, kind):
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "", {"name": "x"}),
        ("DELETE", "", None),
        ("POST", "/restore", None),
    ):
        world.admin.refused(404, method, f"/{kind}/{NOBODY}{path}", body)


@each
def test_what_is_no_id_is_refused(world, kind):
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/restore")):
        error = world.admin.refused(400, method, f"/{kind}/not-an-id{path}", None)
        assert error["reason"] == "id.invalid"


@each
def test_a_list_is_sorted_and_paged(world, kind):
    for name in ("Beta", "alpha", "Gamma"):
        world.admin.make(f"/{kind}", least(kind, name=name))
    rows = world.admin.everything(f"/{kind}")
    newest_first = sorted(rows, key=lambda r: (r["createdAt"], r["id"]), reverse=True)
    assert rows == newest_first
    for order, turned in (("asc", False), ("desc", True)):
        for field in ("name", "createdAt"):
            got = world.admin.everything(f"/{kind}", sortBy=field, sortOrder=order)
            assert sorted(got, key=lambda r: (r[field], r["id"]), reverse=turned) == got
    assert world.admin.everything(f"/{kind}", sortBy="name") == world.admin.everything(
        f"/{kind}", sortBy="name", sortOrder="asc"
    )
    first, about = world.admin.page(f"/{kind}", limit=2)
    assert about.pop("nextCursor")
    assert about == {"total": len(rows), "limit": 2, "offset": 0, "hasMore": True}
    rest, about = world.admin.page(f"/{kind}", limit=100, offset=2)
    assert about["hasMore"] is False
    assert first + rest == rows
    beyond, about = world.admin.page(f"/{kind}", offset=1000)
    assert (beyond, about["total"]) == ([], len(rows))


@each
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"offset": -1}, "offset"),
        ({"sortBy": "notes"}, "sortBy"),
        ({"sortOrder": "up"}, "sortOrder"),
        ({"colour": "red"}, "colour"),
        ({"isActive": "maybe"}, "isActive"),
        ({"q": "a", "search": "b"}, "q"),
    ],
)
def test_a_bad_query_names_its_parameter(world, kind, query, field):
    error = world.admin.refused(400, "GET", f"/{kind}", params=query)
    assert field in fields_of(error)


@each
def test_the_active_and_the_others_are_told_apart(world, kind):
    off = world.admin.make(f"/{kind}", least(kind, isActive=False))
    rows = world.admin.everything(f"/{kind}")
    for wanted in (True, False):
        found = world.admin.everything(f"/{kind}", isActive=str(wanted).lower())
        assert found == [row for row in rows if row["isActive"] is wanted]
    assert ids_of(world.admin.everything(f"/{kind}", isActive="false")) == [off["id"]]


def test_courses_are_found_by_category_and_text(world):
    ai = world.admin.make("/courses", {"name": "בינה", "category": "ai", "description": "Neural"})
    world.admin.make("/courses", {"name": "Print", "category": "printing_3d"})
    for query in ({"category": "ai"}, {"search": "ינה"}, {"q": "nEUr"}):
        assert ids_of(world.admin.everything("/courses", **query)) == [ai["id"]]
    assert world.admin.everything("/courses", category="ai", search="print") == []


def test_branches_are_found_by_type_city_and_text(world):
    made = world.admin.make(
        "/branches", {"name": "מרכז", "type": "online", "city": "חולון", "address": "Weizmann 3"}
    )
    for query in (
        {"type": "online"},
        {"city": "חולון"},
        {"search": "רכז"},
        {"search": "חול"},
        {"q": "weizMANN"},
    ):
        assert ids_of(world.admin.everything("/branches", **query)) == [made["id"]]
    assert world.admin.everything("/branches", city="חול") == []


@pytest.mark.parametrize("term", ["052-999-8877", "+972 52 9998877", "9998877", "נועה", "NOA@"])
def test_instructors_are_found_by_name_email_and_phone_in_any_writing(world, term):
    """R-PPL-1."""
    noa = world.instructor(name="נועה", phone="0529998877", email="noa@example.com")
    assert noa["phone"] == "+972529998877"
    assert ids_of(world.manager.everything("/instructors", search=term)) == [noa["id"]]


def test_a_phone_or_email_belongs_to_one_live_instructor(world):
    """R-PPL-1, R-PPL-3: uniqueness is asked again on restoring."""
    noa = world.instructor(phone="0529998877", email="Noa@example.com ")
    assert noa["email"] == "noa@example.com"
    for field, value in (("phone", "+972-52-999-8877"), ("email", "NOA@example.com")):
        body = {"name": "Other", "phone": a_free_phone(), field: value}
        error = world.admin.refused(409, "POST", "/instructors", body)
        assert error["reason"] == "duplicate"
        assert fields_of(error) == {field}
        change = {field: value}
        other = f"/instructors/{world.omer['id']}"
        assert world.manager.refused(409, "PUT", other, change)["reason"] == "duplicate"
    world.admin.drop(f"/instructors/{noa['id']}")
    world.instructor(phone="0529998877")
    error = world.admin.refused(409, "POST", f"/instructors/{noa['id']}/restore")
    assert (error["reason"], fields_of(error)) == ("duplicate", {"phone"})


def test_what_a_cycle_runs_on_is_not_deleted_under_it(world):
    """R-PPL-3: refused while an active cycle would be orphaned, and only so long."""
    cycle = world.cycle()["id"]
    used = [
        f"/courses/{world.course['id']}",
        f"/branches/{world.branch['id']}",
        f"/instructors/{world.yael['id']}",
    ]
    for path in used:
        assert world.admin.refused(409, "DELETE", path)["reason"] == "delete.would_orphan"
    world.manager.put(f"/cycles/{cycle}", {"status": "cancelled"})
    for path in used:
        world.admin.drop(path)
    shown = world.manager.get(f"/cycles/{cycle}")
    assert [shown[name] for name in ("course", "branch", "instructor")] == [None] * 3


def test_a_substitute_with_a_meeting_to_come_is_not_deleted(world):
    """R-PPL-3."""
    _, meetings = world.generated()
    one = f"/meetings/{meetings[0]['id']}"
    world.manager.put(one, {"instructorId": world.omer["id"]})
    omer = f"/instructors/{world.omer['id']}"
    assert world.admin.refused(409, "DELETE", omer)["reason"] == "delete.would_orphan"
    world.manager.act(f"{one}/complete")
    world.admin.drop(omer)


@each
def test_the_matrix_of_roles(world, kind):
    """R-ACC-1: admins all, managers all but create and delete, instructors read."""
    made = world.admin.make(f"/{kind}", least(kind))
    one = f"/{kind}/{made['id']}"
    for caller, may in ((world.manager, {"GET", "PUT", "PATCH"}), (world.as_yael, {"GET"})):
        for method, path, body in (
            ("GET", f"/{kind}", None),
            ("GET", one, None),
            ("PUT", one, {}),
            ("PATCH", one, {}),
            ("POST", f"/{kind}", least(kind)),
            ("POST", f"{one}/restore", None),
            ("DELETE", one, None),
        ):
            if method in may:
                assert caller.send(method, path, body).status_code == 200
            else:
                assert caller.refused(403, method, path, body)["reason"] == "access.denied"


@each
def test_who_may_not_learns_nothing_else(world, kind):
    """403 comes before 400 and 404."""
    for method, path, body in (
        ("POST", f"/{kind}", {"colour": 1}),
        ("PUT", f"/{kind}/{NOBODY}", {"colour": 1}),
        ("PUT", f"/{kind}/not-an-id", None),
        ("DELETE", f"/{kind}/{NOBODY}", None),
        ("POST", f"/{kind}/{NOBODY}/restore", None),
    ):
        world.as_yael.refused(403, method, path, body)


def test_of_colleagues_an_instructor_sees_id_and_name_only(world):
    """R-ACC-2."""
    assert world.as_yael.get(f"/instructors/{world.omer['id']}") == {
        "id": world.omer["id"],
        "name": "Omer",
    }
    assert world.as_yael.get(f"/instructors/{world.yael['id']}") == world.yael
    rows = {row["id"]: row for row in world.as_yael.everything("/instructors")}
    assert set(rows[world.omer["id"]]) == {"id", "name"}
    assert rows[world.yael["id"]] == world.yael


@pytest.mark.parametrize("term", ["phone", "email"])
def test_an_instructor_does_not_find_colleagues_by_what_is_hidden(world, term):
    """R-ACC-2: no search tells a colleague's phone or email."""
    noa = world.instructor(name="Noa", phone="0529998877", email="noa@secret.example")
    assert world.as_yael.everything("/instructors", search=noa[term]) == []
    assert ids_of(world.as_yael.everything("/instructors", search="noa")) == [noa["id"]]


@each
def test_a_restored_thing_keeps_its_place_in_the_audit(world, kind):
    made = world.admin.make(f"/{kind}", least(kind))
    one = f"/{kind}/{made['id']}"
    world.admin.put(one, {"name": "Other"})
    world.admin.drop(one)
    world.admin.act(f"{one}/restore")
    trail = [
        entry.action
        for committed in world.uow.committed
        for entry in committed.audit
        if str(entry.entity_id) == made["id"]
    ]
    assert trail == ["create", "update", "delete", "restore"]
