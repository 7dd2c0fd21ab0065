"""The OWASP API Security Top 10 of 2023, one class each, as far as the program has the parts."""

from __future__ import annotations

import asyncio
import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import jwt
import pytest

from haitech_adapters.http import declared
from haitech_adapters.http.openapi import document_of
from haitech_adapters.http.shapes import camel
from haitech_adapters.security.tokens import ALGORITHM, AUDIENCE, ISSUER
from haitech_domain.ports import RefusedTarget
from haitech_domain.testing.builders import a_key
from tests.http.access_of_routes import ROUTES, body_of, furnished
from tests.http.school_world import (
    BASE,
    Caller,
    a_free_phone,
    a_school_behind_its_api,
    fields_of,
    sunday,
)
from tests.webhooks.targets import Names, courier


@pytest.fixture(scope="module")
def world():
    with a_school_behind_its_api() as world:
        world.rows = furnished(world)
        yield world


def path_of(world, route):
    return route.path.format(**{n: world.rows.get(w, w) for n, w in route.names.items()})


class TestAPI1BrokenObjectLevelAuthorization:
    def test_the_ids_of_another_open_nothing(self, world):
        """By path, by filter and by body; R-ACC-2."""
        for route in ROUTES:
            if route.who == "own":
                body = body_of(route, world, world.rows)
                world.as_omer.refused(404, route.method, path_of(world, route), body)
        assert world.as_omer.everything("/meetings", cycleId=world.rows["cycle"]) == []
        before = world.admin.get(f"/meetings/{world.rows['meeting']}")
        moved = {"cycleId": world.rows["foreign_cycle"]}
        path = f"/meetings/{world.rows['meeting']}"
        assert world.as_omer.send("PUT", path, moved).status_code in {400, 404}
        assert world.admin.get(path) == before


class TestAPI2BrokenAuthentication:
    def token(self, world, *, secret=None, algorithm=ALGORITHM, **claims):
        good = jwt.decode(world.admin.token, options={"verify_signature": False})
        secret = world.tokens.secret if secret is None else secret
        return jwt.encode({**good, **claims}, secret, algorithm)

    def test_only_a_token_of_ours_for_us_and_in_time_opens(self, world):
        now = world.clock.now()
        head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
        body = world.admin.token.split(".")[1]
        bad = {
            "unsigned": f"{head}.{body}.",
            "signed by another": self.token(world, secret="another secret " * 4),
            "of another algorithm": self.token(world, secret="x" * 64, algorithm="HS512"),
            "for another audience": self.token(world, aud="another"),
            "of another issuer": self.token(world, iss="another"),
            "expired": self.token(world, iat=now - timedelta(2), exp=now - timedelta(1)),
            "raised to admin": f"{world.as_yael.token.rsplit('.', 1)[0]}.{'A' * 43}",
            "no token": "x",
            "no key of ours": a_key(),
            "a key mistyped": a_key()[:-1] + "_",
        }
        assert (ISSUER, AUDIENCE) != ("another", "another")
        assert Caller(world.client, self.token(world)).send("GET", "/users").status_code != 401
        for why, token in bad.items():
            answer = Caller(world.client, token).send("GET", "/customers")
            assert (why, answer.status_code) == (why, 401)
            assert token not in answer.text

    def test_credentials_stand_in_headers_only(self, world):
        for name in ("token", "access_token", "api_key", "apiKey"):
            answer = world.nobody.send("GET", "/courses", params={name: world.admin.token})
            assert answer.status_code == 401
        world.client.cookies.set("token", str(world.admin.token))
        try:
            assert world.nobody.send("GET", "/courses").status_code == 401
        finally:
            world.client.cookies.clear()


class TestAPI3BrokenObjectPropertyLevelAuthorization:
    @pytest.mark.parametrize(
        "field",
        ["id", "version", "createdAt", "updatedAt", "deletedAt", "completedMeetings", "progress"],
    )
    def test_nothing_that_is_not_offered_can_be_assigned(self, world, field):
        path = f"/cycles/{world.rows['cycle']}"
        assert fields_of(world.admin.refused(400, "PUT", path, {field: 1})) == {field}

    @pytest.mark.parametrize("field", ["instructorId", "scheduledDate", "nature"])
    def test_an_instructor_changes_notes_and_topic_alone(self, world, field):
        value = {
            "instructorId": world.omer["id"],
            "scheduledDate": sunday(9),
            "nature": "no_revenue",
        }[field]
        path = f"/meetings/{world.rows['meeting']}"
        before = world.admin.get(path)
        world.as_yael.refused(403, "PUT", path, {field: value, "notes": "mine"})
        assert world.admin.get(path) == before

    def test_money_cannot_be_written_by_anybody(self, world):
        path = f"/meetings/{world.rows['meeting']}"
        for caller in (world.as_yael, world.manager, world.admin):
            for field in ("revenue", "instructorPayment", "profit", "status", "number"):
                error = caller.refused(400, "PUT", path, {field: 1})
                assert fields_of(error) == {field}

    def test_what_a_role_may_not_see_is_absent(self, world):
        shown = world.as_yael.get(f"/cycles/{world.rows['cycle']}")
        assert not {"meetingRevenue", "pricePerStudent", "instructorDailyRate"} & set(shown)
        assert "keyHash" not in world.admin.get(f"/api-keys/{world.rows['api_key']}")


