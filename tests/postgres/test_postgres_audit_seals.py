"""The log is sealed after its writers, and whatever is edited behind its back is named."""

# ruff: noqa: S608  # statements of an intruder, put together of names and numbers of our own

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import attrs
import psycopg
import pytest

from haitech_adapters.postgres import (
    AnotherKey,
    AuditKey,
    AuditVerifier,
    PostgresUnitOfWork,
    SealsBroken,
)
from haitech_adapters.postgres import audit_sealer as sealing
from haitech_domain.change import Change
from haitech_domain.ports import Unavailable
from haitech_domain.testing.builders import a_course, a_user
from tests.postgres.audit_world import KEY, SYSTEM, an_audit_world
from tests.postgres.unguarded import unguarded

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world():
    async with an_audit_world() as world:
        yield world


# The row of the log that was written third: positions go on from test to test.
THIRD = "position = (SELECT position FROM audit_log ORDER BY position OFFSET 2 LIMIT 1)"
WHOLE_LOG = ("audit_seals", "audit_log", "audit_head")
OF_THIRD = "position = (SELECT position FROM audit_seals ORDER BY position OFFSET 2 LIMIT 1)"


class TestSealing:
    async def test_what_was_written_is_sealed_and_nothing_is_wrong(self, world):
        await world.write(5)
        assert await world.sealer() == 5
        assert await world.findings() == []
        assert (world.seen.rows, world.seen.unsealed) == (5, 0)
        assert world.rows("SELECT number FROM audit_seals ORDER BY number") == [
            (n,) for n in range(1, 6)
        ]

    async def test_an_empty_log_is_fine_and_so_is_one_that_was_never_sealed(self, world):
        assert await world.findings() == []
        await world.write(2)
        assert await world.findings() == []
        assert world.seen.unsealed == 2
        assert await world.sealer() == 2

    async def test_a_second_round_seals_only_what_is_new_and_else_writes_nothing(self, world):
        await world.sealed(3)
        before = world.rows("SELECT * FROM audit_head")
        world.clock.advance(timedelta(seconds=5))
        assert await world.sealer() == 0
        assert world.rows("SELECT * FROM audit_head") == before
        assert await world.sealed(1)
        assert await world.findings() == []

    async def test_batches_follow_each_other(self, world, monkeypatch):
        monkeypatch.setattr(sealing, "MOST", 4)
        await world.write(10)
        assert await world.sealer() == 10
        assert await world.findings(batch=3) == []
        assert world.seen.rows == 10

    async def test_seals_and_head_have_the_database_s_own_rule(self, world):
        await world.sealed(1)
        for statement in (
            "UPDATE audit_seals SET entity = ''",
            "DELETE FROM audit_seals",
            "TRUNCATE audit_seals",
            "DELETE FROM audit_head",
            "TRUNCATE audit_head",
        ):
            with (
                psycopg.connect(world.url) as connection,
                pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"),
            ):
                connection.execute(statement)

    async def test_two_sealers_at_once_make_one_chain(self, world):
        sealers = [world.another_sealer() for _ in range(4)]

        async def writing():
            for _ in range(5):
                await world.write(4)

        async def at_it(sealer):
            for _ in range(10):
                await sealer()

        await asyncio.gather(writing(), *map(at_it, sealers))
        await world.sealer(wait=True)
        assert await world.findings() == []
        assert (world.seen.rows, world.seen.unsealed) == (20, 0)

    async def test_one_that_finds_another_at_work_leaves_it_alone(self, world):
        await world.write(2)
        with psycopg.connect(world.url) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s)", [sealing._LOCK])
            assert await world.sealer() == 0
            waiting = asyncio.create_task(world.another_sealer()(wait=True))
            await asyncio.sleep(0.1)
            assert not waiting.done()
            other.rollback()
            assert await waiting == 2

    async def test_a_database_that_is_gone_is_unavailable(self):
        async with an_audit_world("postgresql://nobody@127.0.0.1:1/x?connect_timeout=1") as world:
            world.pool.timeout = 0.1
            with pytest.raises(Unavailable):
                await world.sealer()


