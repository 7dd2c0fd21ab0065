"""«SQL injection» (quality.md): on PostgreSQL, for every list that can be asked for."""

from __future__ import annotations

import pytest

from haitech_adapters.postgres.mappings import ALL
from haitech_adapters.postgres.repository import PostgresRepository
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.errors import Invalid
from haitech_domain.ports import Query
from haitech_domain.testing.builders import a_customer

pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("test")
TERMS = (
    "'", "''", "';--", "'; DROP TABLE customers; --", "' OR '1'='1", "') OR ('1'='1", "' UNION SELECT password_hash FROM users --",
    '"', "\\", "\\'", "/*", "*/", "--", "$1", "$$", "%s", "%(search)s", "%%", "%", "_", ":search", "?", "{}", "{0}",
    "E'\\x41'", "'||pg_sleep(9)||'", "1;SELECT pg_sleep(9)", "\u02bc", "＇", "¿'",
)  # fmt: skip
"""What ends a text, a statement or a pattern, and what placeholders look like."""


async def test_a_text_is_kept_and_found_as_it_is_and_finds_nothing_else(uow):
    customers = [a_customer(name=f"<{term}>") for term in TERMS]
    await uow.run(SYSTEM, lambda tx: tx.customers.save(*map(Change.created, customers)))
    for term in TERMS:
        page = await uow.read(lambda tx: tx.customers.page(Query(search=f"<{term}>", limit=100)))  # noqa: B023
        assert [customer.name for customer in page.items] == [f"<{term}>"]
    whole = await uow.read(lambda tx: tx.customers.page(Query(limit=100)))
    assert {customer.name for customer in whole.items} == {f"<{term}>" for term in TERMS}


async def test_no_list_takes_a_term_for_sql_nor_a_name_of_a_sort_or_filter(uow):
    async def ask(tx):
        asked = 0
        for resource in ALL:
            repository = PostgresRepository(resource, tx.customers._session)
            for term in TERMS:
                if resource.listing.searched:
                    await repository.page(Query(search=term))
                    asked += 1
                for query in (Query(sort_by=f"id{term}"), Query(filters={f"id{term}": term})):
                    with pytest.raises(Invalid):
                        await repository.page(query)
                    asked += 1
        return asked

    assert await uow.read(ask) > 2 * len(ALL) * len(TERMS)
