"""A small storm of the drill of webhooks: real workers, one killed, PostgreSQL restarted."""

from __future__ import annotations

import pytest

from tests.drills.telling import Storm, weathered

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


async def test_a_small_storm_loses_nothing_and_doubles_nothing():
    """`nox -s drills -- telling` bears the whole of it, and measures delays."""
    storm = Storm(
        events=40,
        calm_events=10,
        rate=40.0,
        calm_rate=40.0,
        healthy=3,
        misbehaving=("hang",),
        kills=1,
        restarts=1,
        workers=1,
        patience=60.0,
        waits_out_leases=False,
    )
    found = await weathered(storm)
    assert found.is_clean, found.table()
    assert found.events >= storm.events + storm.calm_events
    assert found.told == found.events * storm.healthy
    assert len(found.delays) >= storm.calm_events * storm.healthy
