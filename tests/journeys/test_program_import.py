"""`haitech import legacy` with the files of a real school, and the school over HTTP afterwards."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, timedelta

import pytest

from haitech_app.testing import databases
from tests.journeys.command import call, let_in, served_here
from tests.journeys.legacy_files import REAL
from tests.journeys.program import EMAIL, PASSWORD, as_url, everything, run

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(
        not (REAL / "legacy_cycles.csv").exists(),
        reason="the export of a real school is not beside the project (../shared/data/legacy)",
    ),
]

FILES = (
    *("import", "legacy", "--json"),
    *("--cycles", str(REAL / "legacy_cycles.csv")),
    *("--meetings", str(REAL / "legacy_meetings.csv")),
)
CYCLES = {"read": 86, "created": 85, "unchanged": 0, "rejected": 1}
MEETINGS = {"read": 2172, "created": 2049, "unchanged": 0, "rejected": 123}
STATUSES = ("completed", "scheduled", "cancelled", "postponed")
CONFLICT = 409


def figures(report, what):
    return {name: report[what][name] for name in CYCLES}


def imported(folder, *options, how=call, **settings):
    ended = how(folder, *FILES, *options, **settings)
    assert ended.returncode == 0, ended.stderr[-500:]
    return json.loads(ended.stdout)


def four_runs(folder, **settings):
    """A dry run, a file that cannot be read, the import, and the import again, in this order."""
    dry = imported(folder, "--dry-run", **settings)
    broken = folder / "broken.csv"
    broken.write_bytes(b"\x00\x01 no export")
    unreadable = call(folder, *FILES[:-1], str(broken), **settings)
    return {
        "dry": dry,
        "unreadable": unreadable,
        "first": imported(folder, how=run, **settings),
        "second": imported(folder, **settings),
    }


def whole_school(client):
    """Every cycle, and the meetings of each, as they are now."""
    of: dict[str, list[dict[str, object]]] = {}
    for meeting in everything(client, "/meetings"):
        of.setdefault(meeting["cycleId"], []).append(meeting)
    return {c["id"]: c for c in everything(client, "/cycles")}, of


def must_add_up(cycle, meetings):
    """R-CYC-1: progress is a recount of the meetings."""
    counted = Counter(meeting["status"] for meeting in meetings)
    assert {s: cycle["progress"][s] for s in STATUSES} == {s: counted[s] for s in STATUSES}
    active = cycle["status"] == "active"
    left = max(0, cycle["totalMeetings"] - counted["completed"]) if active else 0
    assert cycle["progress"]["remaining"] == left
    for meeting in meetings:
        if meeting["status"] != "completed":
            assert (meeting["revenue"], meeting["profit"]) == (0, 0)


def must_still_add_up(client, cycle_id):
    cycle = client.get(f"/cycles/{cycle_id}").json()["data"]
    must_add_up(cycle, everything(client, f"/cycles/{cycle_id}/meetings"))
    synced = client.post(f"/cycles/{cycle_id}/sync-progress").json()["data"]
    assert set(synced["drift"].values()) == {0}
    return cycle


def the_figures_are_those_of_the_issue(client, school, runs):
    """read = created + unchanged + rejected; 86/85/1 cycles, 2172/2049/123 meetings."""
    report = runs["first"]
    assert figures(report, "cycles") == CYCLES
    assert figures(report, "meetings") == MEETINGS
    assert sum(report["meetings"]["byStatus"].values()) == MEETINGS["created"]
    assert len(report["rejections"]) == CYCLES["rejected"] + MEETINGS["rejected"]
    assert all(r["file"] and r["line"] > 1 and r["reason"] for r in report["rejections"])


def a_dry_run_says_the_same_and_stores_nothing(client, school, runs):
    """The import after it creates everything still."""
    assert runs["dry"]["cycles"] == runs["first"]["cycles"]
    assert runs["dry"]["meetings"] == runs["first"]["meetings"]
    assert runs["dry"]["rejections"] == runs["first"]["rejections"]


def an_unreadable_file_ends_with_status_2_before_anything_is_written(client, school, runs):
    """One line says which; the import after it creates everything still."""
    ended = runs["unreadable"]
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "broken.csv" in ended.stderr
    assert "Traceback" not in ended.stderr


def a_second_run_creates_nothing(client, school, runs):
    """Rows are known by their import keys."""
    report = runs["second"]
    assert figures(report, "cycles") == CYCLES | {"created": 0, "unchanged": 85}
    assert figures(report, "meetings") == MEETINGS | {"created": 0, "unchanged": 2049}


def every_cycle_and_meeting_is_there_and_every_progress_is_a_recount(client, school, runs):
    """The import is a live, exact system (R-CYC-1)."""
    cycles, meetings = school
    assert len(cycles) == 85
    assert sum(map(len, meetings.values())) == 2049
    by_status = Counter(m["status"] for own in meetings.values() for m in own)
    reported = runs["first"]["meetings"]["byStatus"]
    assert {s: by_status[s] for s in STATUSES} == {s: reported.get(s, 0) for s in STATUSES}
    for id, cycle in cycles.items():
        must_add_up(cycle, meetings.get(id, []))


def the_imported_is_listed_filtered_sorted_and_paged(client, school, runs):
    """Every filter gives exactly what a filter by hand would."""
    cycles, meetings = school
    some = next(c for c in cycles.values() if len(meetings.get(c["id"], [])) > 5)
    filters = {
        "status": some["status"],
        "type": some["type"],
        "dayOfWeek": some["dayOfWeek"],
        "instructorId": some["instructorId"],
        "branchId": some["branchId"],
        "courseId": some["courseId"],
    }
    for name, value in filters.items():
        found = everything(client, "/cycles", **{name: value})
        assert {c["id"] for c in found} == {i for i, c in cycles.items() if c[name] == value}, name
    searched = everything(client, "/cycles", search=some["name"][:12])
    assert some["id"] in {c["id"] for c in searched}
    dates = [m["scheduledDate"] for m in everything(client, "/meetings", sortBy="scheduledDate")]
    assert dates == sorted(dates)
    backwards = everything(client, "/meetings", sortBy="scheduledDate", sortOrder="desc")
    assert [m["scheduledDate"] for m in backwards] == sorted(dates, reverse=True)
    middle = sorted(dates)[len(dates) // 2]
    later = everything(client, "/meetings", **{"from": middle})
    assert len(later) == sum(d >= middle for d in dates)
    held = everything(client, "/meetings", cycleId=some["id"], status="completed")
    assert len(held) == some["progress"]["completed"]
    page = client.get("/cycles", params={"limit": 10, "offset": 80}).json()
    assert len(page["data"]) == 5
    assert page["pagination"] == {"total": 85, "limit": 10, "offset": 80, "hasMore": False}


def verbs_on_real_meetings_keep_every_progress_a_recount(client, school, runs):
    """Complete, cancel, postpone and reopen: R-MEET-2, R-MEET-3, R-CYC-1, R-CYC-2."""
    cycles, meetings = school
    chosen = [
        id
        for id, own in meetings.items()
        if cycles[id]["status"] == "active" and sum(m["status"] == "scheduled" for m in own) >= 3
    ][:3]
    assert chosen, "a school in the middle of its year has meetings to come"
    for id in chosen:
        to_come = [m["id"] for m in meetings[id] if m["status"] == "scheduled"]
        one, two, three = to_come[:3]
        completed = client.post(f"/meetings/{one}/complete")
        assert completed.status_code == 200, completed.text
        must_still_add_up(client, id)
        money = client.get(f"/meetings/{one}/financials").json()["data"]
        assert money["explanation"], "the figures explain themselves"
        assert client.post(f"/meetings/{one}/complete").status_code == CONFLICT
        assert client.post(f"/meetings/{one}/reopen").json()["data"]["revenue"] == 0
        must_still_add_up(client, id)
        cancelled = client.post(f"/meetings/{two}/cancel", json={"reason": "מחלה"})
        assert cancelled.json()["data"]["status"] == "cancelled"
        must_still_add_up(client, id)
        postponed = client.post(f"/meetings/{three}/postpone")
        assert postponed.status_code == 200, postponed.text
        after = must_still_add_up(client, id)
        before = cycles[id]["progress"]
        assert after["progress"]["scheduled"] == before["scheduled"] - 1
        assert after["progress"]["cancelled"] == before["cancelled"] + 1
        assert after["progress"]["postponed"] == before["postponed"] + 1


def a_real_cycle_completes_with_its_last_meeting_and_reopens_with_any(client, school, runs):
    """R-CYC-2: completed with the last meeting; reopening one undoes exactly that."""
    cycles, meetings = school
    active = [i for i, c in cycles.items() if c["status"] == "active" and meetings.get(i)]
    id = min(active, key=lambda i: cycles[i]["progress"]["scheduled"] or 10_000)
    to_come = [m["id"] for m in meetings[id] if m["status"] == "scheduled"]
    for meeting in to_come:
        assert must_still_add_up(client, id)["status"] == "active"
        assert client.post(f"/meetings/{meeting}/complete").status_code == 200
    assert must_still_add_up(client, id)["status"] == "completed"
    assert client.post(f"/meetings/{to_come[0]}/reopen").status_code == 200
    assert must_still_add_up(client, id)["status"] == "active"
    assert client.post(f"/meetings/{to_come[0]}/complete").status_code == 200
    assert must_still_add_up(client, id)["status"] == "completed"


def an_imported_cycle_without_meetings_is_generated_once_with_its_skips_named(client, school, runs):
    """R-SCHED-4, R-SCHED-6: what is skipped is said; running it again adds nothing."""
    cycles, meetings = school
    bare = [c for i, c in cycles.items() if not meetings.get(i)]
    assert bare, "some cycle of the export has no meetings"
    # one that begins now meets the holidays of the year, whenever this runs
    longest = max(bare, key=lambda c: c["totalMeetings"])
    path = f"/cycles/{longest['id']}/generate-meetings"
    dry = client.post(path, json={"dryRun": True, "allowConflicts": True}).json()["data"]
    assert dry["created"] == 0
    assert everything(client, f"/cycles/{longest['id']}/meetings") == []
    made = client.post(path, json={"allowConflicts": True}).json()["data"]
    assert made["created"] == longest["totalMeetings"] == len(dry["meetings"])
    assert made["skipped"] == dry["skipped"]
    for skipped in made["skipped"]:
        assert re.search(r"\w", skipped["reason"])
    days = [date.fromisoformat(m["scheduledDate"]) for m in made["meetings"]]
    assert all(f"{day:%A}".lower() == longest["dayOfWeek"] for day in days)
    closed = {date.fromisoformat(s["date"]) for s in made["skipped"]}
    span = (days[-1] - days[0]) // timedelta(weeks=1) + 1
    assert span == len(days) + len([d for d in closed if days[0] < d < days[-1]])
    assert client.post(path).json()["data"]["created"] == 0
    must_still_add_up(client, longest["id"])


READING = (
    the_figures_are_those_of_the_issue,
    a_dry_run_says_the_same_and_stores_nothing,
    an_unreadable_file_ends_with_status_2_before_anything_is_written,
    a_second_run_creates_nothing,
    every_cycle_and_meeting_is_there_and_every_progress_is_a_recount,
    the_imported_is_listed_filtered_sorted_and_paged,
)
WRITING = (
    verbs_on_real_meetings_keep_every_progress_a_recount,
    a_real_cycle_completes_with_its_last_meeting_and_reopens_with_any,
    an_imported_cycle_without_meetings_is_generated_once_with_its_skips_named,
)


def test_a_real_school_is_imported_and_lives_on_over_http(folder):
    """The issue's «Done when» 2 and 3, in this order; one import for all of them."""
    settings = {"database_url": as_url(databases.new_database()), "admin_password": PASSWORD}
    runs = four_runs(folder, **settings)
    assert call(folder, "admin", "create", "--email", EMAIL, **settings).returncode == 0
    with served_here(folder, **settings) as client:
        let_in(client)
        school = whole_school(client)
        for step in READING:
            step(client, school, runs)
        for step in WRITING:
            step(client, whole_school(client), runs)
