"""What the pages of one list promise, for a store that keeps a few things and not all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Any, ClassVar, Final

import attrs

from haitech_domain.change import Change
from haitech_domain.ports import Page, Query, Transaction
from haitech_domain.testing.builders import MADE, a_school
from haitech_domain.testing.contracts.kept import (
    API_KEY,
    BRANCH,
    CLOSURE,
    COURSE,
    CUSTOMER,
    EXPORT,
    LEAD,
    LEAD_NOTE,
    LOGIN_SESSION,
    ORDER,
    STUDENT,
    TIME_OFF,
    WEBHOOK,
    Kept,
    ThingsContract,
)
from haitech_domain.testing.contracts.promises import must_be
from haitech_domain.testing.contracts.world import SYSTEM, World, a_furnished_school

ROWS: Final = 8
STEP: Final = 3


class PagesContract(ThingsContract):
    """Lists page by page, by offset and by cursor, in the list's own order.

    `ListingContract` and `CursorsContract` ask far more, of a store that keeps everything.
    """

    things: ClassVar[Sequence[Kept]] = (
        CUSTOMER,
        STUDENT,
        COURSE,
        BRANCH,
        CLOSURE,
        TIME_OFF,
        ORDER,
        LEAD,
        LEAD_NOTE,
        LOGIN_SESSION,
        API_KEY,
        WEBHOOK,
        EXPORT,
    )

    async def test_pages_by_offset_make_up_the_list(self, world: World, kept: Kept) -> None:
        """Every row once, in order; each page knows how many there are."""
        expected = await _listed(world, kept)
        found: list[Any] = []
        while True:
            page = await _page(world, kept, Query(limit=STEP, offset=len(found)))
            found += [row.id for row in page.items]
            must_be(page.total, ROWS, f"{kept}: each page says how many there are")
            if not page.has_more or not page.items:
                break
        promise = f"{kept}: pages by offset show each row once, in the list's order"
        must_be(_places(found, expected), list(range(1, ROWS + 1)), promise)

    async def test_pages_by_cursor_make_up_the_list(self, world: World, kept: Kept) -> None:
        """Every row once, in order; the last page says that nothing follows."""
        expected = await _listed(world, kept)
        found: list[Any] = []
        cursor: str | None = None
        for _ in range(ROWS):
            page = await _page(world, kept, Query(limit=STEP, cursor=cursor))
            found += [row.id for row in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        promise = f"{kept}: pages by cursor show each row once, in the list's order"
        must_be(_places(found, expected), list(range(1, ROWS + 1)), promise)


async def _page(world: World, kept: Kept, query: Query) -> Page[Any]:
    return await world.uow.read(lambda tx: kept.pick(tx).page(query))


async def _listed(world: World, kept: Kept) -> list[Any]:
    """Keep some rows, two of them made at the same instant; their ids in the list's order."""
    school = await a_furnished_school(world, kept.with_parents())
    own = kept.of(school)
    rows = [own]
    for number in range(1, ROWS):
        parents = {field: getattr(own, field) for field in kept.references}
        at = MADE + timedelta(minutes=number // 2)
        other = kept.of(a_school())
        rows.append(attrs.evolve(other, **parents, created_at=at, updated_at=at))

    async def keep(tx: Transaction) -> None:
        await kept.pick(tx).save(*(Change.created(row) for row in rows[:0:-1]))

    await world.uow.run(SYSTEM, keep)
    listing = await world.uow.read(lambda tx: _listing(kept.pick(tx)))
    rows.sort(key=attrgetter("id"), reverse=listing[0][1])
    for field, falls in reversed(listing):
        rows.sort(key=attrgetter(field), reverse=falls)
    return [row.id for row in rows]


async def _listing(repository: Any) -> tuple[tuple[str, bool], ...]:
    order: tuple[tuple[str, bool], ...] = repository.listing.order
    return order


def _places(found: Sequence[Any], expected: Sequence[Any]) -> list[int]:
    """Which rows of the list were shown, by their place in it."""
    return [expected.index(id) + 1 for id in found]
