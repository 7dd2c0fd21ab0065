"""An office that writes without a pause: what was answered in the end, and what is there of it.

Each writer makes a family, registers its child, takes a payment, marks the child and completes a meeting,
again and again, every request with an Idempotency-Key of its own. What gets no answer, or 503, is sent again with
its key to the next server, until it is answered; so every request is to be done exactly once.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any, Final

import attrs
import psycopg

from tests.drills.desk import Desk, data_of
from tests.drills.outcome import Outcome

MEETINGS: Final = 60
PRICE: Final = 1_000_000
THERE: Final = {
    "customers": "SELECT id::text FROM customers",
    "students": "SELECT id::text FROM students",
    "registrations": "SELECT id::text FROM registrations",
    "payments": "SELECT (amount * 100)::int::text FROM payments",
    "marks": "SELECT id::text FROM attendance",
    "completions": "SELECT entity_id::text FROM outbox WHERE type = 'meeting.completed'",
    "reopenings": "SELECT entity_id::text FROM outbox WHERE type = 'meeting.reopened'",
}
"""What the writers make, as the database has it."""


@attrs.define(kw_only=True)
class Office:
    """Writers who share cycles, so that they meet in their rows. `answered` is by what was made."""

    desk: Desk
    cycles: Sequence[str]
    meetings: dict[str, deque[tuple[str, str]]]
    """Of each cycle: meetings and what is to become of each."""
    answered: defaultdict[str, list[str]] = attrs.field(factory=lambda: defaultdict(list))
    written: int = 0
    _keys: int = 0

    @classmethod
    async def opened(cls, desk: Desk, cycles: int) -> Office:
        """With so many cycles, each with its meetings planned."""
        course = await desk.made("/courses", {"name": "Python", "category": "programming"})
        branch = await desk.made("/branches", {"name": "הרצל", "type": "school"})
        meetings = {}
        for number in range(cycles):
            teacher = {"name": "יעל", "phone": f"+97252{number:07d}", "rateFrontal": "150.00"}
            body = {
                "name": f"מחזור {number}",
                "courseId": course["id"],
                "branchId": branch["id"],
                "instructorId": (await desk.made("/instructors", teacher))["id"],
                "type": "institutional_fixed",
                "meetingRevenue": "500.00",
                "startDate": "2026-09-06",
                "dayOfWeek": "sunday",
                "startTime": "16:00",
                "endTime": "17:30",
                "totalMeetings": MEETINGS,
            }
            cycle = (await desk.made("/cycles", body))["id"]
            planned = await desk.made(f"/cycles/{cycle}/generate-meetings")
            # the last one stays scheduled: a cycle that is over takes no registrations
            ids = [meeting["id"] for meeting in planned["meetings"]][:-1]
            meetings[cycle] = deque((id, "complete") for id in ids)
        return cls(desk=desk, cycles=list(meetings), meetings=meetings)

    async def write(self, writers: int, over: asyncio.Event) -> None:
        """Let so many write until it is over; what was begun is brought to its end."""
        async with asyncio.TaskGroup() as tasks:
            for number in range(writers):
                tasks.create_task(self._writes(number, over))

    async def _writes(self, writer: int, over: asyncio.Event) -> None:
        turn = 0
        while not over.is_set():
            await self._family(writer * 10_000 + turn)
            turn += 1

    async def _family(self, number: int) -> None:
        cycle = self.cycles[number % len(self.cycles)]
        parent = {"name": "דנה כהן", "phone": f"+97254{number:07d}"}
        customer = await self._made("customers", "/customers", parent)
        child = {"customerId": customer["id"], "name": "נועם"}
        student = await self._made("students", "/students", child)
        joining = {"studentId": student["id"], "cycleId": cycle, "amount": PRICE}
        registration = await self._made("registrations", "/registrations", joining)
        paying = {"amount": f"{(number + 1) / 100:.2f}", "paymentMethod": "cash"}
        await self._done(f"/registrations/{registration['id']}/payment", paying)
        self.answered["payments"].append(str(number + 1))
        meeting, verb = self.meetings[cycle].popleft()
        mark = {"meetingId": meeting, "registrationId": registration["id"], "status": "present"}
        await self._made("marks", "/attendance", mark)
        await self._done(f"/meetings/{meeting}/{verb}")
        self.answered["completions" if verb == "complete" else "reopenings"].append(meeting)
        self.meetings[cycle].append((meeting, "reopen" if verb == "complete" else "complete"))

    async def _made(self, what: str, path: str, body: Any) -> Any:
        made = await self._done(path, body)
        self.answered[what].append(made["id"])
        return made

    async def _done(self, path: str, body: Any = None) -> Any:
        self._keys += 1
        answer = await self.desk.settled("POST", path, body, key=f"drill-{self._keys}")
        self.written += 1
        return data_of(answer)

    def outcome(self, name: str, connection: psycopg.Connection[Any]) -> Outcome:
        """What was answered, against what is there."""
        parts = []
        for what, question in THERE.items():
            there = [row for (row,) in connection.execute(question).fetchall()]
            told = self.answered[what]
            parts.append(Outcome.of(what, tried=len(told), answered=told, there=there))
        return Outcome.together(parts, name=name)
