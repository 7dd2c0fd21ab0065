"""Doing a key's work once, whatever becomes of its answer."""

from __future__ import annotations

import pytest

from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_domain.access import Actor
from haitech_domain.ports import Listing, Query
from haitech_domain.use_cases import AnswerOnce

SYSTEM = Actor.system("test")


@pytest.mark.anyio
async def test_an_answer_that_is_not_to_be_kept_leaves_its_key_free():
    clock = FixedClock()
    once = AnswerOnce(uow=MemoryUnitOfWork(CountingIds(), clock), clock=clock)
    answers = [None, b"first", b"second"]
    given: list[bytes | None] = []

    async def work():
        given.append(answers[len(given)])
        return given[-1]

    found = [await once(actor=SYSTEM, key=b"k", work=work) for _ in range(3)]
    assert (given, found) == ([None, b"first"], [None, None, b"first"])


def test_the_own_order_of_a_list_is_turned_as_a_whole():
    listing = Listing(order=(("day", False), ("start", False)), sorts=("day", "name"))
    assert listing.ordering(Query()) == listing.order
    turned = (("day", True), ("start", True))
    assert listing.ordering(Query(descending=True)) == turned
    assert listing.ordering(Query(sort_by="day", descending=True)) == turned
    assert listing.ordering(Query(sort_by="name")) == (("name", False),)
