"""Who may do what (domain.md §11): the matrix as data, and the one function that reads it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import ClassVar, Final
from uuid import UUID

import attrs

from haitech_domain.errors import BadValue, DomainError, Kind
from haitech_domain.ids import InstructorId, SessionId


class Role(StrEnum):
    """What a user is."""

    ADMIN = "admin"
    MANAGER = "manager"
    INSTRUCTOR = "instructor"


class ActorKind(StrEnum):
    """The three kinds of those who act."""

    USER = "user"
    API_KEY = "api_key"
    SYSTEM = "system"


class Resource(StrEnum):
    """What is acted upon; the words of scopes (`read:meetings`)."""

    ACCOUNT = "account"
    """One's own, as a user: who one is, one's password, one's session."""
    USERS = "users"
    API_KEYS = "api-keys"
    WEBHOOKS = "webhooks"
    AUDIT_LOGS = "audit-logs"
    CUSTOMERS = "customers"
    STUDENTS = "students"
    REGISTRATIONS = "registrations"
    ORDERS = "institutional-orders"
    LEADS = "leads"
    REPORTS = "reports"
    COURSES = "courses"
    BRANCHES = "branches"
    INSTRUCTORS = "instructors"
    CYCLES = "cycles"
    MEETINGS = "meetings"
    ATTENDANCE = "attendance"
    SAVED_VIEWS = "saved-views"


class Action(StrEnum):
    """What is done. Restoring is for whoever may delete."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ANNOTATE = "annotate"
    """Notes and topic of a meeting; availability, time off and calendar feed of an instructor."""
    COMPLETE = "complete"
    MARK = "mark"
    SEE_MONEY = "see the money of"
    """Reading figures with their reasons, which only whoever sees money may."""
    SEE_TIMES = "see the times of"
    """Reading availability, time off and schedule of an instructor."""


class Reach(Enum):
    """How far a permission goes."""

    ALL = "all"
    OWN = "own"
    """Only rows that are the actor's by the row rule of R-ACC-2."""


@attrs.frozen(kw_only=True)
class Actor:
    """Whoever does something: a user, an API key, or the system.

    `instructor_id` is set for a user linked to an instructor, `session_id` for one who logged in;
    `scopes` and `rate_limit` (requests an hour) for a key.
    """

    kind: ActorKind
    id: UUID | None = None
    name: str = ""
    role: Role | None = None
    instructor_id: InstructorId | None = None
    session_id: SessionId | None = None
    scopes: frozenset[str] = frozenset()
    rate_limit: int | None = None

    @classmethod
    def system(cls, name: str) -> Actor:
        """The program itself, in one of its roles (`import`, `setup`)."""
        return cls(kind=ActorKind.SYSTEM, name=name)