class TestAPI4UnrestrictedResourceConsumption:
    @pytest.mark.parametrize("query", ["limit=101", "limit=0", "offset=10000001", "offset=-1"])
    def test_pages_are_bounded(self, world, query):
        world.admin.refused(400, "GET", f"/courses?{query}")

    def test_bodies_parameters_and_nesting_are_bounded(self, world):
        big = json.dumps({"name": "x" * 1024 * 1024}).encode()
        headers = {"content-type": "application/json"}
        answer = world.admin.send("POST", "/courses", content=big, headers=headers)
        assert answer.status_code == 413
        deep = b'{"name":' + b"[" * 5_000 + b"]" * 5_000 + b"}"
        answer = world.admin.send("POST", "/courses", content=deep, headers=headers)
        assert answer.status_code == 400
        many = "&".join(f"p{n}=1" for n in range(200))
        world.admin.refused(400, "GET", f"/courses?{many}")

    def test_one_request_makes_no_more_than_a_cycle_may_have(self, world):
        body = world.cycle_body(totalMeetings=501)
        error = world.admin.refused(400, "POST", "/cycles", body)
        assert fields_of(error) == {"totalMeetings"}


class TestAPI5BrokenFunctionLevelAuthorization:
    def test_what_is_for_administrators_is_for_them_alone(self, world):
        """R-ACC-1: whatever the method, the writing of the path or what a header claims."""
        key = world.key("*")
        for route in ROUTES:
            if route.who != "a":
                continue
            path, body = path_of(world, route), body_of(route, world, world.rows)
            for caller in (world.manager, world.as_yael):
                claims = {"X-Role": "admin", "X-Original-URL": "/api/v1/courses"}
                answer = caller.send(route.method, path, body, headers=claims)
                assert (str(route), answer.status_code) == (str(route), 403)
            if route.scopes is None:
                assert key.send(route.method, path, body).status_code == 403

    def test_a_harmless_method_does_not_carry_another(self, world):
        path = f"/courses/{world.rows['idle_course']}"
        for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
            world.as_yael.send("GET", path, headers={name: "DELETE"})
            world.admin.send("GET", path, headers={name: "DELETE"})
            assert world.admin.get(path)["id"] == world.rows["idle_course"]


class TestAPI6UnrestrictedAccessToSensitiveBusinessFlows:
    def test_the_last_place_is_given_once_however_many_ask(self, world):
        """R-REG-2: the flow that somebody would race for."""
        cycle = world.cycle(maxStudents=1, startTime="20:00", endTime="21:00")["id"]
        students = [str(world.student()) for _ in range(8)]

        def take(student):
            body = {"cycleId": cycle, "studentId": student}
            return world.manager.send("POST", "/registrations", body).status_code

        with ThreadPoolExecutor(8) as threads:
            statuses = sorted(threads.map(take, students))
        assert statuses == [201] + [409] * 7


class TestAPI7ServerSideRequestForgery:
    @pytest.mark.parametrize(
        "address",
        ["file:///etc/passwd", "gopher://127.0.0.1", "javascript:alert(1)", "//169.254.169.254"],
    )
    def test_an_address_that_is_kept_is_one_of_the_web_and_is_never_fetched(self, world, address):
        body = {"zoomJoinUrl": address}
        path = f"/meetings/{world.rows['meeting']}"
        assert fields_of(world.admin.refused(400, "PUT", path, body)) == {"zoomJoinUrl"}

    @pytest.mark.parametrize(
        "url",
        ["http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
         "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://0/", "http://１２７.0.0.1/",
         "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://inside.example/",
         "http://rebound.example/", "http://hooks.example@127.0.0.1/", "gopher://127.0.0.1:6379/_FLUSHALL"],
    )  # fmt: skip
    def test_an_address_that_is_told_is_of_the_public_internet_in_every_spelling(self, url):
        """Webhooks are what fetches; what they check here is checked again at every connection."""
        names = Names(
            {"inside.example": ["10.0.0.7"], "rebound.example": ["93.184.216.34 127.0.0.1"]}
        )

        async def checked():
            async with courier(look_up=names) as carrier:
                await carrier.check(url)

        with pytest.raises(RefusedTarget):
            asyncio.run(checked())


