"""Lists on PostgreSQL: searched as people write, ordered alike everywhere, one question each."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from haitech_adapters.postgres.mappings import ALL
from haitech_adapters.postgres.repository import PostgresRepository
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.errors import Invalid
from haitech_domain.ids import InstructorId
from haitech_domain.ports import Query
from haitech_domain.scheduling import FreeTime
from haitech_domain.testing.builders import a_customer, a_cycle, a_school, an_id, furnish

pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("test")
VALUES = {
    "city": "חיפה",
    "has_active_registration": True,
    "type": "private",
    "category": "ai",
    "status": "active",
    "day_of_week": "sunday",
    "activity_type": "online",
    "grade": "ד",
    "role": "admin",
    "is_active": True,
    "is_trial": True,
    "from": date(2026, 1, 1),
    "to": date(2026, 2, 1),
    "date": date(2026, 1, 1),
    "free": FreeTime(day=date(2026, 1, 1)),
}


def value_of(name):
    return VALUES.get(name, an_id())


async def found(uow, **query):
    page = await uow.read(lambda tx: tx.customers.page(Query(**query)))
    assert page.total == len(page.items)
    return {customer.name for customer in page.items}


async def keep(uow, *customers):
    await uow.run(SYSTEM, lambda tx: tx.customers.save(*map(Change.created, customers)))


@pytest.mark.parametrize("term", ["כהן", "הן", "דנה", "נה כ", "ה"])
async def test_a_hebrew_name_is_found_by_any_part(uow, term):
    await keep(uow, a_customer(name="דנה כהן"), a_customer(name="Ruth"))
    assert await found(uow, search=term) == {"דנה כהן"}


@pytest.mark.parametrize("term", ["RUTH", "uTh", "ruth"])
async def test_case_does_not_matter(uow, term):
    await keep(uow, a_customer(name="דנה כהן"), a_customer(name="Ruth"))
    assert await found(uow, search=term) == {"Ruth"}


@pytest.mark.parametrize(
    "term",
    ["050-123-4567", "0501234567", "+972 50 123 4567", "972501234567", "050-123", "1234567"],
)
async def test_a_phone_is_found_in_any_writing(uow, term):
    await keep(uow, a_customer(name="one", phone="0501234567"), a_customer(name="other"))
    assert await found(uow, search=term) == {"one"}


@pytest.mark.parametrize(("term", "name"), [("%", "50%"), ("_", "a_b"), ("\\", "a\\b")])
async def test_signs_of_patterns_are_only_signs(uow, term, name):
    await keep(uow, a_customer(name=name), a_customer(name="plain"))
    assert await found(uow, search=term) == {name}


async def test_names_are_in_order_of_code_points_whatever_the_server(uow):
    names = ["אבי", "Zoe", "adam", "Adam", "בני", "כהן", "כהנא"]
    await keep(uow, *(a_customer(name=name) for name in names))
    page = await uow.read(lambda tx: tx.customers.page(Query(sort_by="name")))
    assert [customer.name for customer in page.items] == sorted(names)


async def test_cycles_without_an_end_come_last_both_ways(uow):
    school = a_school()
    await uow.run(SYSTEM, lambda tx: furnish(tx, school))
    same = {f: getattr(school.cycle, f) for f in ("course_id", "branch_id", "instructor_id")}
    ended = [a_cycle(**same, end_date=date(2026, month, 1)) for month in (7, 8)]
    await uow.run(SYSTEM, lambda tx: tx.cycles.save(*map(Change.created, ended)))

    async def ends(descending):
        query = Query(sort_by="end_date", descending=descending)
        page = await uow.read(lambda tx: tx.cycles.page(query))
        return [cycle.end_date for cycle in page.items]

    assert await ends(descending=False) == [date(2026, 7, 1), date(2026, 8, 1), None]
    assert await ends(descending=True) == [date(2026, 8, 1), date(2026, 7, 1), None]


async def test_a_page_beyond_the_last_row_still_knows_the_total(uow):
    await keep(uow, a_customer(), a_customer())
    page = await uow.read(lambda tx: tx.customers.page(Query(offset=10)))
    assert (page.items, page.total) == ((), 2)


async def test_a_page_is_one_question(uow, pool, ids, clock):
    await keep(uow, *(a_customer() for _ in range(30)))
    told = []
    uow._log = lambda sql, _seconds: told.append(sql)
    page = await uow.read(lambda tx: tx.customers.page(Query(limit=20)))
    assert (len(page.items), page.total, len(told)) == (20, 30, 1)


async def test_a_truth_filter_of_no_truth_value_finds_nothing(uow):
    await keep(uow, a_customer())
    assert await found(uow, filters={"has_active_registration": "yes"}) == set()


@pytest.mark.parametrize("resource", ALL, ids=lambda m: m.what)
async def test_every_pair_of_filters_with_every_sort_is_understood(uow, resource):
    """Search, own rows and both directions too: no shape of a list is wrong SQL."""

    async def ask(tx):
        repository = PostgresRepository(resource, tx.customers._session)
        names = sorted(resource.filters)
        sets = [(), tuple(names), *combinations(names, 2)]
        for filters in sets:
            for sort_by in (None, *resource.listing.sorts):
                for searched in (None, "050") if resource.listing.searched else (None,):
                    query = Query(
                        filters={name: value_of(name) for name in filters},
                        sort_by=sort_by,
                        descending=bool(searched) or None,
                        search=searched,
                        own=InstructorId(an_id()),
                    )
                    assert (await repository.page(query)).items == ()

    await uow.read(ask)


async def test_an_unknown_filter_or_sort_is_refused(uow):
    for query in (Query(filters={"shoe_size": 1}), Query(sort_by="notes")):
        with pytest.raises(Invalid):
            await uow.read(lambda tx, query=query: tx.customers.page(query))