@attrs.frozen
class Forbidden(DomainError):
    """R-ACC-1: the role or the scopes do not allow this."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    reason: ClassVar[str] = "access.denied"
    says: ClassVar[str] = "{who} may not {action} {resource}"
    who: str
    action: Action
    resource: Resource


_READING: Final = frozenset({Action.READ, Action.SEE_MONEY, Action.SEE_TIMES})
"""What `read:…` opens to a key; all other actions are `write:…`."""
_Row = Mapping[Action, Reach]
_ALL: Final[_Row] = dict.fromkeys(Action, Reach.ALL)
_NONE: Final[_Row] = {}
_READ: Final[_Row] = {Action.READ: Reach.ALL}
_READ_AND_UPDATE: Final[_Row] = {Action.READ: Reach.ALL, Action.UPDATE: Reach.ALL}
_READ_OWN: Final[_Row] = {Action.READ: Reach.OWN}
_BUT_CREATE_AND_DELETE: Final[_Row] = {
    action: Reach.ALL for action in Action if action not in {Action.CREATE, Action.DELETE}
}

MATRIX: Final[Mapping[Resource, Mapping[Role, _Row]]] = {
    resource: dict(zip((Role.ADMIN, Role.MANAGER, Role.INSTRUCTOR), rows, strict=True))
    for resource, rows in {
        Resource.ACCOUNT: (_READ_AND_UPDATE, _READ_AND_UPDATE, _READ_AND_UPDATE),
        Resource.USERS: (_ALL, _NONE, _NONE),
        Resource.API_KEYS: (_ALL, _NONE, _NONE),
        Resource.WEBHOOKS: (_ALL, _NONE, _NONE),
        Resource.AUDIT_LOGS: (_READ, _NONE, _NONE),
        Resource.CUSTOMERS: (_ALL, _ALL, _NONE),
        Resource.STUDENTS: (_ALL, _ALL, _READ_OWN),
        Resource.REGISTRATIONS: (_ALL, _ALL, _READ_OWN),
        Resource.ORDERS: (_ALL, _ALL, _NONE),
        Resource.LEADS: (_ALL, _ALL, _NONE),
        Resource.REPORTS: (_ALL, _ALL, _NONE),
        Resource.COURSES: (_ALL, _BUT_CREATE_AND_DELETE, _READ),
        Resource.BRANCHES: (_ALL, _BUT_CREATE_AND_DELETE, _READ),
        Resource.INSTRUCTORS: (
            _ALL,
            _BUT_CREATE_AND_DELETE,
            {Action.READ: Reach.ALL, Action.SEE_TIMES: Reach.OWN, Action.ANNOTATE: Reach.OWN},
        ),
        Resource.CYCLES: (_ALL, _ALL, _READ_OWN),
        Resource.MEETINGS: (
            _ALL,
            _ALL,
            dict.fromkeys((Action.READ, Action.ANNOTATE, Action.COMPLETE), Reach.OWN),
        ),
        Resource.ATTENDANCE: (_ALL, _ALL, dict.fromkeys((Action.READ, Action.MARK), Reach.OWN)),
        Resource.SAVED_VIEWS: (_ALL, _ALL, _ALL),
    }.items()
}
"""Role by resource by action; what is absent is denied (R-ACC-1)."""

NEVER_BY_KEY: Final = frozenset(
    {Resource.ACCOUNT, Resource.USERS, Resource.API_KEYS, Resource.WEBHOOKS, Resource.AUDIT_LOGS}
)
"""R-ACC-3: what no scope opens to an API key."""

SCOPES: Final = (
    "*",
    "read:*",
    "write:*",
    *(f"{verb}:{r}" for r in Resource if r not in NEVER_BY_KEY for verb in ("read", "write")),
)
"""Every scope that a key can hold."""


class Scopes(frozenset[str]):
    """R-ACC-3: some of `SCOPES`, at least one."""

    __slots__ = ()

    @classmethod
    def of(cls, given: object) -> Scopes:
        """The scopes of a collection of names. :raises BadValue: none, or one that is no scope"""
        if isinstance(given, cls):
            return given
        if not isinstance(given, (list, tuple, set, frozenset)):
            raise BadValue("must be a list of scopes", reason="scope.unknown")
        unknown = sorted(str(name)[:50] for name in given if name not in SCOPES)
        if unknown:
            raise BadValue(
                f"there is no scope {', '.join(unknown[:5])}; GET /api-keys/scopes lists them",
                reason="scope.unknown",
            )
        if not given:
            raise BadValue("must name at least one scope", reason="scope.none")
        return cls(given)

    def in_order(self) -> tuple[str, ...]:
        """The names in the order of `SCOPES`."""
        return tuple(name for name in SCOPES if name in self)


def meaning_of(scope: str) -> str:
    """What a scope opens, in a sentence."""
    verb, _, name = scope.partition(":")
    if verb == "write" and name == Resource.REPORTS:
        return "nothing, for reports are only read; who may read them may ask for exports"
    what = "everything that keys may touch" if name in {"", "*"} else name.replace("-", " ")
    return {"*": "read and write", "read": "read", "write": "create, change and delete"}[
        verb
    ] + f" {what}"


def grant(actor: Actor, action: Action, resource: Resource) -> Reach:
    """How far `actor` may do `action` on `resource` (R-ACC-1…3).

    >>> key = Actor(kind=ActorKind.API_KEY, scopes=frozenset({"read:meetings"}))
    >>> grant(key, Action.READ, Resource.MEETINGS)
    <Reach.ALL: 'all'>
    >>> grant(key, Action.COMPLETE, Resource.MEETINGS)
    Traceback (most recent call last):
    haitech_domain.access.Forbidden: this api key may not complete meetings

    :raises Forbidden: not at all
    """
    reach = _reach(actor, action, resource)
    if reach is None:
        who = actor.role.value if actor.role else f"this {actor.kind.value}".replace("_", " ")
        raise Forbidden(who, action, resource)
    return reach


def _reach(actor: Actor, action: Action, resource: Resource) -> Reach | None:
    if actor.kind is ActorKind.SYSTEM:
        return Reach.ALL
    if actor.kind is ActorKind.API_KEY:
        verb = "read" if action in _READING else "write"
        opened_by = {"*", f"{verb}:*", f"{verb}:{resource}"}
        allowed = resource not in NEVER_BY_KEY and bool(opened_by & actor.scopes)
        return Reach.ALL if allowed else None
    return MATRIX[resource][actor.role].get(action) if actor.role else None


def may(actor: Actor, action: Action, resource: Resource) -> bool:
    """Whether `grant` would let the actor do this, to whatever reach.

    >>> may(Actor(kind=ActorKind.USER, role=Role.MANAGER), Action.DELETE, Resource.COURSES)
    False
    """
    return _reach(actor, action, resource) is not None


def own(reach: Reach, actor: Actor) -> InstructorId | None:
    """The instructor to whose rows a reading is limited; None for no limit.

    >>> own(Reach.ALL, Actor.system("report")) is None
    True

    :raises Forbidden: own rows only, for a user who is no instructor
    """
    if reach is Reach.ALL:
        return None
    if actor.instructor_id is None:
        raise Forbidden("a user without an instructor", Action.READ, Resource.INSTRUCTORS)
    return actor.instructor_id


def sees_money(actor: Actor) -> bool:
    """R-ACC-2: prices, revenue, cost, profit and explanations are absent for instructors.

    >>> sees_money(Actor(kind=ActorKind.USER, role=Role.INSTRUCTOR))
    False
    """
    return actor.kind is not ActorKind.USER or actor.role in {Role.ADMIN, Role.MANAGER}
