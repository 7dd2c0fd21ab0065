"""Races of many requests at once, over HTTP, to two servers that share a database."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any, Final

import attrs
import httpx

from tests.drills.desk import Desk, at_once, data_of, desk, error_of, reasons
from tests.drills.outcome import Outcome, scaled
from tests.drills.site import Site, site

PLACES: Final = 5
RUSH: Final = 100
SAME: Final = 50
SUNDAY: Final = date(2026, 10, 18)
"""A Sunday after the holidays."""
WEEKS: Final = 20
OVERLAPS: Final = """
SELECT a.id FROM meetings a JOIN meetings b ON a.instructor_id = b.instructor_id AND a.id < b.id
   AND a.scheduled_date = b.scheduled_date AND a.start_time < b.end_time AND b.start_time < a.end_time
 WHERE a.status IN ('scheduled', 'completed') AND b.status IN ('scheduled', 'completed')"""


@attrs.define(kw_only=True)
class Race:
    """Two servers, somebody who asks both, and a school. `rounds` is how often each race is run."""

    site: Site
    desk: Desk
    course: str
    branch: str
    rounds: int
    _people: int = 0

    async def instructor(self) -> str:
        self._people += 1
        body = {"name": "יעל", "phone": f"+97252{self._people:07d}", "rateFrontal": "150.00"}
        return str((await self.desk.made("/instructors", body))["id"])

    async def cycle(self, instructor: str | None = None, **more: Any) -> str:
        """A cycle of Sundays, 16:00-17:30, at 600.00 a meeting."""
        body = {
            "name": "Python",
            "courseId": self.course,
            "branchId": self.branch,
            "instructorId": instructor or await self.instructor(),
            "type": "institutional_fixed",
            "meetingRevenue": "600.00",
            "startDate": SUNDAY.isoformat(),
            "dayOfWeek": "sunday",
            "startTime": "16:00",
            "endTime": "17:30",
            "totalMeetings": WEEKS,
            **more,
        }
        return str((await self.desk.made("/cycles", body))["id"])

    async def planned(self, **more: Any) -> list[str]:
        """The meetings of a new cycle."""
        cycle = await self.cycle(**more)
        made = await self.desk.made(f"/cycles/{cycle}/generate-meetings")
        return [meeting["id"] for meeting in made["meetings"]]

    async def children(self, count: int) -> list[str]:
        self._people += 1
        parent = {"name": "דנה", "phone": f"+97254{self._people:07d}"}
        customer = (await self.desk.made("/customers", parent))["id"]
        names = ({"customerId": customer, "name": f"ילד {number}"} for number in range(count))
        return [(await self.desk.made("/students", child))["id"] for child in names]

    async def rows(self, question: str, *values: Any) -> list[Any]:
        """What the database says, first column only."""

        def asked() -> list[Any]:
            with self.site.connect() as connection:
                return [row[0] for row in connection.execute(question, values).fetchall()]

        return await asyncio.to_thread(asked)

    def post(self, path: str, body: Any = None, **more: Any) -> Awaitable[httpx.Response]:
        """Asked of the next of the two servers; await it."""
        return self.desk.asked("POST", path, body, **more)


def _only(answers: Sequence[httpx.Response], *wanted: str) -> list[str]:
    """Refusals other than these, as what is wrong."""
    other = {why: times for why, times in reasons(answers).items() if why not in wanted}
    return [f"{times} × refused by {why}" for why, times in other.items()]


async def last_places(race: Race) -> Outcome:
    """R-REG-2: k places, a hundred requests, k succeed, whichever server they ask."""
    tried, wrong, answered, there = 0, [], [], []
    for _ in range(race.rounds):
        cycle = await race.cycle(maxStudents=PLACES)
        asked = [{"studentId": child, "cycleId": cycle} for child in await race.children(RUSH)]
        answers = await at_once(*(race.post("/registrations", body) for body in asked))
        tried += RUSH
        wrong += _only(answers, "cycle.full")
        made = [data_of(answer)["id"] for answer in answers if answer.is_success]
        wrong += [f"{len(made)} for {PLACES} places"] * (len(made) != PLACES)
        answered += made
        there += await race.rows("SELECT id::text FROM registrations WHERE cycle_id = %s", cycle)
    name = f"{RUSH} requests at once for the last {PLACES} places"
    return Outcome.of(name, tried=tried, answered=answered, there=there, wrong=wrong)


async def same_key(race: Race) -> Outcome:
    """api.md, Idempotency-Key: fifty with one key do it once; who asks for other things with it gets 422."""
    tried, wrong, answered, there = 0, [], [], []
    [child] = await race.children(1)
    seen: Counter[str] = Counter()
    for number in range(race.rounds):
        joining = {"studentId": child, "cycleId": await race.cycle(), "amount": 1000}
        registration = data_of(await race.post("/registrations", joining))["id"]
        path, key = f"/registrations/{registration}/payment", f"same-{number}"
        body, other = {"amount": "10.00"}, {"amount": "20.00"}
        bodies = [body] * SAME if number % 2 == 0 else [body, other] * (SAME // 2)
        answers = await at_once(*(race.post(path, body, key=key) for body in bodies))
        tried += len(answers)
        wrong += _only(answers, "idempotency.in_progress", "idempotency.reused")
        if number % 2 == 0 and reasons(answers)["idempotency.reused"]:
            wrong.append("422, though all were the same")
        again = await race.post(path, body, key=key)
        if not again.is_success:
            again = await race.post(path, other, key=key)
        told = {answer.content for answer in [*answers, again] if answer.is_success}
        wrong += [f"{len(told)} different answers"] * (len(told) != 1)
        if again.headers.get("idempotency-replayed") != "true":
            wrong.append("a later retry was not answered from what was kept")
        first = [a for a in answers if a.is_success and "idempotency-replayed" not in a.headers]
        answered += [registration] * len(first)
        ledger = "SELECT registration_id::text FROM payments WHERE registration_id = %s"
        there += await race.rows(ledger, registration)
        seen += Counter(error_of(a).get("reason", "2xx") for a in answers)
    counts = ", ".join(f"{times} × {what}" for what, times in sorted(seen.items()))
    name = f"the same Idempotency-Key {SAME} times at once"
    return Outcome.of(name, tried=tried, answered=answered, there=there, wrong=wrong, seen=counts)


EVENTS: Final = """
SELECT entity_id::text FROM outbox WHERE type IN ('meeting.completed', 'meeting.cancelled',
       'meeting.postponed') AND entity_id = ANY (%s)"""


async def completions(race: Race) -> Outcome:
    """R-MEET-2, R-MEET-3: of two, twenty, or different verbs on one meeting at once, one succeeds."""
    tried, wrong, answered, every = 0, [], [], []
    verbs: Sequence[Sequence[str]] = (
        ["complete"] * 2,
        ["complete"] * 20,
        ["complete", "cancel", "postpone"],
        ["complete", "cancel"] * 5,
    )
    for _ in range(race.rounds):
        for meeting, asked in zip(await race.planned(), verbs, strict=False):
            bodies: dict[str, Any] = {"complete": {}, "cancel": {"reason": "גשם"}, "postpone": {}}
            calls = [race.post(f"/meetings/{meeting}/{verb}", bodies[verb]) for verb in asked]
            answers = await at_once(*calls)
            tried += len(asked)
            every.append(meeting)
            known = {"meeting.cannot_complete", "meeting.cannot_cancel", "meeting.cannot_postpone"}
            wrong += _only(answers, *known)
            won = sum(answer.is_success for answer in answers)
            wrong += [f"{won} of {', '.join(asked)} succeeded"] * (won != 1)
            answered += [meeting] * won
    there = await race.rows(EVENTS, every)
    name = "two, and twenty, completions of one meeting"
    return Outcome.of(name, tried=tried, answered=answered, there=there, wrong=wrong)


async def overlaps(race: Race) -> Outcome:
    """R-SCHED-9: plans, single meetings, moves and substitutes for one instructor's one time."""
    tried, wrong, answered = 0, [], []
    for _ in range(race.rounds):
        one = await race.instructor()
        cycles = [await race.cycle(one) for _ in range(4)]
        for week, ways in enumerate((("make",) * 8, ("make", "move", "hand over") * 2)):
            day = (SUNDAY + timedelta(weeks=week)).isoformat()
            calls = []
            for number, way in enumerate(ways):
                calls.append(await _placed(race, way, cycles[number % 4], day, number))
            answers = await at_once(*calls)
            tried += len(answers)
            wrong += _only(answers, "instructor.busy")
            won = [data_of(answer)["id"] for answer in answers if answer.is_success]
            wrong += [f"{len(won)} of {', '.join(ways)} succeeded"] * (len(won) != 1)
            answered += [(one, day)] * len(won)
        first = (SUNDAY + timedelta(weeks=4)).isoformat()
        plans = [await race.cycle(one, startDate=first) for _ in range(3)]
        answers = await at_once(*(race.post(f"/cycles/{id}/generate-meetings") for id in plans))
        tried += len(answers)
        wrong += _only(answers, "instructor.busy")
        for answer in answers:
            if answer.is_success:
                meetings = data_of(answer)["meetings"]
                answered += [(one, meeting["scheduledDate"]) for meeting in meetings]
        together = await race.rows(OVERLAPS)
        wrong += [f"{len(together)} overlap"] * bool(together)
    teachers = [one for one, _ in answered]
    there = await race.rows(
        "SELECT ARRAY[instructor_id::text, scheduled_date::text] FROM meetings"
        " WHERE instructor_id = ANY (%s) AND start_time = '16:00' AND status = 'scheduled'",
        list(set(teachers)),
    )
    name = "overlapping meetings of one instructor at once"
    places = [tuple(place) for place in there]
    return Outcome.of(name, tried=tried, answered=answered, there=places, wrong=wrong)


