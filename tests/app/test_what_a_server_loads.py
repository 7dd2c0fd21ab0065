"""A server starts quickly because it loads and makes only what it needs to answer."""

from __future__ import annotations

import json
import subprocess
import sys

LATER = (
    "alembic",  # where there is something to migrate
    "haitech_adapters.limits.redis",  # where HAITECH_REDIS_URL is set
    "haitech_adapters.telemetry",  # where HAITECH_OTLP_URL or HAITECH_SENTRY_DSN is set
    "hypothesis",  # where others test
    "icalendar",  # at the first calendar that is read
    "openpyxl",  # in our tests
    "opentelemetry.sdk",
    "opentelemetry.trace",
    "pytest",
    "redis",
    "sentry_sdk",
    "xlsxwriter",  # at the first workbook
)
"""Litestar reads names of OpenTelemetry's conventions where they are installed; that is all."""
STARTED = f"""
import attrs, json, sys
from haitech_app.server import serve
from haitech_app.asgi import app_of
from haitech_app.settings import Settings
settings = attrs.evolve(Settings.load({{}}), database_url="postgresql://u", secret_key="s" * 40)
app = app_of(settings)
later = {LATER!r}
loaded = [name for name in later if any(f"{{m}}.".startswith(f"{{name}}.") for m in sys.modules)]
print(json.dumps([loaded, app.state.document.cache_info().currsize]))
"""


def test_a_server_loads_nothing_for_later_and_makes_no_document_before_it_is_asked():
    ran = subprocess.run(
        [sys.executable, "-c", STARTED], capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == [[], 0]
