"""Who may call each route (`access_of_routes.txt`), and a world in which each call can succeed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import attrs

from haitech_domain.export import File, begun, completed
from haitech_domain.session import fingerprint
from haitech_domain.testing.builders import (
    a_customer,
    a_lead,
    a_mark,
    a_one_time_token,
    a_student,
    an_export,
    an_id,
    an_order,
)
from tests.http.school_world import (
    FOR_EVER,
    PASSWORD,
    SYSTEM,
    Caller,
    SchoolWorld,
    a_free_phone,
    sunday,
)

TABLE: Final = Path(__file__).with_name("access_of_routes.txt")
SINGULAR: Final = {
    "api-keys": "api_key",
    "branches": "branch",
    "institutional-orders": "order",
    "saved-views": "saved_view",
}
"""What the path begins with, where that is not the thing with an `s`."""


@attrs.frozen(kw_only=True)
class Route:
    """One line of the table."""

    method: str
    path: str
    who: str
    scopes: tuple[str, ...] | None
    """Those that a key needs; None where no key may call it."""
    names: Mapping[str, str]
    """For each parameter of the path, the name of the thing (or the text) that stands for it."""

    @classmethod
    def of(cls, line: str) -> Route:
        call, who, scopes, names, *_ = [part.strip() for part in f"{line}|||".split("|")]
        method, path = call.split()
        first = path.split("/")[1]
        usual = {"id": SINGULAR.get(first, first.removesuffix("s"))}
        said = dict(pair.split("=") for pair in names.split())
        wanted = re.findall(r"{(\w+)}", path)
        return cls(
            method=method,
            path=path,
            who=who,
            scopes=None if scopes in {"", "-"} else tuple(scopes.split()),
            names={name: (usual | said)[name] for name in wanted},
        )

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def opened_by(self, scopes: frozenset[str]) -> bool:
        """Whether a key with these scopes may call it (R-ACC-3)."""
        if self.scopes is None:
            return self.who == "open"
        return all({"*", s, f"{s.partition(':')[0]}:*"} & scopes for s in self.scopes)


ROUTES: Final = [
    Route.of(line)
    for line in TABLE.read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def furnished(world: SchoolWorld) -> dict[str, str]:
    """A thing of each kind and of each state that some route needs, by name."""
    admin, ids = world.admin, {}

    def gone(name: str, path: str, thing: str, by: Caller = admin) -> None:
        ids[f"gone_{name}"] = thing
        by.drop(f"{path}/{thing}")

    def simple(name: str, path: str, body: Callable[[], dict[str, Any]]) -> None:
        ids[f"idle_{name}"] = admin.make(path, body())["id"]
        gone(name, path, admin.make(path, body())["id"])

    simple("course", "/courses", lambda: {"name": "AI", "category": "ai"})
    simple("branch", "/branches", lambda: {"name": "Bialik", "type": "school"})
    simple("instructor", "/instructors", lambda: {"name": "Gil", "phone": a_free_phone()})
    simple("api_key", "/api-keys", lambda: {"name": "Site"})
    simple("webhook", "/webhooks", lambda: {"url": "https://hooks.example/x", "events": ["*"]})
    told = admin.make("/webhooks", {"url": "https://hooks.example/y", "events": ["*"]})["id"]
    ids |= {"webhook": told, "delivery": admin.act(f"/webhooks/{told}/test")["id"]}
    emails = count()
    simple("user", "/users", lambda: a_person(f"person{next(emails)}@school.example"))
    simple("customer", "/customers", lambda: {"name": "Dana", "phone": a_free_phone()})
    customer = a_customer()
    child, other, away = (a_student(customer_id=customer.id) for _ in range(3))
    order = an_order(branch_id=UUID(world.branch["id"]))
    world.save(lambda tx: tx.customers, customer)
    world.save(lambda tx: tx.students, child, other, away)
    world.save(lambda tx: tx.orders, order)
    cycle, meetings = world.generated(institutionalOrderId=str(order.id), totalMeetings=6)
    foreign_cycle, foreign = world.generated(instructorId=world.omer["id"], startTime="09:00")
    taken, ended = (
        admin.make("/registrations", {"cycleId": cycle, "studentId": str(s.id), "amount": "1180"})
        for s in (child, other)
    )
    admin.act(f"/meetings/{meetings[1]['id']}/complete")
    mark = a_mark(meeting_id=UUID(meetings[0]["id"]), registration_id=UUID(taken["id"]))
    world.save(lambda tx: tx.attendance, mark)
    lead = a_lead(customer_id=customer.id, child_name="Adi")
    world.save(lambda tx: tx.leads, lead)
    closures = f"/branches/{world.branch['id']}/closures"
    days = {"from": "2027-01-01", "to": "2027-01-02", "reason": "snow"}
    time_off = f"/instructors/{world.yael['id']}/time-off"
    ids |= {
        "course": world.course["id"],
        "branch": world.branch["id"],
        "instructor": world.yael["id"],
        "customer": str(customer.id),
        "student": str(child.id),
        "idle_student": str(other.id),
        "order": str(order.id),
        "idle_order": admin.make(
            "/institutional-orders", order_body(ids | {"branch": world.branch["id"]})
        )["id"],
        "cycle": cycle,
        "registration": taken["id"],
        "mark": str(mark.id),
        "lead": str(lead.id),
        "foreign_cycle": foreign_cycle,
        "meeting": meetings[0]["id"],
        "link": admin.act(f"/meetings/{meetings[0]['id']}/link")["token"],
        "done_meeting": meetings[1]["id"],
        "foreign_meeting": foreign[0]["id"],
        "api_key": ids["idle_api_key"],
        "closure": admin.make(closures, days)["id"],
        "time_off": admin.make(time_off, days)["id"],
    }
    ids |= a_session_and_a_link(world, admin.make("/users", a_person("guest@school.example"))["id"])
    uninvited = {"name": "Tal", "phone": a_free_phone(), "email": "tal@school.example"}
    ids |= {
        "user": ids["idle_user"],
        "uninvited": admin.make("/instructors", uninvited)["id"],
    }
    gone("registration", "/registrations", ended["id"])
    gone("student", "/students", str(away.id))
    gone("closure", closures, admin.make(closures, days)["id"])
    gone("time_off", time_off, admin.make(time_off, days)["id"])
    gone(
        "order", "/institutional-orders", admin.make("/institutional-orders", order_body(ids))["id"]
    )
    gone("meeting", "/meetings", meetings[5]["id"])
    guest = {"guestName": "Guest", "status": "present"}
    gone(
        "mark", "/attendance", admin.make(f"/meetings/{meetings[0]['id']}/attendance", guest)["id"]
    )
    gone("cycle", "/cycles", world.cycle(name="Gone")["id"])
    mine, dropped = (world.as_yael.make("/saved-views", A_VIEW)["id"] for _ in range(2))
    gone("saved_view", "/saved-views", dropped, by=world.as_yael)
    ids |= exports_of(world, UUID(world.manager.get("/auth/me")["id"]))
    rows, _ = admin.page("/audit-logs")
    return ids | {"audit_entry": rows[0]["id"], "saved_view": mine}


def exports_of(world: SchoolWorld, owner: UUID) -> dict[str, str]:
    """An export that is ready, with its file, and one that waits."""
    waiting, asked = an_export(owner_id=owner), an_export(owner_id=owner)
    world.save(lambda tx: tx.exports, waiting)
    at = world.clock.now()
    file = File(id=an_id(), size=5, digest="d" * 64, rows=1)
    ready = completed(begun(asked, attempt=1, at=at).after, file, attempt=1, at=at).after
    world.save(lambda tx: tx.exports, ready)
    world.run(
        world.uow.run, SYSTEM, lambda tx: tx.export_files.put(ready.id, file.id, 0, b"a,b\r\n")
    )
    return {"export": str(ready.id), "waiting_export": str(waiting.id)}


def order_body(ids: Mapping[str, str]) -> dict[str, Any]:
    return {
        "branchId": ids["branch"],
        "orderDate": "2026-01-01",
        "startDate": "2026-01-01",
        "endDate": "2026-12-31",
    }


def a_person(email: str) -> dict[str, Any]:
    return {"email": email, "name": "Guest", "role": "manager", "password": PASSWORD}


def a_session_and_a_link(world: SchoolWorld, user: str) -> dict[str, str]:
    """A refresh token and a one-time token that are good."""
    login = {"email": "guest@school.example", "password": PASSWORD}
    link = a_one_time_token(
        user_id=UUID(user),
        token_hash=fingerprint("a link of the tests"),
        expires_at=world.clock.now() + FOR_EVER,
    )
    world.save(lambda tx: tx.one_time_tokens, link)
    return {"refresh_token": world.nobody.act("/auth/login", login)["refreshToken"]}


RENAMED: Final = {"name": "Another name"}
A_VIEW: Final = {"name": "Mine", "entity": "cycles"}
A_MARK: Final = {"guestName": "Another guest", "status": "late"}
CLOSED: Final = {"from": "2027-02-01", "to": "2027-02-02", "reason": "snow"}
Bodies = Mapping[str, Callable[[SchoolWorld, Mapping[str, str]], Any]]

BODIES: Final[Bodies] = {
    "POST /auth/login": lambda _w, _i: {"email": "login@school.example", "password": "x" * 12},
    "POST /auth/refresh": lambda _w, ids: {"refreshToken": ids["refresh_token"]},
    "POST /auth/forgot-password": lambda _w, _i: {"email": "nobody@school.example"},
    "POST /auth/reset-password": lambda _w, _i: {
        "token": "a link of the tests",
        "newPassword": "another of the tests",
    },
    "PUT /auth/password": lambda _w, _i: {
        "currentPassword": PASSWORD,
        "newPassword": "another of the tests",
    },
    "POST /users": lambda _w, _i: a_person("new@school.example"),
    "PUT /users/{id}": lambda _w, _i: RENAMED,
    "POST /api-keys": lambda _w, _i: RENAMED,
    "PUT /api-keys/{id}": lambda _w, _i: RENAMED,
    "POST /webhooks": lambda _w, _i: {"url": "https://hooks.example/z", "events": ["meeting.*"]},
    "PUT /webhooks/{id}": lambda _w, _i: RENAMED,
    "POST /customers": lambda _w, _i: {**RENAMED, "phone": "+972501999999"},
    "PUT /customers/{id}": lambda _w, _i: RENAMED,
    "POST /customers/{id}/students": lambda _w, _i: RENAMED,
    "POST /students": lambda _w, ids: {**RENAMED, "customerId": ids["customer"]},
    "PUT /students/{id}": lambda _w, _i: RENAMED,
    "POST /courses": lambda _w, _i: {**RENAMED, "category": "ai"},
    "PUT /courses/{id}": lambda _w, _i: RENAMED,
    "POST /branches": lambda _w, _i: {**RENAMED, "type": "school"},
    "PUT /branches/{id}": lambda _w, _i: RENAMED,
    "POST /branches/{id}/closures": lambda _w, _i: CLOSED,
    "POST /institutional-orders": lambda _w, ids: order_body(ids),
    "PUT /institutional-orders/{id}": lambda _w, _i: {"notes": "new"},
    "POST /instructors": lambda _w, _i: {**RENAMED, "phone": "+972501999998"},
    "PUT /instructors/{id}": lambda _w, _i: RENAMED,
    "PUT /instructors/{id}/availability": lambda _w, _i: {"windows": []},
    "POST /instructors/{id}/time-off": lambda _w, _i: CLOSED,
    "PUT /instructors/{id}/time-off/{time_off_id}": lambda _w, _i: {"reason": "sleet"},
    "POST /public/leads": lambda _w, _i: {**RENAMED, "phone": "+972501999997"},
    "PUT /leads/{id}": lambda _w, _i: {"status": "contacted"},
    "POST /leads/{id}/notes": lambda _w, _i: {"text": "We spoke"},
    "POST /cycles": lambda world, _i: world.cycle_body(startTime="11:00", endTime="12:00"),
    "POST /saved-views": lambda _w, _i: A_VIEW,
    "PUT /saved-views/{id}": lambda _w, _i: RENAMED,
    "POST /cycles/{id}/registrations": lambda _w, ids: {"studentId": ids["idle_student"]},
    "POST /registrations": lambda _w, ids: {
        "studentId": ids["idle_student"],
        "cycleId": ids["cycle"],
    },
    "PUT /registrations/{id}": lambda _w, _i: {"notes": "new"},
    "POST /registrations/{id}/payment": lambda _w, _i: {"amount": 10},
    "PUT /cycles/{id}": lambda _w, _i: RENAMED,
    "POST /meetings": lambda _w, ids: {
        "cycleId": ids["cycle"],
        "scheduledDate": sunday(20),
        "startTime": "08:00",
        "endTime": "09:00",
    },
    "POST /cycles/bulk-update": lambda _w, ids: {
        "ids": [ids["cycle"], ids["foreign_cycle"]],
        "data": RENAMED,
    },
    "POST /cycles/bulk-generate-meetings": lambda _w, ids: {"ids": [ids["cycle"]]},
    "POST /cycles/{id}/duplicate": lambda _w, _i: {
        "newName": "Another run",
        "newStartDate": "2027-09-05",
    },
    "POST /meetings/bulk-update-status": lambda _w, ids: {
        "ids": [ids["meeting"], ids["foreign_meeting"]],
        "status": "completed",
    },
    "POST /meetings/bulk-recalculate": lambda _w, ids: {"ids": [ids["done_meeting"]]},
    "POST /meetings/bulk-delete": lambda _w, ids: {"ids": [ids["meeting"], ids["done_meeting"]]},
    "PUT /meetings/{id}": lambda _w, _i: {"notes": "Bring a cable"},
    "POST /meetings/{id}/attendance": lambda _w, _i: A_MARK,
    "PUT /meetings/{id}/attendance/bulk": lambda _w, _i: {"records": [A_MARK]},
    "POST /meetings/{id}/attendance/bulk": lambda _w, _i: {"records": [A_MARK]},
    "POST /attendance": lambda _w, ids: {**A_MARK, "meetingId": ids["meeting"]},
    "PUT /attendance/{id}": lambda _w, _i: {"status": "late"},
    "POST /reports/export": lambda _w, _i: {"report": "revenue", "from": "2026-01-01"},
    "POST /attendance/bulk": lambda _w, ids: {"meetingId": ids["meeting"], "records": [A_MARK]},
    "POST /attendance/meeting/{meeting_id}/bulk": lambda _w, _i: {"records": [A_MARK]},
}
"""What is sent; a PATCH sends what the PUT of the same path does."""


def body_of(route: Route, world: SchoolWorld, ids: Mapping[str, str]) -> Any:
    """The body of a call that is right, None for none."""
    method = "PUT" if route.method == "PATCH" else route.method
    make = BODIES.get(f"{method} {route.path}")
    return None if make is None else make(world, ids)
