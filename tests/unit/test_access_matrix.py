"""R-ACC-1…3: the whole matrix, role by resource by action, against a copy of §11's table."""

from __future__ import annotations

from itertools import product
from uuid import UUID

import attrs
import pytest

from haitech_domain.access import (
    MATRIX,
    NEVER_BY_KEY,
    SCOPES,
    Action,
    Actor,
    ActorKind,
    Forbidden,
    Reach,
    Resource,
    Role,
    grant,
    own,
    sees_money,
)
from haitech_domain.errors import Kind
from haitech_domain.ids import InstructorId

ADMIN, MANAGER, INSTRUCTOR = Role
TEACHER = InstructorId(UUID(int=4))
ALL_ACTIONS = set(Action)
READ, CREATE, UPDATE, DELETE, ANNOTATE, COMPLETE, MARK, SEE_MONEY, SEE_TIMES = Action
WORDS = {"times": SEE_TIMES}
"""Words of the table below that are not the action's own."""

# The table of domain.md §11, cell by cell. «all» is every action; «own: …» the actions on own
# rows. Saved views are api.md's («any; own or public»).
TABLE = """
account              | read update | read update     | read update
users                | all  | -                     | -
api-keys             | all  | -                     | -
webhooks             | all  | -                     | -
audit-logs           | read | -                     | -
customers            | all  | all                   | -
students             | all  | all                   | own: read
registrations        | all  | all                   | own: read
institutional-orders | all  | all                   | -
leads                | all  | all                   | -
reports              | all  | all                   | -
courses              | all  | all but create/delete | read
branches             | all  | all but create/delete | read
instructors          | all  | all but create/delete | read; own: times annotate
cycles               | all  | all                   | own: read
meetings             | all  | all                   | own: read annotate complete
attendance           | all  | all                   | own: read mark
saved-views          | all  | all                   | all
"""
# audit-logs: the table says «all», and reading is all that an audit log allows.


def cell(text: str) -> dict[Action, Reach]:
    if text == "-":
        return {}
    if text == "all":
        return dict.fromkeys(Action, Reach.ALL)
    if text == "all but create/delete":
        return dict.fromkeys(ALL_ACTIONS - {CREATE, DELETE}, Reach.ALL)
    allowed: dict[Action, Reach] = {}
    for part in text.split("; "):
        reach = Reach.OWN if part.startswith("own: ") else Reach.ALL
        allowed |= {
            WORDS.get(word) or Action(word): reach for word in part.removeprefix("own: ").split()
        }
    return allowed


EXPECTED: dict[Resource, dict[Role, dict[Action, Reach]]] = {}
for line in TABLE.strip().splitlines():
    resource_name, *cells = (part.strip() for part in line.split("|"))
    EXPECTED[Resource(resource_name)] = dict(zip(Role, map(cell, cells), strict=True))

EVERYTHING = list(product(Role, Action, Resource))


def user(role: Role | None, instructor: InstructorId | None = None) -> Actor:
    return Actor(kind=ActorKind.USER, id=UUID(int=1), role=role, instructor_id=instructor)


def key(*scopes: str, role: Role | None = None) -> Actor:
    return Actor(kind=ActorKind.API_KEY, id=UUID(int=2), scopes=frozenset(scopes), role=role)


def reach_of(actor: Actor, action: Action, resource: Resource) -> Reach | None:
    try:
        return grant(actor, action, resource)
    except Forbidden:
        return None


def test_the_table_names_every_resource_and_role() -> None:
    """R-ACC-1: nothing is left undecided."""
    assert set(EXPECTED) == set(Resource) == set(MATRIX)
    assert all(set(row) == set(Role) for row in MATRIX.values())


@pytest.mark.parametrize(("role", "action", "resource"), EVERYTHING)
def test_every_cell_of_the_matrix_is_as_the_table_says(
    role: Role, action: Action, resource: Resource
) -> None:
    """R-ACC-1: role × action × resource; what is absent is denied."""
    assert reach_of(user(role, TEACHER), action, resource) is EXPECTED[resource][role].get(action)


@pytest.mark.parametrize(("action", "resource"), list(product(Action, Resource)))
def test_a_user_without_a_role_may_do_nothing(action: Action, resource: Resource) -> None:
    """R-ACC-1: deny by default; scopes are for keys and do nothing for a user."""
    assert reach_of(user(None), action, resource) is None
    scoped = attrs.evolve(user(None), scopes=frozenset({"*"}))
    assert reach_of(scoped, action, resource) is None


