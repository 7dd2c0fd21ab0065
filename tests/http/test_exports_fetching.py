"""Exports that are there: shown, listed, cancelled, fetched whole and in parts, and cleared away."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_adapters.http.ranges import part_wanted
from haitech_app.handlers import worker_of
from haitech_app.testing.doors import worked
from haitech_domain.access import Role
from haitech_domain.export import ExportStatus, File, begun, completed, failed
from haitech_domain.ports import PIECE
from haitech_domain.testing.builders import an_export, an_id
from tests.http.school_world import NOBODY, SYSTEM, a_school_behind_its_api

TEXT = bytes(range(256)) * (PIECE // 256) + "סוף".encode()
"""Of two pieces, so that parts of both are asked for."""
NAME = "דוח הכנסות 2026-01-01 – 2026-12-31.csv"


@pytest.fixture(scope="module")
def world():
    with a_school_behind_its_api() as world:
        world.mine = UUID(world.manager.get("/auth/me")["id"])
        yield world


def kept(world, export):
    world.save(lambda tx: tx.exports, export)
    return str(export.id)


def running(world, **fields):
    at = world.clock.now()
    made = {"created_at": at, "updated_at": at, "owner_id": world.mine}
    return begun(an_export(**{**made, **fields}), attempt=1, at=at).after


def ready(world, content=TEXT, **fields):
    """An export whose file is there."""
    export = running(world, file_name=NAME, **fields)
    digest = sha256(content).hexdigest()
    file = File(id=an_id(), size=len(content), digest=digest, rows=3)

    async def work(tx):
        for number, first in enumerate(range(0, len(content), PIECE)):
            await tx.export_files.put(export.id, file.id, number, content[first : first + PIECE])

    id = kept(world, completed(export, file, attempt=1, at=world.clock.now()).after)
    world.run(world.uow.run, SYSTEM, work)
    return id


def fetched(world, id, caller=None, method="GET", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    who = caller or world.manager
    return who.send(method, f"/reports/exports/{id}/download", headers=named)


class TestLooking:
    def test_progress_is_shown_in_percent(self, world):
        id = kept(world, running(world, progress=40))
        shown = world.manager.get(f"/reports/exports/{id}")
        assert (shown["status"], shown["progress"], shown["downloadUrl"]) == ("running", 0, None)
        assert shown["report"] == "revenue"
        assert shown["filters"] == {"from": "2026-01-01", "groupBy": "month", "to": "2026-12-31"}

    def test_what_is_ready_says_where_and_until_when(self, world):
        shown = world.manager.get(f"/reports/exports/{ready(world)}")
        assert (shown["status"], shown["progress"], shown["rows"]) == ("done", 100, 3)
        assert (shown["size"], shown["fileName"]) == (len(TEXT), NAME)
        assert shown["downloadUrl"] == f"/api/v1/reports/exports/{shown['id']}/download"
        assert shown["expiresAt"] > shown["finishedAt"]

    def test_administrators_see_all_managers_and_keys_their_own(self, world):
        mine, foreign = kept(world, running(world)), kept(world, running(world, owner_id=an_id()))
        other = world.user(Role.MANAGER)
        key = world.key("read:reports")
        listed = {row["id"] for row in world.admin.everything("/reports/exports")}
        assert {mine, foreign} <= listed
        own = {row["id"] for row in world.manager.everything("/reports/exports")}
        assert mine in own
        assert foreign not in own
        assert other.everything("/reports/exports") == key.everything("/reports/exports") == []
        for caller in (other, key):
            for path in ("", "/download"):
                told = caller.refused(404, "GET", f"/reports/exports/{mine}{path}")
                assert told["reason"] == "not_found"
        assert world.admin.get(f"/reports/exports/{mine}")["id"] == mine

    def test_lists_are_filtered(self, world):
        id = kept(world, failed(running(world), "no room", at=world.clock.now()).after)
        rows = world.manager.everything("/reports/exports", status="failed", report="revenue")
        assert [(row["id"], row["failure"]) for row in rows] == [(id, "no room")]
        error = world.manager.refused(400, "GET", "/reports/exports", params={"status": "x"})
        assert [d["field"] for d in error["details"]] == ["status"]


class TestCancelling:
    def test_what_runs_is_cancelled_once(self, world):
        id = kept(world, running(world))
        assert world.manager.act(f"/reports/exports/{id}/cancel")["status"] == "cancelled"
        told = world.manager.refused(409, "POST", f"/reports/exports/{id}/cancel")
        assert told["reason"] == "export.cannot_cancel"
        told = world.manager.refused(409, "GET", f"/reports/exports/{id}/download")
        assert (told["reason"], "anew" in told["message"]) == ("export.not_ready", True)


class TestFetching:
    def test_the_whole_file_comes_with_its_name_in_hebrew(self, world):
        answer = fetched(world, ready(world))
        assert (answer.status_code, answer.content) == (200, TEXT)
        assert answer.headers["content-length"] == str(len(TEXT))
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["accept-ranges"] == "bytes"
        plain, _, named = answer.headers["content-disposition"].partition("filename*=UTF-8''")
        assert unquote(named) == NAME
        assert plain.isascii()
        assert answer.headers["etag"] == f'"{sha256(TEXT).hexdigest()[:32]}"'

    def test_parts_are_put_together_to_the_whole(self, world):
        id = ready(world)
        first = fetched(world, id, range="bytes=0-99")
        assert (first.status_code, first.content) == (206, TEXT[:100])
        assert first.headers["content-range"] == f"bytes 0-99/{len(TEXT)}"
        across = fetched(world, id, range=f"bytes={PIECE - 2}-{PIECE + 1}")
        assert across.content == TEXT[PIECE - 2 : PIECE + 2]
        rest = fetched(world, id, range="bytes=100-", if_range=first.headers["etag"])
        assert (rest.status_code, first.content + rest.content) == (206, TEXT)
        assert fetched(world, id, range="bytes=-5").content == TEXT[-5:]

    def test_a_part_of_another_version_is_answered_with_the_whole(self, world):
        answer = fetched(world, ready(world), range="bytes=0-4", if_range='"another"')
        assert (answer.status_code, answer.content) == (200, TEXT)

    @pytest.mark.parametrize("first", [len(TEXT), 10**40])
    def test_a_part_that_is_not_there_is_refused_with_the_size(self, world, first):
        answer = fetched(world, ready(world), range=f"bytes={first}-")
        assert answer.status_code == 416
        assert answer.headers["content-range"] == f"bytes */{len(TEXT)}"
        assert answer.json()["error"]["reason"] == "range.unsatisfiable"

    @pytest.mark.parametrize(
        "asked", ["bytes=5-2", "bytes=-", "lines=0-1", "bytes=0-1,5-6", "bytes=x-1", "bytes=٠-١"]
    )
    def test_what_is_no_part_is_passed_over(self, world, asked):
        answer = fetched(world, ready(world, b"0123456789"), range=asked.encode())
        assert (answer.status_code, answer.content) == (200, b"0123456789")

    def test_more_than_there_is_from_the_end_is_all_of_it(self, world):
        answer = fetched(world, ready(world), range=f"bytes=-{10**40}")
        assert (answer.status_code, answer.content) == (206, TEXT)

    @pytest.mark.parametrize("asked", [{}, {"range": "bytes=0-9"}])
    def test_only_the_headers_of_the_whole_come_of_a_head(self, world, asked):
        """RFC 9110 §14.2: parts are for GET alone."""
        answer = fetched(world, ready(world), method="HEAD", **asked)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-length"] == str(len(TEXT))

    def test_whoever_has_it_is_spared_it(self, world):
        id = ready(world)
        tag = fetched(world, id, method="HEAD").headers["etag"]
        assert fetched(world, id, if_none_match=tag).status_code == 304

    def test_what_is_not_ready_says_what_to_do(self, world):
        id = kept(world, running(world))
        told = world.manager.refused(409, "GET", f"/reports/exports/{id}/download")
        assert (told["reason"], "progress" in told["message"]) == ("export.not_ready", True)

    def test_an_empty_file_is_empty(self, world):
        answer = fetched(world, ready(world, b""))
        assert (answer.status_code, answer.content) == (200, b"")

    def test_whether_one_may_is_asked_anew(self, world):
        """Who asked while allowed to is not owed the file."""
        export = ready(world, owner_id=UUID(world.as_yael.get("/auth/me")["id"]))
        assert fetched(world, export, world.as_yael).status_code == 403
        assert fetched(world, NOBODY).status_code == 404


class TestClearingAway:
    def test_after_seven_days_the_file_is_gone_and_the_export_says_so(self):
        with a_school_behind_its_api() as world:
            world.mine = UUID(world.manager.get("/auth/me")["id"])
            id = ready(world)
            world.clock.advance(timedelta(days=7))
            told = world.admin.refused(404, "GET", f"/reports/exports/{id}/download")
            assert told["reason"] == "export.expired"
            assert world.run(world.verbs.exports.forget, actor=SYSTEM) == 1
            assert world.run(world.verbs.exports.forget, actor=SYSTEM) == 0
            assert world.uow._state.pieces == {}
            shown = world.admin.get(f"/reports/exports/{id}")
            assert (shown["status"], shown["downloadUrl"]) == ("expired", None)

    def test_what_nobody_works_on_has_failed(self):
        with a_school_behind_its_api() as world:
            world.mine = UUID(world.manager.get("/auth/me")["id"])
            id = kept(world, running(world))
            recover = world.verbs.exports.recover
            assert world.run(recover, actor=SYSTEM) == 0
            world.clock.advance(timedelta(minutes=11))
            assert world.run(recover, actor=SYSTEM) == 1
            shown = world.manager.get(f"/reports/exports/{id}")
            assert (shown["status"], "given up" in shown["failure"]) == ("failed", True)

    def test_both_come_round_by_themselves(self):
        with a_school_behind_its_api() as world:
            world.mine = UUID(world.manager.get("/auth/me")["id"])
            left, over = kept(world, running(world)), ready(world)
            worker = worker_of(world.verbs, world.uow, world.clock)
            world.run(worker.begin_rounds, worker.rounds)
            world.clock.advance(timedelta(days=8))
            world.run(worked, world)
            statuses = {
                str(e.id): e.status for e in world.uow._state.table(type(an_export())).values()
            }
            assert statuses == {left: ExportStatus.FAILED, over: ExportStatus.EXPIRED}


@given(st.integers(1, 50), st.integers(0, 60), st.integers(0, 60) | st.none())
def test_a_part_is_what_slicing_gives(size, first, last):
    """For every size and every part of it that there is."""
    if first >= size or (last is not None and last < first):
        return
    asked = f"bytes={first}-{'' if last is None else last}".encode()
    scope: Any = {"headers": [(b"range", asked)]}
    part = part_wanted(scope, size=size, tag="t")
    whole = bytes(range(size))
    assert part is not None
    assert whole[part[0] : part[1] + 1] == whole[first : None if last is None else last + 1]
