"""The workflows for n8n: sound, without secrets, true to the API, and right about signatures."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta

import pytest

from haitech_adapters.webhooks import signed
from haitech_domain.webhook.catalogue import told
from tests.http.school_world import BASE, sunday
from tests.integrations.templates import (
    N8N,
    SCHOOL,
    SECRET_LOOKING,
    has_field,
    in_document,
    read,
    texts,
    walked,
)
from tests.webhooks.targets import CONTENT, OLD_SECRET, SECRET, now, parcel

ENV = {
    "HAITECH_URL": SCHOOL,
    "HAITECH_WEBHOOK_SECRET": SECRET,
    "HAITECH_REPORT_FROM": "school@example.com",
    "HAITECH_REPORT_TO": "head@example.com",
}
TRUSTED = "n8n-nodes-base."
MEETING = "019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b35"
FORM = {"Name": 'דנה "לוי"', "Phone": "050-123-4567", "Email": "", "Message": "a\nb"}
SUBMITTED = {**FORM, "submittedAt": "2026-11-25T12:00:00.000+02:00", "formMode": "production"}


def by_name(workflow):
    return {node["name"]: node for node in workflow["nodes"]}


def requests_of(workflow):
    """The nodes that call the API."""
    return [node for node in workflow["nodes"] if node["type"].endswith(".httpRequest")]


@pytest.fixture(scope="module", params=N8N, ids=lambda path: path.stem)
def workflow(request):
    return read(request.param)


# ── the files


def test_there_are_three():
    assert [path.stem for path in N8N] == ["daily-report", "event-verified", "lead-form"]


def test_nodes_have_names_and_ids_of_their_own(workflow):
    for word in ("name", "id"):
        assert len({node[word] for node in workflow["nodes"]}) == len(workflow["nodes"])
    assert all(node["type"].startswith(TRUSTED) for node in workflow["nodes"])


def test_connections_lead_from_nodes_to_nodes(workflow):
    names = by_name(workflow)
    for source, ways in workflow["connections"].items():
        assert source in names
        assert {to["node"] for way in ways["main"] for to in way} <= names.keys()


def test_every_node_but_triggers_and_notes_is_reached(workflow):
    reached = {
        to["node"]
        for ways in workflow["connections"].values()
        for way in ways["main"]
        for to in way
    }
    alone = {name for name in by_name(workflow) if name not in reached}
    kinds = {by_name(workflow)[name]["type"].removeprefix(TRUSTED) for name in alone}
    assert kinds <= {"webhook", "formTrigger", "scheduleTrigger", "manualTrigger", "stickyNote"}


def test_expressions_name_nodes_that_there_are(workflow):
    named = {name for text in texts(workflow) for name in re.findall(r"\$\('([^']+)'\)", text)}
    assert named <= by_name(workflow).keys()


def test_a_workflow_waits_to_be_activated_and_holds_no_secret(workflow):
    assert workflow["active"] is False
    assert workflow["pinData"] == {}
    told_apart = {node["id"] for node in workflow["nodes"]} | {workflow["id"]}
    for text in texts(workflow):
        assert text in told_apart or not SECRET_LOOKING.search(text), text


def test_the_key_is_in_a_credential_and_the_address_in_the_environment(workflow):
    assert requests_of(workflow)
    for node in requests_of(workflow):
        assert node["parameters"]["genericAuthType"] == "httpHeaderAuth"
        assert node["credentials"]["httpHeaderAuth"]["name"] == "HaiTech API key"
        assert node["parameters"]["url"].startswith("={{ $env.HAITECH_URL }}/api/v1/")


def test_the_api_has_every_path_that_is_called(workflow, document):
    for node in requests_of(workflow):
        parameters = node["parameters"]
        operation = in_document(document, parameters.get("method", "GET"), parameters["url"])
        assert {"apiKey": []} in operation["security"]


# ── an event


def arrived(letter, **changed):
    """What n8n's Webhook node makes of a request, with the raw body kept beside."""
    headers = {name.lower(): value for name, value in letter.headers.items()}
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    kept = {name: value for name, value in headers.items() if value is not None}
    return {
        "json": {"headers": kept, "body": json.loads(letter.body)},
        "binary": {"data": {"data": base64.b64encode(letter.body).decode("ascii")}},
    }


def walk(item, *answers, env=ENV):
    return {"start": "HaiTech event", "item": item, "env": env, "answers": answers}


def letter(number, type_="meeting.completed", data=None, *, at=None, **secrets):
    """An event as it is sent, each with an id of its own."""
    content = {
        **CONTENT,
        "id": f"evt_{number:032x}",
        "type": type_,
        "data": {"topic": "רובוטיקה — מתקדמים"} if data is None else data,
    }
    return signed(
        parcel("https://n8n.example/", content=content, event_type=type_, **secrets), at=at or now()
    )


def happened(*walks):
    return walked("event-verified.json", *walks)


FOUND = {"statusCode": 200, "body": {"data": {"id": MEETING}}}


def test_an_event_is_verified_read_back_and_done_once():
    sent = letter(1, data={"meetingId": MEETING})
    first, again = happened(*[walk(arrived(sent), FOUND) for _ in range(2)])
    assert first["answered"] == again["answered"] == [204]
    assert first["requests"][0]["url"] == f"{SCHOOL}{BASE}/meetings/{MEETING}"
    assert first["visited"][-1] == "Your work here"
    assert again["visited"][-1] == "Each event once"


