"""`docs/reference/metrics.md` says what the program serves."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from haitech_app.reference.metrics import page
from tests.http.school_world import a_school_behind_its_api


def test_everything_that_is_served_has_its_line():
    """And its labels; the pool's figures need a pool, which this program has none of."""
    with a_school_behind_its_api() as world:
        world.client.get("/api/v1/health")
        headers = {"Authorization": "Bearer a token of the tests"}
        served = world.client.get("/metrics", headers=headers).text
    text = page()
    families = list(text_string_to_metric_families(served))
    assert len(families) > 20
    for family in families:
        name = f"{family.name}_total" if family.type == "counter" else family.name
        [line] = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
        assert line.split(" | ")[1] == family.type
        for sample in family.samples:
            assert all(f"`{label}`" in line for label in sample.labels if label != "le")
