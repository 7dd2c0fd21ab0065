"""Leads, from the website's form to the child in a cycle (R-PPL-1…3, domain.md §12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest
from litestar.testing import TestClient

from haitech_adapters.http import Limiter
from haitech_adapters.limits import SlidingRates, Windows
from haitech_app.http_app import app_over
from haitech_domain.ports import RequestRates
from tests.http.school_world import a_school_behind_its_api, fields_of, ids_of

FORM = {
    "name": "דנה לוי",
    "phone": "050-123-4567",
    "email": " Dana.Levi@Example.com ",
    "course": "רובוטיקה",
    "message": "מתי מתחילים?",
    "source": "website",
    "childName": "נועם לוי",
}


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


@pytest.fixture
def website(world):
    return world.key("write:leads")


def bring(caller, **said: Any) -> Any:
    """What a form gave, with some of its fields otherwise; `...` leaves one out."""
    form = {k: v for k, v in (FORM | said).items() if v is not ...}
    return caller.act("/public/leads", form)


def counted(world) -> tuple[Any, ...]:
    """How many customers and leads there are."""
    return tuple(world.admin.page(path)[1]["total"] for path in ("/customers", "/leads"))


def events(world) -> list[tuple[str, dict[str, Any]]]:
    told = [e for committed in world.uow.committed for e in committed.outbox]
    return [(e.type, dict(e.facts)) for e in told if e.type.startswith(("lead", "customer"))]


# ── receiving


def test_an_enquiry_of_somebody_new_makes_a_customer_and_a_lead(world, website):
    done = bring(website)
    assert done["success"] is done["created"] is True
    assert done["message"]
    lead = world.manager.get(f"/leads/{done['leadId']}")
    customer = world.manager.get(f"/customers/{done['customerId']}")
    assert (customer["name"], customer["phone"]) == ("דנה לוי", "+972501234567")
    assert customer["email"] == "dana.levi@example.com"
    assert customer["students"] == []
    assert lead["customer"] == {k: v for k, v in customer.items() if k != "students"}
    assert lead["status"] == "new"
    assert lead["notes"] == []
    assert {k: lead[k] for k in ("course", "message", "source", "childName")} == {
        k: FORM[k] for k in ("course", "message", "source", "childName")
    }
    (made, facts), (received, said) = events(world)
    assert (made, received) == ("customer.created", "lead.received")
    assert facts["customer_id"] == said["customer_id"] == done["customerId"]
    assert (said["lead_id"], said["created"]) == (done["leadId"], True)
    assert (said["phone"], said["email"]) == ("+972501234567", "dana.levi@example.com")


def test_only_name_and_phone_are_needed(world, website):
    done = website.act("/public/leads", {"name": "Avi", "phone": "+972 52 7654321"})
    lead = world.manager.get(f"/leads/{done['leadId']}")
    assert {lead[f] for f in ("email", "course", "message", "source", "childName")} == {None}


def test_what_a_form_left_blank_was_not_said(world, website):
    blank = {"email": "", "course": " ", "message": "  ", "source": "", "childName": ""}
    done = website.act("/public/leads", {"name": "Avi", "phone": "052 7654321", **blank})
    lead = world.manager.get(f"/leads/{done['leadId']}")
    assert {lead[f] for f in blank} == {None}


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"name": ...}, {"name"}),
        ({"name": " ", "phone": "12"}, {"name", "phone"}),
        ({"email": "nobody", "message": "x" * 5001}, {"email", "message"}),
        ({"status": "closed"}, {"status"}),
        ({"customerId": "x"}, {"customerId"}),
    ],
)
def test_an_enquiry_that_breaks_a_rule_is_refused_and_leaves_nothing(world, website, wrong, fields):
    body = {k: v for k, v in (FORM | wrong).items() if v is not ...}
    assert fields_of(website.refused(400, "POST", "/public/leads", body)) == fields
    assert counted(world) == (0, 0)


def test_a_known_customer_is_found_by_phone_before_email(world, website):
    by_phone, by_email = (
        world.admin.make("/customers", {"name": name, **contact})["id"]
        for name, contact in {
            "רות": {"phone": FORM["phone"]},
            "עמי": {"phone": "052-7654321", "email": "dana.levi@example.com"},
        }.items()
    )
    assert bring(website)["customerId"] == by_phone
    assert bring(website, phone="03-5551234")["customerId"] == by_email
    assert counted(world)[0] == 2


def test_nothing_of_a_known_customer_is_overwritten_and_a_blank_email_is_filled(world, website):
    known = {"name": "רות", "phone": FORM["phone"], "city": "חולון", "notes": "VIP"}
    before = world.admin.make("/customers", known)
    bring(website)
    after = world.admin.get(f"/customers/{before['id']}")
    changed = {"email": "dana.levi@example.com", "version": 2}
    assert after == before | changed | {"updatedAt": after["updatedAt"]}
    bring(website, email="another@example.com")
    assert world.admin.get(f"/customers/{before['id']}") == after
    assert [e for e in events(world) if e[0] == "customer.updated"] == [
        ("customer.updated", {"customer_id": before["id"], "fields": ["email"]})
    ]


def test_an_email_that_another_customer_has_fills_no_blank(world, website):
    mine = world.admin.make("/customers", {"name": "רות", "phone": FORM["phone"]})
    body = {"name": "עמי", "phone": "052-7654321", "email": "dana.levi@example.com"}
    world.admin.make("/customers", body)
    assert bring(website)["customerId"] == mine["id"]
    assert world.admin.get(f"/customers/{mine['id']}")["email"] is None


def test_the_same_lead_again_while_open_is_one_lead_with_a_note(world, website):
    first = bring(website, message="ראשונה", childName=...)
    world.clock.advance(timedelta(days=20))
    again = bring(website, message="שנייה", email="new@example.com", name="דנה")
    assert (again["leadId"], again["created"]) == (first["leadId"], False)
    assert again["customerId"] == first["customerId"]
    lead = world.manager.get(f"/leads/{first['leadId']}")
    assert (lead["message"], lead["name"], lead["childName"]) == ("ראשונה", "דנה לוי", "נועם לוי")
    assert [note["text"] for note in lead["notes"]] == ["name: דנה\nemail: new@example.com\nשנייה"]
    assert lead["notes"][0]["author"] == "A key"
    assert lead["receivedAt"] > lead["createdAt"]
    assert counted(world) == (1, 1)
    world.clock.advance(timedelta(days=30))  # of the last time, not of the first
    bring(website, phone="03-5551234")  # by email
    bring(website, email=...)  # by phone
    assert [n["text"] for n in world.manager.get(f"/leads/{first['leadId']}")["notes"]][:2] == [
        "מתי מתחילים?",
        "phone: +97235551234\nמתי מתחילים?",
    ]
    assert [facts["created"] for type, facts in events(world) if type == "lead.received"] == [
        True,
        False,
        False,
        False,
    ]


def test_an_enquiry_with_nothing_new_says_so_in_its_note(world, website):
    done = bring(website, message=...)
    assert bring(website, message=...)["created"] is False
    lead = world.manager.get(f"/leads/{done['leadId']}")
    assert [note["text"] for note in lead["notes"]] == ["received again"]


@pytest.mark.parametrize("status", ["closed", "late"])
def test_after_its_end_or_30_days_it_is_another_lead_of_the_same_customer(world, website, status):
    first = bring(website)
    if status == "late":
        world.clock.advance(timedelta(days=30, seconds=1))
    else:
        world.manager.send("PATCH", f"/leads/{first['leadId']}", {"status": status})
    again = bring(website)
    assert again["created"] is True
    assert again["leadId"] != first["leadId"]
    assert again["customerId"] == first["customerId"]


def test_what_a_lead_said_finds_its_customer_where_nothing_of_the_customer_does(world, website):
    known = world.admin.make("/customers", {"name": "רות", "phone": "03-5551234"})
    first = bring(website, phone="03-5551234", email="ruth@example.com")
    world.admin.put(f"/customers/{known['id']}", {"email": "other@example.com"})
    again = bring(website, phone="054-9876543", email="ruth@example.com")
    assert (again["customerId"], again["leadId"]) == (known["id"], first["leadId"])
    assert counted(world) == (1, 1)


def test_a_deleted_customer_is_not_found_and_takes_its_leads_along(world, website):
    first = bring(website)
    customer = f"/customers/{first['customerId']}"
    world.admin.drop(customer)
    assert world.manager.page("/leads")[0] == []
    world.manager.refused(404, "GET", f"/leads/{first['leadId']}")
    second = bring(website)
    assert second["created"] is True
    assert second["customerId"] != first["customerId"]
    world.admin.refused(409, "POST", f"{customer}/restore")  # the phone is taken again
    world.admin.drop(f"/customers/{second['customerId']}")
    world.admin.act(f"{customer}/restore")
    assert ids_of(world.manager.page("/leads")[0]) == [first["leadId"]]


def test_the_audit_names_the_key(world, website):
    done = bring(website)
    rows, _ = world.admin.page("/audit-logs", entity="lead", entityId=done["leadId"])
    assert [(row["action"], row["actorKind"], row["actorName"]) for row in rows] == [
        ("create", "api_key", "A key")
    ]


def test_a_retry_with_its_key_is_no_second_enquiry(world, website):
    sent = {"headers": {"Idempotency-Key": "form 17"}}
    answers = [website.send("POST", "/public/leads", FORM, **sent) for _ in range(2)]
    assert answers[0].json()["data"] == answers[1].json()["data"]
    assert world.manager.page("/leads")[0][0]["version"] == 1


def test_each_caller_has_a_rate_of_its_own_for_leads(world):
    rates = SlidingRates(Windows(), secret=b"for tests")
    limits = RequestRates(per_hour=100, per_minute=50, leads_per_minute=2)
    app = app_over(
        world.verbs,
        tokens=world.tokens,
        checks={},
        limiter=Limiter(limits=rates, rates=limits),
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        admin, manager = (attrs.evolve(c, client=client) for c in (world.admin, world.manager))
        sent = [admin.send("POST", "/public/leads", FORM) for _ in range(3)]
        assert [one.status_code for one in sent] == [200, 200, 429]
        assert sent[1].headers["X-RateLimit-Limit"] == "2"
        assert sent[1].headers["X-RateLimit-Remaining"] == "0"
        assert '"leads";q=2;w=60' in sent[1].headers["RateLimit-Policy"]
        assert 0 < int(sent[2].headers["Retry-After"]) <= 61
        assert sent[2].json()["error"]["reason"] == "rate.limited"
        assert admin.get("/leads"), "everything else goes on"
        assert bring(manager)["created"] is False


# ── following up


def test_leads_are_found_by_status_source_customer_days_and_words(world, website):
    one = bring(website)
    world.clock.advance(timedelta(days=2))
    two = bring(
        website, name="Avi", phone="052-7654321", email=..., source="phone", childName="Gil"
    )
    world.manager.send("PATCH", f"/leads/{two['leadId']}", {"status": "contacted"})
    asked: dict[str, list[dict[str, Any]]] = {
        one["leadId"]: [
            {"status": "new"},
            {"source": "website"},
            {"customerId": one["customerId"]},
            {"to": "2026-10-19"},
            {"search": "לוי"},
            {"search": "0501234567"},
            {"q": "DANA.levi"},
            {"search": "נועם"},
        ],
        two["leadId"]: [
            {"status": "contacted"},
            {"from": "2026-10-20"},
            {"search": "+972-52"},
            {"sortBy": "name", "limit": 1},
        ],
    }
    for lead, questions in asked.items():
        for question in questions:
            assert (question, ids_of(world.manager.page("/leads", **question)[0])) == (
                question,
                [lead],
            )
    assert ids_of(world.manager.page("/leads")[0]) == [two["leadId"], one["leadId"]]


def test_fields_and_status_of_a_lead_are_changed_under_its_etag(world, website):
    done = bring(website)
    path = f"/leads/{done['leadId']}"
    seen = world.manager.send("GET", path)
    stamp = {"If-Match": seen.headers["ETag"]}
    change = {"status": "in_progress", "phone": "03-5551234", "message": None}
    after = world.manager.send("PATCH", path, change, headers=stamp)
    assert after.status_code == 200
    lead = after.json()["data"]
    assert (lead["status"], lead["phone"], lead["message"]) == ("in_progress", "+97235551234", None)
    assert lead["customer"]["phone"] == "+972501234567"
    assert world.manager.send("PATCH", path, change, headers=stamp).status_code == 412
    for status in ("closed", "new", "contacted"):
        moved = world.manager.send("PATCH", path, {"status": status})
        assert moved.json()["data"]["status"] == status
    refused = world.manager.refused(400, "PATCH", path, {"status": "converted", "name": ""})
    assert fields_of(refused) == {"status", "name"}


def test_notes_are_added_with_time_and_author_and_listed(world, website):
    path = f"/leads/{bring(website)['leadId']}"
    sent = world.manager.send("POST", f"{path}/notes", {"text": "דיברנו\nמחכים לתשובה"})
    assert sent.status_code == 201
    assert sent.headers["Location"] == f"/api/v1{path}"
    world.clock.advance(timedelta(hours=1))
    world.admin.make(f"{path}/notes", {"text": "ענתה"})
    notes, about = world.manager.page(f"{path}/notes")
    assert [(n["text"], n["author"]) for n in notes] == [
        ("ענתה", "admin"),
        ("דיברנו\nמחכים לתשובה", "manager"),
    ]
    assert about["total"] == 2
    assert world.manager.get(path)["notes"] == notes
    assert fields_of(world.manager.refused(400, "POST", f"{path}/notes", {"text": " "})) == {"text"}
    for method, body in (("GET", None), ("POST", {"text": "x"})):
        world.manager.refused(404, method, f"/leads/{world.course['id']}/notes", body)


# ── converting


def test_a_lead_becomes_a_student_of_its_customer(world, website):
    done = bring(website)
    made = world.manager.act(f"/leads/{done['leadId']}/convert")
    assert made["lead"]["status"] == "converted"
    assert made["lead"]["studentId"] == made["student"]["id"]
    assert (made["student"]["name"], made["registration"]) == ("נועם לוי", None)
    assert made["customer"]["id"] == made["student"]["customerId"] == done["customerId"]
    assert "student.created" in world.events()
    rows, _ = world.admin.page("/audit-logs", entity="lead", action="convert")
    assert rows[0]["new"]["status"] == "converted"


def test_a_lead_becomes_a_registration_in_the_same_act(world, website):
    cycle = world.cycle(defaultRegistrationAmount=1180)["id"]
    path = f"/leads/{bring(website)['leadId']}/convert"
    said = {
        "childName": "עדי",
        "birthDate": "2016-05-14",
        "grade": "ד",
        "cycleId": cycle,
        "registrationStatus": "trial",
    }
    made = world.manager.act(path, said)
    assert {k: made["student"][k] for k in ("name", "birthDate", "grade")} == {
        "name": "עדי",
        "birthDate": "2016-05-14",
        "grade": "ד",
    }
    joined = made["registration"]
    assert (joined["cycleId"], joined["studentId"]) == (cycle, made["student"]["id"])
    assert (joined["status"], joined["amount"]) == ("trial", 1180)


def test_where_the_cycle_is_full_nothing_is_made(world, website):
    cycle = world.cycle(maxStudents=1)["id"]
    world.registered(cycle)
    lead = f"/leads/{bring(website)['leadId']}"
    students = world.admin.page("/students")[1]["total"]
    refused = world.manager.refused(409, "POST", f"{lead}/convert", {"cycleId": cycle})
    assert refused["reason"] == "cycle.full"
    assert world.admin.page("/students")[1]["total"] == students
    assert world.manager.get(lead)["status"] == "new"


def test_a_student_whom_the_customer_has_is_not_made_again(world, website):
    done = bring(website)
    child = world.admin.make(f"/customers/{done['customerId']}/students", {"name": "נועם"})
    path = f"/leads/{done['leadId']}/convert"
    foreign = {"studentId": str(world.student())}
    assert world.manager.refused(400, "POST", path, foreign)["reason"] == "reference.foreign"
    made = world.manager.act(path, {"studentId": child["id"]})
    assert made["student"] == child


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"childName": None}, {"childName"}),
        ({"studentId": "", "cycleId": "x"}, {"studentId", "cycleId"}),
        ({"birthDate": "2031-01-01", "childName": "עדי"}, {"birthDate"}),
        ({"amount": 10, "registrationStatus": "trial"}, {"amount", "registrationStatus"}),
        ({"registrationStatus": "cancelled"}, {"registrationStatus"}),
        (
            {"studentId": "0190aaaa-0000-7000-8000-000000000005", "grade": "ד", "childName": "x"},
            {"grade", "childName"},
        ),
        ({"studentId": "0190aaaa-0000-7000-8000-000000000005"}, {"studentId"}),
        ({"cycleId": "0190aaaa-0000-7000-8000-000000000005"}, {"cycleId"}),
    ],
)
def test_a_conversion_that_cannot_be_is_refused_and_its_fields_are_named(
    world, website, said, fields
):
    path = f"/leads/{bring(website, childName=...)['leadId']}/convert"
    assert fields_of(world.manager.refused(400, "POST", path, said)) == fields


def test_what_is_converted_or_closed_is_not_converted_again(world, website):
    path = f"/leads/{bring(website)['leadId']}"
    world.manager.send("PATCH", path, {"status": "closed"})
    assert world.manager.refused(409, "POST", f"{path}/convert")["reason"] == "lead.cannot_convert"
    world.manager.send("PATCH", path, {"status": "new"})
    world.manager.act(f"{path}/convert")
    for method, on, body, reason in [
        ("POST", f"{path}/convert", None, "lead.cannot_convert"),
        ("PATCH", path, {"status": "new"}, "lead.cannot_reopen"),
        ("PATCH", path, {"status": "closed"}, "lead.cannot_close"),
    ]:
        assert world.manager.refused(409, method, on, body)["reason"] == reason
    assert world.manager.send("PATCH", path, {"source": "fair"}).json()["data"]["source"] == "fair"


def test_a_key_converts_only_what_its_scopes_open(world, website):
    """R-ACC-3."""
    cycle = world.cycle()["id"]
    path = f"/leads/{bring(website)['leadId']}/convert"
    website.refused(403, "POST", path)
    students = world.key("write:leads", "write:students")
    students.refused(403, "POST", path, {"cycleId": cycle})
    made = students.act(path)
    assert "customer" not in made
    assert made["student"]["name"] == "נועם לוי"
