"""R-REG-1, R-REG-2 over HTTP on PostgreSQL: requests at once fill exactly the places there are."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
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
from haitech_domain.errors import DomainError, Invalid, WouldOrphan
from haitech_domain.registration import CycleTakesNoRegistrations
from haitech_domain.testing.builders import a_phone
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


async def test_a_child_is_not_registered_while_their_parent_is_deleted(school):
    """R-PPL-3: the parent stays, or the child is nobody any more; never both succeed."""
    cycle = await school.cycle(await school.instructor())
    for _ in range(8):
        children = await school.children(3)
        parent = children[0].customer_id
        results = await at_once(
            *(
                school.verbs.register_student(actor=ADMIN, cycle_id=cycle.id, student_id=child.id)
                for child in children
            ),
            school.customers.delete(actor=ADMIN, id=parent),
        )
        if results[-1] is None:
            assert len(refused(results, Invalid)) == len(children)
        else:
            assert isinstance(results[-1], WouldOrphan)
    await school.must_be_sound()


@asynccontextmanager
async def held(school, sql, *params):
    """Rows that somebody else has locked or changed, and is not done with."""
    async with school.pool.connection() as other, other.transaction():
        await other.execute(sql, params)
        yield other


async def somebody_waits(school):
    """Return when a request is blocked by a lock, which is looked up, not guessed."""
    blocked = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND cardinality(pg_blocking_pids(pid)) > 0"
    )
    async with asyncio.timeout(60):  # it hangs where nobody ever waits
        while await school.rows(blocked) == [(0,)]:  # noqa: ASYNC110  # the event is PostgreSQL's
            await asyncio.sleep(0)


async def test_a_parent_is_deleted_only_after_whoever_holds_a_child_is_done(school):
    """R-PPL-3: the registrations are counted under the locks of all children."""
    cycle = await school.cycle(await school.instructor())
    for child in await school.children(2):
        (gone,) = await deleted_ones(school, cycle, [child])
        lock = "SELECT 1 FROM students WHERE id = %s FOR NO KEY UPDATE"
        async with held(school, lock, child.id) as other:
            going = asyncio.create_task(school.customers.delete(actor=ADMIN, id=child.customer_id))
            await somebody_waits(school)
            await other.execute(
                "UPDATE registrations SET deleted_at = NULL, deletion = NULL WHERE id = %s",
                [gone.id],
            )
        with pytest.raises(WouldOrphan):
            await going
        await school.verbs.delete_registration(actor=ADMIN, registration_id=gone.id)


async def test_a_child_who_moved_to_another_parent_meanwhile_stays(school):
    """R-PPL-3: a customer takes along exactly the students who are theirs."""
    moving, staying = await school.children(2)
    other = await school.customers.create(
        actor=ADMIN, values={"name": "משה לוי", "phone": a_phone()}
    )
    move = "UPDATE students SET customer_id = %s WHERE id = %s"
    async with held(school, move, other.id, moving.id):
        going = asyncio.create_task(school.customers.delete(actor=ADMIN, id=staying.customer_id))
        await somebody_waits(school)
    assert await going is None
    live = await school.rows("SELECT id, customer_id FROM students WHERE deleted_at IS NULL")
    assert live == [(moving.id, other.id)]


@pytest.mark.parametrize("what", ["customers", "students"])
async def test_a_cycle_brings_back_no_registration_of_a_child_who_is_being_deleted(school, what):
    """R-PPL-3: one of both is refused."""
    for _ in range(8):
        cycle = await school.cycle(await school.instructor())
        (child,) = await school.children(1)
        verbs = school.verbs
        await verbs.register_student(actor=ADMIN, cycle_id=cycle.id, student_id=child.id)
        await verbs.delete_cycle(actor=ADMIN, cycle_id=cycle.id)
        id = child.customer_id if what == "customers" else child.id
        results = await at_once(
            verbs.restore_cycle(actor=ADMIN, cycle_id=cycle.id),
            getattr(school, what).delete(actor=ADMIN, id=id),
        )
        assert len(refused(results, DomainError)) == 1
    await school.must_be_sound()
