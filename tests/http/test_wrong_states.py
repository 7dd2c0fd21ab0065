"""Every verb of meetings and cycles in every state: what it leads to, or the rule that refuses it.

In the tables `-` is the refusal that is named after the verb (`meeting.cannot_complete`), a number
the status of one that has nothing to do with the state, a word with a dot the refusal of that
reason; anything else is where the verb leads.
"""

from typing import Any

import attrs
import pytest

from tests.http.school_world import SchoolWorld, a_school_behind_its_api, refusal, sunday

MEETINGS = """
verb           | scheduled           | completed           | cancelled           | postponed           | deleted
complete       | completed           | -                   | -                   | -                   | 404
cancel         | cancelled           | -                   | -                   | -                   | 404
postpone       | postponed           | -                   | -                   | -                   | 404
reopen         | -                   | scheduled           | -                   | -                   | 404
recalculate    | -                   | completed           | -                   | -                   | 404
restore        | -                   | -                   | scheduled           | -                   | scheduled
move           | scheduled           | meeting.is_fixed    | meeting.is_fixed    | meeting.is_fixed    | 404
note           | scheduled           | completed           | cancelled           | postponed           | 404
delete         | gone                | gone                | gone                | gone                | 404
all completed  | completed           | meeting.cannot_complete | meeting.cannot_complete | meeting.cannot_complete | 404
all cancelled  | cancelled           | meeting.cannot_cancel   | meeting.cannot_cancel   | meeting.cannot_cancel   | 404
all scheduled  | meeting.cannot_restore | scheduled        | scheduled           | meeting.cannot_restore  | 404
all recalculated | meeting.cannot_recalculate | completed   | meeting.cannot_recalculate | meeting.cannot_recalculate | 404
all deleted    | gone                | gone                | gone                | gone                | 404
"""
"""R-MEET-2, R-MEET-6, R-MEET-8, R-PPL-3; «all» are the requests over many."""
CYCLES = """
verb           | active              | taught              | completed           | cancelled           | deleted
to active      | active              | active              | active              | active              | 404
to completed   | completed           | cycle.meetings_scheduled | completed      | cycle.cannot_complete | 404
to cancelled   | cancelled           | cancelled           | cycle.cannot_cancel | cancelled           | 404
rename         | active              | active              | completed           | cancelled           | 404
generate       | active              | active              | active              | cycle.is_cancelled  | 404
plan           | active              | active              | completed           | cycle.is_cancelled  | 404
make a meeting | active              | active              | active              | cycle.is_cancelled  | 400
register       | active              | active              | registration.cycle_not_active | registration.cycle_not_active | 404
recount        | active              | active              | completed           | cancelled           | 404
duplicate      | active              | active              | completed           | cancelled           | 404
restore        | restore.not_deleted | restore.not_deleted | restore.not_deleted | restore.not_deleted | active
delete         | gone                | gone                | gone                | gone                | 404
all active     | active              | active              | active              | active              | 404
all completed  | completed           | cycle.meetings_scheduled | completed      | cycle.cannot_complete | 404
all cancelled  | cancelled           | cancelled           | cycle.cannot_cancel | cancelled           | 404
all generated  | active              | active              | active              | cycle.is_cancelled  | 404
"""
"""R-CYC-3, R-MEET-7, R-REG-2; `taught` is active with a meeting scheduled."""


def read(table: str) -> dict[tuple[str, str], str]:
    """A table as verb and state to outcome."""
    head, *lines = [[c.strip() for c in line.split("|")] for line in table.strip().splitlines()]
    return {
        (line[0], state): cell
        for line in lines
        for state, cell in zip(head[1:], line[1:], strict=True)
    }


def states(table: str) -> list[str]:
    return [cell.strip() for cell in table.strip().splitlines()[0].split("|")][1:]


@attrs.frozen
class Stage:
    """A school as it is before every call, and the one thing that all calls are about."""

    world: SchoolWorld
    id: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return self.world.manager.send(method, path.format(self.id), body)

    def judge(self, kind: str, call: tuple[str, str, Any], expected: str, verb: str) -> str | None:
        """What is wrong with what came of a call, if anything is."""
        state = self.world.uow._state
        before = len(self.world.events())
        answer = self.call(*call)
        if "." in expected or expected == "-" or expected.isdigit():
            status = int(expected) if expected.isdigit() else 409
            error = refusal(answer, status) if answer.status_code == status else answer.json()
            reason = f"meeting.cannot_{verb}" if expected == "-" else expected
            wrong = not expected.isdigit() and error.get("reason") != reason
            if answer.status_code != status or wrong:
                return f"{verb}: {answer.status_code} {answer.text}"
            if self.world.uow._state != state or len(self.world.events()) != before:
                return f"{verb}: was refused, and left something behind"
            return None
        shown = self.call("GET", f"/{kind}/{{}}")
        now = "gone" if shown.status_code == 404 else shown.json()["data"]["status"]
        fine = answer.is_success and now == expected
        return None if fine else f"{verb}: {answer.status_code} {answer.text}, it is {now}"

    def every(self, kind: str, calls: Any, expected: Any) -> list[str]:
        """What is wrong with any of the calls, each made on the untouched school."""
        state = self.world.uow._state
        found = []
        for verb, call in calls.items():
            self.world.uow._state = state
            found.append(self.judge(kind, call, expected(verb), verb))
        return [problem for problem in found if problem]


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


