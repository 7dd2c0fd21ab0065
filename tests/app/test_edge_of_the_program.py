"""The program as it is set: its edge and its limits stand before every route."""

from __future__ import annotations

from ipaddress import ip_network

import attrs
import httpx
import pytest

from haitech_app.asgi import app_of
from haitech_app.settings import Environment, Settings

pytestmark = pytest.mark.anyio
SETTINGS = Settings(
    env=Environment.PROD,
    database_url="postgresql://nobody@127.0.0.1:1/nothing",
    jwt_secret="kX9v-2mQ7rT4wZ1pL8sN5bC3hJ6dF0gA",
    secret_key="Zt3n-8cR5yU1xW6qH9aV2eB7kM4jG0fD",
    trusted_proxies=(ip_network("127.0.0.0/8"),),
    trusted_hosts=("api.example",),
    cors_origins=frozenset({"https://app.example"}),
    rate_limit_per_minute=2,
)


def asking(settings):
    transport = httpx.ASGITransport(app_of(settings))  # type: ignore[arg-type]  # its own words
    return httpx.AsyncClient(transport=transport, base_url="http://api.example/api/v1")


async def test_in_production_everything_that_is_set_holds():
    """Host, https by the proxy's word, HSTS, pages of other sites, limits; health is spared."""
    secure = {"X-Forwarded-Proto": "https", "Origin": "https://app.example"}
    async with asking(SETTINGS) as client:
        good = await client.get("/meta/version", headers=secure)
        assert good.status_code == 200
        assert "strict-transport-security" in good.headers
        assert good.headers["access-control-allow-origin"] == "https://app.example"
        assert good.headers["x-ratelimit-limit"] == "2"
        assert good.headers["ratelimit-policy"] == '"minute";q=2;w=60, "hour";q=1000;w=3600'
        wrong = await client.get("/meta/version", headers=secure | {"Host": "evil.example"})
        assert wrong.json()["error"]["reason"] == "host.untrusted"
        clear = await client.get("/meta/version", headers={"X-Forwarded-Proto": "http"})
        assert clear.headers["location"] == "https://api.example/api/v1/meta/version"
        await client.get("/meta/version", headers=secure)
        assert (await client.get("/meta/version", headers=secure)).status_code == 429
        for path in ("/health", "/health/live"):
            spared = await client.get(path, headers={"Host": "10.1.2.3"})
            assert spared.status_code == 200
            assert "x-ratelimit-limit" not in spared.headers


@pytest.mark.parametrize("env", [Environment.DEV, Environment.DEMO, Environment.STAGING])
async def test_elsewhere_nobody_is_sent_to_https(env):
    """`dev`, `demo` and `staging` are reached in clear; the demo has wide limits."""
    async with asking(attrs.evolve(SETTINGS, env=env, rate_limit_per_minute=None)) as client:
        clear = await client.get("/meta/version", headers={"X-Forwarded-Proto": "http"})
        secure = await client.get("/meta/version", headers={"X-Forwarded-Proto": "https"})
    assert clear.status_code == secure.status_code == 200
    assert "strict-transport-security" not in secure.headers
    assert "upgrade-insecure" not in secure.headers["content-security-policy"]
    most = "100" if env is Environment.STAGING else "10000"
    assert clear.headers["x-ratelimit-limit"] == most


async def test_the_docs_page_runs_its_own_scripts_only_and_holds_none_inline():
    """Nothing that anybody stored is on it; a script of another's would not run."""
    async with asking(Settings(secret_key=SETTINGS.secret_key, jwt_secret=SETTINGS.jwt_secret,
                               database_url=SETTINGS.database_url)) as client:  # fmt: skip
        page = await client.get("/docs")
    policy = dict(part.strip().partition(" ")[::2] for part in page.headers["content-security-policy"].split(";"))  # fmt: skip
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    scripts = page.text.split("<script")[1:]
    assert scripts
    assert all(one.partition(">")[2].startswith("</script>") for one in scripts)
    assert "onload=" not in page.text