class TestAPI8SecurityMisconfiguration:
    def test_every_answer_has_its_headers_and_none_tells_of_the_inside(self, world):
        answers = [
            world.admin.send("GET", "/courses"),
            world.nobody.send("GET", "/courses"),
            world.nobody.send("GET", "/nowhere"),
            world.admin.send("PUT", "/courses"),
            world.admin.send("GET", "/courses/x"),
        ]
        assert [a.status_code for a in answers] == [200, 401, 404, 405, 400]
        for answer in answers:
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "content-security-policy" in answer.headers
            assert "access-control-allow-origin" not in answer.headers
            assert not {"server", "x-powered-by"} & set(answer.headers)
            assert "Traceback" not in answer.text
            assert "haitech_" not in answer.text

    def test_another_origin_is_not_let_in_unless_that_was_set(self, world):
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
        answer = world.nobody.send("OPTIONS", "/courses", headers=asked)
        assert "access-control-allow-origin" not in answer.headers

    @pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
    def test_odd_methods_do_nothing(self, world, method):
        assert world.admin.send(method, "/courses").status_code in {404, 405}


class TestAPI9ImproperInventoryManagement:
    def test_every_route_is_documented_under_one_version_and_no_other_is_served(self, world):
        app = world.client.app
        document = document_of(app)
        documented = {
            (path, method.upper()) for path, ways in document["paths"].items() for method in ways
        }
        served = {(camel(route.path), route.method) for route in declared(app)}
        assert served <= documented
        # what Prometheus reads is no part of the API, and asks for a token of its own
        api = served - {("/metrics", "GET")}
        assert all(path.startswith(f"{BASE}/") for path, _ in api)
        for path in ("/api/v2/courses", "/api/courses", "/courses", "/openapi.json", "/schema"):
            assert world.client.get(path).status_code == 404


class TestAPI10UnsafeConsumptionOfAPIs:
    def test_what_a_proxy_is_said_to_have_said_is_not_believed(self, world):
        """Only a trusted one's word counts, and none is trusted unless that was set."""
        said = {
            "X-Forwarded-For": "198.51.100.7",
            "Forwarded": "for=198.51.100.7;proto=https",
            "X-Request-ID": "a b\tc",
        }
        made = world.admin.send(
            "POST", "/customers", {"name": "Dana", "phone": a_free_phone()}, headers=said
        )
        assert made.status_code == 201
        assert made.headers["x-request-id"] != said["X-Request-ID"]
        path = f"/audit-logs/entity/customer/{made.json()['data']['id']}"
        (entry,) = world.admin.everything(path)
        assert entry["address"] != "198.51.100.7"

    @pytest.mark.parametrize("signature", ["", "v0=", "v0=" + "0" * 64, "sha256=" + "0" * 64])
    def test_what_zoom_is_said_to_have_said_is_not_believed_without_its_signature(
        self, world, signature
    ):
        at = str(int(world.clock.now().timestamp()))
        headers = {"x-zm-request-timestamp": at, "x-zm-signature": signature}
        body = {"event": "meeting.ended", "payload": {"object": {"id": "1"}}}
        before = world.admin.page("/zoom-events")[1]["total"]
        world.nobody.refused(401, "POST", "/public/zoom-webhook", body, headers=headers)
        assert world.admin.page("/zoom-events")[1]["total"] == before

    def test_texts_from_outside_are_kept_as_given_and_control_characters_refused(self, world):
        name = "<script>alert(1)</script> '; DROP TABLE students; -- =1+1"
        made = world.admin.make("/customers", {"name": name, "phone": a_free_phone()})
        assert made["name"] == name
        found = world.admin.everything("/customers", search="'; DROP TABLE")
        assert [row["id"] for row in found] == [made["id"]]
        for bad in ("a\x00b", "a\x1bb", "a\x85b", "a\u202eb"):
            body = {"name": bad, "phone": a_free_phone()}
            assert fields_of(world.admin.refused(400, "POST", "/customers", body)) == {"name"}
        world.admin.refused(404, "GET", f"/customers/{uuid4()}")