class TestWritersWhoCommitLate:
    """A position is given out before the commit, so a smaller one may come after."""

    async def test_a_row_below_what_was_sealed_is_sealed_when_it_appears(self, world):
        with psycopg.connect(world.url) as late:
            insert_a_copy(late)  # has its position, and is not committed
            await world.sealed(3)
            assert await world.findings() == []
            assert [row for (row,) in world.rows("SELECT settled FROM audit_head")] == [0]
            late.commit()
        assert await world.sealer() == 1
        assert (world.seen.rows, world.seen.unsealed) == (3, 0)
        [(late_position,)] = world.rows("SELECT position FROM audit_seals WHERE number = 4")
        [(highest,)] = world.rows("SELECT max(position) FROM audit_seals")
        assert late_position < highest
        # it was not signed, so it is named, but by its own name and nothing else is
        assert await world.findings() == [f"row {late_position} (course): inserted"]

    async def test_everything_up_to_where_no_writer_is_left_is_settled(self, world):
        with psycopg.connect(world.url) as late, psycopg.connect(world.url) as other:
            insert_a_copy(late)
            await world.sealed(2)
            upto = world.last
            late.rollback()
            insert_a_copy(other)  # another is at it now, so there is never a moment without one
            await world.sealed(1)
            assert world.rows("SELECT settled FROM audit_head") == [(upto,)]
            other.rollback()
        await world.sealer()
        [(settled,)] = world.rows("SELECT settled FROM audit_head")
        assert settled == world.last
        assert await world.findings() == []

    async def test_a_writer_who_stays_keeps_the_watermark_where_it_is(self, world):
        with psycopg.connect(world.url) as late:
            insert_a_copy(late)
            for _ in range(3):
                await world.sealed(1)
            assert world.rows("SELECT settled FROM audit_head") == [(0,)]
            late.rollback()
        assert await world.findings() == []

    async def test_many_writers_at_once_of_whom_some_fail_are_all_sealed_once(self, world):
        async def writer(number):
            for turn in range(6):
                course = a_course()

                async def work(tx, course=course, turn=turn):
                    await tx.courses.save(Change.created(course))
                    await asyncio.sleep(0.003 * ((number + turn) % 4))
                    if (number + turn) % 5 == 0:
                        raise LookupError

                with suppress(LookupError):
                    await world.uow.run(SYSTEM, work)

        async def sealers():
            sealer = world.another_sealer()
            while not done.is_set():
                await sealer()
                await asyncio.sleep(0)

        done = asyncio.Event()
        at_it = [asyncio.create_task(sealers()) for _ in range(2)]
        await asyncio.gather(*map(writer, range(6)))
        done.set()
        await asyncio.gather(*at_it)
        await world.sealer(wait=True)
        [(rows,)] = world.rows("SELECT count(*) FROM audit_log")
        assert await world.findings() == []
        assert (world.seen.rows, world.seen.unsealed) == (rows, 0)
        assert rows > 20


async def make_a_user(world):
    user = a_user()
    await world.uow.run(SYSTEM, lambda tx: tx.users.save(Change.created(user)))


def insert_a_copy(connection):
    """Put in a row by hand, as somebody without the key can."""
    connection.execute(
        "INSERT INTO audit_log (id, created_at, actor_kind, actor_name, action, entity, entity_id,"
        " old, new, mac) VALUES (gen_random_uuid(), now(), 'system', 'x', 'create', 'course',"
        " gen_random_uuid(), '{}', '{}', sha256('a guess'))"
    )


CHANGES = {
    "action": "'delete'",
    "actor_name": "'nobody'",
    "actor_kind": "'user'",
    "actor_id": "gen_random_uuid()",
    "entity": "'branch'",
    "entity_id": "gen_random_uuid()",
    "created_at": "created_at - interval '1 microsecond'",
    "old": """'{"name": 1}'""",
    "new": """new || '{"name": "other"}'""",
    "request_id": "'r-1'",
    "address": "'192.0.2.1'",
    "user_agent": "''",
    "id": "gen_random_uuid()",
}