async def _placed(
    race: Race, way: str, cycle: str, day: str, number: int
) -> Awaitable[httpx.Response]:
    """A request that brings a meeting to the day at 16:00, of the instructor of the cycle."""
    body: dict[str, Any] = {"cycleId": cycle, "scheduledDate": day}
    wanted = {"startTime": "16:00", "endTime": "17:30"}
    if way == "make":
        return race.post("/meetings", {**body, **wanted})
    hours = {"startTime": f"{8 + number:02d}:00", "endTime": f"{8 + number:02d}:45"}
    if way == "move":
        meeting = (await race.desk.made("/meetings", {**body, **hours}))["id"]
        return race.desk.asked("PUT", f"/meetings/{meeting}", wanted)
    instructor = data_of(await race.desk.asked("GET", f"/cycles/{cycle}"))["instructorId"]
    aside = {**body, **wanted, "cycleId": await race.cycle()}  # of somebody else
    meeting = (await race.desk.made("/meetings", aside))["id"]
    return race.desk.asked("PUT", f"/meetings/{meeting}", {"instructorId": instructor})


RACES: Final = {
    "last-places-served": last_places,
    "same-key": same_key,
    "completions": completions,
    "overlaps": overlaps,
}


def run(*names: str) -> Sequence[Outcome]:
    """These races, or all, on two servers; what is wrong in the end is told with the last of them."""
    return asyncio.run(_raced(names or tuple(RACES), rounds=scaled(10, 2)))


async def _raced(names: Sequence[str], rounds: int) -> list[Outcome]:
    outcomes = []
    async with _race(rounds) as race:
        for name in names:
            race.desk.seen.clear()
            outcome = await RACES[name](race)
            said = race.desk.said if not outcome.seen else outcome.seen
            wrong = [*outcome.wrong, *race.desk.complaints]
            wrong += await asyncio.to_thread(race.site.complaints)
            outcomes.append(attrs.evolve(outcome, seen=said, wrong=wrong))
    return outcomes


@asynccontextmanager
async def _race(rounds: int):
    with site() as servers:
        async with desk(servers.ports) as asking:
            course = await asking.made("/courses", {"name": "Python", "category": "programming"})
            branch = await asking.made("/branches", {"name": "הרצל", "type": "school"})
            yield Race(
                site=servers,
                desk=asking,
                course=course["id"],
                branch=branch["id"],
                rounds=rounds,
            )
