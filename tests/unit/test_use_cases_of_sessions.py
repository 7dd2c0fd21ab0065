"""Where no route leads: races of logging in, refreshing, resetting, each made to happen."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_adapters.security import SystemRandomness
from haitech_app.testing.doors import doors, worked
from haitech_domain.access import Actor, ActorKind, Forbidden, Role
from haitech_domain.change import Change
from haitech_domain.errors import Invalid
from haitech_domain.ids import JobId
from haitech_domain.ports import Job, TooManyAttempts, Unauthenticated
from haitech_domain.testing.builders import a_login_session, a_phone, an_id
from haitech_domain.use_cases import School, Verbs
from haitech_domain.use_cases.passwords import FORGOTTEN

pytestmark = pytest.mark.anyio
SYSTEM = Actor.system("test")
PASSWORD = "correct horse battery"
DANA = "dana@example.com"


class Passwords:
    """Stored as they are; `meanwhile` happens while one is computed."""

    def __init__(self):
        self.meanwhile = None

    async def hashed(self, password):
        await self._happen()
        return f"<{password}>"

    async def verified(self, password, stored):
        await self._happen()
        return stored == f"<{password}>"

    def outdated(self, stored):
        return False

    async def _happen(self):
        happen, self.meanwhile = self.meanwhile, None
        if happen is not None:
            await happen()


class Tokens:
    """The actors themselves, by number."""

    def __init__(self):
        self.issued = []

    def issue(self, actor):
        self.issued.append(actor)
        return str(len(self.issued) - 1), 60

    def read(self, token):
        return self.issued[int(token)]


@pytest.fixture
async def world():
    ids, clock = CountingIds(), FixedClock()
    uow, passwords, tokens = MemoryUnitOfWork(ids, clock), Passwords(), Tokens()
    verbs = Verbs.over(
        uow=uow,
        clock=clock,
        ids=ids,
        passwords=passwords,
        tokens=tokens,
        randomness=SystemRandomness(),
        school=School(holidays=IsraeliSchoolCalendar()),
        **doors(clock),
    )
    values = {"email": DANA, "name": "Dana", "role": Role.MANAGER, "password": PASSWORD}
    user = await verbs.users.create(actor=SYSTEM, values=values)
    return SimpleNamespace(
        uow=uow, clock=clock, verbs=verbs, passwords=passwords, tokens=tokens, user=user
    )


def log_in(world, **more):
    return world.verbs.log_in(email=DANA, password=PASSWORD, **more)


def shut(world):
    return world.verbs.deactivate_user(actor=SYSTEM, id=world.user.id, values={"is_active": False})


def drop(world):
    return world.verbs.users.delete(actor=SYSTEM, id=world.user.id)


async def change(world, **fields):
    async def work(tx):
        there = await tx.users.lock(world.user.id)
        await tx.users.save(Change.updated(there, there.changed(world.clock.now(), **fields)))

    await world.uow.run(SYSTEM, work)


@pytest.mark.parametrize("how", [shut, drop, lambda world: change(world, password_hash="<other>")])
async def test_who_is_shut_out_while_the_password_is_checked_does_not_get_in(world, how):
    world.passwords.meanwhile = lambda: how(world)
    with pytest.raises(Unauthenticated, match="email or password is wrong"):
        await log_in(world)
    at = world.clock.now()
    going = await world.uow.run(
        SYSTEM, lambda tx: tx.login_sessions.lock_open_of(world.user.id, at)
    )
    assert going == []


async def test_the_right_password_among_too_many_wrong_ones_at_once_is_refused(world):
    """All passed the first look; what counts is what failed by the time it was computed."""

    async def others():
        for _ in range(10):
            await world.verbs.log_in.attempts.failed("login:address:192.0.2.7")

    world.passwords.meanwhile = others
    with pytest.raises(TooManyAttempts):
        await log_in(world, address="192.0.2.7")
    await log_in(world, address="192.0.2.8")


async def test_a_password_changed_meanwhile_is_not_changed_again(world):
    session = await log_in(world)
    actor = world.tokens.read(session.access_token)
    world.passwords.meanwhile = lambda: change(world, password_hash="<other>")
    with pytest.raises(Invalid) as refused:
        await world.verbs.change_password(
            actor=actor, current_password=PASSWORD, new_password="another of mine"
        )
    assert refused.value.reason == "password.wrong"


@pytest.mark.parametrize("how", [shut, drop])
async def test_a_link_of_one_who_is_shut_out_meanwhile_sets_nothing(world, how):
    token = await a_link(world)
    world.passwords.meanwhile = lambda: how(world)
    with pytest.raises(Invalid) as refused:
        await world.verbs.reset_password(token=token, new_password="another of mine")
    assert refused.value.reason == "token.invalid"


async def a_link(world):
    await world.verbs.forgot_password(email=DANA)
    await worked(world)
    mail = world.verbs.send_mail.mailer.sent[-1]
    return mail.text.partition("#token=")[2].split()[0]


async def test_a_link_used_meanwhile_sets_nothing_again(world):
    token = await a_link(world)

    async def another():
        await world.verbs.reset_password(token=token, new_password="the other one's")

    world.passwords.meanwhile = another
    with pytest.raises(Invalid):
        await world.verbs.reset_password(token=token, new_password="another of mine")
    await world.verbs.log_in(email=DANA, password="the other one's")


async def test_a_refresh_of_a_session_that_ended_past_the_program_is_refused(world):
    """The user is inactive or gone, and the session was not ended."""
    session = await log_in(world)
    await change(world, is_active=False)
    with pytest.raises(Unauthenticated):
        await world.verbs.refresh_session(refresh_token=session.refresh_token)
    actor = world.tokens.read(session.access_token)
    with pytest.raises(Unauthenticated):
        await world.verbs.recognise(actor.id, actor.session_id)
    await change(world, is_active=True)
    await change(world, deleted_at=world.clock.now())
    with pytest.raises(Unauthenticated):
        await world.verbs.refresh_session(refresh_token=session.refresh_token)
    with pytest.raises(Unauthenticated):
        await world.verbs.recognise(actor.id, actor.session_id)


async def test_a_session_speaks_for_its_user_alone(world):
    session = await log_in(world)
    actor = world.tokens.read(session.access_token)
    assert await world.verbs.recognise(actor.id, actor.session_id) == actor
    for user, id in ((an_id(), actor.session_id), (actor.id, an_id()), (actor.id, None)):
        with pytest.raises(Unauthenticated):
            await world.verbs.recognise(user, id)


async def test_failures_from_nowhere_count_against_the_account_alone(world):
    for _ in range(10):
        with pytest.raises(Unauthenticated):
            await world.verbs.refresh_session(refresh_token="a.b")
    session = await log_in(world)
    await world.verbs.refresh_session(refresh_token=session.refresh_token)


async def test_a_session_of_another_is_not_ended_by_logging_out(world):
    session = await log_in(world)
    actor = world.tokens.read(session.access_token)
    values = {"email": "noa@example.com", "name": "Noa", "role": Role.ADMIN, "password": PASSWORD}
    noa = await world.verbs.users.create(actor=SYSTEM, values=values)
    theirs = a_login_session(user_id=noa.id)
    await world.uow.run(SYSTEM, lambda tx: tx.login_sessions.save(Change.created(theirs)))
    await world.verbs.log_out(actor=actor, refresh_token="no.token")
    await world.verbs.log_out(actor=actor)
    found = await world.uow.read(lambda tx: tx.login_sessions.get(theirs.id))
    assert found.ended_at is None


@pytest.mark.parametrize("actor", [SYSTEM, Actor(kind=ActorKind.API_KEY, id=an_id())])
async def test_only_users_log_out_and_change_passwords(world, actor):
    with pytest.raises(Forbidden):
        await world.verbs.log_out(actor=actor)
    with pytest.raises(Forbidden):
        await world.verbs.change_password(
            actor=actor, current_password=PASSWORD, new_password="another of mine"
        )


async def test_somebody_shut_out_before_the_link_is_made_gets_none(world):
    """The work begins once the user is gone."""
    await world.verbs.forgot_password(email=DANA)
    await shut(world)
    assert await worked(world) == 1
    assert world.verbs.send_mail.mailer.sent == []


async def test_a_key_makes_instructors_and_no_users(world):
    """R-ACC-3: a key cannot manage users."""
    key = Actor(kind=ActorKind.API_KEY, id=an_id(), scopes=frozenset({"write:instructors"}))
    values = {"name": "Noa", "phone": a_phone(), "email": "noa@example.com"}
    made = await world.verbs.instructors.create(actor=key, values=values)
    with pytest.raises(Forbidden):
        await world.verbs.invite_instructor(actor=key, id=made.id)
    with pytest.raises(Forbidden):
        await world.verbs.instructors.create(
            actor=key, values={"name": "Gal", "phone": a_phone(), "create_user": True}
        )


async def test_a_link_for_half_a_day_says_so_in_minutes(world):
    await a_link(world)
    assert "30 minutes" in world.verbs.send_mail.mailer.sent[0].text
    user = await world.verbs.users.create(
        actor=SYSTEM,
        values={"email": "t@example.com", "name": "T", "role": Role.ADMIN, "password": PASSWORD},
    )
    assert user.is_admin


async def test_an_instructor_may_be_made_without_a_phone_with_an_account(world):
    """Imported ones lack a phone; the use case takes what the entity takes."""
    values = {"name": "Noa", "email": "noa@example.com", "create_user": True}
    made = await world.verbs.instructors.create(actor=SYSTEM, values=values)
    await worked(world)
    assert (await world.uow.read(lambda tx: tx.users.get(made.user_id))).phone is None


async def test_a_question_that_can_be_read_no_more_is_given_up(world):
    """The secret key was changed while it waited."""
    at = world.clock.now()
    job = Job(id=JobId(an_id()), kind=FORGOTTEN, lane=FORGOTTEN, due_at=at)
    outcome = await world.verbs.answer_forgotten(job)
    assert outcome.buried
