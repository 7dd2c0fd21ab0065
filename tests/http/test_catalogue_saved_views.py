"""Saved views: own or public, always working, one default of an owner for a list."""

from typing import Any

import pytest

from haitech_domain.fields import identifier, rules_of
from haitech_domain.use_cases import VIEWED
from haitech_domain.use_cases.saved_views import rule_of_filter
from tests.http.school_world import NOBODY, a_school_behind_its_api, fields_of, ids_of

VIEWS = "/saved-views"
MONDAYS = {
    "name": "Active, Mondays",
    "entity": "cycles",
    "filters": {"status": "active", "dayOfWeek": "monday", "search": "פייתון"},
    "columns": ["name", "progress"],
    "sortBy": "startDate",
    "sortOrder": "desc",
    "isDefault": False,
    "isPublic": True,
}


@pytest.fixture
def world():
    with a_school_behind_its_api() as world:
        yield world


def view(caller, **fields):
    return caller.make(VIEWS, {"name": "Mine", "entity": "cycles", **fields})


def test_a_view_is_what_was_given_and_works_on_its_list(world):
    answer = world.manager.send("POST", VIEWS, MONDAYS)
    made = answer.json()["data"]
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1{VIEWS}/{made['id']}"
    assert made | MONDAYS == made
    assert world.manager.get(f"{VIEWS}/{made['id']}") == made
    asked = made["filters"] | {"sortBy": made["sortBy"], "sortOrder": made["sortOrder"]}
    assert world.manager.send("GET", "/cycles", params=asked).status_code == 200


def test_what_is_not_given_has_its_default(world):
    made = view(world.manager)
    assert (made["filters"], made["columns"], made["sortBy"], made["sortOrder"]) == (
        {},
        [],
        None,
        None,
    )
    assert (made["isDefault"], made["isPublic"]) == (False, False)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_touches_the_given_fields_only(world, method):
    made = world.manager.make(VIEWS, MONDAYS)
    one = f"{VIEWS}/{made['id']}"
    change: dict[str, Any] = {
        "filters": {"type": "private"},
        "columns": [],
        "sortBy": None,
        "sortOrder": None,
    }
    changed = world.manager.send(method, one, change).json()["data"]
    assert changed == made | change | {"version": 2, "updatedAt": changed["updatedAt"]}
    assert world.manager.put(one, {"filters": {"type": "private"}}) == changed
    assert world.manager.put(one, {"filters": {}})["filters"] == {}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"filters": {"colour": "red", "shoeSize": 4}}, {"filters.colour", "filters.shoeSize"}),
        ({"filters": {"day_of_week": "monday"}}, {"filters"}),
        ({"filters": {"status": "open"}, "sortBy": "notes"}, {"filters.status", "sortBy"}),
        ({"sortBy": "start_date"}, {"sortBy"}),
        ({"filters": {"courseId": "x", "from": "1"}}, {"filters.courseId", "filters.from"}),
        ({"filters": {"from": "2026-02-01", "to": "2026-01-01"}}, {"filters.to"}),
        ({"entity": "orders"}, {"entity"}),
        ({"entity": "reports"}, {"entity"}),
        ({"entity": "meetings", "filters": {"search": "x"}}, {"filters.search"}),
        ({"entity": "courses", "filters": {"isActive": "true"}}, {"filters.isActive"}),
        ({"filters": {"search": " "}}, {"filters"}),
        ({"filters": {"search": "x" * 501}}, {"filters"}),
        ({"filters": {f"f{n}": 1 for n in range(51)}}, {"filters"}),
        ({"filters": {"x" * 101: 1}}, {"filters"}),
        ({"filters": {"limit": 2**60}}, {"filters"}),
        ({"filters": []}, {"filters"}),
        ({"filters": {"status": None}}, {"filters.…"}),
        ({"filters": {"status": 1.5}}, {"filters.…"}),
        ({"columns": ["a", "a"]}, {"columns"}),
        ({"columns": ["a"] * 101}, {"columns"}),
        ({"columns": [" "]}, {"columns"}),
        ({"columns": [1]}, {"columns[0]"}),
        ({"sortOrder": "up"}, {"sortOrder"}),
        ({"ownerId": str(NOBODY)}, {"ownerId"}),
        ({"name": ""}, {"name"}),
    ],
)
def test_a_view_that_would_not_work_is_refused_and_the_fault_is_named(world, given, wrong):
    body = {"name": "Mine", "entity": "cycles", **given}
    found = fields_of(world.manager.refused(400, "POST", VIEWS, body))
    if wrong == {"filters.…"}:
        assert all(field.startswith("filters") for field in found)
    else:
        assert found == wrong