class TestEditsBehindItsBack:
    @pytest.mark.parametrize(("column", "value"), CHANGES.items(), ids=CHANGES)
    async def test_a_changed_row_is_named(self, world, column, value):
        await world.sealed(5)
        position = world.last - 2
        world.behind_its_back(
            f"UPDATE audit_log SET {column} = {value} WHERE position = {position}"
        )
        await world.sealer()
        [found] = await world.findings()
        assert found.startswith(f"row {position} (")
        assert found.endswith(": changed")

    async def test_a_removed_row_is_named_with_what_it_was_about(self, world):
        ids = await world.sealed(5)
        world.behind_its_back(f"DELETE FROM audit_log WHERE {THIRD}")
        await world.sealer()
        [finding] = [finding async for finding in world.verifier()]
        assert (finding.what, finding.entity, str(finding.entity_id)) == (
            "removed",
            "course",
            ids[2],
        )
        assert finding.number == 3

    async def test_the_newest_rows_removed_are_named(self, world):
        await world.sealed(5)
        last = world.last
        world.behind_its_back(f"DELETE FROM audit_log WHERE position > {last - 2}")
        await world.write(1)
        await world.sealer()
        assert await world.findings() == [
            f"row {last - 1} (course): removed",
            f"row {last} (course): removed",
        ]

    async def test_the_newest_rows_removed_with_their_seals_are_missed(self, world):
        await world.sealed(5)
        last = world.last
        world.behind_its_back(
            f"DELETE FROM audit_log WHERE position > {last - 2}",
            f"DELETE FROM audit_seals WHERE position > {last - 2}",
        )
        missing = f"seals removed: number 4…5, the last one over row {last}"
        assert await world.findings() == [missing]
        fresh = world.another_sealer()
        await world.write(1)
        await fresh()  # what comes after does not hide it
        assert await world.findings() == ["seals removed: number 4…5"]

    async def test_all_rows_and_seals_removed_are_missed(self, world):
        await world.sealed(3)
        world.behind_its_back("DELETE FROM audit_log", "DELETE FROM audit_seals")
        [found] = await world.findings()
        assert found.startswith("seals removed: number 1…3")

    async def test_a_row_and_its_seal_removed_in_the_middle_are_missed(self, world):
        await world.sealed(5)
        world.behind_its_back(
            f"DELETE FROM audit_log WHERE {THIRD}", f"DELETE FROM audit_seals WHERE {OF_THIRD}"
        )
        assert await world.findings() == ["seals removed: number 3"]

    async def test_an_inserted_row_is_named_sealed_or_not(self, world):
        await world.sealed(2)
        with psycopg.connect(world.url) as connection:
            insert_a_copy(connection)
        named = [f"row {world.last} (course): inserted"]
        assert await world.findings() == named
        await world.sealer()
        assert await world.findings() == named

    async def test_a_row_inserted_between_old_ones_is_named(self, world):
        await world.sealed(2)
        with psycopg.connect(world.url) as connection:
            connection.execute("SELECT nextval('audit_log_position_seq')")
        await world.sealed(2)
        free = world.last - 2
        world.behind_its_back(
            "INSERT INTO audit_log OVERRIDING SYSTEM VALUE"
            f" SELECT gen_random_uuid(), {free}, created_at, actor_kind, actor_id, actor_name,"
            " action, entity, entity_id, old, new, request_id, address, user_agent, mac"
            f" FROM audit_log WHERE position = {world.last}"
        )
        assert await world.sealer() == 0
        assert await world.findings() == [f"row {free} (course): inserted"]

    async def test_a_true_row_written_again_is_named(self, world):
        await world.sealed(2)
        await world.sealer()
        again = world.last + 5
        with psycopg.connect(world.url, autocommit=True) as connection:
            connection.execute("ALTER TABLE audit_log DROP CONSTRAINT pk_audit_log")
            try:
                connection.execute(
                    "INSERT INTO audit_log OVERRIDING SYSTEM VALUE"
                    f" SELECT id, {again}, created_at, actor_kind, actor_id, actor_name,"
                    " action, entity, entity_id, old, new, request_id, address, user_agent, mac"
                    f" FROM audit_log WHERE position = {world.last}"
                )
                await world.sealer()
                assert await world.findings() == [f"row {again} (course): inserted"]
            finally:
                with unguarded(connection):
                    connection.execute("DELETE FROM audit_log WHERE position = %s", [again])
                connection.execute(
                    "ALTER TABLE audit_log ADD CONSTRAINT pk_audit_log PRIMARY KEY (id)"
                )

    async def test_a_row_without_a_signature_is_named_once_rows_are_signed(self, world):
        await world.sealed(1)
        nobody = PostgresUnitOfWork(world.pool, world.uow._ids, world.clock)
        await nobody.run(SYSTEM, lambda tx: tx.courses.save(Change.created(a_course())))
        await world.sealer()
        assert await world.findings() == [f"row {world.last} (course): inserted"]

    async def test_swapped_rows_are_both_named(self, world):
        await world.sealed(4)
        one, other = world.last - 2, world.last - 1
        swap(world, one, other)
        assert await world.findings() == [
            f"row {one} (course): changed",
            f"row {other} (course): changed",
        ]

    async def test_a_signature_put_over_another_row_is_named(self, world):
        await world.sealed(3)
        world.behind_its_back(
            "UPDATE audit_log SET mac = (SELECT mac FROM audit_log ORDER BY position LIMIT 1)"
            f" WHERE {THIRD}"
        )
        assert await world.findings() == [f"row {world.last} (course): inserted"]

    @pytest.mark.parametrize("column", ["digest", "mac"])
    async def test_an_edited_seal_is_named_and_its_neighbours_are_not(self, world, column):
        await world.sealed(5)
        world.behind_its_back(
            f"UPDATE audit_seals SET {column} = sha256('a guess') WHERE {OF_THIRD}"
        )
        assert await world.findings() == [f"row {world.last - 2} (course): seal changed"]

    async def test_an_edited_last_seal_breaks_what_follows(self, world):
        await world.sealed(2)
        world.behind_its_back("UPDATE audit_seals SET mac = sha256('a guess') WHERE number = 2")
        with pytest.raises(SealsBroken, match="put back"):
            await world.sealer()
        assert await world.findings() == [f"row {world.last} (course): seal changed"]

    async def test_a_seal_moved_to_another_row_is_named_with_the_row_left_bare(self, world):
        await world.sealed(3)
        position = world.last - 1
        world.behind_its_back(f"UPDATE audit_seals SET position = -1 WHERE position = {position}")
        found = await world.findings()
        assert found == ["row -1 (course): seal changed", f"row {position} (course): seal removed"]

    async def test_a_removed_seal_is_named_and_the_row_is_not_sealed_anew(self, world):
        await world.sealed(5)
        world.behind_its_back(f"DELETE FROM audit_seals WHERE {OF_THIRD}")
        assert await world.sealer() == 0
        assert await world.findings() == [
            "seals removed: number 3",
            f"row {world.last - 2} (course): seal removed",
        ]

    @pytest.mark.parametrize(
        "edit", ["number = 2", "settled = 0", "unsigned = 99", "position = 1", "mac = sha256('x')"]
    )
    async def test_an_edited_head_is_named_and_nothing_is_sealed_after_it(self, world, edit):
        await world.sealed(3)
        world.behind_its_back(f"UPDATE audit_head SET {edit}")
        await world.write(1)
        with pytest.raises(SealsBroken, match="not signed"):
            await world.sealer()
        assert await world.findings() == ["head changed"]

    async def test_a_removed_head_is_named(self, world):
        await world.sealed(3)
        world.behind_its_back("DELETE FROM audit_head")
        for sealer in (world.sealer, world.another_sealer()):
            with pytest.raises(SealsBroken, match="gone"):
                await sealer()
        assert await world.findings() == ["head removed"]

    async def test_a_log_erased_with_its_seals_and_head_is_named_where_there_are_users(self, world):
        await make_a_user(world)
        await world.sealed(2)
        world.behind_its_back(*(f"DELETE FROM {table}" for table in WHOLE_LOG))
        assert await world.findings() == ["head removed"]
        with pytest.raises(SealsBroken, match="the audit log is gone"):
            await world.another_sealer()()
        with pytest.raises(SealsBroken, match="head"):
            await world.sealer()
        assert world.rows("SELECT * FROM audit_head") == []
        assert await world.findings() == ["head removed"]

    async def test_a_log_erased_before_it_was_ever_sealed_is_named(self, world):
        await make_a_user(world)
        world.behind_its_back("DELETE FROM audit_log")
        assert await world.findings() == ["head removed"]
        with pytest.raises(SealsBroken, match="the audit log is gone"):
            await world.sealer()

    async def test_the_first_user_of_all_is_fine_before_and_after_the_first_sealing(self, world):
        await make_a_user(world)
        assert await world.findings() == []
        assert await world.sealer() == 1
        assert await world.findings() == []

    async def test_an_old_head_put_back_is_named(self, world):
        await world.sealed(2)
        keep = "CREATE TABLE kept AS SELECT * FROM audit_head"
        put_back = "UPDATE audit_head h SET (number, position, mac, settled, sealed_at, signature)"
        put_back += " = (SELECT number, position, mac, settled, sealed_at, signature FROM kept)"
        with psycopg.connect(world.url) as connection:
            connection.execute(keep)
        await world.sealed(2)
        world.behind_its_back(put_back)
        with psycopg.connect(world.url) as connection:
            connection.execute("DROP TABLE kept")
        assert "head put back" in await world.findings()
        with pytest.raises(SealsBroken, match="put back"):
            await world.sealer()
        await world.write(1)
        with pytest.raises(SealsBroken, match="beyond"):
            await world.another_sealer()()

    async def test_everything_put_back_is_told_by_what_was_noted_elsewhere(self, world):
        """A whole database of yesterday is true in itself: only an anchor outside can tell."""
        await world.sealed(2)
        yesterday = world.anchor
        backup = [world.rows(f"SELECT * FROM {t}") for t in ("audit_head",)]
        await world.sealed(2)
        noted = world.anchor
        assert await world.findings(expected=noted) == []
        assert await world.findings(expected=yesterday) == []
        [(id, number, position, mac, settled, unsigned, at, signature)] = backup[0]
        with psycopg.connect(world.url) as connection, unguarded(connection):
            connection.execute("DELETE FROM audit_log WHERE position > %s", [position])
            connection.execute("DELETE FROM audit_seals WHERE number > %s", [number])
            connection.execute(
                "UPDATE audit_head SET number = %s, position = %s, mac = %s, settled = %s,"
                " unsigned = %s, sealed_at = %s, signature = %s WHERE id = %s",
                [number, position, mac, settled, unsigned, at, signature, id],
            )
        assert await world.findings() == []
        assert await world.findings(expected=yesterday) == []
        assert await world.findings(expected=noted) == ["not the expected chain: number 4"]
        with pytest.raises(SealsBroken, match="put back"):
            await world.sealer()  # which ran all the time

    async def test_another_key_is_said_to_be_one(self, world):
        await world.sealed(101)
        other = AuditKey(b"another key of the tests, of 32 b")
        with pytest.raises(SealsBroken, match="not signed"):
            await world.another_sealer(other)()
        with pytest.raises(AnotherKey):
            async for _finding in AuditVerifier(world.pool, other)():
                pass


