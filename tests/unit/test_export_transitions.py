"""What becomes of an export, and when its file can be fetched."""

from __future__ import annotations

from datetime import timedelta

import pytest

from haitech_domain.change import Transition
from haitech_domain.export import (
    KEPT_FOR,
    ExportExpired,
    ExportNotReady,
    ExportStatus,
    ExportTakenOver,
    File,
    begun,
    cancelled,
    completed,
    expired,
    failed,
    file_to_fetch,
    further,
    put_off,
)
from haitech_domain.testing.builders import MADE, an_export, an_id

FILE = File(id=an_id(), size=1_234, digest="d" * 64, rows=17)
LATER = MADE + timedelta(minutes=1)


def running(attempt=1):
    return begun(an_export(), attempt=attempt, at=MADE).after


def ready():
    return completed(running(), FILE, attempt=1, at=MADE).after


def over():
    """One of each state in which nothing more happens to it."""
    return [
        ready(),
        expired(ready(), at=LATER).after,
        failed(running(), "why", at=LATER).after,
        cancelled(running(), at=LATER).after,
    ]


class TestWriting:
    def test_a_try_begins_from_the_start(self):
        export = further(running(), attempt=1, rows=9, progress=40, at=LATER).after
        waiting = put_off(export, "no room", at=LATER).after
        assert (waiting.status, waiting.failure) == (ExportStatus.QUEUED, "no room")
        again = begun(waiting, attempt=2, at=LATER).after
        assert (again.status, again.attempt) == (ExportStatus.RUNNING, 2)
        assert (again.progress, again.rows_written, again.failure) == (0, 0, None)

    def test_progress_never_falls_within_a_try_and_ends_with_the_file(self):
        export = running()
        for told, progress in ((40, 40), (30, 40), (100, 99), (150, 99)):
            export = further(export, attempt=1, rows=9, progress=told, at=LATER).after
            assert export.progress == progress
        assert completed(export, FILE, attempt=1, at=LATER).after.progress == 100

    def test_what_is_ready_is_kept_for_seven_days(self):
        export = ready()
        assert (export.status, export.rows_written, export.size) == (ExportStatus.DONE, 17, 1_234)
        assert export.expires_at == MADE + KEPT_FOR
        assert export.finished_at == MADE

    def test_whoever_lost_the_job_writes_no_more(self):
        taken_over = begun(running(), attempt=2, at=LATER).after
        for act in (
            lambda: further(taken_over, attempt=1, rows=1, progress=1, at=LATER),
            lambda: completed(taken_over, FILE, attempt=1, at=LATER),
            lambda: begun(taken_over, attempt=1, at=LATER),
        ):
            with pytest.raises(ExportTakenOver):
                act()

    @pytest.mark.parametrize("export", over(), ids=lambda e: e.status.value)
    def test_what_is_over_is_not_written(self, export):
        for act in (
            lambda: begun(export, attempt=9, at=LATER),
            lambda: further(export, attempt=1, rows=1, progress=1, at=LATER),
        ):
            with pytest.raises(ExportTakenOver):
                act()
        assert put_off(export, "why", at=LATER).is_empty
        assert failed(export, "why", at=LATER).is_empty


class TestEnding:
    def test_a_failure_is_told_and_cut_to_what_is_kept(self):
        export = failed(running(), "x" * 900, at=LATER).after
        assert (export.status, export.failure) == (ExportStatus.FAILED, "x" * 500)
        assert export.finished_at == LATER

    def test_what_waits_or_runs_can_be_cancelled(self):
        for export in (an_export(), running()):
            assert cancelled(export, at=LATER).after.status is ExportStatus.CANCELLED

    @pytest.mark.parametrize("export", over(), ids=lambda e: e.status.value)
    def test_what_is_over_cannot_be_cancelled(self, export):
        with pytest.raises(Transition) as refused:
            cancelled(export, at=LATER)
        assert refused.value.reason == "export.cannot_cancel"

    def test_only_what_is_ready_expires(self):
        assert expired(ready(), at=LATER).after.file_id is None
        with pytest.raises(Transition):
            expired(running(), at=LATER)


class TestFetching:
    def test_a_file_is_there_until_its_last_moment(self):
        export = ready()
        end = MADE + KEPT_FOR
        assert file_to_fetch(export, end - timedelta(microseconds=1)) == FILE
        with pytest.raises(ExportExpired):
            file_to_fetch(export, end)
        with pytest.raises(ExportExpired):
            file_to_fetch(expired(export, at=end).after, end)

    def test_what_has_no_file_says_what_to_do(self):
        cases = {
            "wait": [an_export(), running()],
            "anew": [failed(running(), "x", at=MADE).after, cancelled(running(), at=MADE).after],
        }
        for word, exports in cases.items():
            for export in exports:
                with pytest.raises(ExportNotReady, match=word):
                    file_to_fetch(export, MADE)
