"""R-REG-1, R-REG-2 over HTTP on PostgreSQL: requests at once fill exactly the places there are."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import httpx
import jwt
import pytest

from haitech_adapters.security import JwtTokens
from haitech_adapters.system import SystemClock
from haitech_app.http_app import BASE, app_over
from haitech_domain.cycle import CycleStatus
from haitech_domain.registration import CycleTakesNoRegistrations
from tests.journeys.live_school import ADMIN, at_once, done, live_school, refused

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
LIVE = (
    "SELECT count(*) FROM registrations WHERE cycle_id = %s AND deleted_at IS NULL"
    " AND status IN ('registered', 'active', 'trial')"
)
PLACES = 5
EMAIL = "admin@school.example"
PASSWORD = "correct horse battery"


@pytest.fixture
async def school():
    async with live_school() as made:
        yield made


@pytest.fixture
async def api(school):
    """A client with an administrator's token."""
    admin = await school.verbs.create_admin(email=EMAIL, password=PASSWORD)
    begun = await school.verbs.log_in(email=EMAIL, password=PASSWORD)
    told = jwt.decode(begun.access_token, options={"verify_signature": False})
    # the school's clock stands still, so its own tokens have long expired
    actor = attrs.evolve(admin.actor(), session_id=UUID(told["sid"]))
    clock = SystemClock()
    tokens = JwtTokens(secret="of this test alone " * 2, clock=clock, life=timedelta(hours=1))
    app: Any = app_over(school.verbs, tokens=tokens, checks={})
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url=f"http://test{BASE}",
        headers={"Authorization": f"Bearer {tokens.issue(actor)[0]}"},
    )
    async with client:
        yield client


async def posted(api, requests):
    """The statuses and reasons of requests sent at once."""
    answers = await asyncio.gather(*(api.post(path, json=body) for path, body in requests))
    reasons = (a.json().get("error", {}).get("reason") for a in answers)
    return Counter((a.status_code, reason) for a, reason in zip(answers, reasons, strict=True))


async def deleted_ones(school, cycle, children):
    """Registrations that were made and deleted, one after the other."""
    made = []
    for child in children:
        one = await school.verbs.register_student(
            actor=ADMIN, cycle_id=cycle.id, student_id=child.id
        )
        await school.verbs.delete_registration(actor=ADMIN, registration_id=one.id)
        made.append(one)
    return made


async def test_thirty_requests_at_once_by_every_way_in_fill_exactly_the_places(school, api):
    """R-REG-2: both routes and restoring; exactly k succeed, the rest get a conflict."""
    cycle = await school.cycle(await school.instructor(), max_students=PLACES)
    children = await school.children(30)
    gone = await deleted_ones(school, cycle, children[:10])
    requests = [
        *((f"/registrations/{one.id}/restore", None) for one in gone),
        *(
            ("/registrations", {"cycleId": str(cycle.id), "studentId": str(child.id)})
            for child in children[10:20]
        ),
        *(
            (f"/cycles/{cycle.id}/registrations", {"studentId": str(child.id)})
            for child in children[20:]
        ),
    ]
    found = await posted(api, requests)
    assert found[409, "cycle.full"] == 30 - PLACES
    assert found[200, None] + found[201, None] == PLACES
    assert await school.rows(LIVE, cycle.id) == [(PLACES,)]


async def test_a_student_joining_and_returning_at_once_is_in_once(school, api):
    """R-REG-1: whichever comes first, the others get a conflict."""
    cycle = await school.cycle(await school.instructor())
    for child in await school.children(3):
        gone = [(await deleted_ones(school, cycle, [child]))[0] for _ in range(3)]
        requests = [
            *((f"/registrations/{one.id}/restore", None) for one in gone),
            *[("/registrations", {"cycleId": str(cycle.id), "studentId": str(child.id)})] * 3,
            *[(f"/cycles/{cycle.id}/registrations", {"studentId": str(child.id)})] * 3,
        ]
        found = await posted(api, requests)
        assert found[409, "registration.exists"] == len(requests) - 1
        assert found[200, None] + found[201, None] == 1
    assert await school.rows(LIVE, cycle.id) == [(3,)]


async def test_nobody_stays_in_a_cycle_that_was_cancelled_meanwhile(school):
    """R-REG-2, R-CYC-3: joining, returning and changing beside the cancellation."""
    for _ in range(3):
        cycle = await school.cycle(await school.instructor())
        children = await school.children(8)
        verbs = school.verbs
        gone = await deleted_ones(school, cycle, children[:2])
        there = [
            await verbs.register_student(actor=ADMIN, cycle_id=cycle.id, student_id=child.id)
            for child in children[2:4]
        ]
        results = await at_once(
            *(verbs.restore_registration(actor=ADMIN, registration_id=one.id) for one in gone),
            verbs.update_cycle(
                actor=ADMIN, cycle_id=cycle.id, values={"status": CycleStatus.CANCELLED}
            ),
            *(
                verbs.update_registration(
                    actor=ADMIN, registration_id=one.id, values={"notes": "moved"}
                )
                for one in there
            ),
            *(
                verbs.register_student(actor=ADMIN, cycle_id=cycle.id, student_id=child.id)
                for child in children[4:]
            ),
        )
        assert len(done(results)) + len(refused(results, CycleTakesNoRegistrations)) == len(results)
        assert await school.rows(LIVE, cycle.id) == [(0,)]
    await school.must_be_sound()
