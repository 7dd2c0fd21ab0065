"""The mixed load: 70 % reads, 20 % writes, 10 % actions, as a school asks; and what must hold after it.

Every caller works at cycles and customers of its own, as people do, so that nothing is refused; all
meet in the tables, the audit log, the outbox and the pool.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import attrs
import psycopg

from tests.load.driving import Caller
from tests.load.school import COMPLETED, EACH, REGISTERED, Size

_TEN: Final = 10
_READS: Final = 7
_WRITES: Final = 9
_STATUSES: Final = ("present", "late", "absent")
_OK: Final = range(200, 300)


def id_of(table: str, number: int) -> str:
    """The id that `school` gave a row."""
    return str(UUID(hashlib.md5(f"{table}{number}".encode(), usedforsecurity=False).hexdigest()))


@attrs.define(kw_only=True)
class Told:
    """What was answered well, by what was asked for; requests by the id that they carried."""

    requests: set[str] = attrs.field(factory=set)
    customers: int = 0
    students: int = 0
    payments: int = 0


@attrs.define(kw_only=True)
class Mix:
    """The acts of all callers. `run` makes phones and request ids unlike any other run's."""

    size: Size
    callers: Sequence[Caller]
    run: int
    told: Told = attrs.field(factory=Told)

    async def act(self, caller: Caller, number: int) -> tuple[int, bytes]:
        """One request: the next of this caller."""
        who = self.callers.index(caller)
        round_, place = divmod(number, _TEN)
        if place < _READS:
            return await self._read(caller, who, round_, place)
        if place < _WRITES:
            return await self._write(caller, who, round_ * 2 + place - _READS)
        return await self._do(caller, who, round_)

    def _own(self, who: int, number: int, of: int) -> int:
        """The number of the caller's own so-and-so-manieth thing, of all that there are."""
        mine = of // len(self.callers)
        return number % mine * len(self.callers) + who

    async def _read(self, caller: Caller, who: int, round_: int, place: int) -> tuple[int, bytes]:
        some = round_ * 13 + who * 7
        cycle = id_of("cycles", some % self.size.cycles)
        paths = (
            f"/customers?limit=20&offset={some % self.size.customers}",
            f"/customers?search={some % 90}&limit=20",
            f"/meetings?status=scheduled&from=2026-10-01&to=2026-12-31&offset={some % 500}",
            f"/meetings?cycleId={cycle}",
            f"/cycles/{cycle}",
            f"/students/{id_of('students', some % self.size.students)}",
            f"/registrations?cycleId={cycle}",
        )
        return await caller.ask("GET", f"/api/v1{paths[place]}")

    async def _write(self, caller: Caller, who: int, number: int) -> tuple[int, bytes]:
        kind, turn = number % 5, number // 5
        count = number * len(self.callers) + who
        customer = id_of("customers", self._own(who, turn, self.size.customers))
        if kind == 0:
            phone = f"+97254{self.run * 300_000 + count:07d}"
            body: Any = {"name": f"לקוח {count}", "phone": phone}
            return await self._kept(caller, "POST", "/customers", body, "customers")
        if kind == 1:
            body = {"notes": f"{self.run}-{count}"}
            return await self._kept(caller, "PATCH", f"/customers/{customer}", body)
        if kind == 2:  # of five kinds
            body = {"customerId": customer, "name": f"ילד {count}"}
            return await self._kept(caller, "POST", "/students", body, "students")
        cycle = self._own(who, turn, self.size.cycles)
        if kind == 3:  # as above
            paying = id_of("registrations", cycle * REGISTERED + turn % REGISTERED)
            body = {"amount": 10, "paymentMethod": "cash"}
            return await self._kept(
                caller, "POST", f"/registrations/{paying}/payment", body, "payments"
            )
        records = [
            {
                "registrationId": id_of("registrations", cycle * REGISTERED + n),
                "status": _STATUSES[(n + turn) % len(_STATUSES)],
            }
            for n in range(REGISTERED)
        ]
        meeting = id_of("meetings", cycle * EACH + COMPLETED)
        path = f"/meetings/{meeting}/attendance/bulk"
        return await self._kept(caller, "PUT", path, {"records": records})

    async def _do(self, caller: Caller, who: int, number: int) -> tuple[int, bytes]:
        """Complete a meeting; the next time, reopen it."""
        turn, reopens = divmod(number, 2)
        cycle = self._own(who, turn, self.size.cycles)
        place = COMPLETED + turn // (self.size.cycles // len(self.callers)) % (EACH - COMPLETED)
        meeting = id_of("meetings", cycle * EACH + place)
        verb = "reopen" if reopens else "complete"
        return await self._kept(caller, "POST", f"/meetings/{meeting}/{verb}", {})

    async def _kept(
        self, caller: Caller, method: str, path: str, body: Any, counted: str | None = None
    ) -> tuple[int, bytes]:
        request = f"load-{self.run}-{len(self.told.requests)}-{id(caller)}"
        while request in self.told.requests:
            request += "x"
        self.told.requests.add(request)
        status, answer = await caller.ask(
            method,
            f"/api/v1{path}",
            json.dumps(body).encode(),
            headers=b"x-request-id: %b\r\n" % request.encode(),
        )
        if status not in _OK:
            self.told.requests.discard(request)
        elif counted is not None:
            setattr(self.told, counted, getattr(self.told, counted) + 1)
        return status, answer


_DRIFT: Final = """
SELECT count(*) FROM cycles c WHERE (completed_meetings, scheduled_meetings) <> (
  SELECT count(*) FILTER (WHERE status = 'completed'), count(*) FILTER (WHERE status = 'scheduled')
  FROM meetings m WHERE m.cycle_id = c.id AND m.deleted_at IS NULL)"""
_AUDITED: Final = "SELECT DISTINCT request_id FROM audit_log WHERE request_id LIKE %s"
_MONEY: Final = """
SELECT count(*) FROM meetings WHERE deleted_at IS NULL AND (revenue, instructor_payment, profit) <>
  CASE WHEN status = 'completed' THEN (500.00, 225.00, 275.00) ELSE (0.00, 0.00, 0.00) END"""


def counted(url: str) -> Mapping[str, int]:
    """How many there are of what the load makes."""
    with psycopg.connect(url) as connection:
        tables = ("customers", "students", "payments")
        question = "SELECT " + ", ".join(f"(SELECT count(*) FROM {t})" for t in tables)  # noqa: S608  # names of ours
        (row,) = connection.execute(question).fetchall()
        return dict(zip(tables, row, strict=True))


def wrong_after(url: str, mix: Mix, before: Mapping[str, int]) -> list[str]:
    """What does not hold after the load; nothing, if all is well."""
    wrong = []
    now = counted(url)
    for name, was in before.items():
        made = getattr(mix.told, name)
        if now[name] - was != made:
            wrong.append(f"{name}: {made} were answered, {now[name] - was} are there")
    with psycopg.connect(url) as connection:
        for what, question in (("counters of cycles", _DRIFT), ("money of meetings", _MONEY)):
            ((count,),) = connection.execute(question).fetchall()
            if count:
                wrong.append(f"{what}: {count} are not what a recount says")
        audited = {r for (r,) in connection.execute(_AUDITED, [f"load-{mix.run}-%"]).fetchall()}
    if audited != mix.told.requests:
        missing, foreign = len(mix.told.requests - audited), len(audited - mix.told.requests)
        wrong.append(f"audit: {missing} answered requests have no row, {foreign} refused ones have")
    return wrong
