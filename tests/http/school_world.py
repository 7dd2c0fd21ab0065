"""A whole school behind its API, in this process: memory adapters, a clock to be set, callers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID

import attrs
from argon2 import PasswordHasher
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.http.known_keys import KeyUses, KnownKeys
from haitech_adapters.http.remembering import Remembered
from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_adapters.memory.attempts import MemoryAttempts
from haitech_adapters.memory.state import State
from haitech_adapters.metrics import Counted, MetricsPage, Together
from haitech_adapters.security import Argon2Passwords, JwtTokens, SystemRandomness
from haitech_app.http_app import app_over
from haitech_app.testing.doors import doors
from haitech_domain.access import Actor, Role
from haitech_domain.api_key import KeyKind
from haitech_domain.change import Change
from haitech_domain.entity import Entity
from haitech_domain.ids import CycleId, StudentId, UserId
from haitech_domain.ports import Transaction
from haitech_domain.registration import Registration
from haitech_domain.testing.builders import a_customer, a_login_session, a_student, a_user
from haitech_domain.use_cases import Verbs
from haitech_domain.use_cases.school import School
from tests.http.documented import must_be_documented

BASE: Final = "/api/v1"
SYSTEM: Final = Actor.system("test")
CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
START: Final = datetime(2026, 10, 18, 9, 0)  # noqa: DTZ001  # the wall clock of a Sunday
SUNDAY: Final = date(2026, 10, 18)
"""The first day of every cycle here, after the holidays of autumn; no holiday until March."""
NOBODY: Final = UUID(int=404)
WEEK: Final = timedelta(days=7)
PASSWORD: Final = "correct horse battery"
STORED: Final = CHEAP.hash(PASSWORD)
"""The password of everybody whom `SchoolWorld.user` makes."""
FOR_EVER: Final = timedelta(days=36_500)

_phones: Final = count(1_000_000)


def sunday(weeks: int) -> str:
    """The Sunday so many weeks after the first."""
    return (SUNDAY + weeks * WEEK).isoformat()


def a_free_phone() -> str:
    """An Israeli number that nobody has yet."""
    return f"+97250{next(_phones)}"


@attrs.frozen
class Caller:
    """Somebody who calls the API; answers are returned as they are, or asked for by status."""

    client: TestClient[Any]
    token: str | None = None

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> Response:
        """One request, whatever comes of it."""
        headers = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        headers |= more.pop("headers", {})
        given = {} if body is None else {"json": body}
        answer = self.client.request(method, f"{BASE}{path}", headers=headers, **given, **more)
        must_be_documented(self.client.app, answer)
        return answer

    def get(self, path: str, **params: Any) -> Any:
        """The `data` of an answer 200."""
        return _data(self.send("GET", path, params=params), 200)

    def page(self, path: str, **params: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The rows of a list, and its pagination."""
        answer = self.send("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"], answer.json()["pagination"]

    def everything(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """All rows of a list, page by page."""
        rows: list[dict[str, Any]] = []
        while True:
            more, about = self.page(path, **params, limit=100, offset=len(rows))
            rows += more
            if not about["hasMore"]:
                return rows

    def make(self, path: str, body: Any) -> Any:
        """What a POST made."""
        return _data(self.send("POST", path, body), 201)

    def act(self, path: str, body: Any = None) -> Any:
        """What a verb gave."""
        return _data(self.send("POST", path, body), 200)

    def put(self, path: str, body: Any) -> Any:
        """What a change gave."""
        return _data(self.send("PUT", path, body), 200)

    def drop(self, path: str) -> None:
        """Delete."""
        answer = self.send("DELETE", path)
        assert answer.status_code == 204, answer.text
        assert answer.content == b""

    def refused(self, status: int, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The `error` of a refusal of this status."""
        return refusal(self.send(method, path, body, **more), status)


def _data(answer: Response, status: int) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()["data"]


CODES: Final = {
    400: "VALIDATION_ERROR",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
    429: "RATE_LIMITED",
    503: "UNAVAILABLE",
}


def refusal(answer: Response, status: int) -> dict[str, Any]:
    """The error of a refused request: with code, reason, message and details, each as promised."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"error", "meta"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "reason", "details"}
    assert error["code"] == CODES[status]
    assert error["reason"]
    assert error["message"]
    if status == 400:
        assert error["details"]
    for detail in error["details"]:
        assert {"field", "message"} <= set(detail)
        assert "_" not in detail["field"], "paths are those of the wire"
    return error


def fields_of(error: dict[str, Any]) -> set[str]:
    """Which fields a refusal complains of."""
    return {detail["field"] for detail in error["details"]}


def ids_of(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The ids of some rows, in their order."""
    return [row["id"] for row in rows]


class SchoolWorld:
    """The API with its callers, a course, a branch and two instructors."""

    cycles: Any
    mailer: Any
    """What a module's fixture keeps beside the world, to compare lists with."""
    rows: Any
    path: str
    mine: Any

    def __init__(self, client: TestClient[Any], verbs: Verbs, clock: FixedClock) -> None:
        self.client = client
        self.verbs = verbs
        self.clock = clock
        self.uow: MemoryUnitOfWork = verbs.create_admin.uow  # type: ignore[assignment]
        self.tokens = verbs.log_in.tokens
        self.attempts: MemoryAttempts = verbs.log_in.attempts  # type: ignore[assignment]
        self.attempts._failures.clear()
        self._ids = verbs.create_admin.ids
        self.nobody = Caller(client)
        self.admin = self.user(Role.ADMIN)
        self.manager = self.user(Role.MANAGER)
        self.course = self.admin.make("/courses", {"name": "Python", "category": "programming"})
        self.branch = self.admin.make("/branches", {"name": "Herzl", "type": "school"})
        self.yael = self.instructor(name="Yael", rateFrontal="150.00")
        self.omer = self.instructor(name="Omer", rateFrontal="100.00")
        self.as_yael = self.user(Role.INSTRUCTOR, self.yael["id"])
        self.as_omer = self.user(Role.INSTRUCTOR, self.omer["id"])
        self.yael, self.omer = (
            self.admin.get(f"/instructors/{one['id']}") for one in (self.yael, self.omer)
        )

    def user(self, role: Role, instructor: str | None = None) -> Caller:
        """A caller of this role who has logged in; linked to an instructor where one is named."""
        at = self.clock.now()
        made = {"created_at": at, "updated_at": at}
        user = a_user(name=role.value, role=role, password_hash=STORED, **made)
        session = a_login_session(
            user_id=user.id, expires_at=at + FOR_EVER, ends_at=at + FOR_EVER, **made
        )
        self.save(lambda tx: tx.users, user)
        self.save(lambda tx: tx.login_sessions, session)
        if instructor is not None:
            self.run(self.uow.run, SYSTEM, lambda tx: _linked(tx, UUID(instructor), user.id))
        return Caller(self.client, self.tokens.issue(user.actor(session_id=session.id))[0])

    def key(self, *scopes: str, **fields: Any) -> Caller:
        """A caller with an API key of these scopes."""
        body = {"name": "A key", "scopes": scopes, **fields}
        return Caller(self.client, self.admin.make("/api-keys", body)["key"])

    def run(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Await a use case in the loop of the app."""

        async def called() -> Any:
            return await call(*args, **kwargs)

        with self.client.portal() as portal:
            return portal.call(called)

    def save(self, pick: Callable[[Transaction], Any], *rows: Entity) -> None:
        """Save new rows past the API."""
        self.run(self.uow.run, SYSTEM, lambda tx: pick(tx).save(*map(Change.created, rows)))

    def read(self, work: Callable[[Transaction], Any]) -> Any:
        """Look into the store."""
        return self.run(self.uow.read, work)

    def instructor(self, **fields: Any) -> dict[str, Any]:
        """Another instructor, made over the API."""
        body = {"name": "Dana", "phone": a_free_phone(), **fields}
        made: dict[str, Any] = self.admin.make("/instructors", body)
        return made

    def cycle_body(self, **fields: Any) -> dict[str, Any]:
        """What makes a valid cycle: three meetings of 600.00 on Sundays at 16:00, with Yael."""
        body = {
            "name": "Python, Sundays",
            "courseId": self.course["id"],
            "branchId": self.branch["id"],
            "instructorId": self.yael["id"],
            "type": "institutional_fixed",
            "startDate": SUNDAY.isoformat(),
            "dayOfWeek": "sunday",
            "startTime": "16:00",
            "endTime": "17:30",
            "totalMeetings": 3,
            "meetingRevenue": "600.00",
        }
        return {k: v for k, v in (body | fields).items() if v is not ...}

    def cycle(self, **fields: Any) -> dict[str, Any]:
        """A cycle without meetings."""
        made: dict[str, Any] = self.manager.make("/cycles", self.cycle_body(**fields))
        return made

    def generated(self, **fields: Any) -> tuple[str, list[dict[str, Any]]]:
        """The id of a cycle, and its generated meetings."""
        id = self.cycle(**fields)["id"]
        done = self.manager.act(f"/cycles/{id}/generate-meetings")
        return id, done["meetings"]

    def meeting(self, cycle: str, day: str, start: str = "16:00", end: str = "17:30", **more: Any):
        """A meeting made by hand."""
        body = {"cycleId": cycle, "scheduledDate": day, "startTime": start, "endTime": end}
        return self.manager.make("/meetings", body | more)

    def meetings(self, cycle: str) -> list[dict[str, Any]]:
        """All meetings of a cycle."""
        return self.manager.everything(f"/cycles/{cycle}/meetings")

    def student(self) -> StudentId:
        """A student who exists."""
        customer = a_customer()
        student = a_student(customer_id=customer.id)
        self.save(lambda tx: tx.customers, customer)
        self.save(lambda tx: tx.students, student)
        return student.id

    def registered(self, cycle: str, **values: Any) -> Registration:
        """A registration of a new student."""
        found: Registration = self.run(
            self.verbs.register_student,
            actor=SYSTEM,
            cycle_id=CycleId(UUID(cycle)),
            student_id=self.student(),
            values=values,
        )
        return found

    def registrations(self, cycle: str) -> list[Registration]:
        """The registrations of a cycle as they are now."""
        return list(self.read(lambda tx: tx.registrations.of_cycle(CycleId(UUID(cycle)))))

    def status(self, cycle: str) -> str:
        """Where a cycle stands."""
        found: str = self.manager.get(f"/cycles/{cycle}")["status"]
        return found

    def recounted(self, cycle: str) -> None:
        """R-CYC-1: the progress shown is what counting the meetings gives, and nothing drifts."""
        shown = self.manager.get(f"/cycles/{cycle}")
        statuses = [m["status"] for m in self.meetings(cycle)]
        completed = statuses.count("completed")
        total = shown["totalMeetings"]
        expected = {
            "total": total,
            "completed": completed,
            "scheduled": statuses.count("scheduled"),
            "cancelled": statuses.count("cancelled"),
            "postponed": statuses.count("postponed"),
            "remaining": max(0, total - completed) if shown["status"] == "active" else 0,
        }
        assert shown["progress"] == expected
        assert shown["completedMeetings"] == completed
        assert shown["remainingMeetings"] == expected["remaining"]
        drift = self.manager.act(f"/cycles/{cycle}/sync-progress")["drift"]
        assert set(drift.values()) == {0}

    def events(self) -> list[str]:
        """The types of all events told so far, in their order."""
        return [event.type for committed in self.uow.committed for event in committed.outbox]


async def _linked(tx: Transaction, instructor: UUID, user: UserId) -> None:
    there = await tx.instructors.lock(instructor)
    linked = attrs.evolve(there, user_id=user, version=there.version + 1)
    await tx.instructors.save(Change.updated(there, linked))


def _program() -> tuple[Litestar, Verbs, FixedClock]:
    """An app over a store of its own."""
    ids, clock = CountingIds(7), FixedClock()
    verbs = Verbs.over(
        uow=MemoryUnitOfWork(ids, clock),
        clock=clock,
        ids=ids,
        passwords=Argon2Passwords(CHEAP),
        tokens=JwtTokens(
            secret="a secret of the tests, and long enough",
            clock=clock,
            life=FOR_EVER,
        ),
        randomness=SystemRandomness(),
        school=School(holidays=IsraeliSchoolCalendar()),
        **doors(clock),
    )
    known = Remembered(verbs.api_keys.find, seconds=0)
    counted = Counted()
    keys = KnownKeys(known, KeyKind.TEST, clock, KeyUses(verbs.api_keys.note_uses))
    app = app_over(
        verbs,
        tokens=verbs.log_in.tokens,
        keys=keys,
        checks={},
        now=lambda: clock.now().timestamp(),
        meter=counted,
        metrics=MetricsPage(
            together=Together(registry=counted.registry),
            watch=verbs.watch,
            token="a token of the tests",
        ),
    )
    return app, verbs, clock


_idle: Final[list[tuple[Litestar, Verbs, FixedClock]]] = []
"""Building an app takes longer than most tests: it is taken over from an earlier one, emptied."""


@contextmanager
def a_school_behind_its_api() -> Iterator[SchoolWorld]:
    """The world over an empty store, with its app running; nobody else uses either meanwhile."""
    program = _idle.pop() if _idle else _program()
    app, verbs, clock = program
    uow: Any = verbs.create_admin.uow
    uow._state = State()
    uow._committed.clear()
    clock.set(START)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield SchoolWorld(client, verbs, clock)
    _idle.append(program)
