"""One default view of an owner for a list, whatever comes at once."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from haitech_domain.access import Actor, ActorKind, Role
from haitech_domain.change import Change
from haitech_domain.ports import Query
from haitech_domain.testing.builders import a_saved_view
from haitech_domain.use_cases import SAVED_VIEWS, Catalogue

pytestmark = pytest.mark.anyio

OWNER = UUID(int=77)
ACTOR = Actor(kind=ActorKind.USER, id=OWNER, role=Role.MANAGER)
BODY = {"name": "Mine", "entity": "cycles", "is_default": True}


@pytest.fixture
def views(uow, clock, ids):
    return Catalogue.of(SAVED_VIEWS, uow=uow, clock=clock, ids=ids)


async def the_default(uow, made):
    found = (await uow.read(lambda tx: tx.saved_views.many(made))).values()
    (one,) = [view for view in found if view.is_default]
    return one


async def test_of_many_that_set_a_default_at_once_the_last_holds_and_all_succeed(uow, views):
    rows = [a_saved_view(owner_id=OWNER) for _ in range(8)]
    await uow.run(ACTOR, lambda tx: tx.saved_views.save(*map(Change.created, rows)))
    for _ in range(3):
        await asyncio.gather(
            *(views.update(actor=ACTOR, id=r.id, values={"is_default": True}) for r in rows)
        )
        assert (await the_default(uow, [r.id for r in rows])).owner_id == OWNER


async def test_of_many_defaults_made_at_once_all_are_made_and_one_is_left(uow, views):
    made = await asyncio.gather(*(views.create(actor=ACTOR, values=BODY) for _ in range(8)))
    assert (await the_default(uow, [v.id for v in made])).entity == "cycles"


async def test_making_changing_and_deleting_defaults_at_once_leaves_at_most_one(uow, views):
    first = [await views.create(actor=ACTOR, values=BODY) for _ in range(4)]
    work = [views.create(actor=ACTOR, values=BODY) for _ in range(4)]
    work += [views.update(actor=ACTOR, id=v.id, values={"is_default": True}) for v in first]
    work += [views.delete(actor=ACTOR, id=first[0].id)]
    done = await asyncio.gather(*work, return_exceptions=True)
    refused = [one for one in done if isinstance(one, BaseException)]
    assert len(refused) <= 1, "the deleted one may be gone before it becomes the default"
    assert all(getattr(one, "reason", "") == "not_found" for one in refused)
    views_now = await views.list(actor=ACTOR, query=Query(limit=100))
    assert sum(view.is_default for view in views_now.items) <= 1
    assert views_now.total == 7
