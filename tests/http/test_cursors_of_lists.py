"""Lists by cursor, over HTTP."""

from __future__ import annotations

import pytest

from tests.http.school_world import a_free_phone, a_school_behind_its_api, fields_of

PEOPLE = 11


@pytest.fixture(scope="module")
def school():
    with a_school_behind_its_api() as world:
        for n in range(PEOPLE):
            body = {"name": f"לקוחה {n % 4}", "phone": a_free_phone(), "city": "חיפה"}
            world.manager.make("/customers", body)
        yield world


def walked(caller, path, **params):
    """All rows, page by page, and the paginations."""
    rows, abouts = [], []
    cursor: dict[str, str] = {}
    while True:
        page, about = caller.page(path, **params, **cursor)
        rows += page
        abouts.append(about)
        if "nextCursor" not in about:
            return rows, abouts
        cursor = {"cursor": about["nextCursor"]}


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort_by", ["name", "createdAt"])
def test_every_row_is_met_once_in_the_order_of_the_list(school, sort_by, order):
    params = {"sortBy": sort_by, "sortOrder": order, "city": "חיפה", "search": "לקוחה"}
    rows, abouts = walked(school.manager, "/customers", limit=3, **params)
    assert rows == school.manager.everything("/customers", **params)
    assert len(rows) == PEOPLE
    assert [about["hasMore"] for about in abouts] == [True, True, True, False]
    assert {about["total"] for about in abouts} == {PEOPLE}


def test_whoever_comes_meanwhile_moves_nobody(school):
    """Newest first: those who come stand before the place that was reached."""
    with a_school_behind_its_api() as apart:
        for n in range(5):
            apart.admin.make("/courses", {"name": f"course {n}", "category": "ai"})
        before = apart.admin.everything("/courses")
        first, about = apart.admin.page("/courses", limit=2)
        new = [apart.admin.make("/courses", {"name": "new", "category": "ai"}) for _ in range(3)]
        apart.admin.drop(f"/courses/{first[0]['id']}")
        rest, about = apart.admin.page("/courses", limit=100, cursor=about["nextCursor"])
        assert first + rest == before
        assert about["total"] == len(before) + len(new) - 1
        assert (about["hasMore"], about["offset"]) == (False, 0)


def test_a_first_page_by_offset_is_gone_on_from(school):
    rows = school.manager.everything("/customers")
    _, about = school.manager.page("/customers", limit=2, offset=3)
    rest, _ = school.manager.page("/customers", limit=100, cursor=about["nextCursor"])
    assert rest == rows[5:]


def test_lists_of_what_belongs_to_one_thing_are_walked_alike(school):
    cycle, meetings = school.generated(totalMeetings=7)
    path = f"/cycles/{cycle}/meetings"
    rows, _ = walked(school.manager, path, limit=2)
    assert rows == meetings
    own, _ = walked(school.as_yael, "/meetings", limit=2)
    assert [row["id"] for row in own] == [row["id"] for row in meetings]
    _, about = school.manager.page(path, limit=2)
    other, _ = school.generated(startTime="10:00", endTime="11:00")
    error = school.manager.refused(
        400, "GET", f"/cycles/{other}/meetings", params={"cursor": about["nextCursor"]}
    )
    assert error["reason"] == "cursor.invalid"


@pytest.mark.parametrize(
    "changed",
    [
        {"sortBy": "name"},
        {"sortOrder": "asc"},
        {"search": "x"},
        {"city": "חולון"},
        {"hasActiveRegistration": "true"},
    ],
)
def test_a_cursor_of_another_question_is_refused(school, changed):
    _, about = school.manager.page("/customers", limit=2)
    params = {"cursor": about["nextCursor"], **changed}
    error = school.manager.refused(400, "GET", "/customers", params=params)
    assert (error["reason"], fields_of(error)) == ("cursor.invalid", {"cursor"})


@pytest.mark.parametrize("cursor", ["x", "AAAA", "a" * 2_000, "%00", "é", "../..", "' OR 1=1"])
def test_what_is_no_cursor_is_refused(school, cursor):
    error = school.manager.refused(400, "GET", "/customers", params={"cursor": cursor})
    assert fields_of(error) == {"cursor"}


@pytest.mark.parametrize("offset", [0, 5])
def test_a_cursor_goes_without_an_offset(school, offset):
    _, about = school.manager.page("/customers", limit=2)
    params = {"cursor": about["nextCursor"], "offset": offset}
    error = school.manager.refused(400, "GET", "/customers", params=params)
    assert error["reason"] == "cursor.with_offset"


def test_another_caller_s_cursor_shows_no_more_than_their_own_rows(school):
    """R-ACC-2: a place says nothing of who may see what is behind it."""
    school.generated(instructorId=school.omer["id"], startTime="08:00", endTime="09:00")
    _, about = school.manager.page("/meetings", limit=1)
    error = school.as_omer.refused(400, "GET", "/meetings", params={"cursor": about["nextCursor"]})
    assert error["reason"] == "cursor.invalid"
