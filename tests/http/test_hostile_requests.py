"""Requests that mean two things, or something else than they seem: each has one reading, or none."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.http.access_of_routes import BODIES, ROUTES, body_of, furnished
from tests.http.school_world import BASE, a_school_behind_its_api, fields_of

JSON = {"content-type": "application/json"}
COURSE = b'{"name":"A","category":"ai"}'
PRIVILEGED = {
    "id": "00000000-0000-0000-0000-000000000001", "createdAt": "2026-01-01T00:00:00Z", "version": 9,
    "deletedAt": None, "passwordHash": "x", "isAdmin": True, "scopesGranted": ["*"], "ownerId": None,
}  # fmt: skip
"""What nobody may assign, of whatever thing."""


@pytest.fixture(scope="module")
def world():
    with a_school_behind_its_api() as world:
        world.rows = furnished(world)
        yield world


def path_of(world, route):
    return route.path.format(**{n: world.rows.get(w, w) for n, w in route.names.items()})


def posted(world, body, **headers):
    return world.admin.send("POST", "/courses", content=body, headers=JSON | headers)


def reasons(answer):
    assert answer.status_code == 400, answer.text
    return {detail["reason"] for detail in answer.json()["error"]["details"]}


class TestBodies:
    @pytest.mark.parametrize(
        "route",
        [r for r in ROUTES if f"{r.method} {r.path}" in BODIES and r.who != "open"],
        ids=str,
    )
    def test_no_route_lets_more_be_assigned_than_it_offers(self, world, route):
        body = body_of(route, world, world.rows) | PRIVILEGED
        if f"{route.method} {route.path}" == "PATCH /api-keys/{id}":
            body.pop("scopesGranted")
        answer = world.admin.send(route.method, path_of(world, route), body)
        if route.who == "mine":  # for administrators there is no such thing
            answer = world.as_yael.send(route.method, path_of(world, route), body)
        assert fields_of(answer.json()["error"]) >= set(PRIVILEGED) - {"scopesGranted"}, answer.text

    @pytest.mark.parametrize("body", [b'{"name":"A","name":"B","category":"ai"}', b'{"name":"A","n\\u0061me":"B","category":"ai"}'])  # fmt: skip
    def test_a_name_that_stands_twice_is_refused(self, world, body):
        assert reasons(posted(world, body)) == {"field.twice"}

    @pytest.mark.parametrize(
        "body",
        [b"\xef\xbb\xbf" + COURSE, COURSE.decode().encode("utf-16"), COURSE + b"{}", COURSE + b"\x00",
         b'{"name":"\xc0\xaf","category":"ai"}', b'{"name":"\xed\xa0\x80","category":"ai"}',
         b'{"name":"\\ud800","category":"ai"}', b'{"name":"\\ud800\\u0041","category":"ai"}',
         b'{"name":NaN}', b"{'name':'A'}", b'{"name":"A",}', b'{"name":"A"/**/}', b'{name:"A"}'],
    )  # fmt: skip
    def test_what_is_no_json_in_utf_8_is_refused(self, world, body):
        assert reasons(posted(world, body)) == {"json.malformed"}

    @pytest.mark.parametrize(
        "kind",
        ["text/plain", "text/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
         "application/xml", "application/json, text/plain", "application/jsonp", "", "json"],
    )  # fmt: skip
    def test_what_is_not_said_to_be_json_is_not_read(self, world, kind):
        """A form of another site can send the first four without asking."""
        assert posted(world, COURSE, **{"content-type": kind}).status_code == 415

    @pytest.mark.parametrize(
        "coding", ["gzip", "deflate", "br", "zstd", "identity, gzip", "x-gzip"]
    )
    def test_nothing_is_unpacked(self, world, coding):
        bomb = gzip.compress(b" " * 10_000_000)
        answer = posted(world, bomb, **{"content-encoding": coding})
        assert (answer.status_code, answer.json()["error"]["reason"]) == (415, "body.encoded")

    @pytest.mark.parametrize(
        ("field", "value"),
        [("totalMeetings", value) for value in ("9" * 5_000, "1e1000000", "-1e99", "1.0e1", '"٣"', '"3"', "true", "3.0")]
        + [("meetingRevenue", value) for value in ("9" * 5_000, "1e1000000", "1e-1000000", '"1e3"', '"٣"', '"１"', '" 1"', '"1_0"', '"0x1"')]
        + [("startDate", f'"{value}"') for value in ("٢٠٢٦-٠١-٠١", "2026-1-1", "2026-02-30", "+2026-01-01", "2026-W01-1", "20260101", "0000-00-00")]
        + [("startTime", f'"{value}"') for value in ("٠٨:٠٠", "8:00", "24:00", "08:60", "08:00:00", "08:00Z")]
        + [("courseId", f'"{value}"') for value in ("{%s}", "urn:uuid:%s", "%s\\u0000", " %s")],
    )  # fmt: skip
    def test_numbers_days_times_and_ids_have_one_writing(self, world, field, value):
        body = {name: json.dumps(given) for name, given in world.cycle_body().items()}
        body[field] = value.replace("%s", world.course["id"])
        raw = "{" + ",".join(f'"{name}":{given}' for name, given in body.items()) + "}"
        answer = world.admin.send("POST", "/cycles", content=raw.encode(), headers=JSON)
        assert answer.status_code == 400
        assert fields_of(answer.json()["error"]) == {field}


class TestQueries:
    @pytest.mark.parametrize(
        "query",
        ["limit=%D9%A3", "limit=1e1", "limit=0x10", "limit=%2B5", "limit=5%20", "limit=5.0", "limit=05_0",
         "limit=5&limit=6", "limit=5;offset=1", "limit[]=5", "limit=", "isActive=1", "isActive=TRUE",
         "search=%C0%AF", "search=%ED%A0%80", "search=%ff", "search=a&q=b", "sortBy=name;DROP TABLE courses",
         "sortBy=__class__", "sortOrder=ASC", "limit=9223372036854775808", "offset=" + "9" * 5_000,
         "__proto__=1", "constructor=1", "fields=passwordHash", "include=payments"],
    )  # fmt: skip
    def test_what_a_list_does_not_know_is_refused_not_passed_over(self, world, query):
        answer = world.admin.send("GET", f"/courses?{query}")
        assert answer.status_code == 400
        assert answer.json()["error"]["details"]


class TestPaths:
    @pytest.mark.parametrize(
        "path",
        ["/courses/..;/users", "/courses;a=b", "/courses%00", "/%2e%2e/v1/users", "/COURSES",
         "/courses/{id}/..%2f..%2fusers", "/docs/..%2f..%2fetc%2fpasswd", "/docs/....//etc/passwd", "/docs/.env",
         "/docs/..%5c..%5cx", "/users.json", "/users%20", "/.git/config", "/metrics"],
    )  # fmt: skip
    def test_no_detour_leads_anywhere(self, world, path):
        answer = world.as_yael.send("GET", path)
        assert answer.status_code in {400, 404}
        assert "root:" not in answer.text

    @pytest.mark.parametrize(
        "path", ["/users/", "//users", "/users//", "/users%2f", "/%75sers", "/users?x=/courses"]
    )
    def test_another_writing_of_a_path_has_the_same_guard(self, world, path):
        assert world.as_yael.send("GET", path).status_code == 403
        assert world.nobody.send("GET", path).status_code == 401

    @pytest.mark.parametrize("header", ["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Forwarded-Path", "X-HTTP-Method-Override"])  # fmt: skip
    def test_no_header_leads_elsewhere(self, world, header):
        for value in ("/api/v1/courses", "GET", "/"):
            answer = world.as_yael.send("GET", "/users", headers={header: value})
            assert answer.status_code == 403

    def test_nobody_is_sent_to_where_a_caller_says(self, world):
        """No open redirect: no answer has a Location that is not a path of ours."""
        names = ("next", "url", "redirect", "redirect_uri", "returnTo", "continue")
        asked = dict.fromkeys(names, "https://evil.example")
        for path in ("/docs", "/health", "/meta/version", "/public/meetings/x", "/courses"):
            for sent in ({"params": asked}, {"headers": {"X-Forwarded-Host": "evil.example"}}):
                answer = world.client.get(f"{BASE}{path}", follow_redirects=False, **sent)
                assert "evil.example" not in answer.headers.get("location", "")


class TestHeaders:
    @pytest.mark.parametrize(
        "headers",
        [{"Accept": "text/html;q=1e999"}, {"Accept": "application/problem+json;q=1e999"}, {"Accept": "a/b;q=nan"},
         {"Accept": "," * 100_000}, {"Accept": "a/b;q=" + "9" * 5_000}, {"Accept-Language": "he;q=" + "9" * 5_000},
         {"Accept-Language": "-" * 50_000}, {"Range": "bytes=" + "9" * 5_000 + "-"}, {"If-None-Match": '"a",' * 20_000},
         {"If-Match": "W/" * 20_000}, {"Idempotency-Key": "x" * 100_000}, {"Idempotency-Key": '"\\'},
         {"Content-Length": "-1"}, {"Cookie": "=;" * 20_000}, {"traceparent": "00-" + "z" * 60}],
    )  # fmt: skip
    def test_no_header_makes_the_program_fail(self, world, headers):
        for path in ("/courses", "/reports/revenue", "/nowhere", "/health"):
            answer = world.admin.send("GET", path, headers=headers)
            assert 200 <= answer.status_code < 500
        for method, path in (
            ("PUT", f"/courses/{world.rows['idle_course']}"),
            ("POST", "/courses"),
        ):
            answer = world.admin.send(method, path, {"name": 1}, headers=headers)
            assert 400 <= answer.status_code < 500
