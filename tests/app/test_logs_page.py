"""`docs/reference/logs.md` says what the program logs."""

from __future__ import annotations

from structlog.testing import capture_logs

from haitech_app.reference.logs import FIELDS, lines
from tests.http.school_world import a_school_behind_its_api

ON_EVERY_LINE = {"event", "log_level"}


def test_every_field_has_its_meaning_and_no_meaning_is_left_over():
    assert {field for line in lines() for field in line.fields} == set(FIELDS)


def test_what_requests_really_log_stands_there():
    known = {(line.event, line.level): {*line.fields, "exc_info"} for line in lines()}
    with a_school_behind_its_api() as world, capture_logs() as logged:
        world.client.get("/api/v1/health")
        world.client.get("/api/v1/nothing")
        world.admin.send("POST", "/courses", {})
    assert len(logged) == 3
    for line in logged:
        assert set(line) - ON_EVERY_LINE <= known[line["event"], line["log_level"]]
