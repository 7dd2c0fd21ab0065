"""`haitech demo`: what it prints works as it is printed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from urllib.parse import urljoin

import pytest

from tests.journeys.command import call
from tests.journeys.program import PATIENCE, everything, is_alive

pytestmark = pytest.mark.postgres


def told(demo, word):
    found = re.search(rf"^\s+{word}\s+(\S.*)$", demo.said(), re.MULTILINE)
    assert found is not None, demo.said()
    return found[1]


def says_address_login_and_docs_that_work(demo):
    """The address, the login and the docs page are printed, and each can be used."""
    assert told(demo, "API") == demo.base
    email, password = told(demo, "login").split(" / ")
    with demo.client(email, password) as client:
        docs = client.get(told(demo, "docs"))
        assert docs.status_code == 200
        assert docs.headers["content-type"].startswith("text/html")
        assert "swagger" in docs.text.lower()
        [asset, *_] = re.findall(r'src="([^"]+\.js)"', docs.text)
        assert client.get(urljoin(str(docs.url), asset)).status_code == 200


def its_instructor_logs_in_and_sees_own_cycles(demo):
    email, password = told(demo, "or").removesuffix(" (an instructor)").split(" / ")
    with demo.client(email, password) as client:
        assert client.get("/auth/me").json()["data"]["role"] == "instructor"
        own = everything(client, "/cycles")
        assert 0 < len(own) < 30
        assert "meetingRevenue" not in own[0]
        assert client.get("/users").status_code == 403


def its_school_is_there_in_full(demo):
    """30 cycles with meetings, in Hebrew; a cycle's progress equals its meetings."""
    email, password = told(demo, "login").split(" / ")
    with demo.client(email, password) as client:
        cycles = everything(client, "/cycles")
        assert len(cycles) == 30
        assert re.search("[א-ת]", cycles[0]["name"])
        meetings = everything(client, "/meetings")
        marks = everything(client, "/attendance")
    for cycle in cycles:
        own = [m["status"] for m in meetings if m["cycleId"] == cycle["id"]]
        assert own
        for status in ("completed", "scheduled", "cancelled", "postponed"):
            assert cycle["progress"][status] == own.count(status)
    statuses = {m["status"] for m in meetings}
    assert {"completed", "scheduled", "cancelled"} <= statuses
    held = {m["id"] for m in meetings if m["status"] == "completed"}
    assert {mark["meetingId"] for mark in marks} <= held
    assert {mark["status"] for mark in marks} == {"present", "absent", "late"}


def its_curl_lines_work_as_they_are_printed(demo):
    """Three curl lines: the first logs in, the others read; run by bash, in one go."""
    for needed in ("bash", "curl", "python3"):
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is not installed")
    lines = demo.said().split("Try:\n")[1].split("\n\n")[0]
    commands = [line.strip() for line in lines.replace("\\\n", " ").splitlines() if line.strip()]
    assert sum("curl" in command for command in commands) == 3
    # each answer on a line of its own
    script = "set -euo pipefail\n" + "\n".join(f"{command}\necho" for command in commands)
    ended = subprocess.run(
        ["bash", "-c", script], capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False
    )
    assert ended.returncode == 0, ended.stderr
    cycles, meetings = [json.loads(line) for line in ended.stdout.splitlines() if line]
    assert len(cycles["data"]) == 3
    names = [cycle["name"] for cycle in cycles["data"]]
    assert names == sorted(names)
    assert {m["status"] for m in meetings["data"]} == {"scheduled"}


def its_log_is_verified_where_it_is(demo, folder):
    """HAITECH_ENV=demo is all that another command needs to find the demo's database and key."""
    verified = call(folder, "audit", "verify", "--json", env="demo")
    assert verified.returncode == 0, verified.stderr[-500:]
    report = json.loads(verified.stdout)
    with demo.database.connect() as connection:
        rows = connection.execute("SELECT count(*) FROM audit_log").fetchone()
    assert rows == (report["sealed"],)
    assert report["sealed"] > 1000


def test_the_demo_is_what_it_says_and_is_seeded_once(start, folder):
    """Address, login, docs and curl lines work as printed; a second start seeds nothing."""
    demo = start("demo", admin_email=None, admin_password=None).ready()
    assert "seeded" in demo.said()
    says_address_login_and_docs_that_work(demo)
    its_instructor_logs_in_and_sees_own_cycles(demo)
    its_school_is_there_in_full(demo)
    its_log_is_verified_where_it_is(demo, folder)
    postgres = demo.database.pid()
    assert demo.stop() == 0
    assert postgres is not None
    assert not is_alive(postgres)
    again = start("demo", env="demo").ready()
    assert "there already" in again.said()
    email, password = told(again, "login").split(" / ")
    with again.client(email, password) as client:
        assert client.get("/cycles?limit=1").json()["pagination"]["total"] == 30
    its_curl_lines_work_as_they_are_printed(again)
    assert again.stop() == 0
    folders = {path.name for path in (folder / "data").iterdir()}
    assert folders == {"demo"}
    assert not (folder / "data" / "demo" / "demo").exists()
