"""The document of the whole API: complete, true to the routes, and right in its own examples."""

import inspect
import json
import re
from pathlib import Path
from typing import get_args

import jsonschema_rs
import pytest

import haitech_adapters.http
from haitech_adapters.http import declared
from haitech_adapters.http.component_schemas import bodies
from haitech_adapters.http.documented_errors import reasons_known
from haitech_adapters.http.openapi import document_of
from haitech_adapters.http.reading import decoded
from haitech_domain.audit import Audited
from haitech_domain.change import Verb
from tests.http.school_world import a_school_behind_its_api


@pytest.fixture(scope="module")
def app():
    with a_school_behind_its_api() as world:
        yield world.client.app


@pytest.fixture(scope="module")
def made(app):
    return document_of(app)


@pytest.fixture(scope="module")
def fields(made):
    return lambda name: made["components"]["schemas"][name]["properties"]


def operations(made):
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def resolved(made, part):
    if "$ref" not in part:
        return part
    *_, kind, name = part["$ref"].split("/")
    return made["components"][kind][name]


def contents(made):
    """Everything that has a schema and ought to have an example of it, with where it stands."""
    for name, parameter in made["components"]["parameters"].items():
        yield f"header {name}", parameter
    for where, operation in operations(made):
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{where} body {media}", content
        for status, answer in operation["responses"].items():
            known = resolved(made, answer)
            for media, content in known.get("content", {}).items():
                if media.endswith("json") and content["schema"]:
                    yield f"{where} {status} {media}", content
            for name, header in known.get("headers", {}).items():
                yield f"{where} {status} {name}", resolved(made, header)


def examples_of(content):
    if "example" in content:
        return [content["example"]]
    return [one["value"] for one in content.get("examples", {}).values()]


def test_every_body_answer_and_header_has_an_example_that_fits_its_schema(made):
    wrong, validators = [], {}
    for where, content in contents(made):
        key = json.dumps(content["schema"], sort_keys=True)
        if key not in validators:
            schema = {**content["schema"], "components": made["components"]}
            validators[key] = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        given = examples_of(content)
        if not given:
            wrong.append(f"{where}: no example")
        wrong += [
            f"{where}: {'.'.join(map(str, error.instance_path))}: {error.message}"
            for example in given
            for error in validators[key].iter_errors(example)
        ]
    assert wrong == []


def test_no_example_says_nothing(made):
    def empty(value, path):
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from empty(inner, f"{path}.{name}")
        elif isinstance(value, list):
            for inner in value:
                yield from empty(inner, path)
        elif value == "text" and not path.endswith("details.field"):  # a note has such a field
            yield path

    said = {
        place
        for where, content in contents(made)
        for example in examples_of(content)
        for place in empty(example, where.partition(" ")[2])
    }
    assert not said, "give these fields a real-looking value in examples.py"


def test_every_example_of_a_body_is_accepted_by_its_reader(app, made):
    for route in declared(app):
        endpoint = route.endpoint
        if endpoint is None or not bodies(endpoint):
            continue
        path = re.sub(r"_(\w)", lambda hump: hump[1].upper(), route.path)
        content = made["paths"][path][route.method.lower()]["requestBody"]["content"]
        raw = json.dumps(content["application/json"]["example"]).encode()
        shape = bodies(endpoint)[0]
        assert decoded(raw, shape, entity=endpoint.entity) is not None


def test_every_schema_is_one(made):
    for name, schema in made["components"]["schemas"].items():
        jsonschema_rs.meta.validate(
            {**schema, "$schema": "https://json-schema.org/draft/2020-12/schema"}
        )
        assert schema.get("description"), f"{name} is not described"


