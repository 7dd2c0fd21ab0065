"""The total of a long list is counted now and then; what a page shows is always as it is."""

from __future__ import annotations

import attrs
import pytest

from haitech_adapters.postgres import PostgresUnitOfWork
from haitech_adapters.postgres.totals import SECONDS, LongTotals, agreeing
from haitech_adapters.system import SystemClock, TimeOrderedIds
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.ports import Query
from haitech_domain.testing.builders import a_customer

pytestmark = pytest.mark.anyio
SYSTEM = Actor.system("test")


@attrs.define
class Watch:
    """Seconds that go on when they are told to."""

    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def forgetful(pool, watch):
    """Where a list of more than two rows is a long one."""
    return PostgresUnitOfWork(
        pool, TimeOrderedIds(), SystemClock(), totals=LongTotals(long=2, now=watch)
    )


async def keep(uow, *names):
    made = [Change.created(a_customer(name=name)) for name in names]
    await uow.run(SYSTEM, lambda tx: tx.customers.save(*made))


async def page(uow, **query):
    return await uow.read(lambda tx: tx.customers.page(Query(**query)))


async def test_a_long_list_is_counted_once_in_some_seconds(forgetful, watch):
    await keep(forgetful, "a", "b", "c")
    assert (await page(forgetful, limit=1)).total == 3
    await keep(forgetful, "d")
    assert (await page(forgetful, limit=1)).total == 3
    watch.seconds += SECONDS
    assert (await page(forgetful, limit=1)).total == 4


async def test_a_list_that_is_not_long_is_counted_every_time(forgetful):
    await keep(forgetful, "a", "b")
    assert (await page(forgetful, limit=1)).total == 2
    await keep(forgetful, "c")
    assert (await page(forgetful, limit=1)).total == 3


async def test_another_filter_or_search_is_another_list(forgetful):
    await keep(forgetful, "a", "b", "c")
    assert (await page(forgetful)).total == 3
    assert (await page(forgetful, search="a")).total == 1
    assert (await page(forgetful, filters={"city": "nowhere"})).total == 0


async def test_pages_go_to_the_very_end_whatever_is_remembered(forgetful):
    await keep(forgetful, "a", "b", "c")
    assert (await page(forgetful, limit=1)).total == 3
    await keep(forgetful, "d", "e")
    seen, offset, query = [], 0, {"limit": 2, "sort_by": "name", "descending": False}
    while True:
        here = await page(forgetful, offset=offset, **query)
        seen += [customer.name for customer in here.items]
        assert here.has_more == (len(seen) < 5)
        if not here.has_more:
            break
        offset += 2
    assert seen == ["a", "b", "c", "d", "e"]
    assert here.total == 5
    walked, cursor = [], here.next_cursor
    assert cursor is None
    here = await page(forgetful, **query)
    walked += [customer.name for customer in here.items]
    while here.next_cursor:
        here = await page(forgetful, cursor=here.next_cursor, **query)
        walked += [customer.name for customer in here.items]
    assert walked == seen


async def test_who_writes_sees_what_was_written(forgetful):
    await keep(forgetful, "a", "b", "c")
    assert (await page(forgetful)).total == 3

    async def one_more(tx):
        await tx.customers.save(Change.created(a_customer(name="d")))
        return await tx.customers.page(Query(limit=1))

    assert (await forgetful.run(SYSTEM, one_more)).total == 4


@pytest.mark.parametrize(
    ("offset", "shown", "more", "total"),
    [
        (0, 2, True, 5),  # nothing seen says otherwise
        (4, 2, True, 7),  # there are more than was thought
        (0, 2, False, 2),  # there are fewer
        (9, 0, False, 5),  # behind the end
        (2, 0, False, 2),  # the end has come nearer
        (0, 0, False, 0),  # all are gone
    ],
)
def test_a_remembered_total_agrees_with_what_a_page_shows(offset, shown, more, total):
    assert agreeing(5, offset=offset, shown=shown, more=more) == total