# ── meetings ────────────────────────────────────────────────────────────────────────────────


def a_meeting(world: SchoolWorld, state: str) -> tuple[str, str]:
    """A cycle, and its meeting in this state."""
    cycle, (one, *_) = world.generated()
    verbs = {"completed": "complete", "cancelled": "cancel", "postponed": "postpone"}
    if state in verbs:
        world.manager.act(f"/meetings/{one['id']}/{verbs[state]}")
    if state == "deleted":
        world.manager.drop(f"/meetings/{one['id']}")
    return cycle, one["id"]


def calls_on_a_meeting(id: str) -> dict[str, tuple[str, str, Any]]:
    one, many = f"/meetings/{id}", "/meetings/bulk-"
    verbs = ("complete", "cancel", "postpone", "reopen", "recalculate", "restore")
    return {
        **{verb: ("POST", f"{one}/{verb}", None) for verb in verbs},
        "move": ("PUT", one, {"scheduledDate": sunday(7)}),
        "note": ("PUT", one, {"notes": "fine"}),
        "delete": ("DELETE", one, None),
        **{
            f"all {status}": ("POST", f"{many}update-status", {"ids": [id], "status": status})
            for status in ("completed", "cancelled", "scheduled")
        },
        "all recalculated": ("POST", f"{many}recalculate", {"ids": [id]}),
        "all deleted": ("POST", f"{many}delete", {"ids": [id]}),
    }


@pytest.mark.parametrize("state", states(MEETINGS))
def test_a_meeting_goes_only_where_its_state_lets_it(world, state):
    """R-MEET-2: anything else is refused by name, and changes nothing."""
    table = read(MEETINGS)
    _, id = a_meeting(world, state)
    calls = calls_on_a_meeting(id)
    assert {verb for verb, _ in table} == set(calls)
    assert Stage(world, id).every("meetings", calls, lambda verb: table[verb, state]) == []


@pytest.mark.parametrize("state", ["scheduled", "completed", "cancelled", "postponed", "deleted"])
def test_in_a_cancelled_cycle_no_meeting_changes(world, state):
    """R-MEET-7: whatever its state; what is deleted is not there, and does not come back."""
    cycle, id = a_meeting(world, state)
    world.manager.put(f"/cycles/{cycle}", {"status": "cancelled"})

    def expected(verb: str) -> str:
        return "404" if state == "deleted" and verb != "restore" else "cycle.is_cancelled"

    assert Stage(world, id).every("meetings", calls_on_a_meeting(id), expected) == []
    world.recounted(cycle)


# ── cycles ──────────────────────────────────────────────────────────────────────────────────


def a_cycle(world: SchoolWorld, state: str) -> str:
    """A cycle in this state."""
    id: str = world.generated()[0] if state == "taught" else world.cycle()["id"]
    if state in {"completed", "cancelled"}:
        world.manager.put(f"/cycles/{id}", {"status": state})
    if state == "deleted":
        world.manager.drop(f"/cycles/{id}")
    return id


def calls_on_a_cycle(world: SchoolWorld, id: str) -> dict[str, tuple[str, str, Any]]:
    one, many = f"/cycles/{id}", "/cycles/bulk-"
    lesson = {"scheduledDate": sunday(5), "startTime": "16:00", "endTime": "17:00"}
    wanted = ("active", "completed", "cancelled")
    return {
        **{f"to {status}": ("PUT", one, {"status": status}) for status in wanted},
        "rename": ("PUT", one, {"name": "Another name"}),
        "generate": ("POST", f"{one}/generate-meetings", None),
        "plan": ("POST", f"{one}/generate-meetings", {"dryRun": True}),
        "make a meeting": ("POST", "/meetings", {"cycleId": id, **lesson}),
        "register": ("POST", f"{one}/registrations", {"studentId": str(world.student())}),
        "recount": ("POST", f"{one}/sync-progress", None),
        "duplicate": ("POST", f"{one}/duplicate", {"newName": "B", "newStartDate": sunday(9)}),
        "restore": ("POST", f"{one}/restore", None),
        "delete": ("DELETE", one, None),
        **{
            f"all {status}": ("POST", f"{many}update", {"ids": [id], "data": {"status": status}})
            for status in wanted
        },
        "all generated": ("POST", f"{many}generate-meetings", {"ids": [id]}),
    }


@pytest.mark.parametrize("state", states(CYCLES))
def test_a_cycle_goes_only_where_its_state_lets_it(world, state):
    """R-CYC-3; the status that is there already is no change."""
    table = read(CYCLES)
    id = a_cycle(world, state)
    calls = calls_on_a_cycle(world, id)
    assert {verb for verb, _ in table} == set(calls)
    assert Stage(world, id).every("cycles", calls, lambda verb: table[verb, state]) == []