def test_every_route_is_described_and_has_a_good_answer(made):
    tags = {tag["name"]: tag["description"] for tag in made["tags"]}
    for where, operation in operations(made):
        assert operation["summary"], where
        assert operation["description"], where
        assert tags[operation["tags"][0]], where
        good = [status for status in operation["responses"] if status.startswith("2")]
        assert len(good) == 1 or good == ["200", "206"], where
        assert good == ["204"] or operation["responses"][good[0]]["content"], where
        for parameter in (resolved(made, one) for one in operation["parameters"]):
            assert parameter.get("description"), f"{where}: {parameter['name']} is not described"


def test_every_conflict_that_is_documented_can_occur(app):
    known = reasons_known()
    unknown = {
        reason: route.operation
        for route in declared(app)
        if route.endpoint is not None
        for reason in route.endpoint.conflicts
        if reason not in known
    }
    assert unknown == {}


def test_a_route_says_once_by_whose_rules_its_body_is_read():
    folder = Path(haitech_adapters.http.__file__).parent
    twice = [
        file.name
        for file in folder.glob("*.py")
        if re.search(r"await read_body\([^)]*entity=", file.read_text("utf-8"))
    ]
    assert twice == [], "say it in the Endpoint: the document and read_body both look there"


def test_a_route_that_reads_a_body_says_so(app):
    silent = [
        route.operation
        for route in declared(app)
        if route.endpoint is not None
        and route.endpoint.body is None
        and re.search(r"read_(body|either)\(", inspect.getsource(route.function))
    ]
    assert silent == [], "declare its body, and body_required=False for one that may be empty"


def test_the_domains_bounds_stand_in_the_schemas_of_bodies(fields):
    cycle = fields("CycleBody")
    assert (cycle["totalMeetings"]["minimum"], cycle["totalMeetings"]["maximum"]) == (1, 500)
    assert cycle["name"]["maxLength"] == 200
    assert cycle["activityType"]["default"] == "frontal"
    assert "default" not in fields("CycleChanges")["activityType"]
    number, text, null = cycle["meetingRevenue"]["anyOf"]
    assert (number["minimum"], number["maximum"]) == (0, 1_000_000)
    assert null == {"type": "null"}
    for amount, allowed in {
        "0": True, "45.50": True, "999999.99": True, "1000000.00": True,
        "1000000.01": False, "-1": False, "1.234": False, "1e3": False, "": False,
    }.items():  # fmt: skip
        assert bool(re.search(text["pattern"], amount)) is allowed, amount
    instructor = fields("InstructorBody")
    assert instructor["phone"]["format"] == "phone"
    assert instructor["email"]["anyOf"][0]["format"] == "email"
    assert cycle["zoomJoinUrl"]["anyOf"][0]["format"] == "uri"
    assert fields("CancellationBody")["reason"]["anyOf"][0]["maxLength"] == 500


def test_texts_are_documented_as_they_are_read(fields):
    line = re.compile(fields("CycleBody")["name"]["pattern"])
    notes = re.compile(fields("CycleBody")["notes"]["anyOf"][0]["pattern"])
    for text, one_line, several in (
        ("דנה", True, True),
        (" a ", True, True),
        ("", False, False),
        ("   ", False, False),
        ("a\nb", False, True),
        ("a\x00b", False, False),
        ("a\x85b", False, False),
    ):
        assert bool(line.search(text)) is one_line, repr(text)
        assert bool(notes.search(text)) is several, repr(text)


def test_days_are_documented_with_the_years_that_the_calendar_knows(fields):
    day = re.compile(fields("CycleBody")["startDate"]["pattern"])
    for text, known in {
        "2000-01-01": True, "2026-02-08": True, "2100-12-31": True, "1999-12-31": False,
        "2101-01-01": False,
    }.items():  # fmt: skip
        assert bool(day.search(text)) is known, text


def test_fields_that_a_role_may_not_see_are_not_required(made, fields):
    view = made["components"]["schemas"]["InstructorView"]
    assert view["required"] == ["id", "name"]
    assert "profit" not in made["components"]["schemas"]["MeetingView"]["required"]
    assert "topic" in made["components"]["schemas"]["MeetingView"]["required"]
    assert fields("InstructorView")["phone"]["anyOf"][0]["pattern"].startswith("^\\+")


