"""Retries and versions on PostgreSQL, with many at once: the app in this process, the pool real."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import httpx
import psycopg
import pytest

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.postgres import PostgresUnitOfWork
from haitech_adapters.security import Argon2Passwords, JwtTokens, SystemRandomness
from haitech_app.http_app import app_over
from haitech_app.testing.doors import doors
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.testing.builders import a_meeting, a_school, furnish
from haitech_domain.use_cases import School, Verbs
from tests.postgres.callers import FOR_EVER, a_token

pytestmark = pytest.mark.anyio

AT_ONCE = 50
COURSE = {"name": "Python", "category": "programming"}


def verbs_with(uow, ids, clock):
    tokens = JwtTokens(
        secret="a secret of the tests, and long enough",
        clock=clock,
        life=FOR_EVER,
    )
    return Verbs.over(
        uow=uow,
        clock=clock,
        ids=ids,
        passwords=Argon2Passwords(),
        tokens=tokens,
        randomness=SystemRandomness(),
        school=School(holidays=IsraeliSchoolCalendar()),
        **doors(clock),
    )


async def app_with(uow, ids, clock):
    verbs = verbs_with(uow, ids, clock)
    tokens = verbs.log_in.tokens
    return app_over(verbs, tokens=tokens, checks={}), await a_token(uow, tokens, clock)


def client_of(app, token):
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url="http://school/api/v1",
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )


@pytest.fixture
async def client(uow, ids, clock):
    async with client_of(*(await app_with(uow, ids, clock))) as client:
        yield client


@pytest.fixture
async def school(uow):
    school = a_school()
    await uow.run(Actor.system("test"), lambda tx: furnish(tx, school))
    return school


async def count(pool, what):
    async with pool.connection() as connection:
        cursor = await connection.execute(f"SELECT count(*) FROM {what}")  # noqa: S608
        return (await cursor.fetchone())[0]


async def test_fifty_at_once_with_one_key_do_it_once(client, pool):
    headers = {"Idempotency-Key": "k"}
    answers = await asyncio.gather(
        *(client.post("/courses", json=COURSE, headers=headers) for _ in range(AT_ONCE))
    )
    done = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert len(done) + len(waiting) == AT_ONCE
    assert len({answer.content for answer in done}) == 1
    assert len([a for a in done if "idempotency-replayed" not in a.headers]) == 1
    assert {a.json()["error"]["reason"] for a in waiting} <= {"idempotency.in_progress"}
    assert await count(pool, "courses") == 1
    assert await count(pool, "audit_log WHERE entity = 'course'") == 1
    assert await count(pool, "kept_answers") == 1
    again = await client.post("/courses", json=COURSE, headers=headers)
    assert (again.content, again.headers["idempotency-replayed"]) == (done[0].content, "true")


async def test_many_keys_at_once_do_not_wait_for_each_other_s_connections(client, pool):
    """A request with a key needs one connection, whatever its handler asks."""
    answers = await asyncio.gather(
        *(
            client.post("/courses", json=COURSE, headers={"Idempotency-Key": f"k{n}"})
            for n in range(AT_ONCE)
        )
    )
    assert {answer.status_code for answer in answers} == {201}
    assert await count(pool, "courses") == AT_ONCE


async def test_a_refusal_keeps_neither_work_nor_answer(client, pool):
    headers = {"Idempotency-Key": "k"}
    body = {"name": "דנה", "phone": "050-1234567"}
    first = await client.post("/customers", json=body)
    assert first.status_code == 201, first.text
    refused = await client.post("/customers", json=body, headers=headers)
    assert refused.status_code == 409
    assert await count(pool, "kept_answers") == 0
    body["phone"] = "050-7654321"
    assert (await client.post("/customers", json=body, headers=headers)).status_code == 201


async def test_a_connection_that_breaks_in_the_middle_is_made_up_for_once(pool, ids, clock):
    """The whole work is repeated, answer and all, and done once."""
    broken: list[str] = []

    def breaking(sql, _seconds):
        if sql.startswith("INSERT INTO courses") and not broken:
            broken.append(sql)
            with psycopg.connect(pool.conninfo, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
                    " AND state = 'idle in transaction'"
                )

    uow = PostgresUnitOfWork(pool, ids, clock, log=breaking)
    async with client_of(*(await app_with(uow, ids, clock))) as client:
        answer = await client.post("/courses", json=COURSE, headers={"Idempotency-Key": "k"})
        assert (answer.status_code, len(broken)) == (201, 1)
        retry = await client.post("/courses", json=COURSE, headers={"Idempotency-Key": "k"})
    assert retry.content == answer.content
    assert await count(pool, "courses") == 1


async def test_whoever_went_away_before_the_answer_finds_it_later(client, pool):
    """A request that was cut off has done all or nothing; its retry makes up the rest."""
    headers = {"Idempotency-Key": "k"}
    for pause in (0, 0.001, 0.003, 0.01, 0.03):
        request = asyncio.create_task(client.post("/courses", json=COURSE, headers=headers))
        await asyncio.sleep(pause)
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)
        assert await count(pool, "courses") <= 1
    answer = await client.post("/courses", json=COURSE, headers=headers)
    assert answer.status_code == 201
    assert await count(pool, "courses") == 1


async def test_purged_answers_are_gone(client, pool, clock, uow, ids):
    await client.post("/courses", json=COURSE, headers={"Idempotency-Key": "k"})
    clock.advance(timedelta(hours=24, seconds=1))
    forget = verbs_with(uow, ids, clock).forget_answers
    done = await asyncio.gather(*(forget(actor=Actor.system("purge")) for _ in range(4)))
    assert sum(done) == 1
    assert await count(pool, "kept_answers") == 0


@pytest.mark.parametrize("kind", ["courses", "cycles", "meetings", "customers", "registrations"])
async def test_of_writers_who_saw_the_same_one_succeeds(client, school, kind):
    """Ten at once with one If-Match: one 200, the others 412, and the row is the one's."""
    where = f"/{kind}/{getattr(school, kind.removesuffix('s')).id}"
    field = {"meetings": "topic", "courses": "description"}.get(kind, "notes")
    for turn in range(3):
        seen = (await client.get(where)).headers["etag"]
        answers = await asyncio.gather(
            *(
                client.put(where, json={field: f"{turn}.{n}"}, headers={"If-Match": seen})
                for n in range(10)
            )
        )
        assert Counter(a.status_code for a in answers) == {200: 1, 412: 9}
        (won,) = (a for a in answers if a.status_code == 200)
        now = await client.get(where)
        assert now.json()["data"] == won.json()["data"]
        assert now.headers["etag"] == won.headers["etag"]


async def test_conditions_on_meetings_and_verbs_of_their_cycle_do_not_deadlock(client, school, uow):
    """The cycle's row is locked first by both."""
    cycle = school.cycle
    more = [
        a_meeting(
            cycle_id=cycle.id,
            instructor_id=school.instructor.id,
            number=n,
            scheduled_date=school.meeting.scheduled_date + timedelta(weeks=n),
        )
        for n in range(2, 6)
    ]
    await uow.run(
        Actor.system("test"), lambda tx: tx.meetings.save(*(Change.created(m) for m in more))
    )
    calls = []
    for meeting in more:
        where = f"/meetings/{meeting.id}"
        tag = (await client.get(where)).headers["etag"]
        calls += [
            client.put(where, json={"topic": "x"}, headers={"If-Match": tag}),
            client.put(f"/cycles/{cycle.id}", json={"notes": f"{meeting.number}"}),
            client.post(f"{where}/cancel", json={"reason": "rain"}),
        ]
    statuses = {answer.status_code for answer in await asyncio.gather(*calls)}
    assert statuses <= {200, 412}
