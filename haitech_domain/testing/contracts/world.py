"""What a contract suite needs: a world of ports over one empty store, and a look at its journals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Any, Final, Protocol, TypeVar

import attrs
import pytest
from hypothesis import HealthCheck, settings

from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.entity import Entity
from haitech_domain.ports import Clock, Ids, Transaction, UnitOfWork
from haitech_domain.testing.builders import School, a_school, furnish

E = TypeVar("E", bound=Entity)
R = TypeVar("R")

SYSTEM: Final = Actor.system("contract")


@attrs.frozen(kw_only=True)
class Journal:
    """What was written beside the rows, in the order of commit.

    Audit entries have `action`, `entity`, `entity_id`, `old`, `new`, `actor_kind`; events have
    `type` and `facts`.
    """

    audit: list[dict[str, Any]]
    events: list[dict[str, Any]]


class World(Protocol):
    """The ports under test, over a store that was empty when the test began."""

    @property
    def uow(self) -> UnitOfWork:
        """The unit of work."""
        ...

    @property
    def ids(self) -> Ids:
        """Its ids."""
        ...

    @property
    def clock(self) -> Clock:
        """Its clock."""
        ...

    async def journal(self) -> Journal:
        """Everything committed so far."""
        ...


@pytest.mark.anyio
class Contract:
    """A suite: inherit it in a class named `Test…`, beside a fixture named `world`.

    That is an asynchronous pytest fixture which returns a `World`, with an empty store for each
    test. The suites are asynchronous tests of the anyio plugin.
    """


class RolledBackError(Exception):
    """Ends a piece of work without a trace, so that examples of one property do not meet."""


def property_of_world(examples: int = 25) -> settings:
    """Settings for a property over a world, each example of which is a transaction.

    `examples` is for Hypothesis's usual 100 a property; a profile that asks for more or fewer
    gets more or fewer of these.

    Draw everything in `@given`: an asynchronous test must not draw on its way.
    """
    return settings(
        max_examples=max(5, examples * settings().max_examples // 100),
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,  # examples leave nothing in the world
            HealthCheck.differing_executors,  # one suite, inherited by several classes
            HealthCheck.too_slow,  # a database may be far away
        ],
    )


async def save(world: World, pick: Callable[[Transaction], Any], *changes: Change[Any]) -> None:
    """Save changes in a transaction of their own."""
    await world.uow.run(SYSTEM, lambda tx: pick(tx).save(*changes))


async def add(world: World, pick: Callable[[Transaction], Any], *rows: Entity) -> None:
    """Save new rows in a transaction of their own."""
    await save(world, pick, *map(Change.created, rows))


async def a_furnished_school(world: World, only: Collection[str] | None = None) -> School:
    """A school of the builders' defaults, saved, or `only` these parts of it."""
    school = a_school()
    parts = {} if only is None else {"only": only}
    await world.uow.run(SYSTEM, lambda tx: furnish(tx, school, **parts))
    return school


async def undone(world: World, work: Callable[[Transaction], Awaitable[object]]) -> None:
    """Do some work in a transaction and leave no trace of it."""

    async def until_the_end(tx: Transaction) -> None:
        await work(tx)
        raise RolledBackError

    with pytest.raises(RolledBackError):
        await world.uow.run(SYSTEM, until_the_end)