@pytest.mark.parametrize(("action", "resource"), list(product(Action, Resource)))
def test_the_system_may_do_everything(action: Action, resource: Resource) -> None:
    """R-ACC-1: an actor is a user, an API key, or the system."""
    system = Actor.system("import")
    assert (system.kind, system.name, system.role) == (ActorKind.SYSTEM, "import", None)
    assert grant(system, action, resource) is Reach.ALL


# --- scopes --------------------------------------------------------------------------------

PRIVILEGED = {
    Resource.ACCOUNT,
    Resource.USERS,
    Resource.API_KEYS,
    Resource.WEBHOOKS,
    Resource.AUDIT_LOGS,
}
OPEN = [resource for resource in Resource if resource not in PRIVILEGED]


def test_the_scopes_are_those_of_the_law() -> None:
    """R-ACC-3: `*`, `read:*`, `write:*`, `read:RESOURCE`, `write:RESOURCE`."""
    assert NEVER_BY_KEY == PRIVILEGED
    expected = {"*", "read:*", "write:*"}
    expected |= {f"{verb}:{resource.value}" for verb in ("read", "write") for resource in OPEN}
    assert set(SCOPES) == expected
    assert len(SCOPES) == len(expected)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_does_exactly_what_its_scope_says(scope: str) -> None:
    """R-ACC-3: a key never exceeds its scopes, and cannot manage users, keys or webhooks."""
    verb, _, name = scope.partition(":")
    for action, resource in product(Action, Resource):
        verb_fits = verb in {"*", "read" if action in {READ, SEE_MONEY, SEE_TIMES} else "write"}
        fits = verb_fits and name in {"", "*", resource.value} and resource not in PRIVILEGED
        assert reach_of(key(scope), action, resource) is (Reach.ALL if fits else None), resource


@pytest.mark.parametrize("scope", ["", "read", "read:", "READ:*", "read:meeting", "write:users"])
def test_a_scope_that_is_none_opens_nothing(scope: str) -> None:
    """R-ACC-3: by exact words."""
    assert not any(reach_of(key(scope), a, r) for a, r in product(Action, Resource))


def test_scopes_add_up_and_a_role_does_not_help_a_key() -> None:
    """R-ACC-3: only the scopes count, whatever else the actor carries."""
    both = key("read:meetings", "write:cycles")
    assert reach_of(both, READ, Resource.MEETINGS) is Reach.ALL
    assert reach_of(both, DELETE, Resource.CYCLES) is Reach.ALL
    assert reach_of(both, UPDATE, Resource.MEETINGS) is None
    assert reach_of(both, READ, Resource.CYCLES) is None
    assert reach_of(key(role=ADMIN), READ, Resource.MEETINGS) is None
    assert reach_of(key("*", role=ADMIN), READ, Resource.USERS) is None


# --- refusals and rows ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "who"),
    [
        (user(MANAGER), "manager"),
        (user(None), "this user"),
        (key(), "this api key"),
    ],
)
def test_a_refusal_says_who_may_not_do_what(actor: Actor, who: str) -> None:
    """R-ACC-1: denied by name."""
    with pytest.raises(Forbidden) as refused:
        grant(actor, CREATE, Resource.API_KEYS)
    assert str(refused.value) == f"{who} may not create api-keys"
    assert (refused.value.kind, refused.value.reason) == (Kind.FORBIDDEN, "access.denied")
    assert (refused.value.action, refused.value.resource) == (CREATE, Resource.API_KEYS)


def test_own_limits_a_reading_to_the_instructors_rows() -> None:
    """R-ACC-2: «own» for an instructor; no limit for «all»; an unlinked user has no rows."""
    assert own(Reach.ALL, user(ADMIN)) is None
    assert own(Reach.ALL, user(INSTRUCTOR, TEACHER)) is None
    assert own(Reach.OWN, user(INSTRUCTOR, TEACHER)) == TEACHER
    with pytest.raises(Forbidden) as refused:
        own(Reach.OWN, user(INSTRUCTOR))
    assert str(refused.value) == "a user without an instructor may not read instructors"


def test_only_instructors_do_not_see_money() -> None:
    """R-ACC-2: revenue, employer cost, profit and explanations are absent for instructors."""
    assert [sees_money(user(role)) for role in (ADMIN, MANAGER, INSTRUCTOR)] == [
        True,
        True,
        False,
    ]
    assert sees_money(key("read:meetings"))
    assert sees_money(Actor.system("import"))


def test_a_user_without_a_role_sees_no_money() -> None:
    """R-ACC-1: deny by default."""
    assert not sees_money(user(None))
