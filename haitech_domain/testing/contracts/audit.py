"""What every audit trail promises."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from haitech_domain.access import Actor, ActorKind
from haitech_domain.audit import AuditEntry
from haitech_domain.change import Change, Verb
from haitech_domain.errors import Invalid, NotFound
from haitech_domain.ports import Page, Query
from haitech_domain.testing.builders import MADE, a_course, a_user, an_id, an_instructor
from haitech_domain.testing.contracts.world import SYSTEM, Contract, World, add, save

LATER = MADE + timedelta(hours=1)


async def _page(world: World, **asked: Any) -> Page[AuditEntry]:
    query = Query(**asked)
    return await world.uow.read(lambda tx: tx.audit.page(query))


async def _found(world: World, **filters: Any) -> list[tuple[str, str]]:
    page = await _page(world, filters=filters)
    assert page.total == len(page.items)
    return [(entry.entity, entry.action) for entry in page.items]


class AuditTrailContract(Contract):
    """The log as administrators read it."""

    async def test_an_entry_says_who_did_what_to_what(self, world: World) -> None:
        """The values that differ, old and new."""
        user, course = a_user(), a_course(name="Python")
        await add(world, lambda tx: tx.courses, course)
        after = course.changed(LATER, name="Scratch")
        await world.uow.run(user.actor(), lambda tx: tx.courses.save(Change.updated(course, after)))
        newest, first = (await _page(world)).items
        assert newest == AuditEntry(
            id=newest.id,
            created_at=world.clock.now(),
            actor_kind=ActorKind.USER,
            actor_id=user.id,
            actor_name=user.name,
            action="update",
            entity="course",
            entity_id=course.id,
            old={"name": "Python"},
            new={"name": "Scratch"},
        )
        assert (first.action, first.actor_kind, first.actor_id) == (
            "create",
            ActorKind.SYSTEM,
            None,
        )
        assert await world.uow.read(lambda tx: tx.audit.get(newest.id)) == newest

    async def test_an_entry_that_is_not_there_is_not_found(self, world: World) -> None:
        """An id of nothing."""
        with pytest.raises(NotFound):
            await world.uow.read(lambda tx: tx.audit.get(an_id()))

    async def test_the_newest_come_first_page_by_page(self, world: World) -> None:
        """Within one transaction in the reverse order of writing."""
        rows = [a_course(name=f"course {n}") for n in range(5)]
        await add(world, lambda tx: tx.courses, *rows)
        pages = [await _page(world, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
        told = [entry.new["name"] for page in pages for entry in page.items]
        assert told == [f"course {n}" for n in (4, 3, 2, 1, 0)]
        assert [(page.total, page.has_more) for page in pages] == [
            (5, True),
            (5, True),
            (5, False),
            (5, False),
        ]
        rising = await _page(world, sort_by="created_at", descending=False)
        assert [entry.entity_id for entry in rising.items] == [row.id for row in rows]

    async def test_is_filtered_by_what_was_done_to_what(self, world: World) -> None:
        """Alone and together."""
        course, instructor = a_course(), an_instructor()
        await add(world, lambda tx: tx.courses, course)
        await add(world, lambda tx: tx.instructors, instructor)
        closed = course.changed(LATER, is_active=False)
        await save(world, lambda tx: tx.courses, Change.updated(course, closed, action="import"))
        assert await _found(world, entity="course") == [("course", "import"), ("course", "create")]
        assert await _found(world, action="create", entity="course") == [("course", "create")]
        assert await _found(world, entity_id=instructor.id) == [("instructor", "create")]
        assert await _found(world, entity_id=an_id()) == []
        assert await _found(world, action="delete") == []

    async def test_is_filtered_by_who_did_it(self, world: World) -> None:
        """A user and a key are told apart, even where they had the same id."""
        user = a_user()
        key = Actor(kind=ActorKind.API_KEY, id=user.id, name="key")
        acts: tuple[tuple[Actor, Verb], ...]
        acts = ((user.actor(), "create"), (key, "import"), (SYSTEM, "restore"))
        for actor, verb in acts:
            change = Change.created(a_course(), action=verb)
            await world.uow.run(actor, lambda tx, change=change: tx.courses.save(change))  # type: ignore[misc]  # the loop's own
        assert await _found(world, user_id=user.id) == [("course", "create")]
        assert await _found(world, api_key_id=user.id) == [("course", "import")]
        assert await _found(world, user_id=an_id()) == []

    async def test_is_filtered_by_day(self, world: World) -> None:
        """Civil days, both included."""
        await add(world, lambda tx: tx.courses, a_course())
        today = world.clock.civil().date()
        before, after = today - timedelta(days=1), today + timedelta(days=1)
        everything = [("course", "create")]
        assert await _found(world, **{"from": today, "to": today}) == everything
        assert await _found(world, **{"from": before, "to": after}) == everything
        assert await _found(world, **{"from": after}) == []
        assert await _found(world, to=before) == []

    async def test_refuses_what_it_does_not_know(self, world: World) -> None:
        """As every list does."""
        for asked in ({"filters": {"name": "x"}}, {"sort_by": "entity"}, {"search": "x"}):
            with pytest.raises(Invalid):
                await _page(world, **asked)

    async def test_what_is_rolled_back_is_not_told(self, world: World) -> None:
        """The log and the rows are one."""

        async def work(_tx: Any) -> None:
            await _tx.courses.save(Change.created(a_course()))
            raise LookupError

        with pytest.raises(LookupError):
            await world.uow.run(SYSTEM, work)
        assert await _found(world) == []
