"""A small trial of the drill of exports: real workers, two of them killed, and one without room."""

from __future__ import annotations

import pytest

from haitech_app.testing import databases
from haitech_domain.export import ExportFormat
from tests.drills.exporting import Trial, exported
from tests.journeys.program import as_url

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.program]


async def test_what_is_cut_short_is_written_whole_in_the_end():
    """`nox -s drills -- exporting` does it with a million rows, and compares memory."""
    trial = Trial(
        meetings=900,
        room=32,
        formats=(),
        cramped=(ExportFormat.CSV,),
        killed_reading=False,
        url=as_url(databases.emptied()),
        patience=60.0,
        waits_out_leases=False,
    )
    found = await exported(trial)
    assert found.is_clean, found.table()
    assert [one.export.attempt for one in found.written] == [2, 2]
    assert all(one.export.rows_written > 800 for one in found.written)