def test_parameters_are_documented_as_they_are_read(made):
    listing = made["paths"]["/api/v1/audit-logs"]["get"]["parameters"]
    of_one = made["paths"]["/api/v1/audit-logs/entity/{entity}/{entityId}"]["get"]["parameters"]
    kinds = [p["schema"]["enum"] for p in (*listing, *of_one) if p.get("name") == "entity"]
    assert [set(choices) for choices in kinds] == [set(get_args(Audited))] * 2
    verbs = [p["schema"]["enum"] for p in (*listing, *of_one) if p.get("name") == "action"]
    assert [set(choices) for choices in verbs] == [set(get_args(Verb))] * 2
    assert [p["schema"]["format"] for p in of_one if p.get("name") == "entityId"] == ["uuid"]
    courses = made["paths"]["/api/v1/courses"]["get"]["parameters"]
    assert [p["schema"]["minLength"] for p in courses if p.get("name") == "search"] == [1]


def test_a_week_begins_on_sunday_in_the_document_too(made):
    assert made["components"]["schemas"]["DayOfWeek"]["enum"][0] == "sunday"


def test_the_document_speaks_of_the_whole_and_of_credentials(made):
    assert made["openapi"] == "3.1.0"
    for word in ("Bearer", "X-API-Key", "pagination", "reason", "problem+json"):
        assert word in made["info"]["description"]
    schemes = made["components"]["securitySchemes"]
    assert {scheme["type"] for scheme in schemes.values()} == {"http", "apiKey"}
    assert all(scheme["description"] for scheme in schemes.values())


def test_a_refusal_is_documented_where_it_can_be_given_and_nowhere_else(made):
    complete = made["paths"]["/api/v1/meetings/{id}/complete"]["post"]["responses"]
    assert set(complete["409"]["content"]["application/json"]["examples"]) == {
        "meeting.cannot_complete",
        "meeting.outside_window",
        "cycle.is_cancelled",
        "vat.no_rate",
        "idempotency.in_progress",
        "idempotency.unreadable",
    }
    assert "412" not in complete
    assert "422" in complete
    live = made["paths"]["/api/v1/health/live"]["get"]["responses"]
    assert set(live) == {"200", "406", "500"}
    listing = made["paths"]["/api/v1/cycles"]["get"]["responses"]["400"]["content"]
    assert set(listing["application/json"]["examples"]) == {
        "filter.unknown",
        "value.out_of_range",
    }


def test_what_guards_a_writing_is_documented_where_it_does(made):
    cycle = made["paths"]["/api/v1/cycles/{id}"]

    def asked(operation):
        names = (resolved(made, parameter)["name"] for parameter in operation["parameters"])
        return [name for name in names if name not in {"id", "search", "limit"}]

    assert asked(cycle["put"]) == asked(cycle["delete"]) == ["Idempotency-Key", "If-Match"]
    assert asked(cycle["get"]) == ["If-None-Match"]
    assert "304" in cycle["get"]["responses"]
    assert {"409", "412", "422"} <= set(cycle["delete"]["responses"])
    assert "ETag" in cycle["put"]["responses"]["200"]["headers"]
    assert "ETag" not in made["paths"]["/api/v1/cycles"]["get"]["responses"]["200"]["headers"]
    login = made["paths"]["/api/v1/auth/login"]["post"]
    assert asked(login) == []
    assert not {"409", "412", "422"} & set(login["responses"])


def test_every_reader_of_several_shapes_is_documented_with_all_of_them(app, made):
    for route in declared(app):
        if route.endpoint is not None and len(get_args(route.endpoint.body)) > 1:
            content = made["paths"][route.path][route.method.lower()]["requestBody"]["content"]
            assert len(content["application/json"]["schema"]["oneOf"]) > 1
