"""The edge: whom to believe, which names to answer to, https in production, other sites' pages."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import get
from litestar.di import Provide
from litestar.response.base import ASGIResponse
from litestar.testing import TestClient

from haitech_adapters import context
from haitech_adapters.addresses import well_formed
from haitech_adapters.http import (
    Cors,
    Edge,
    Endpoint,
    HttpRequest,
    TrustedHosts,
    TrustedProxies,
    answer,
    build_app,
)
from haitech_adapters.http.health import HealthController
from haitech_adapters.http.security_headers import SECURITY_HEADERS
from tests.http.kernel_school import PupilsController, Tokens
from tests.http.peers import nothing_to_check, reached_from

PROXY = "10.0.0.1"
PROXIES = TrustedProxies((ip_network("10.0.0.0/8"), ip_network("fd00::/8")))
APP = "https://app.example"
ADMIN = {"Authorization": "Bearer admin"}
IN_CLEAR = {"X-Forwarded-Proto": "http", "Host": "api.example.com"}
SECURE = {"X-Forwarded-Proto": "https", "Host": "api.example.com"}
PREFLIGHT = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "if-match"}


@get("/seen", opt={"endpoint": Endpoint(summary="What is seen of a request", open=True)})
async def seen(request: HttpRequest) -> ASGIResponse:
    facts = context.current()
    assert facts is not None
    return answer(
        request,
        {"address": facts.address, "scheme": request.scope["scheme"], "url": str(request.url)},
    )


def client(edge, peer=PROXY):
    app = build_app(
        controllers=[seen, PupilsController, HealthController],
        dependencies={"checks": Provide(nothing_to_check, sync_to_thread=False)},
        tokens=Tokens(),
        edge=edge,
        title="School",
        version="1",
    )
    return TestClient(reached_from(app, peer), raise_server_exceptions=False)


def seen_by(edge, headers, peer=PROXY):
    with client(edge, peer) as running:
        got = running.get("/seen", headers=headers)
    assert got.status_code == 200, got.text
    return got.json()["data"]


class TestProxies:
    @pytest.mark.parametrize(
        ("forwarded", "address"),
        [("203.0.113.7", "203.0.113.7"),
         ("198.51.100.1, 203.0.113.7", "203.0.113.7"),  # whatever stands left may be made up
         ("203.0.113.7, 10.0.0.9, fd00::1", "203.0.113.7"),
         ("10.0.0.8, 10.0.0.9", "10.0.0.8"),
         ("203.0.113.7:4711", "203.0.113.7"), ("[2001:db8::1]:4711", "2001:db8::1"),
         ("[2001:db8::1]", "2001:db8::1"), ("2001:DB8::1", "2001:db8::1"),
         ("::ffff:203.0.113.7", "203.0.113.7"), (" 203.0.113.7 ,", "203.0.113.7"),
         ("unknown", PROXY), ("", PROXY), (",,,", PROXY), ("203.0.113.7, <script>", PROXY),
         ("203.0.113.7, _hidden, 10.0.0.9", "10.0.0.9"), ("1.2.3.4.5", PROXY), ("[::1", PROXY),
         ("999.1.1.1", PROXY), ("9" * 5000, PROXY), ("\xff\x00"[:1], PROXY)],
    )  # fmt: skip
    def test_a_trusted_proxy_names_the_client(self, forwarded, address):
        headers = [(b"x-forwarded-for", forwarded.encode("latin-1"))]
        assert seen_by(Edge(proxies=PROXIES), headers)["address"] == address

    def test_several_headers_are_one_list(self):
        headers = [
            (b"x-forwarded-for", b"198.51.100.1"),
            (b"x-forwarded-for", b"203.0.113.7, 10.1.1.1"),
        ]
        assert seen_by(Edge(proxies=PROXIES), headers)["address"] == "203.0.113.7"

    def test_a_trusted_proxy_names_scheme_and_host(self):
        headers = {"X-Forwarded-Proto": "HTTPS", "X-Forwarded-Host": "api.example.com:8443"}
        found = seen_by(Edge(proxies=PROXIES), headers)
        assert (found["scheme"], found["url"]) == ("https", "https://api.example.com:8443/seen")

    @pytest.mark.parametrize("peer", ["203.0.113.1", None, "not an address", "fe80::1"])
    def test_nobody_else_is_believed(self, peer):
        headers = {
            "X-Forwarded-For": "198.51.100.1",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "evil.example",
        }
        found = seen_by(Edge(proxies=PROXIES), headers, peer)
        assert found["address"] == peer
        assert found["url"].startswith("http://testserver")

    def test_a_proxy_may_be_reached_by_a_mapped_address(self):
        headers = {"X-Forwarded-For": "198.51.100.1"}
        found = seen_by(Edge(proxies=PROXIES), headers, "::ffff:10.0.0.1")
        assert found["address"] == "198.51.100.1"

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"]),
                st.binary(max_size=40) | st.text("0123456789.:,[] ", max_size=30).map(str.encode),
            ),
            max_size=4,
        )
    )
    def test_no_garbage_in_its_headers_can_do_any_harm(self, headers):
        scope = {
            "client": (PROXY, 1),
            "scheme": "http",
            "headers": [(b"host", b"api.example"), *headers],
        }
        PROXIES.believed(scope)  # type: ignore[arg-type]
        assert scope["scheme"] in {"http", "https"}
        [host] = [value for name, value in scope["headers"] if name == b"host"]
        assert well_formed(host.decode("ascii"))


class TestHosts:
    HOSTS = TrustedHosts(("api.example.com", "*.school.example", "192.0.2.7", "[::1]"))

    @pytest.mark.parametrize(
        "host",
        ["api.example.com", "API.example.com:443", "api.example.com.", "a.school.example",
         "b.a.school.example:8000", "192.0.2.7:80", "[::1]:8000", "[::1]"],
    )  # fmt: skip
    def test_answers_to_its_names(self, host):
        assert self.HOSTS.trusts(host)

    @pytest.mark.parametrize(
        "host",
        ["example.com", "evil-api.example.com", "api.example.com.evil.example", "school.example",
         "192.0.2.8", "", "a b", "api.example.com:http", "api.example.com/", "x@api.example.com",
         "api.example.com\r\n", "a" * 300, "[::1", "é.example"],
    )  # fmt: skip
    def test_answers_to_no_other(self, host):
        assert not self.HOSTS.trusts(host)

    def test_a_wrong_host_is_refused_in_the_envelope(self):
        with client(Edge(hosts=self.HOSTS)) as running:
            refused = running.get("/seen", headers={"Host": "evil.example", "X-Request-ID": "h1"})
            right = running.get("/seen", headers={"Host": "api.example.com"})
            probed = running.get("/health/live/", headers={"Host": "10.9.8.7:8000"})
            missing = running.get("/nothing", headers={"Host": "evil.example"})
        assert refused.status_code == missing.status_code == 400
        assert refused.json()["error"] == {
            "code": "VALIDATION_ERROR",
            "reason": "host.untrusted",
            "message": "this program does not answer to the name in Host",
            "details": [],
        }
        assert refused.json()["meta"]["requestId"] == refused.headers["x-request-id"] == "h1"
        assert right.status_code == 200
        assert probed.status_code == 200, "load balancers ask by address"

    def test_two_names_are_none(self):
        """Whoever checks the first and whoever uses the second would not agree."""
        twice = [(b"host", b"api.example.com"), (b"host", b"api.example.com")]
        with client(Edge(hosts=self.HOSTS)) as running:
            refused = running.get("/seen", headers=twice)
        assert refused.status_code == 400
        assert refused.json()["error"]["reason"] == "host.untrusted"

    def test_it_is_the_name_that_a_trusted_proxy_was_asked_for(self):
        with client(Edge(hosts=self.HOSTS, proxies=PROXIES)) as running:
            inner = {"Host": "upstream"}
            assert running.get("/seen", headers=inner).status_code == 400
            named = running.get("/seen", headers=inner | {"X-Forwarded-Host": "api.example.com"})
            assert named.status_code == 200


class TestHttps:
    EDGE = Edge(proxies=PROXIES, production=True)

    def test_in_production_a_reader_is_shown_the_way_to_https(self):
        with client(self.EDGE) as running:
            for method in ("GET", "HEAD"):
                shown = running.request(
                    method, "/seen?a=%2F&b=ב", headers=IN_CLEAR, follow_redirects=False
                )
                assert shown.status_code == 308
                assert shown.headers["location"] == "https://api.example.com/seen?a=%2F&b=%D7%91"
                assert "x-request-id" in shown.headers

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
    def test_whoever_sends_more_in_clear_is_refused_and_not_sent_on(self, method):
        with client(self.EDGE) as running:
            refused = running.request(method, "/pupils", headers=IN_CLEAR | ADMIN)
        assert refused.status_code == 403
        assert refused.json()["error"]["reason"] == "https.required"

    def test_only_a_trusted_proxys_word_counts_and_health_never_minds(self):
        with client(self.EDGE) as running:
            assert running.get("/seen", headers=SECURE).status_code == 200
            assert running.get("/seen").status_code == 200, "nobody said anything"
            assert running.get("/health", headers=IN_CLEAR).status_code == 200
        with client(self.EDGE, "203.0.113.1") as running:
            assert running.get("/seen", headers=IN_CLEAR).status_code == 200
        with client(Edge(proxies=PROXIES)) as running:
            assert running.get("/seen", headers=IN_CLEAR).status_code == 200, "not production"

    def test_hsts_is_said_in_production_over_https_only(self):
        def said(edge, headers):
            with client(edge) as running:
                return running.get("/seen", headers=headers).headers

        assert "strict-transport-security" not in said(Edge(proxies=PROXIES), SECURE)
        assert "strict-transport-security" not in said(self.EDGE, {})
        assert said(self.EDGE, SECURE)["strict-transport-security"].startswith("max-age=315")

    def test_browsers_are_told_to_upgrade_in_production_only(self):
        with client(self.EDGE) as running:
            policy = running.get("/seen").headers["content-security-policy"]
        assert policy.endswith(";upgrade-insecure-requests")
        with client(Edge()) as running:
            headers = running.get("/seen").headers
        assert SECURITY_HEADERS.items() <= headers.items()
        assert "upgrade" not in headers["content-security-policy"]


class TestPagesOfOtherSites:
    EDGE = Edge(cors=Cors(frozenset({APP})))

    def test_a_page_of_a_known_origin_may_read_answers_and_our_headers(self):
        with client(self.EDGE) as running:
            got = running.get("/pupils", headers=ADMIN | {"Origin": APP})
        assert got.headers["access-control-allow-origin"] == APP
        assert got.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in got.headers
        exposed = set(got.headers["access-control-expose-headers"].split(", "))
        assert {"ETag", "Location", "X-Request-ID", "Retry-After", "RateLimit", "RateLimit-Policy",
                "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
                "Idempotency-Replayed"} <= exposed  # fmt: skip

    @pytest.mark.parametrize("path", ["/pupils", "/nothing", "/pupils/fails/x"])
    def test_so_it_is_for_refusals_and_failures(self, path):
        with client(self.EDGE) as running:
            got = running.get(path, headers={"Origin": APP})
        assert got.status_code in {401, 404, 500}
        assert got.headers["access-control-allow-origin"] == APP

    @pytest.mark.parametrize(
        "origin",
        ["https://evil.example", "http://app.example", "https://app.example.evil.example", "null",
         "https://app.example:8443", "https://sub.app.example", "*", ""],
    )  # fmt: skip
    def test_no_other_page_may_and_caches_are_told_that_it_depends(self, origin):
        with client(self.EDGE) as running:
            got = running.get("/pupils", headers=ADMIN | {"Origin": origin})
            asked = running.options("/pupils", headers=PREFLIGHT | {"Origin": origin})
        for answered in (got, asked):
            assert not [name for name in answered.headers if name.startswith("access-control")]
            assert answered.headers["vary"] == "Origin"

    def test_a_preflight_of_a_known_page_needs_nobody_and_allows_our_headers(self):
        with client(self.EDGE) as running:
            asked = running.options("/pupils", headers=PREFLIGHT | {"Origin": APP})
        assert asked.status_code == 204
        assert asked.headers["access-control-allow-origin"] == APP
        assert asked.headers.get_list("vary") == ["Origin"]
        allowed = set(asked.headers["access-control-allow-headers"].split(", "))
        assert {"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match",
                "X-API-Key", "X-Request-ID"} <= allowed  # fmt: skip
        methods = set(asked.headers["access-control-allow-methods"].split(", "))
        assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= methods
        assert "x-request-id" in asked.headers

    def test_without_origins_nothing_is_said(self):
        with client(Edge()) as running:
            got = running.get("/pupils", headers=ADMIN | {"Origin": APP})
            asked = running.options("/pupils", headers=PREFLIGHT | {"Origin": APP})
        for answered in (got, asked):
            assert not [
                n for n in answered.headers if n.startswith("access-control") or n == "vary"
            ]