def test_the_sorts_that_there_are_have_the_names_that_the_list_takes(world):
    body = {"name": "Mine", "entity": "customers", "sortBy": "shoeSize"}
    [fault] = world.manager.refused(400, "POST", VIEWS, body)["details"]
    assert fault == {
        "field": "sortBy",
        "message": "must be one of name, createdAt",
        "reason": "sort.unknown",
    }


def test_a_change_is_judged_with_what_stays(world):
    one = f"{VIEWS}/{world.manager.make(VIEWS, MONDAYS)['id']}"
    error = world.manager.refused(400, "PUT", one, {"entity": "customers"})
    assert fields_of(error) == {"filters.status", "filters.dayOfWeek", "sortBy"}
    error = world.manager.refused(400, "PUT", one, {"filters": {"city": "x"}})
    assert (error["reason"], fields_of(error)) == ("filter.unknown", {"filters.city"})
    moved = {"entity": "customers", "filters": {"city": "x", "hasActiveRegistration": True}}
    assert world.manager.put(one, moved | {"sortBy": "name"})["entity"] == "customers"


def test_nobody_saves_a_view_of_a_list_that_is_not_theirs_to_read(world):
    """domain.md §11."""
    for entity in ("customers", "institutional-orders", "users"):
        error = world.as_yael.refused(403, "POST", VIEWS, {"name": "x", "entity": entity})
        assert error["reason"] == "access.denied"
    for entity, filters in (
        ("instructors", {"isActive": True}),
        ("students", {"customerId": str(NOBODY)}),
        ("registrations", {"paymentStatus": "unpaid"}),
    ):
        body = {"name": "x", "entity": entity, "filters": filters}
        assert world.admin.make(VIEWS, body)["filters"] == filters
        error = world.as_yael.refused(400, "POST", VIEWS, body)
        assert error["reason"] == "filter.unknown"
    assert view(world.as_yael, entity="instructors", filters={"search": "yael"})["name"] == "Mine"


def test_views_are_found_by_list_and_name(world):
    mine = view(world.manager, name="Mondays")
    other = view(world.manager, name="My customers", entity="customers")
    assert ids_of(world.manager.everything(VIEWS, entity="customers")) == [other["id"]]
    assert ids_of(world.manager.everything(VIEWS, search="mond")) == [mine["id"]]
    assert ids_of(world.manager.everything(VIEWS, sortBy="name")) == [mine["id"], other["id"]]
    assert fields_of(world.manager.refused(400, "GET", VIEWS, params={"entity": "x"})) == {"entity"}


def test_own_and_public_views_are_read_and_own_ones_written(world):
    """api.md: any; own or public. Another's private view does not exist; a public one is read."""
    private, public = view(world.manager), view(world.manager, isPublic=True)
    for other in (world.admin, world.as_yael, world.key("*")):
        assert ids_of(other.everything(VIEWS)) == [public["id"]]
        assert other.page(VIEWS)[1]["total"] == 1
        assert other.get(f"{VIEWS}/{public['id']}") == public
        for method, end, body in (
            ("GET", "", None),
            ("PUT", "", {"name": "x"}),
            ("DELETE", "", None),
            ("POST", "/set-default", None),
            ("POST", "/restore", None),
        ):
            other.refused(404, method, f"{VIEWS}/{private['id']}{end}", body)
        for method, end, body in (
            ("PUT", "", {"name": "x"}),
            ("DELETE", "", None),
            ("POST", "/set-default", None),
        ):
            error = other.refused(403, method, f"{VIEWS}/{public['id']}{end}", body)
            assert error["reason"] == "access.denied"
    assert world.manager.get(f"{VIEWS}/{private['id']}") == private
    world.manager.drop(f"{VIEWS}/{public['id']}")
    for caller in (world.admin, world.manager):
        caller.refused(404, "GET", f"{VIEWS}/{public['id']}")
    world.admin.refused(404, "POST", f"{VIEWS}/{public['id']}/restore")
    assert world.manager.act(f"{VIEWS}/{public['id']}/restore")["isPublic"] is True
    error = world.manager.refused(409, "POST", f"{VIEWS}/{public['id']}/restore")
    assert error["reason"] == "restore.not_deleted"


