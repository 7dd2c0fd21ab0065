"""What every list promises: its filters, sorts, search and pages, against a recount by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.calendar import TimeSlot
from haitech_domain.errors import Invalid
from haitech_domain.ports import Page, Query
from haitech_domain.ports.query import MOST_AT_ONCE
from haitech_domain.scheduling import FreeTime
from haitech_domain.testing.builders import a_customer, an_id
from haitech_domain.testing.contracts.population import FIRST, Population, a_population, settle
from haitech_domain.testing.contracts.recount import LISTINGS, OWNED, fact, meant
from haitech_domain.testing.contracts.world import (
    SYSTEM,
    Contract,
    World,
    add,
    property_of_world,
)

PEOPLE: Final = a_population()
"""One population for all properties over queries, which only read."""
DATES: Final = tuple(FIRST + timedelta(days=n) for n in (-40, -1, 0, 3, 6, 7, 14, 40, 400))
FREE_TIMES: Final = tuple(
    FreeTime(FIRST + timedelta(days=days), slot)
    for days in (-7, 0, 1, 6)
    for slot in (
        None,
        TimeSlot(time(8), time(9)),
        TimeSlot(time(11), time(13)),
        TimeSlot(time(13), time(20)),
    )
)
TERMS: Final = (
    "דנה",
    "כהן",
    "כה",
    "ROBOT",
    "robotics",
    "%",
    "_",
    "\\",
    "0%",
    "e_c",
    "k\\s",
    "חיפה",
    "haifa",
    "הרצל 1",
    "builders.example",
    "050-1234-001",
    "+972 50 1234003",
    "972501234005",
    "1234-0",
    "01234",
    "0-123",
    "nobody at all",
)


async def a_page(world: World, kind: str, query: Query) -> Page[Any]:
    """One page of a list."""
    return await world.uow.read(lambda tx: getattr(tx, kind).page(query))


async def settled(world: World, people: Population) -> None:
    """Keep everybody and everything."""
    await world.uow.run(SYSTEM, lambda tx: settle(tx, people))


def _values(kind: str, name: str, people: Population) -> list[Any]:
    """Every value of a filter that occurs, and one that does not where there is such a thing."""
    if name in {"from", "to", "date"}:
        return list(DATES)
    if name == "free":
        return list(FREE_TIMES)
    found = {fact(kind, name, row, people) for row in getattr(people, kind)} - {None}
    absent = [an_id()] if name.endswith("_id") else []
    return [*sorted(found, key=str), *absent]


def single_filters(kind: str, people: Population) -> Iterator[dict[str, Any]]:
    """Each filter of a list alone, with each of its values."""
    for name in sorted(LISTINGS[kind].filters):
        yield from ({name: value} for value in _values(kind, name, people))


def _dates_in_order(filters: dict[str, Any]) -> dict[str, Any]:
    """The same filters, with a stretch of dates that is one: the other way round is refused."""
    if {"from", "to"} <= filters.keys() and filters["from"] > filters["to"]:
        return {**filters, "from": filters["to"], "to": filters["from"]}
    return filters


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, Query]:
    """A list, and any question that can be asked of it."""
    kind = draw(st.sampled_from(sorted(LISTINGS)))
    listing = LISTINGS[kind]
    names = draw(st.sets(st.sampled_from(sorted(listing.filters)), max_size=3))
    filters = {n: draw(st.sampled_from(_values(kind, n, PEOPLE))) for n in sorted(names)}
    owners = st.sampled_from([i.id for i in PEOPLE.instructors[:4]])
    sort_by = draw(st.sampled_from([None, *listing.sorts]))
    return kind, Query(
        filters=_dates_in_order(filters),
        search=draw(st.none() | st.sampled_from(TERMS)) if listing.searched else None,
        sort_by=sort_by,
        descending=None if sort_by is None else draw(st.sampled_from([None, False, True])),
        limit=draw(st.integers(1, 12) | st.just(MOST_AT_ONCE)),
        offset=draw(st.integers(0, 12)),
        own=draw(st.none() | owners) if kind in OWNED else None,
    )


class ListingContract(Contract):
    """Pages of live rows."""

    @property_of_world(300)
    @given(questions())
    async def test_any_question_is_answered_as_by_hand(
        self, world: World, asked: tuple[str, Query]
    ) -> None:
        """Filters, search, sort, own rows and pages at once (R-ACC-2, R-PPL-4)."""
        kind, query = asked
        if not (await a_page(world, "users", Query())).total:
            await settled(world, PEOPLE)  # at the first example; the others find it there
        expected = meant(kind, query, PEOPLE)
        page = await a_page(world, kind, query)
        assert list(page.items) == expected[query.offset : query.offset + query.limit]
        assert (page.total, page.limit, page.offset) == (len(expected), query.limit, query.offset)
        assert page.has_more is (query.offset + query.limit < len(expected))

    @pytest.mark.parametrize("kind", sorted(LISTINGS))
    async def test_every_filter_keeps_what_it_names(self, world: World, kind: str) -> None:
        """Each filter alone, with each value that occurs."""
        people = a_population()
        await settled(world, people)
        for filters in single_filters(kind, people):
            query = Query(filters=filters, limit=MOST_AT_ONCE)
            page = await a_page(world, kind, query)
            assert (filters, list(page.items)) == (filters, meant(kind, query, people))

    @pytest.mark.parametrize("kind", sorted(LISTINGS))
    async def test_every_sort_orders_both_ways(self, world: World, kind: str) -> None:
        """Ties by id in the direction of the sort; what has no value comes last both ways."""
        people = a_population()
        await settled(world, people)
        questions = [Query(limit=MOST_AT_ONCE)]
        for sort_by in LISTINGS[kind].sorts:
            questions += [
                Query(sort_by=sort_by, descending=falls, limit=MOST_AT_ONCE)
                for falls in (None, False, True)
            ]
        for query in questions:
            page = await a_page(world, kind, query)
            assert (query, list(page.items)) == (query, meant(kind, query, people))

    @pytest.mark.parametrize("kind", sorted(LISTINGS))
    async def test_pages_make_up_the_list(self, world: World, kind: str) -> None:
        """Every row once, in order; the last page says that nothing follows."""
        people = a_population()
        await settled(world, people)
        found: list[Any] = []
        more = True
        while more:
            page = await a_page(world, kind, Query(limit=4, offset=len(found)))
            found += page.items
            more = page.has_more
        assert found == meant(kind, Query(), people)
        beyond = await a_page(world, kind, Query(offset=10_000))
        assert (beyond.items, beyond.total, beyond.has_more) == ((), len(found), False)

    @pytest.mark.parametrize("kind", sorted(LISTINGS))
    async def test_what_cannot_be_asked_is_refused(self, world: World, kind: str) -> None:
        """An unknown filter, an unknown sort, a search where nothing is searched."""
        with pytest.raises(Invalid) as caught:
            await a_page(world, kind, Query(filters={"shoe_size": 44}))
        assert caught.value.reason == "filter.unknown"
        with pytest.raises(Invalid) as caught:
            await a_page(world, kind, Query(sort_by="shoe_size"))
        assert caught.value.reason == "sort.unknown"
        if not LISTINGS[kind].searched:
            with pytest.raises(Invalid):
                await a_page(world, kind, Query(search="x"))

    @pytest.mark.parametrize(
        ("term", "finds"),
        [
            ("נה כ", True),
            ("דנ", True),
            ("ANNA", True),
            ("anna k", True),
            ("DANNA@Example", True),
            ("חיפ", True),
            ("050-123-4567", True),
            ("+972 50 1234567", True),
            ("972501234567", True),
            ("1234567", True),
            ("050-123", True),
            ("012-345", True),
            ("0123457", False),
            ("d%a", False),
            ("d_nna", False),
            ("\\", False),
            ("050-123-4568", False),
        ],
    )
    async def test_a_search_finds_parts_in_any_case_and_phones_in_any_writing(
        self,
        world: World,
        term: str,
        finds: bool,  # noqa: FBT001  # a column of the table
    ) -> None:
        """LIKE's wildcards are letters like any other."""
        dana = a_customer(
            name="דנה כהן Danna Kohen",
            phone="050-123-4567",
            email="danna@example.com",
            city="חיפה",
        )
        await add(world, lambda tx: tx.customers, dana, a_customer(name="משה"))
        page = await a_page(world, "customers", Query(search=term))
        assert list(page.items) == ([dana] if finds else [])
