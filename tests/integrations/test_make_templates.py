"""The blueprints for Make: in the form of real ones, without secrets, true to the API and to us.

Make runs at Make only: what its functions do is written in `iml.py` from its documentation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import jsonschema_rs
import pytest

from haitech_adapters.webhooks import signed
from tests.http.school_world import BASE, sunday
from tests.integrations import iml
from tests.integrations.templates import (
    FOLDER,
    MAKE,
    SCHOOL,
    SECRET_LOOKING,
    has_field,
    in_document,
    read,
    texts,
)
from tests.webhooks.targets import CONTENT, OLD_SECRET, SECRET, now, parcel

FORM = read(Path(__file__).parent / "make_blueprint.schema.json")
VARIABLES = {
    "HAITECH_URL": SCHOOL,
    "HAITECH_API_KEY": "the key",
    "HAITECH_WEBHOOK_SECRET": SECRET,
}
MEETING = "019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b35"


@pytest.fixture(scope="module", params=MAKE, ids=lambda path: path.name.partition(".")[0])
def blueprint(request):
    return read(request.param)


def modules(flow) -> Iterator[dict]:
    """All modules of a scenario, those behind routers too."""
    for module in flow:
        yield module
        for route in module.get("routes", ()):
            yield from modules(route["flow"])


def calls(blueprint):
    return [m for m in modules(blueprint["flow"]) if m["module"].startswith("http:")]


# ── the files


def test_there_are_three():
    names = [path.name.partition(".")[0] for path in MAKE]
    assert names == ["daily-report", "event-verified", "lead-form"]


def test_a_blueprint_has_the_form_of_those_that_make_exports(blueprint):
    jsonschema_rs.validate(FORM, blueprint)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/flow/0/module", "webhook:custom"),
        ("/flow/0/version", 9),
        ("/flow/1/mapper", {}),
        ("/metadata/scenario", {}),
        ("/name", ""),
    ],
)
def test_the_form_refuses_what_make_would(path, wrong):
    broken = read(FOLDER / "make" / "event-verified.blueprint.json")
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")[1:]]
    part = broken
    for step in way:
        part = part[step]
    part[last] = wrong
    assert not jsonschema_rs.is_valid(FORM, broken)


def test_modules_have_numbers_of_their_own_and_read_only_earlier_ones(blueprint):
    seen: set[int] = set()
    for module in modules(blueprint["flow"]):
        assert module["id"] not in seen
        said = json.dumps([module["mapper"], module.get("filter")])
        expressions = re.findall(r"\{\{(.*?)\}\}", said)
        outside = [re.sub(r'\\".*?\\"', "", expression) for expression in expressions]
        named = {int(n) for e in outside for n in re.findall(r"(?<![\w.])(\d+)\.[A-Za-z`]", e)}
        assert named <= seen
        seen.add(module["id"])


def test_a_blueprint_holds_no_secret_and_waits_for_a_webhook_of_its_own(blueprint):
    for text in texts(blueprint):
        assert not SECRET_LOOKING.search(text), text
    hooks = [m for m in modules(blueprint["flow"]) if m["module"] == "gateway:CustomWebHook"]
    assert [m["parameters"]["hook"] for m in hooks] == [None] * blueprint["metadata"]["instant"]


def test_the_api_has_every_path_that_is_called(blueprint, document):
    assert calls(blueprint)
    for module in calls(blueprint):
        mapper = module["mapper"]
        operation = in_document(document, mapper["method"], mapper["url"])
        assert {"apiKey": []} in operation["security"]
        key = {"name": "X-API-Key", "value": "{{var.organization.HAITECH_API_KEY}}"}
        assert key in mapper["headers"]
        assert mapper["url"].startswith("{{var.organization.HAITECH_URL}}/api/v1/")


# ── an event


def ran(name, bundle, *, answers=(), variables=VARIABLES):
    """Which modules ran, with what each was given."""
    known = {"1": bundle, "timestamp": now().timestamp(), "var": {"organization": variables}}
    left, done = list(answers), {}

    def run(flow):
        for module in flow:
            if not iml.passes(module.get("filter"), known):
                return
            for route in module.get("routes", ()):
                run(route["flow"])
            done[module["metadata"]["designer"]["name"]] = given = evaluated(
                module["mapper"], known
            )
            known.setdefault(str(module["id"]), output(module, given, left))

    run(read(FOLDER / "make" / f"{name}.blueprint.json")["flow"])
    return done


def evaluated(mapper, known):
    if isinstance(mapper, str):
        return iml.value(mapper, known)
    if isinstance(mapper, list):
        return [evaluated(one, known) for one in mapper]
    if isinstance(mapper, dict):
        return {name: evaluated(value, known) for name, value in mapper.items()}
    return mapper


def output(module, given, answers):
    """What later modules may read of one."""
    kind = module["module"]
    if kind == "util:SetVariables":
        return {one["name"]: one["value"] for one in given["variables"]}
    if kind == "json:ParseJSON":
        return json.loads(given["json"])
    if kind == "http:ActionSendData" and answers:
        return answers.pop(0)
    return {}


def letter(type_="meeting.completed", data=None, *, at=None, **secrets):
    data = {"meetingId": MEETING, "topic": "רובוטיקה"} if data is None else data
    content = {**CONTENT, "type": type_, "data": data}
    return signed(
        parcel("https://hook.example/", content=content, event_type=type_, **secrets),
        at=at or now(),
    )


def arrived(sent, **changed):
    """What Make's webhook makes of a request, with JSON pass-through and headers."""
    headers = {name.lower(): value for name, value in sent.headers.items()}
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    pairs = [{"name": name, "value": value} for name, value in headers.items() if value is not None]
    return {"value": sent.body.decode(), "__IMTHEADERS__": pairs}