def test_an_api_key_has_views_of_its_own_by_its_scopes(world):
    """R-ACC-3."""
    key = world.key("write:saved-views", "read:saved-views", "read:cycles")
    made = view(key)
    assert ids_of(key.everything(VIEWS)) == [made["id"]]
    assert world.manager.everything(VIEWS) == []
    key.refused(403, "POST", VIEWS, {"name": "x", "entity": "courses"})
    world.key("read:cycles").refused(403, "GET", VIEWS)
    world.key("read:saved-views").refused(403, "POST", VIEWS, {"name": "x", "entity": "cycles"})


def defaults(caller):
    return {v["id"] for v in caller.everything(VIEWS) if v["isDefault"]}


def test_the_default_moves_within_one_list_of_one_owner(world):
    first, second = view(world.manager, isDefault=True), view(world.manager)
    others = {
        view(world.manager, entity="meetings", isDefault=True)["id"],
        view(world.admin, isDefault=True, isPublic=True)["id"],
    }
    assert defaults(world.manager) == {first["id"], *others}
    done = world.manager.act(f"{VIEWS}/{second['id']}/set-default")
    assert done == second | {"isDefault": True, "version": 2, "updatedAt": done["updatedAt"]}
    assert defaults(world.manager) == {second["id"], *others}
    assert world.manager.act(f"{VIEWS}/{second['id']}/set-default") == done
    third = view(world.manager, isDefault=True)
    assert defaults(world.manager) == {third["id"], *others}
    world.manager.put(f"{VIEWS}/{first['id']}", {"isDefault": True})
    assert defaults(world.manager) == {first["id"], *others}
    world.manager.put(f"{VIEWS}/{first['id']}", {"isDefault": False})
    assert defaults(world.manager) == others
    world.manager.refused(400, "POST", f"{VIEWS}/{first['id']}/set-default", {"x": 1})
    world.manager.refused(404, "POST", f"{VIEWS}/{NOBODY}/set-default")


def test_a_default_moves_along_when_its_view_changes_its_list(world):
    cycles, meetings = (
        view(world.manager, isDefault=True),
        view(world.manager, entity="meetings", isDefault=True),
    )
    world.manager.put(f"{VIEWS}/{cycles['id']}", {"entity": "meetings"})
    assert defaults(world.manager) == {cycles["id"]}
    assert world.manager.get(f"{VIEWS}/{meetings['id']}")["isDefault"] is False


def test_a_deleted_default_does_not_come_back_beside_another(world):
    """R-PPL-3: restoring asks again for what must be one."""
    first = view(world.manager, isDefault=True)
    world.manager.drop(f"{VIEWS}/{first['id']}")
    second = view(world.manager, isDefault=True)
    error = world.manager.refused(409, "POST", f"{VIEWS}/{first['id']}/restore")
    assert (error["reason"], fields_of(error)) == ("duplicate", {"isDefault"})
    world.manager.put(f"{VIEWS}/{second['id']}", {"isDefault": False})
    assert world.manager.act(f"{VIEWS}/{first['id']}/restore")["isDefault"] is True


def test_every_step_is_audited(world):
    first, second = view(world.manager, isDefault=True), view(world.manager)
    world.manager.act(f"{VIEWS}/{second['id']}/set-default")
    entries = world.uow.committed[-1].audit
    assert [(str(e.entity_id), e.action, e.new) for e in entries] == [
        (first["id"], "update", {"is_default": False}),
        (second["id"], "update", {"is_default": True}),
    ]


def test_every_filter_of_every_viewed_list_has_a_rule():
    """Only a filter that ends in `Id` may be taken for an id."""
    viewed: list[Any] = list(VIEWED.values())
    for cls, listing in viewed:
        taken = {name for name in listing.filters if rule_of_filter(cls, name) is identifier}
        assert all(name.endswith("_id") for name in taken), taken
        assert rules_of(cls).keys() | taken | {"date", "from", "to"} >= listing.filters - {
            "available_from",
            "available_on",
            "available_to",
            "has_active_registration",
            "payment_status",
        }
