"""Institutional orders and the closures of branches."""

import pytest

from tests.http.school_world import NOBODY, a_school_behind_its_api, fields_of, ids_of

DATES = {"orderDate": "2026-06-01", "startDate": "2026-09-01", "endDate": "2027-06-20"}
FULL = DATES | {
    "orderNumber": "2026-17",
    "pricePerMeeting": 450.5,
    "estimatedMeetings": 30,
    "contactName": "Rina",
    "contactPhone": "+972501112233",
    "contactEmail": "rina@example.com",
    "notes": "by mail",
    "status": "active",
}


@pytest.fixture
def world():
    with a_school_behind_its_api() as world:
        yield world


def order(world, **fields):
    body = DATES | {"branchId": world.branch["id"]} | fields
    return world.manager.make("/institutional-orders", body)


def branch(world, **fields):
    return world.admin.make("/branches", {"name": "Other", "type": "school", **fields})


def test_an_order_is_what_was_given_with_its_estimated_total(world):
    made = order(world, **FULL)
    assert made | FULL | {"estimatedTotal": 13515.0} == made
    assert world.manager.get(f"/institutional-orders/{made['id']}") == made
    least = order(world)
    assert (least["status"], least["orderNumber"], least["estimatedTotal"]) == ("draft", None, None)
    changed = world.manager.put(f"/institutional-orders/{made['id']}", {"estimatedMeetings": None})
    assert (changed["estimatedTotal"], changed["version"]) == (None, 2)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"branchId": str(NOBODY)}, {"branchId"}),
        ({"endDate": "2026-08-31"}, {"endDate"}),
        ({"estimatedTotal": 5}, {"estimatedTotal"}),
        (
            {"pricePerMeeting": "1.005", "estimatedMeetings": -1},
            {"pricePerMeeting", "estimatedMeetings"},
        ),
        ({"status": "open", "contactPhone": 5}, {"status", "contactPhone"}),
        ({"branchId": str(NOBODY), "endDate": "2026-08-31"}, {"branchId", "endDate"}),
    ],
)
def test_what_is_wrong_with_an_order_is_named(world, given, wrong):
    body = DATES | {"branchId": world.branch["id"]} | given
    assert fields_of(world.manager.refused(400, "POST", "/institutional-orders", body)) == wrong


def test_orders_are_filtered_by_branch_status_and_dates(world):
    other = branch(world)
    first = order(world, status="active")
    second = order(world, branchId=other["id"], startDate="2027-09-01", endDate="2028-06-20")
    for query, found in (
        ({"branchId": other["id"]}, [second]),
        ({"status": "active"}, [first]),
        ({"from": "2027-06-20"}, [second, first]),
        ({"from": "2027-06-21"}, [second]),
        ({"to": "2027-08-31"}, [first]),
        ({"sortBy": "startDate"}, [first, second]),
        ({"sortBy": "endDate", "sortOrder": "desc"}, [second, first]),
    ):
        assert world.manager.everything("/institutional-orders", **query) == found
    at_branch = f"/branches/{other['id']}/orders"
    assert world.manager.everything(at_branch) == [second]
    assert world.manager.everything(at_branch, status="active") == []


def test_an_order_with_active_cycles_is_neither_deleted_nor_moved(world):
    """R-PPL-3."""
    made = order(world)
    one = f"/institutional-orders/{made['id']}"
    cycle = world.cycle(institutionalOrderId=made["id"])
    other = branch(world)
    assert world.manager.refused(409, "DELETE", one)["reason"] == "delete.would_orphan"
    move = {"branchId": other["id"]}
    assert world.manager.refused(409, "PUT", one, move)["reason"] == "order.in_use"
    assert world.manager.put(one, {"branchId": world.branch["id"], "notes": "x"})["notes"] == "x"
    assert ids_of(world.manager.everything(f"{one}/cycles")) == [cycle["id"]]
    world.manager.put(f"/cycles/{cycle['id']}", {"status": "cancelled"})
    assert world.manager.put(one, move)["branchId"] == other["id"]
    refused = world.manager.refused(400, "PUT", one, {"branchId": str(NOBODY)})
    assert (refused["reason"], fields_of(refused)) == ("reference.unknown", {"branchId"})
    world.manager.drop(one)
    world.manager.refused(404, "GET", f"{one}/cycles")
    assert world.manager.everything("/institutional-orders") == []


def test_an_order_comes_back_only_to_a_branch_that_is_there(world):
    """R-PPL-3."""
    other = branch(world)
    made = order(world, branchId=other["id"])
    one = f"/institutional-orders/{made['id']}"
    world.manager.drop(one)
    world.admin.drop(f"/branches/{other['id']}")
    refused = world.manager.refused(409, "POST", f"{one}/restore")
    assert refused["reason"] == "restore.parent_deleted"
    world.admin.act(f"/branches/{other['id']}/restore")
    assert world.manager.act(f"{one}/restore")["id"] == made["id"]


