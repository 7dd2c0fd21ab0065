"""A retry with the same Idempotency-Key gets the first answer, and nothing is done twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from haitech_adapters.http import Unreadable
from haitech_adapters.http.repeating import key_of
from haitech_adapters.security import AesGcmSealing
from haitech_adapters.security.keys import derived
from tests.http.school_world import SYSTEM, a_free_phone, a_school_behind_its_api, fields_of

COURSE = {"name": "Python", "category": "programming"}
GOOD = ["a", "k" * 255, '"quoted"', '"with \\"quotes\\" and \\\\"', "with spaces inside", "!~"]
BAD = ["", " ", "k" * 256, '""', '"open', 'closed"', "tab\tinside", "\x80", f'"{"k" * 256}"']


@pytest.fixture
def school():
    with a_school_behind_its_api() as world:
        yield world


def keyed(key):
    return {"headers": {"Idempotency-Key": key}}


def courses(school):
    return school.admin.page("/courses")[1]["total"]


@pytest.mark.parametrize("key", GOOD)
def test_a_retry_gets_the_first_answer_and_makes_nothing(school, key):
    first = school.admin.send("POST", "/courses", COURSE, **keyed(key))
    made = courses(school)
    retry = school.admin.send("POST", "/courses", COURSE, **keyed(key))
    assert (first.status_code, retry.status_code) == (201, 201)
    assert retry.content == first.content
    for name in ("location", "etag", "content-type"):
        assert retry.headers[name] == first.headers[name]
    assert "idempotency-replayed" not in first.headers
    assert retry.headers["idempotency-replayed"] == "true"
    assert retry.headers["x-request-id"] != first.headers["x-request-id"]
    assert courses(school) == made


def test_quoted_or_bare_is_the_same_key(school):
    school.admin.send("POST", "/courses", COURSE, **keyed("same"))
    retry = school.admin.send("POST", "/courses", COURSE, **keyed('"same"'))
    assert retry.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("key", BAD)
def test_a_key_that_is_none_is_refused(school, key):
    error = school.admin.refused(400, "POST", "/courses", COURSE, **keyed(key.encode("latin-1")))
    assert error["reason"] == "idempotency.malformed"


def test_two_keys_at_once_are_none():
    scope: Any = {"headers": [(b"idempotency-key", b"a"), (b"idempotency-key", b"b")]}
    with pytest.raises(Unreadable) as caught:
        key_of(scope)
    assert caught.value.reason == "idempotency.malformed"


def test_a_key_is_of_its_actor_method_and_path(school):
    """The same word means another thing to another caller or route."""
    where = f"/courses/{school.course['id']}"
    made = [
        school.admin.send("POST", "/courses", COURSE, **keyed("k")),
        school.admin.send("POST", "/branches", {"name": "B", "type": "school"}, **keyed("k")),
        school.admin.send("PUT", where, {"name": "A"}, **keyed("k")),
        school.admin.send("PATCH", where, {"name": "A"}, **keyed("k")),
        school.manager.send("PATCH", where, {"name": "A"}, **keyed("k")),
        school.admin.send("DELETE", where, **keyed("k")),
    ]
    assert [answer.status_code for answer in made] == [201, 201, 200, 200, 200, 204]
    assert not any("idempotency-replayed" in answer.headers for answer in made)
    again = school.admin.send("DELETE", where, **keyed("k"))
    assert (again.status_code, again.content) == (204, b"")
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/courses", COURSE | {"name": "Java"}),
        ("/courses", COURSE | {"description": None}),
        ("/courses?x=1", COURSE),
    ],
)
def test_another_request_with_the_same_key_is_refused(school, path, body):
    school.admin.send("POST", "/courses", COURSE, **keyed("k"))
    answer = school.admin.send("POST", path, body, **keyed("k"))
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["code"], error["reason"]) == ("IDEMPOTENCY_KEY_REUSED", "idempotency.reused")


def test_a_refused_request_is_judged_anew(school):
    """Only what was done is kept: the key is free after a refusal, for another body, too."""
    error = school.admin.refused(400, "POST", "/courses", {"name": "x"}, **keyed("k"))
    assert "category" in fields_of(error)
    missing = "/courses/00000000-0000-7000-8000-000000000000"
    school.admin.refused(404, "PUT", missing, {}, **keyed("k"))
    phone = a_free_phone()
    body = {"name": "דנה", "phone": phone}
    there = school.manager.make("/customers", body)
    school.manager.refused(409, "POST", "/customers", body, **keyed("k"))
    school.manager.drop(f"/customers/{there['id']}")
    assert school.manager.send("POST", "/customers", body, **keyed("k")).status_code == 201
    assert school.admin.send("POST", "/courses", COURSE, **keyed("k")).status_code == 201


def test_a_verb_is_done_once(school):
    """Completing a meeting twice is a conflict; retrying it is not."""
    _, meetings = school.generated(totalMeetings=1)
    where = f"/meetings/{meetings[0]['id']}/complete"
    school.clock.advance(timedelta(days=1))
    first = school.manager.send("POST", where, {"topic": "loops"}, **keyed("k"))
    assert first.status_code == 200
    retry = school.manager.send("POST", where, {"topic": "loops"}, **keyed("k"))
    assert retry.content == first.content
    school.manager.refused(409, "POST", where, {"topic": "loops"})


def test_a_retry_is_answered_before_if_match_is_asked(school):
    """The first try changed what If-Match named; the retry still gets its answer."""
    where = f"/courses/{school.course['id']}"
    seen = school.admin.send("GET", where).headers["etag"]
    headers = {"Idempotency-Key": "k", "If-Match": seen}
    first = school.admin.send("PUT", where, {"name": "A"}, headers=headers)
    retry = school.admin.send("PUT", where, {"name": "A"}, headers=headers)
    assert (first.status_code, retry.content) == (200, first.content)
    stale = school.admin.send(
        "PUT", where, {"name": "A"}, headers=headers | {"Idempotency-Key": "l"}
    )
    assert stale.status_code == 412


def test_after_a_day_the_key_is_free_again(school):
    first = school.admin.send("POST", "/courses", COURSE, **keyed("k"))
    school.clock.advance(timedelta(hours=24))
    retry = school.admin.send("POST", "/courses", COURSE, **keyed("k"))
    assert retry.content == first.content
    school.clock.advance(timedelta(microseconds=1))
    later = school.admin.send("POST", "/courses", COURSE | {"name": "Java"}, **keyed("k"))
    assert (later.status_code, later.json()["data"]["name"]) == (201, "Java")
    assert "idempotency-replayed" not in later.headers


def test_what_no_retry_gets_any_more_is_purged(school):
    school.admin.send("POST", "/courses", COURSE, **keyed("old"))
    school.clock.advance(timedelta(hours=25))
    school.admin.send("POST", "/courses", COURSE, **keyed("new"))
    forget = school.verbs.forget_answers
    assert school.run(forget, actor=SYSTEM) == 1
    assert school.run(forget, actor=SYSTEM) == 0
    retry = school.admin.send("POST", "/courses", COURSE, **keyed("new"))
    assert retry.headers["idempotency-replayed"] == "true"


def test_reading_logging_in_and_open_routes_ignore_the_header(school):
    """An access token must not lie about in a table, not even sealed."""
    bad = keyed("k" * 300)
    assert school.admin.send("GET", "/courses", **bad).status_code == 200
    login = {"email": "nobody@example.com", "password": "correct horse"}
    assert school.nobody.send("POST", "/auth/login", login, **bad).status_code == 401


def test_kept_answers_are_encrypted(school):
    """What was shown once stands nowhere in clear."""
    school.admin.send("POST", "/courses", COURSE | {"name": "a-secret-name"}, **keyed("k"))
    kept = school.uow._state.answers
    assert len(kept) == 1
    for key, answer in kept.items():
        assert b"a-secret-name" not in answer.answer + key


def test_an_answer_that_cannot_be_read_is_not_worked_for_again(school):
    """The secret key was changed: the work was done, which is all that can be said."""
    school.admin.send("POST", "/courses", COURSE, **keyed("k"))
    made = courses(school)
    ((key, kept),) = school.uow._state.answers.items()
    school.uow._state.answers[key] = attrs.evolve(kept, answer=kept.answer[:-1] + b"?")
    error = school.admin.refused(409, "POST", "/courses", COURSE, **keyed("k"))
    assert error["reason"] == "idempotency.unreadable"
    assert courses(school) == made


def test_a_sealed_text_opens_with_its_key_and_subject_alone():
    sealing = AesGcmSealing(derived("a secret", "idempotency"))
    sealed = sealing.seal(b"text", about=b"this")
    assert sealed != sealing.seal(b"text", about=b"this")
    assert sealing.open(sealed, about=b"this") == b"text"
    other = AesGcmSealing(derived("a secret", "audit seal"))
    for opener, about in ((sealing, b"that"), (other, b"this")):
        with pytest.raises(ValueError, match="not sealed here"):
            opener.open(sealed, about=about)


def test_a_body_that_is_too_large_is_refused_as_without_a_key(school):
    body = COURSE | {"description": "x" * 1_100_000}
    assert school.admin.send("POST", "/courses", body, **keyed("k")).status_code == 413
