"""What cursors promise: every row once, in order, whatever comes and goes meanwhile."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.change import Change
from haitech_domain.errors import Invalid
from haitech_domain.ids import DeletionId
from haitech_domain.ports import Query, Transaction
from haitech_domain.testing.builders import MADE, an_id
from haitech_domain.testing.contracts.listing import (
    PEOPLE,
    a_page,
    questions,
    settled,
)
from haitech_domain.testing.contracts.population import a_population
from haitech_domain.testing.contracts.recount import LISTINGS, meant
from haitech_domain.testing.contracts.world import SYSTEM, Contract, World, property_of_world

STEP: Final = 3
FORGED: Final = (
    "[]",
    "{}",
    "null",
    "not json",
    '["2026-01-01T00:00:00+00:00"]',
    '["2026-01-01T00:00:00+00:00",7]',
    '["2026-01-01T00:00:00+00:00","no uuid"]',
    '[null,"{id}"]',
    '[7,"{id}"]',
    '["yesterday","{id}"]',
    '["2026-01-01T00:00:00","{id}"]',
    '["2026-01-01T00:00:00+03:00","{id}"]',
    '["2026-01-01T00:00:00+00:00","{id}","{id}"]',
)


async def _walked(world: World, kind: str, query: Query) -> list[Any]:
    """All rows of a question, page by page; each page says the same total."""
    found: list[Any] = []
    totals = set()
    cursor: str | None = None
    while True:
        page = await a_page(world, kind, attrs.evolve(query, offset=0, cursor=cursor))
        found += page.items
        totals.add(page.total)
        assert page.has_more is (page.next_cursor is not None)
        if page.next_cursor is None:
            assert totals == {len(found)}
            return found
        assert len(page.items) == query.limit
        cursor = page.next_cursor


async def _turn(world: World, kind: str, *ids: Any) -> None:
    """Let live rows go, and deleted ones come."""

    async def work(tx: Transaction) -> None:
        repository = getattr(tx, kind)
        there = await repository.many(ids)
        for id in ids:
            row = there.get(id) or await repository.lock_deleted(id)
            gone = {"deleted_at": MADE, "deletion": DeletionId(an_id())}
            back = {"deleted_at": None, "deletion": None}
            after = row.changed(MADE, **(back if row.deleted_at else gone))
            await repository.save(Change.updated(row, after))

    await world.uow.run(SYSTEM, work)


def _sealed(body: str, query: Query, what: str, order: Any) -> str:
    """A cursor as whoever has read the source would forge one."""
    bound = [what, order, [], query.search, str(query.own), body]
    digest = sha256(json.dumps(bound).encode()).hexdigest()[:16]
    return base64.urlsafe_b64encode(f"{digest}{body}".encode()).rstrip(b"=").decode()


class CursorsContract(Contract):
    """Lists by cursor."""

    @property_of_world(150)
    @given(questions(), st.integers(4, 9))
    async def test_the_pages_of_any_question_make_up_its_rows(
        self, world: World, asked: tuple[str, Query], limit: int
    ) -> None:
        """In its order, each once, with filters, search and own rows as with an offset."""
        kind, query = asked
        if not (await a_page(world, "users", Query())).total:
            await settled(world, PEOPLE)  # at the first example; the others find it there
        asking = attrs.evolve(query, limit=limit, offset=0)
        assert await _walked(world, kind, asking) == meant(kind, query, PEOPLE)

    @pytest.mark.parametrize("kind", sorted(LISTINGS))
    async def test_every_sort_is_walked_both_ways(self, world: World, kind: str) -> None:
        """Missing values and ties, too: a page may end among either."""
        people = a_population()
        await settled(world, people)
        for sort_by in (None, *LISTINGS[kind].sorts):
            for falls in (None, False, True):
                if sort_by is None and falls is not None:
                    continue
                query = Query(sort_by=sort_by, descending=falls, limit=STEP)
                found = await _walked(world, kind, query)
                assert (query, found) == (query, meant(kind, query, people))

    @pytest.mark.parametrize("kind", sorted(LISTINGS))
    async def test_rows_that_come_and_go_disturb_no_others(self, world: World, kind: str) -> None:
        """Whoever is there all the time is met once, in order."""
        people = a_population()
        await settled(world, people)
        rows = [row.id for row in meant(kind, Query(), people)]
        coming, going = rows[::5], rows[2::5]
        await _turn(world, kind, *coming)
        found: list[Any] = []
        cursor: str | None = None
        while True:
            page = await a_page(world, kind, Query(limit=STEP, cursor=cursor))
            found += [row.id for row in page.items]
            if page.next_cursor is None:
                break
            cursor = page.next_cursor
            if coming:
                await _turn(world, kind, coming.pop())
            if going:
                await _turn(world, kind, going.pop())
        changing = {*rows[::5], *rows[2::5]}
        assert [id for id in found if id not in changing] == [
            id for id in rows if id not in changing
        ]
        assert found == [id for id in rows if id in set(found)]

    async def test_a_page_by_offset_tells_where_the_next_begins(self, world: World) -> None:
        """So a caller can go over from one to the other; the last page tells nothing."""
        people = a_population()
        await settled(world, people)
        rows = meant("meetings", Query(), people)
        page = await a_page(world, "meetings", Query(limit=STEP, offset=2))
        rest = await a_page(world, "meetings", Query(limit=100, cursor=page.next_cursor))
        assert list(rest.items) == rows[2 + STEP :]
        assert (rest.total, rest.offset, rest.has_more) == (len(rows), 0, False)
        last = await a_page(world, "meetings", Query(limit=STEP, offset=len(rows) - 1))
        assert (last.next_cursor, last.has_more) == (None, False)
        beyond = await a_page(world, "meetings", Query(offset=10_000))
        assert (beyond.next_cursor, beyond.total) == (None, len(rows))

    async def test_the_rows_behind_a_place_may_be_gone(self, world: World) -> None:
        """The page is empty, and the total still right."""
        people = a_population()
        await settled(world, people)
        rows = [row.id for row in meant("customers", Query(), people)]
        page = await a_page(world, "customers", Query(limit=len(rows) - 1))
        await _turn(world, "customers", rows[-1])
        rest = await a_page(world, "customers", Query(cursor=page.next_cursor))
        assert (rest.items, rest.total, rest.has_more) == ((), len(rows) - 1, False)

    async def test_a_cursor_of_another_question_is_refused(self, world: World) -> None:
        """Another list, order, filter or search; another owner; an offset beside it."""
        people = a_population()
        await settled(world, people)
        cursor = (await a_page(world, "courses", Query(limit=STEP))).next_cursor
        assert cursor is not None
        instructor = people.instructors[0].id
        others = [
            ("branches", Query(cursor=cursor)),
            ("courses", Query(cursor=cursor, sort_by="name")),
            ("courses", Query(cursor=cursor, sort_by="created_at", descending=False)),
            ("courses", Query(cursor=cursor, filters={"is_active": True})),
            ("courses", Query(cursor=cursor, search="a")),
            ("courses", Query(cursor=cursor, own=instructor)),
        ]
        for kind, query in others:
            await _refused(world, kind, query)
        again = await a_page(world, "courses", Query(cursor=cursor, limit=50))
        same = await a_page(
            world, "courses", Query(cursor=cursor, sort_by="created_at", descending=True, limit=50)
        )
        assert again.items == same.items
        with pytest.raises(Invalid) as caught:
            Query(cursor=cursor, offset=1)
        assert caught.value.reason == "cursor.with_offset"

    async def test_a_cursor_that_was_cut_changed_or_made_up_is_refused(self, world: World) -> None:
        """Whatever it holds, even by someone who knows how cursors are made."""
        people = a_population()
        await settled(world, people)
        cursor = (await a_page(world, "courses", Query(limit=STEP))).next_cursor
        assert cursor is not None
        broken = [cursor[:-1], cursor[1:], cursor + "A", cursor.swapcase(), cursor + "!", "é", ""]
        broken += ["A" * 3_000, base64.urlsafe_b64encode(b"\xff" * 40).decode()]
        for text in broken:
            await _refused(world, "courses", Query(cursor=text))
        order = LISTINGS["courses"].order
        for body in FORGED:
            forged = _sealed(body.replace("{id}", str(an_id())), Query(), "course", order)
            await _refused(world, "courses", Query(cursor=forged))
        by_name = Query(sort_by="name")
        for name in ('"a\\u0000b"', '"\\ud800"'):
            body = f'[{name},"{an_id()}"]'
            forged = _sealed(body, by_name, "course", [["name", False]])
            await _refused(world, "courses", attrs.evolve(by_name, cursor=forged))
        by_start = Query(sort_by="start_time")
        body = f'["10:00:00+02:00","{an_id()}"]'
        forged = _sealed(body, by_start, "meeting", [["start_time", False]])
        await _refused(world, "meetings", attrs.evolve(by_start, cursor=forged))


async def _refused(world: World, kind: str, query: Query) -> None:
    with pytest.raises(Invalid) as caught:
        await a_page(world, kind, query)
    assert caught.value.reason == "cursor.invalid"
