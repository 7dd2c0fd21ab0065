"""R-ACC-1…3: every route × everybody × own and foreign rows, against `access_of_routes.txt`."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import attrs
import pytest

from haitech_adapters.http import declared
from haitech_domain.access import SCOPES, Role
from tests.http.access_of_routes import ROUTES, Route, body_of, furnished
from tests.http.school_world import BASE, NOBODY, Caller, SchoolWorld, a_school_behind_its_api

HIDDEN = {
    "profit", "revenue", "employerCost", "explanation", "lines",
    "pricePerStudent", "defaultRegistrationAmount", "meetingRevenue", "revenueIncludesVat",
    "instructorDailyRate", "instructorPaymentMode",
    "amount", "paidAmount", "balance", "refundAmount", "paymentStatus", "paymentMethod",
    "invoiceLink", "payments", "pricePerMeeting", "estimatedTotal",
}  # fmt: skip
"""R-ACC-2: names of prices, payments and money that no answer to an instructor has."""
OF_COLLEAGUES = {
    "rateFrontal", "rateOnline", "ratePrivate", "ratePreparation", "bankName", "bankBranch",
    "accountNumber", "phone", "email",
}  # fmt: skip
"""What only an instructor itself sees of itself."""


@attrs.frozen
class Matrix:
    """The world as it is before every call, and everybody who calls."""

    world: SchoolWorld
    ids: dict[str, str]
    state: Any
    users: dict[str, Caller]
    keys: dict[frozenset[str], Caller]
    another_manager: Caller

    def path(self, route: Route, **instead: str) -> str:
        given = {name: self.ids.get(what, what) for name, what in route.names.items()}
        return route.path.format(**given | instead)

    def call(self, route: Route, caller: Caller, path: str | None = None) -> Any:
        """One call on the untouched world."""
        self.world.uow._state = self.state
        self.world.attempts._failures.clear()
        body = body_of(route, self.world, self.ids)
        return caller.send(route.method, path or self.path(route), body)

    def key(self, *scopes: str) -> Caller:
        return self.keys[frozenset(scopes)]


@pytest.fixture(scope="module")
def matrix():
    with a_school_behind_its_api() as world:
        ids = furnished(world)
        held = {frozenset({scope}) for scope in SCOPES}
        held |= {frozenset(route.scopes) for route in ROUTES if route.scopes}
        keys = {scopes: world.key(*sorted(scopes)) for scopes in held}
        create = world.verbs.create_admin
        world.run(create, email="login@school.example", password="x" * 12)
        users = {
            "admin": world.admin,
            "manager": world.manager,
            "yael": world.as_yael,
            "omer": world.as_omer,
        }
        another = world.user(Role.MANAGER)
        world.clock.set(datetime(2026, 10, 18, 17, 0))  # noqa: DTZ001  # the first meeting runs
        yield Matrix(world, ids, world.uow._state, users, keys, another)


def expected(route: Route, name: str) -> int:
    """The status, in hundreds where it is good, that a user's call on Yael's row gets."""
    if route.who in {"open", "user", "i"}:
        return 2
    if route.who == "token":
        return 401
    if route.who == "mine":
        return 2 if name == "yael" else 404
    if name == "admin" or (name == "manager" and route.who != "a"):
        return 2
    if route.who == "own":
        return 2 if name == "yael" else 404
    return 2 if route.who == "self" and name == "yael" else 403


def got(answer: Any) -> int:
    return 2 if answer.is_success else answer.status_code


def names_in(value: Any) -> set[str]:
    """Every field name anywhere in an answer."""
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    if isinstance(value, dict):
        return set(value).union(*map(names_in, value.values()))
    return set()


def test_every_route_is_in_the_table_and_the_table_names_no_other(matrix):
    """A new route says here who may call it, or the build fails."""
    app = matrix.world.client.app
    paths = {r.path for r in declared(app)}
    assert {path for path in paths if not path.startswith(BASE)} == {"/metrics"}, (
        "has its own tests"
    )
    there = {
        f"{r.method} {r.path.removeprefix(BASE)}" for r in declared(app) if r.path.startswith(BASE)
    }
    listed = [str(route) for route in ROUTES]
    assert len(listed) == len(set(listed)), "a route stands in the table twice"
    missing = sorted(there - set(listed))
    assert not missing, f"add to access_of_routes.txt who may call: {missing}"
    assert not set(listed) - there, "the table names routes that do not exist"


def test_every_operation_of_the_document_is_in_the_table(matrix):
    """What is documented has somebody who may call it, and is called by the tests below."""
    paths = matrix.world.client.app.state.document()["paths"]
    documented = {
        (method.upper(), re.sub("{[^}]+}", "{}", path.removeprefix(BASE)))
        for path, ways in paths.items()
        for method in ways
    }
    listed = {(route.method, re.sub("{[^}]+}", "{}", route.path)) for route in ROUTES}
    assert documented - listed == {("GET", "/metrics")} & documented
    assert len(documented) > 200


@pytest.mark.parametrize("route", [r for r in ROUTES if len(r.names) > 1], ids=str)
def test_a_thing_within_another_is_not_reached_by_way_of_a_third(matrix, route):
    """The id of the one below is right, the id above is that of a neighbour: there is no such thing.

    So an instructor comes to nothing of another by way of the own id.
    """
    above, *_ = route.names
    neighbours = {"/branches": "idle_branch", "/webhooks": "idle_webhook"}
    first = f"/{route.path.split('/')[1]}"
    if first == "/audit-logs":
        return_to = matrix.path(route, entity="customer")
        assert matrix.call(route, matrix.world.admin, return_to).json()["data"] == []
        return
    neighbour = neighbours.get(first) and matrix.ids[neighbours[first]]
    path = matrix.path(route, **{above: neighbour or matrix.world.omer["id"]})
    assert matrix.call(route, matrix.world.admin, path).status_code == 404
    if first == "/instructors":
        assert matrix.call(route, matrix.users["omer"], path).status_code == 404


@pytest.mark.parametrize("route", [r for r in ROUTES if r.who == "asked"], ids=str)
def test_what_one_manager_asked_for_is_nothing_to_another(matrix, route):
    """The row is foreign, the role is the same."""
    assert matrix.call(route, matrix.another_manager).status_code == 404


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_users_get_what_the_table_says(matrix, route):
    """R-ACC-1, R-ACC-2: 2xx, 403 by role, 404 for the rows of another."""
    found = {name: matrix.call(route, caller) for name, caller in matrix.users.items()}
    assert {n: got(a) for n, a in found.items()} == {n: expected(route, n) for n in found}, {
        n: a.text for n, a in found.items()
    }


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_without_credentials_only_open_routes_answer(matrix, route):
    """R-ACC-1: 401, with the way to ask."""
    answer = matrix.call(route, matrix.world.nobody)
    assert got(answer) == (2 if route.who == "open" else 401)
    assert ("www-authenticate" in answer.headers) is (route.who != "open")


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_key_opens_exactly_what_its_scopes_name(matrix, route):
    """R-ACC-3: with each scope alone, and with those that the table asks for together."""
    opened = 404 if route.who in {"mine", "asked"} else 2
    refused = 401 if route.who == "token" else 403
    for scopes, key in matrix.keys.items():
        answer = matrix.call(route, key)
        wanted = opened if route.opened_by(scopes) else refused
        assert (sorted(scopes), got(answer)) == (sorted(scopes), wanted), answer.text


@pytest.mark.parametrize("route", [r for r in ROUTES if r.who != "open"], ids=str)
def test_who_is_refused_by_the_route_learns_nothing_of_ids_and_bodies(matrix, route):
    """401 and 403 come before anything is read."""
    nonsense = route.path.format(**dict.fromkeys(route.names, "nonsense"))
    send = {"content": b"{nonsense", "headers": {"content-type": "application/json"}}
    for name, caller in matrix.users.items():
        if expected(route, name) == 403:
            answer = caller.send(route.method, nonsense, **send)
            assert (name, answer.status_code) == (name, 403)
    assert matrix.world.nobody.send(route.method, nonsense, **send).status_code == 401


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.who in {"own", "mine"} and r.names], ids=str
)
def test_the_row_of_another_is_missing_in_the_same_words_as_none(matrix, route):
    """R-ACC-2: status, code, reason and sentence are equal but for the id that was asked."""
    omer = matrix.users["omer"]
    foreign = matrix.call(route, omer)
    parameter, name = next(iter(route.names.items()))
    missing = matrix.call(route, omer, matrix.path(route, **{parameter: str(NOBODY)}))
    id = matrix.ids[name]
    told = foreign.json()["error"], missing.json()["error"]
    assert told[0]["message"].replace(id, "…") == told[1]["message"].replace(str(NOBODY), "…")
    assert told[0] | {"message": ""} == told[1] | {"message": ""}
    assert set(foreign.headers) == set(missing.headers)


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.who in {"own", "i", "self", "mine"}], ids=str
)
def test_no_answer_to_an_instructor_names_prices_or_anything_of_colleagues(matrix, route):
    """R-ACC-2: absent, not null."""
    for name in ("yael", "omer"):
        answer = matrix.call(route, matrix.users[name])
        if answer.headers.get("content-type") == "application/json":
            assert not names_in(answer.json().get("data")) & HIDDEN, name
    if route.path.startswith("/instructors"):
        shown = matrix.call(route, matrix.users["omer"]).json().get("data")
        rows = shown if isinstance(shown, list) else [shown]
        foreign = [r for r in rows if r and r["id"] == matrix.ids["instructor"]]
        assert not names_in(foreign) & OF_COLLEAGUES
