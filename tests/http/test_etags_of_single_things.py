"""Every single representation has a strong ETag; reading and writing can be made to depend on it."""

from __future__ import annotations

import pytest

from tests.http.school_world import a_free_phone, a_school_behind_its_api, fields_of, sunday

NEW = '"00000000000000000000000000000000"'
MALFORMED = ["abc", '"abc', 'w/"abc"', '"a" "b"', '*, "a"', '"a\x7f"', ","]


@pytest.fixture(scope="module")
def school():
    with a_school_behind_its_api() as world:
        yield world


def a_customer(school):
    return school.manager.make("/customers", {"name": "דנה לוי", "phone": a_free_phone()})


def a_student(school):
    body = {"name": "נועם", "customerId": a_customer(school)["id"]}
    return school.manager.make("/students", body)


def an_order(school):
    body = {
        "branchId": school.branch["id"],
        "orderNumber": "17",
        "orderDate": "2026-09-01",
        "startDate": "2026-10-01",
        "endDate": "2027-06-30",
        "pricePerMeeting": 150,
        "estimatedMeetings": 12,
    }
    return school.manager.make("/institutional-orders", body)


THINGS = {
    "/courses": (lambda s: s.admin.make("/courses", {"name": "AI", "category": "ai"})),
    "/branches": (lambda s: s.admin.make("/branches", {"name": "Weizmann", "type": "school"})),
    "/instructors": lambda s: s.instructor(rateFrontal=150, email=None),
    "/customers": a_customer,
    "/students": a_student,
    "/institutional-orders": an_order,
    "/cycles": lambda s: s.cycle(pricePerStudent=3.5, maxStudents=12),
    "/meetings": lambda s: s.meeting(s.cycle()["id"], sunday(0)),
}
CHANGES = {
    "/courses": {"description": "agents"},
    "/branches": {"city": "חולון"},
    "/instructors": {"notes": "mornings"},
    "/customers": {"city": "חולון"},
    "/students": {"grade": "ד"},
    "/institutional-orders": {"notes": "renewed"},
    "/cycles": {"notes": "room 4", "pricePerStudent": "12.30"},
    "/meetings": {"topic": "loops"},
}


def tag_of(answer):
    assert answer.status_code in {200, 201}, answer.text
    return answer.headers["etag"]


@pytest.mark.parametrize("path", THINGS)
def test_what_writing_answers_has_the_tag_of_what_reading_shows(school, path):
    """A client that has written can go on writing without reading first."""
    with a_school_behind_its_api() as apart:
        id = THINGS[path](apart)["id"]
        where = f"{path}/{id}"
        before = tag_of(apart.admin.send("GET", where))
        assert before == tag_of(apart.admin.send("GET", where))
        assert before.startswith('"')
        after = tag_of(apart.admin.send("PUT", where, CHANGES[path]))
        assert after != before
        assert after == tag_of(apart.admin.send("PATCH", where, {}))
        assert after == tag_of(apart.admin.send("GET", where))
        assert apart.admin.send("DELETE", where).status_code == 204
        back = tag_of(apart.admin.send("POST", f"{where}/restore"))
        assert back == tag_of(apart.admin.send("GET", where))


@pytest.mark.parametrize("path", THINGS)
def test_of_two_writers_who_saw_the_same_the_second_is_refused(school, path):
    """412 for PUT, PATCH and DELETE alike; with the tag of now it goes on."""
    where = f"{path}/{THINGS[path](school)['id']}"
    seen = tag_of(school.admin.send("GET", where))
    match = {"headers": {"If-Match": seen}}
    now = tag_of(school.admin.send("PUT", where, CHANGES[path], **match))
    for method, body in (("PUT", {}), ("PATCH", CHANGES[path]), ("DELETE", None)):
        answer = school.admin.send(method, where, body, **match)
        assert answer.status_code == 412
        error = answer.json()["error"]
        assert (error["code"], error["reason"]) == ("PRECONDITION_FAILED", "version.stale")
    assert tag_of(school.admin.send("GET", where)) == now
    dropped = school.admin.send("DELETE", where, headers={"If-Match": f'"x", {now}'})
    assert dropped.status_code == 204