def test_a_registration_is_read_back_and_anything_else_goes_straight_on():
    paid, other = happened(
        walk(arrived(letter(2, "registration.paid", {"registrationId": MEETING})), FOUND),
        walk(arrived(letter(3, "customer.created", {"customerId": MEETING}))),
    )
    assert paid["requests"][0]["url"] == f"{SCHOOL}{BASE}/registrations/{MEETING}"
    assert (other["requests"], other["answered"]) == ([], [204])
    assert other["visited"][-1] == paid["visited"][-1] == "Your work here"


def test_what_cannot_be_read_now_is_asked_for_again_and_what_is_gone_is_not():
    failed, gone = happened(
        *(
            walk(
                arrived(letter(4 + n, data={"meetingId": MEETING})),
                {"statusCode": status, "body": {}},
            )
            for n, status in enumerate((500, 404))
        )
    )
    assert failed["answered"] == [503]
    assert "Each event once" not in failed["visited"], "or its next coming would not be done"
    assert (gone["answered"], gone["visited"][-1]) == ([204], "Your work here")


def test_nothing_that_somebody_else_sent_is_believed():
    good = letter(6)
    changed = arrived(good)
    body = good.body.replace("רובוטיקה".encode(), b"x")
    changed["binary"]["data"]["data"] = base64.b64encode(body).decode("ascii")
    empty = letter(7, secret="")
    others = [
        walk(changed),
        walk(arrived(letter(8, secret="x" * 40))),
        walk(arrived(good, x_webhook_signature=None)),
        walk(arrived(good, x_webhook_signature="sha256=")),
        walk(arrived(good, x_webhook_timestamp=None)),
        walk(arrived(good, x_webhook_timestamp="soon")),
        walk(arrived(letter(9, at=now() - timedelta(minutes=6)))),
        walk(arrived(letter(10, at=now() + timedelta(minutes=6)))),
        *(
            walk(arrived(empty), env={**ENV, "HAITECH_WEBHOOK_SECRET": secret})
            for secret in ("", None)
        ),
    ]
    for found in happened(*others):
        assert (found["answered"], found["requests"]) == ([401], [])
        assert found["visited"][-1] == "Refuse"


def test_either_secret_passes_while_both_sign():
    as_old = {"secret": "y" * 40, "previous_secret": SECRET}
    as_new = {"secret": SECRET, "previous_secret": OLD_SECRET}
    for found in happened(
        *(
            walk(arrived(letter(11 + n, "webhook.test", {}, **secrets)))
            for n, secrets in enumerate((as_old, as_new))
        )
    ):
        assert found["answered"] == [204]


def test_events_have_the_ids_that_are_read_back():
    for event in told():
        family = event.type.partition(".")[0]
        if family in {"meeting", "registration"}:
            assert f"{family}Id" in event.schema["properties"]["data"]["required"]


# ── what the API says to it


def test_a_key_of_few_scopes_may_read_back(world):
    _, meetings = world.generated(startDate=sunday(0))
    data = {"meetingId": meetings[0]["id"]}
    (found,) = happened(walk(arrived(letter(20, data=data))))
    path = found["requests"][0]["url"].removeprefix(SCHOOL + BASE)
    assert world.key("read:meetings").get(path)["id"] == meetings[0]["id"]


def test_a_form_becomes_a_lead_however_it_is_written(world):
    filled, bare = walked(
        "lead-form.json",
        *(
            {"start": "Enquiry", "item": {"json": given}, "env": ENV}
            for given in (SUBMITTED, {**SUBMITTED, "Phone": "050-123-4568", "Message": ""})
        ),
    )
    website = world.key("write:leads")
    for found in (filled, bare):
        (request,) = found["requests"]
        path = request["url"].removeprefix(SCHOOL + BASE)
        for replayed in (None, "true"):
            answer = website.send("POST", path, request["body"], headers=request["headers"])
            assert answer.status_code == 200, answer.text
            assert answer.headers.get("Idempotency-Replayed") == replayed
    leads = world.admin.everything("/leads")
    assert [(lead["name"], lead["source"]) for lead in leads] == [('דנה "לוי"', "n8n form")] * 2


def test_the_day_becomes_a_letter(world):
    day = world.key("read:*").send("GET", "/dashboard/daily", params={"date": sunday(0)}).json()
    item = {"start": "Every evening", "item": {"json": {}}, "env": ENV}
    bare = {**day, "data": {**day["data"], "noTeaching": "Purim", "meetings": []}}
    full, empty = walked(
        "daily-report.json",
        *({**item, "answers": [{"statusCode": 200, "body": body}]} for body in (day, bare)),
    )
    assert full["requests"][0]["url"] == f"{SCHOOL}{BASE}/dashboard/daily"
    assert full["mail"]["toEmail"] == "head@example.com"
    assert sunday(0) in full["mail"]["subject"]
    assert "16:00–17:30 Python, Sundays, Yael: scheduled" in full["mail"]["text"]
    assert "Revenue 0.00, profit 0.00" in full["mail"]["text"]
    assert "No teaching: Purim" in empty["mail"]["text"]
    assert "undefined" not in json.dumps([full["mail"], empty["mail"]])


def test_what_letters_say_of_a_day_is_in_the_document(document):
    workflow = read(N8N[0])
    operation = document["paths"][f"{BASE}/dashboard/daily"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    said = {
        path
        for text in texts(by_name(workflow)["As a letter"])
        for path in re.findall(r"\$json\.([\w.]+)", text)
    }
    methods = {"map", "toFixed"}
    for path in said:
        assert has_field(document, schema, [w for w in path.split(".") if w not in methods]), path
