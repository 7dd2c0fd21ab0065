"""R-PPL-1: what is unique among live rows, and free again once its holder is deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import attrs
import pytest

from haitech_domain.change import Change
from haitech_domain.errors import Duplicate
from haitech_domain.ports import Transaction
from haitech_domain.testing.builders import (
    MADE,
    a_customer,
    a_user,
    an_api_key,
    an_email,
    an_instructor,
    gone,
)
from haitech_domain.testing.contracts.world import Contract, World, add, save

LATER = MADE + timedelta(hours=1)


@attrs.frozen(kw_only=True)
class Singular:
    """A field that is unique among the live rows of a resource."""

    what: str
    field: str
    make: Callable[..., Any]
    pick: Callable[[Transaction], Any]

    def __str__(self) -> str:
        return f"{self.what}-{self.field}"


def _of(what: str, make: Callable[..., Any], pick: Any, *fields: str) -> list[Singular]:
    return [Singular(what=what, field=field, make=make, pick=pick) for field in fields]


SINGULAR: Final = (
    *_of("customer", a_customer, lambda tx: tx.customers, "phone", "email"),
    *_of("instructor", an_instructor, lambda tx: tx.instructors, "phone", "email", "user_id"),
    *_of("api_key", an_api_key, lambda tx: tx.api_keys, "key_hash"),
    *_of("user", a_user, lambda tx: tx.users, "email"),
)


async def _value(world: World, field: str) -> Any:
    if field == "phone":
        return "050-123-4567"
    if field == "email":
        return an_email()
    if field == "key_hash":
        return an_api_key().key_hash
    user = a_user()
    await add(world, lambda tx: tx.users, user)
    return user.id


@pytest.mark.parametrize("unique", SINGULAR, ids=str)
class UniquenessContract(Contract):
    """Unique among live rows, for each field that is."""

    async def test_two_live_rows_never_share_it(self, world: World, unique: Singular) -> None:
        """Neither by making the second nor by changing it."""
        value = await _value(world, unique.field)
        first, second = unique.make(**{unique.field: value}), unique.make()
        await add(world, unique.pick, first, second)
        with pytest.raises(Duplicate) as made:
            await add(world, unique.pick, unique.make(**{unique.field: value}))
        assert (made.value.what, made.value.field) == (unique.what, unique.field)
        taken = second.changed(LATER, **{unique.field: value})
        with pytest.raises(Duplicate) as changed:
            await save(world, unique.pick, Change.updated(second, taken))
        assert (changed.value.what, changed.value.field) == (unique.what, unique.field)

    async def test_not_even_within_one_save(self, world: World, unique: Singular) -> None:
        """What comes together is checked together."""
        value = await _value(world, unique.field)
        rows = [unique.make(**{unique.field: value}) for _ in range(2)]
        with pytest.raises(Duplicate):
            await add(world, unique.pick, *rows)

    async def test_a_row_keeps_its_own(self, world: World, unique: Singular) -> None:
        """Changing something else is no clash with oneself."""
        row = unique.make(**{unique.field: await _value(world, unique.field)})
        await add(world, unique.pick, row)
        await save(world, unique.pick, Change.updated(row, row.changed(LATER, name="רות לוי")))

    async def test_it_is_free_again_once_its_holder_is_deleted(
        self, world: World, unique: Singular
    ) -> None:
        """And then the deleted one cannot come back beside its new holder (R-PPL-3)."""
        value = await _value(world, unique.field)
        first, second = (unique.make(**{unique.field: value}) for _ in range(2))
        await add(world, unique.pick, first)
        deleted = gone(first, at=LATER)
        await save(world, unique.pick, Change.updated(first, deleted))
        await add(world, unique.pick, second)
        back = deleted.changed(LATER, deleted_at=None, deletion=None)
        with pytest.raises(Duplicate):
            await save(world, unique.pick, Change.updated(deleted, back))

    async def test_having_none_is_no_clash(self, world: World, unique: Singular) -> None:
        """Any number of rows may lack an optional one."""
        if attrs.fields_dict(type(unique.make()))[unique.field].default is attrs.NOTHING:
            return
        rows = [unique.make(**{unique.field: None}) for _ in range(3)]
        await add(world, unique.pick, *rows)