def test_a_caller_who_has_it_gets_304(school):
    """With the tag, and nothing else; `*` and lists of tags, weak ones too."""
    where = f"/courses/{school.course['id']}"
    tag = tag_of(school.admin.send("GET", where))
    for known in (tag, f"W/{tag}", f'"a,b", {tag}', "*"):
        answer = school.admin.send("GET", where, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
        head = school.admin.send("HEAD", where, headers={"If-None-Match": known})
        assert (head.status_code, head.headers["etag"]) == (304, tag)
    for other in (NEW, f'{NEW}, W/"a"'):
        answer = school.admin.send("GET", where, headers={"If-None-Match": other})
        assert (answer.status_code, answer.headers["etag"]) == (200, tag)


def test_a_tag_is_of_what_the_caller_sees(school):
    """Who sees less has another one; what is hidden does not change it."""
    where = f"/instructors/{school.yael['id']}"
    full = tag_of(school.manager.send("GET", where))
    less = tag_of(school.as_omer.send("GET", where))
    assert less != full
    school.manager.put(where, {"notes": "hidden from colleagues"})
    assert tag_of(school.manager.send("GET", where)) != full
    assert tag_of(school.as_omer.send("GET", where)) == less


def test_what_it_belongs_to_is_part_of_it(school):
    """Another name of the course is another representation of its cycle."""
    course = school.admin.make("/courses", {"name": "Scratch", "category": "programming"})
    where = f"/cycles/{school.cycle(courseId=course['id'])['id']}"
    seen = tag_of(school.manager.send("GET", where))
    school.admin.put(f"/courses/{course['id']}", {"name": "Scratch Jr"})
    assert tag_of(school.manager.send("GET", where)) != seen
    answer = school.manager.send("PUT", where, {"notes": "x"}, headers={"If-Match": seen})
    assert answer.status_code == 412


def test_any_version_will_do_where_the_caller_says_so(school):
    """`*` asks only that there be one; a weak tag is never the same."""
    where = f"/courses/{school.course['id']}"
    tag = tag_of(school.admin.send("GET", where))
    assert school.admin.send("PUT", where, {}, headers={"If-Match": "*"}).status_code == 200
    weak = school.admin.send("PUT", where, {}, headers={"If-Match": f"W/{tag}"})
    assert weak.status_code == 412
    missing = "/courses/00000000-0000-7000-8000-000000000000"
    school.admin.refused(404, "PUT", missing, {}, headers={"If-Match": "*"})


@pytest.mark.parametrize("malformed", MALFORMED)
def test_a_condition_that_cannot_be_read_is_refused_on_writing_and_reading(school, malformed):
    where = f"/courses/{school.course['id']}"
    error = school.admin.refused(400, "PUT", where, {}, headers={"If-Match": malformed})
    assert error["reason"] == "etag.malformed"
    error = school.admin.refused(400, "GET", where, headers={"If-None-Match": malformed})
    assert error["reason"] == "etag.malformed"


def test_the_checks_come_in_their_order(school):
    """401, 403, 400, 404, 412, 409: the first that applies is answered."""
    stale = {"headers": {"If-Match": NEW}}
    where = f"/courses/{school.course['id']}"
    school.nobody.refused(401, "PUT", where, {}, **stale)
    school.as_yael.refused(403, "PUT", where, {}, **stale)
    error = school.admin.refused(400, "PUT", where, {"category": "sorcery"}, **stale)
    assert fields_of(error) == {"category"}
    school.admin.refused(400, "PUT", "/courses/seven", {}, **stale)
    missing = "/courses/00000000-0000-7000-8000-000000000000"
    school.admin.refused(400, "PUT", missing, {"category": "sorcery"}, **stale)
    school.admin.refused(404, "PUT", missing, {}, **stale)
    # the course has active cycles, so deleting it would be a conflict
    school.cycle()
    school.admin.refused(409, "DELETE", where)
    assert school.admin.send("DELETE", where, **stale).status_code == 412
    told = len(school.uow.committed)
    assert school.admin.send("PUT", where, {"name": "another"}, **stale).status_code == 412
    assert len(school.uow.committed) == told, "what is refused leaves no trace"
    assert school.admin.get(where)["name"] == "Python"


def test_an_instructor_learns_nothing_of_a_foreign_meeting(school):
    """R-ACC-2: it is not there, whatever tag is guessed."""
    meeting = school.meeting(school.cycle()["id"], sunday(1))
    where = f"/meetings/{meeting['id']}"
    tag = tag_of(school.manager.send("GET", where))
    for guess in (tag, NEW, "*"):
        headers = {"If-Match": guess}
        school.as_omer.refused(404, "PUT", where, {"topic": "mine"}, headers=headers)
    mine = tag_of(school.as_yael.send("GET", where))
    changed = school.as_yael.send("PUT", where, {"topic": "loops"}, headers={"If-Match": mine})
    assert changed.status_code == 200


def test_lists_and_open_routes_have_no_tag(school):
    for path in ("/courses", "/meta/version", "/health/live"):
        answer = school.admin.send("GET", path)
        assert answer.status_code == 200
        assert "etag" not in answer.headers


def test_a_sheet_is_marked_as_a_whole_only_if_nobody_marked_since(school):
    """R-ATT-3: its tag is that of reading it; the second of two who saw the same reads again."""
    cycle = school.cycle()["id"]
    school.registered(cycle)
    sheet = f"/meetings/{school.meeting(cycle, sunday(0))['id']}/attendance"
    seen = {"If-Match": school.manager.send("GET", sheet).headers["etag"]}
    records = [{"guestName": "דנה", "status": "late"}]

    def mark():
        return school.manager.send("PUT", f"{sheet}/bulk", {"records": records}, headers=seen)

    assert mark().status_code == 200
    records[0]["status"] = "present"
    assert mark().status_code == 412
    assert school.manager.get(sheet)["counts"] == {"present": 0, "absent": 0, "late": 1}
    records[0]["status"] = "ill"
    assert mark().status_code == 400  # before 412
    seen["If-Match"] = school.manager.send("GET", sheet).headers["etag"]
    records[0]["status"] = "present"
    assert mark().status_code == 200
    stale = {"If-Match": NEW}  # no condition on POST, as everywhere
    again = school.manager.send("POST", f"{sheet}/bulk", {"records": records}, headers=stale)
    assert again.status_code == 200


def test_what_nobody_shows_alone_has_no_version_to_match(school):
    """A closure is only ever listed; no condition on it can hold."""
    where = f"/branches/{school.branch['id']}/closures"
    body = {"from": "2026-12-01", "to": "2026-12-02", "reason": "שיפוץ"}
    closure = school.manager.make(where, body)
    answer = school.manager.send("DELETE", f"{where}/{closure['id']}", headers={"If-Match": NEW})
    assert answer.status_code == 412
    assert school.manager.send("DELETE", f"{where}/{closure['id']}").status_code == 204
