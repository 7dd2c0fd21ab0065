"""Tokens that are used once and administrators who are needed, however many ask at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.security import Argon2Passwords, JwtTokens, SystemRandomness
from haitech_app.handlers import worker_of
from haitech_app.testing.doors import doors
from haitech_domain.access import Actor, ActorKind, Role
from haitech_domain.errors import Duplicate, Invalid
from haitech_domain.ports import Query, Unauthenticated
from haitech_domain.testing.builders import a_phone
from haitech_domain.use_cases import School, Verbs
from haitech_domain.user import LastAdmin

pytestmark = pytest.mark.anyio
SYSTEM = Actor.system("test")
PASSWORD = "correct horse battery"
AT_ONCE = 8


@pytest.fixture
def verbs(uow, clock, ids):
    return Verbs.over(
        uow=uow,
        clock=clock,
        ids=ids,
        passwords=Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
        tokens=JwtTokens(
            secret="a secret of the tests " * 2, clock=clock, life=timedelta(days=36_500)
        ),
        school=School(holidays=IsraeliSchoolCalendar()),
        randomness=SystemRandomness(),
        **doors(clock),
    )


async def a_user(verbs, email="dana@example.com", role=Role.MANAGER):
    values = {"email": email, "name": "Dana", "role": role, "password": PASSWORD}
    return await verbs.users.create(actor=SYSTEM, values=values)


async def logged_in(verbs, email="dana@example.com"):
    return await verbs.log_in(email=email, password=PASSWORD)


async def outcomes(*tasks):
    """What each gave, or the refusal that it met."""
    return await asyncio.gather(*tasks, return_exceptions=True)


def kinds(found):
    return [type(one) if isinstance(one, BaseException) else None for one in found]


async def test_of_many_refreshes_with_one_token_one_succeeds_and_the_family_ends(verbs):
    await a_user(verbs)
    session, other = await logged_in(verbs), await logged_in(verbs)
    found = await outcomes(
        *(verbs.refresh_session(refresh_token=session.refresh_token) for _ in range(AT_ONCE))
    )
    assert kinds(found).count(None) == 1
    assert kinds(found).count(Unauthenticated) == AT_ONCE - 1
    [winner] = [one for one in found if not isinstance(one, BaseException)]
    with pytest.raises(Unauthenticated):
        await verbs.refresh_session(refresh_token=winner.refresh_token)
    claimed = verbs.log_in.tokens.read(winner.access_token)
    with pytest.raises(Unauthenticated):
        await verbs.recognise(claimed.id, claimed.session_id)
    await verbs.refresh_session(refresh_token=other.refresh_token)


@pytest.mark.parametrize("how", ["deactivate", "delete", "demote"])
async def test_of_two_administrators_who_remove_each_other_one_stays(verbs, uow, how):
    one = await a_user(verbs, "one@example.com", Role.ADMIN)
    two = await a_user(verbs, "two@example.com", Role.ADMIN)

    def remove(actor, user):
        acting = Actor(kind=ActorKind.USER, id=actor.id, role=Role.ADMIN)
        if how == "delete":
            return verbs.users.delete(actor=acting, id=user.id)
        if how == "deactivate":
            inactive = {"is_active": False}
            return verbs.deactivate_user(actor=acting, id=user.id, values=inactive)
        values = {"role": Role.MANAGER}
        return verbs.users.update(actor=acting, id=user.id, values=values)

    async def administrators():
        filters = {"role": Role.ADMIN, "is_active": True}
        return (await uow.read(lambda tx: tx.users.page(Query(filters=filters)))).total

    for _ in range(5):
        found = await outcomes(remove(one, two), remove(two, one))
        assert (kinds(found).count(None), kinds(found).count(LastAdmin)) == (1, 1)
        assert await administrators() == 1
        gone = one if kinds(found)[1] is None else two
        if how == "delete":
            await verbs.users.restore(actor=SYSTEM, id=gone.id)
        back = {"is_active": True, "role": Role.ADMIN}
        await verbs.users.update(actor=SYSTEM, id=gone.id, values=back)
        assert await administrators() == 2


async def test_of_many_who_use_one_link_one_succeeds(verbs, uow, clock):
    await a_user(verbs)
    await verbs.forgot_password(email="dana@example.com")
    await worker_of(verbs, uow, clock).drained()
    [mail] = verbs.send_mail.mailer.sent
    token = mail.text.partition("#token=")[2].split()[0]
    found = await outcomes(
        *(
            verbs.reset_password(token=token, new_password=f"a new one of mine {n}")
            for n in range(AT_ONCE)
        )
    )
    assert (kinds(found).count(None), kinds(found).count(Invalid)) == (1, AT_ONCE - 1)
    won = kinds(found).index(None)
    await verbs.log_in(email="dana@example.com", password=f"a new one of mine {won}")


async def test_of_many_links_asked_for_at_once_one_is_good(verbs, clock, uow):
    user = await a_user(verbs)
    for _ in range(AT_ONCE):
        await verbs.forgot_password(email="dana@example.com")
    await worker_of(verbs, uow, clock).drained()
    at = clock.now()
    going = await uow.run(SYSTEM, lambda tx: tx.one_time_tokens.lock_open_of(user.id, at))
    assert len(going) == 1


async def test_a_refresh_beside_a_deactivation_leaves_no_open_session(verbs, uow, clock):
    for turn in range(5):
        email = f"dana{turn}@example.com"
        user = await a_user(verbs, email)
        session = await logged_in(verbs, email)
        values = {"is_active": False}
        await outcomes(
            verbs.refresh_session(refresh_token=session.refresh_token),
            verbs.deactivate_user(actor=SYSTEM, id=user.id, values=values),
            logged_in(verbs, email),
        )
        at = clock.now()
        assert not await uow.run(SYSTEM, lambda tx: tx.login_sessions.lock_open_of(user.id, at))  # noqa: B023  # at once


async def test_of_two_invitations_at_once_each_leads_to_the_same_user(verbs, uow):
    values = {"name": "Noa", "phone": a_phone(), "email": "noa@example.com"}
    made = await verbs.instructors.create(actor=SYSTEM, values=values)
    found = await outcomes(*(verbs.invite_instructor(actor=SYSTEM, id=made.id) for _ in range(4)))
    assert len({sent.user_id for sent in found}) == 1
    assert (await uow.read(lambda tx: tx.users.page(Query()))).total == 1


async def test_of_two_users_with_one_address_at_once_one_is_made(verbs):
    found = await outcomes(*(a_user(verbs) for _ in range(4)))
    assert (kinds(found).count(None), kinds(found).count(Duplicate)) == (1, 3)


async def test_open_means_neither_over_nor_expired(verbs, uow, clock):
    user = await a_user(verbs)
    first = await logged_in(verbs)
    await logged_in(verbs)
    claimed = verbs.log_in.tokens.read(first.access_token)
    await verbs.log_out(actor=claimed)

    async def going():
        at = clock.now()
        return await uow.run(SYSTEM, lambda tx: tx.login_sessions.lock_open_of(user.id, at))

    assert len(await going()) == 1
    clock.advance(timedelta(days=30))
    assert await going() == []


async def test_a_session_of_nobody_is_not_found(uow):
    assert await uow.read(lambda tx: tx.login_sessions.by_family("x")) is None
    assert await uow.read(lambda tx: tx.one_time_tokens.by_hash("x")) is None
