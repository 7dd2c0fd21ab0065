"""Whatever is done to a cycle, in whatever order: never a failure, and the progress is true."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.http.school_world import a_school_behind_its_api, sunday

VERBS = ("complete", "cancel", "postpone", "reopen", "recalculate", "restore")

one_step = st.one_of(
    st.tuples(st.sampled_from(VERBS), st.integers(0, 5)),
    st.tuples(st.just("delete"), st.integers(0, 5)),
    st.tuples(st.just("add"), st.integers(0, 7)),
    st.tuples(st.just("generate"), st.booleans()),
    st.tuples(st.just("status"), st.sampled_from(["active", "completed", "cancelled"])),
    st.tuples(st.just("total"), st.integers(1, 4)),
    st.tuples(st.just("move"), st.tuples(st.integers(0, 5), st.integers(0, 7))),
    st.tuples(st.just("hand over"), st.booleans()),
    st.tuples(st.just("cycle"), st.sampled_from(["delete", "restore"])),
)


@pytest.fixture(scope="module")
def world():
    with a_school_behind_its_api() as made:
        yield made


def request(world, id, known, step):  # noqa: PLR0911  # a table, in words
    """A step as a request."""
    what, how = step
    leave = {"allowConflicts": True}
    if what == "add":
        body = {"cycleId": id, "scheduledDate": sunday(how), "startTime": "10:00"}
        return "POST", "/meetings", body | {"endTime": "11:00"} | (leave if how % 2 else {})
    if what == "generate":
        return "POST", f"/cycles/{id}/generate-meetings", {"allowConflicts": how}
    if what == "status":
        return "PUT", f"/cycles/{id}", {"status": how} | leave
    if what == "total":
        return "PUT", f"/cycles/{id}", {"totalMeetings": how}
    if what == "hand over":
        to = world.omer if how else world.yael
        return "PUT", f"/cycles/{id}", {"instructorId": to["id"]} | leave
    if what == "cycle":
        return (
            ("DELETE", f"/cycles/{id}", None)
            if how == "delete"
            else (
                "POST",
                f"/cycles/{id}/restore",
                leave,
            )
        )
    position, week = how if what == "move" else (how, 0)
    one = f"/meetings/{known[position % len(known)]}"
    if what == "move":
        return "PUT", one, {"scheduledDate": sunday(week)} | leave
    return ("DELETE", one, None) if what == "delete" else ("POST", f"{one}/{what}", None)


@given(steps=st.lists(one_step, min_size=1, max_size=12))
@settings(max_examples=40)
def test_any_sequence_keeps_the_progress_true(world, steps):
    """R-CYC-1, R-MEET-2, R-MEET-3, R-SCHED-5: nothing answers 500, nothing drifts."""
    for row in world.manager.everything("/cycles"):
        world.manager.drop(f"/cycles/{row['id']}")
    id, meetings = world.generated()
    world.registered(id)
    known = [meeting["id"] for meeting in meetings]
    for step in steps:
        answer = world.manager.send(*request(world, id, known, step))
        assert answer.status_code < 500, answer.text
        if answer.status_code == 404:
            assert (
                step[0] in {"delete", "cycle", *VERBS, "move"}
                or world.manager.send("GET", f"/cycles/{id}").status_code == 404
            )
        if world.manager.send("GET", f"/cycles/{id}").status_code == 404:
            continue
        world.recounted(id)
        rows = world.meetings(id)
        known += [row["id"] for row in rows if row["id"] not in known]
        live = [row["number"] for row in rows if row["status"] in {"scheduled", "completed"}]
        assert len(set(live)) == len(live), "R-SCHED-5: every live meeting has its own number"
        for row in rows:
            if row["status"] != "completed":
                assert row["revenue"] == row["instructorPayment"] == row["profit"] == 0