CONTENT = (
    "created_at, actor_kind, actor_id, actor_name, action, entity, entity_id, old, new,"
    " request_id, address, user_agent, mac"
)


def swap(world, one, other):
    """Let two rows of the log change places, whole, with their ids and signatures."""
    moved = f"UPDATE audit_log a SET ({CONTENT}) = (SELECT {CONTENT} FROM audit_log b WHERE"
    ids = [
        id
        for (id,) in world.rows(
            f"SELECT id FROM audit_log WHERE position IN ({one}, {other}) ORDER BY position"
        )
    ]
    world.behind_its_back(
        f"{moved} b.position = {one} + {other} - a.position) WHERE a.position IN ({one}, {other})",
        f"UPDATE audit_log SET id = gen_random_uuid() WHERE position = {one}",
        f"UPDATE audit_log SET id = '{ids[0]}' WHERE position = {other}",
        f"UPDATE audit_log SET id = '{ids[1]}' WHERE position = {one}",
    )


class TestRowsFromBeforeTheyWereSigned:
    async def test_are_taken_as_they_are_at_the_first_sealing_and_watched_from_then(self, world):
        unsigned = PostgresUnitOfWork(world.pool, world.uow._ids, world.clock)
        for _ in range(3):
            await unsigned.run(SYSTEM, lambda tx: tx.courses.save(Change.created(a_course())))
        await world.sealed(1)
        assert await world.findings() == []
        position = world.last - 1
        world.behind_its_back(f"UPDATE audit_log SET action = 'x' WHERE position = {position}")
        assert await world.findings() == [f"row {position} (course): changed"]


async def test_a_finding_can_be_told_as_it_is(world):
    await world.sealed(2)
    world.behind_its_back("UPDATE audit_log SET action = 'x'")
    found = [finding async for finding in world.verifier()]
    assert [attrs.asdict(f)["number"] for f in found] == [1, 2]
    assert all(f.id is not None and str(f.entity_id) in str(f) for f in found)


async def test_the_key_is_not_shown():
    assert "tests" not in repr(KEY)