def event(bundle, **more):
    return ran("event-verified", bundle, **more)


def test_an_event_is_verified_and_read_back():
    done = event(arrived(letter()))
    assert done["Accept"]["status"] == "204"
    assert done["Read the meeting"]["url"] == f"{SCHOOL}{BASE}/meetings/{MEETING}"
    assert not {"Refuse", "Read the registration"} & done.keys()
    paid = event(arrived(letter("registration.paid", {"registrationId": MEETING})))
    assert paid["Read the registration"]["url"] == f"{SCHOOL}{BASE}/registrations/{MEETING}"
    other = event(arrived(letter("customer.created", {"customerId": MEETING})))
    assert "Accept" in other
    assert not {name for name in other if name.startswith("Read")}


def test_nothing_that_somebody_else_sent_is_believed():
    good = letter()
    changed = {**arrived(good), "value": good.body.decode().replace("רובוטיקה", "x")}
    plain = {**VARIABLES, "HAITECH_WEBHOOK_SECRET": ""}
    unkeyed = iml.FUNCTIONS["sha256"](good.body.decode())
    for done in (
        event(changed),
        event(arrived(letter(secret="x" * 40))),
        event(arrived(good, x_webhook_signature=None)),
        event(arrived(good, x_webhook_timestamp=None)),
        event(arrived(letter(at=now() - timedelta(minutes=6)))),
        event(arrived(letter(at=now() + timedelta(minutes=6)))),
        event(arrived(good, x_webhook_signature=f"sha256={unkeyed}"), variables=plain),
        event(arrived(good, x_webhook_signature=f"sha256={unkeyed}"), variables={}),
    ):
        assert done["Refuse"]["status"] == "401"
        assert not {"Accept", "What it says"} & done.keys()


def test_a_time_that_is_none_is_not_believed():
    """As long as it says no number, neither way is open; the event is not worked upon."""
    done = event(arrived(letter(), x_webhook_timestamp="soon"))
    assert not {"Accept", "What it says"} & done.keys()


def test_either_secret_passes_while_both_sign():
    for secrets in (
        {"secret": "y" * 40, "previous_secret": SECRET},
        {"secret": SECRET, "previous_secret": OLD_SECRET},
    ):
        assert "Accept" in event(arrived(letter(**secrets)))


# ── what the API says to it


def test_a_form_becomes_a_lead_once(world):
    form = {"name": "דנה לוי", "phone": "050-123-4567", "source": "landing page"}
    done = ran("lead-form", {"value": json.dumps(form)}, answers=[{"statusCode": 200}])
    request = done["Give it to HaiTech"]
    headers = {one["name"]: one["value"] for one in request["headers"]}
    assert headers.pop("X-API-Key") == "the key"
    website = world.key("write:leads")
    path = request["url"].removeprefix(SCHOOL + BASE)
    for replayed in (None, "true"):
        answer = website.send("POST", path, json.loads(request["data"]), headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers.get("Idempotency-Replayed") == replayed
    assert (done["Thank them"]["status"], done["Thank them"]["body"]) == (200, "Thank you")
    refused = ran("lead-form", {"value": "{}"}, answers=[{"statusCode": 400}])
    assert refused["Thank them"]["body"].startswith("Please call us")


def test_the_day_becomes_a_text(world):
    world.generated(startDate=sunday(0))
    day = world.key("read:*").send("GET", "/dashboard/daily", params={"date": sunday(0)}).json()
    done = ran("daily-report", {"data": day, "statusCode": 200})
    letter = {one["name"]: one["value"] for one in done["As a letter"]["variables"]}
    assert letter["subject"].startswith(f"The school on {sunday(0)}: 0 meetings")
    assert "Revenue 0.00, profit 0.00" in letter["text"]
    assert "Starting at: 16:00" in letter["text"]


def test_what_the_text_says_of_a_day_is_in_the_document(document):
    blueprint = read(FOLDER / "make" / "daily-report.blueprint.json")
    operation = document["paths"][f"{BASE}/dashboard/daily"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    said = {path for t in texts(blueprint) for path in re.findall(r"\b1\.data\.([\w.]+)", t)}
    assert said
    for path in said:
        assert has_field(document, schema, path.split(".")), path