def test_instructors_know_nothing_of_orders(world):
    """domain.md §11; 403 before 400 and 404."""
    made = order(world)
    for method, path in (
        ("GET", "/institutional-orders?colour=red"),
        ("GET", f"/institutional-orders/{made['id']}"),
        ("GET", f"/institutional-orders/{NOBODY}/cycles"),
        ("GET", f"/branches/{world.branch['id']}/orders"),
        ("GET", "/branches/no-id/orders"),
        ("POST", "/institutional-orders"),
    ):
        assert world.as_yael.refused(403, method, path)["reason"] == "access.denied"


def close(world, **fields):
    body = {"from": "2026-12-20", "to": "2026-12-22", "reason": "שיפוצים", **fields}
    return world.manager.make(f"/branches/{world.branch['id']}/closures", body)


def test_a_closure_is_made_listed_taken_back_and_restored(world):
    path = f"/branches/{world.branch['id']}/closures"
    late = close(world)
    early = close(world, **{"from": "2026-11-01", "to": "2026-11-01"})
    assert (late["branchId"], late["from"], late["reason"]) == (
        world.branch["id"],
        "2026-12-20",
        "שיפוצים",
    )
    assert ids_of(world.as_yael.everything(path)) == [early["id"], late["id"]]
    for query in (
        {"sortBy": "from", "sortOrder": "desc"},
        {"sortBy": "createdAt", "sortOrder": "asc"},
    ):
        assert ids_of(world.manager.everything(path, **query)) == [late["id"], early["id"]]
    one = f"{path}/{late['id']}"
    world.manager.drop(one)
    world.manager.refused(404, "DELETE", one)
    assert ids_of(world.manager.everything(path)) == [early["id"]]
    back = world.manager.act(f"{one}/restore")
    assert back == late | {"version": back["version"], "updatedAt": back["updatedAt"]}
    assert world.manager.refused(409, "POST", f"{one}/restore")["reason"] == "restore.not_deleted"
    trail = [
        (entry.action, entry.entity)
        for committed in world.uow.committed
        for entry in committed.audit
        if str(entry.entity_id) == late["id"]
    ]
    assert trail == [("create", "closure"), ("delete", "closure"), ("restore", "closure")]


def test_a_closed_branch_holds_no_generated_meeting(world):
    """R-SCHED-2: closures add to the holidays."""
    closed = {"from": "2026-10-25", "to": "2026-10-25", "reason": "elections"}
    close(world, **closed)
    id = world.cycle()["id"]
    done = world.manager.act(f"/cycles/{id}/generate-meetings")
    assert [day["reason"] for day in done["skipped"]] == ["elections"]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"to": "2026-12-19"}, {"to"}),
        ({"reason": " ", "from": "1999-01-01"}, {"reason", "from"}),
        ({"from": "x", "colour": 1}, {"from", "colour"}),
        ({"firstDay": "2026-12-20"}, {"firstDay"}),
    ],
)
def test_what_is_wrong_with_a_closure_is_named_as_the_wire_names_it(world, given, wrong):
    path = f"/branches/{world.branch['id']}/closures"
    body = {"from": "2026-12-20", "to": "2026-12-22", "reason": "x", **given}
    assert fields_of(world.manager.refused(400, "POST", path, body)) == wrong


def test_a_closure_is_reached_under_its_own_live_branch_only(world):
    made = close(world)
    other = branch(world)
    for method, end in (("DELETE", ""), ("POST", "/restore")):
        path = f"/branches/{other['id']}/closures/{made['id']}{end}"
        world.manager.refused(404, method, path)
    mine = f"/branches/{world.branch['id']}/closures/{made['id']}"
    world.manager.drop(mine)
    world.manager.refused(404, "POST", f"/branches/{other['id']}/closures/{made['id']}/restore")
    world.admin.drop(f"/branches/{world.branch['id']}")
    world.manager.refused(404, "POST", f"{mine}/restore")
    world.manager.refused(404, "GET", f"/branches/{world.branch['id']}/closures")
    body = {"from": "2026-12-20", "to": "2026-12-22", "reason": "x"}
    world.manager.refused(404, "POST", f"/branches/{world.branch['id']}/closures", body)
    error = world.manager.refused(400, "DELETE", f"/branches/{other['id']}/closures/no-id")
    assert fields_of(error) == {"closureId"}


def test_closing_is_changing_the_branch_so_instructors_may_not(world):
    made = close(world)
    path = f"/branches/{world.branch['id']}/closures"
    for method, end in (("POST", ""), ("DELETE", f"/{made['id']}"), ("POST", "/no-id/restore")):
        world.as_yael.refused(403, method, path + end, {"colour": 1})
