"""The document, in OpenAPI 3.1 and 3.0, as others read it; and it names each route there is."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from litestar.routes import HTTPRoute
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from openapi_schema_validator import OAS30Validator, OAS31Validator
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from haitech_adapters.http.endpoint import JSON
from haitech_adapters.http.failures import BY_KIND
from haitech_adapters.http.negotiation import PROBLEM
from haitech_adapters.http.older_openapi import in_3_0
from haitech_adapters.http.openapi import document_of
from tests.http.school_world import a_school_behind_its_api

HOST = "http://school.example"
CREDENTIALS = {"Authorization": "Bearer x", "X-API-Key": "x"}
OURS = ("uri", "uri-reference", "phone", "email", "etag", "decimal")
"""Formats that this reader has no types of its own for."""
ADDED = {"HEAD", "OPTIONS"}
"""Methods that answer of themselves wherever there is a route."""


@pytest.fixture(scope="module")
def world():
    with a_school_behind_its_api() as school:
        yield school


@pytest.fixture(scope="module")
def made(world):
    return document_of(world.client.app)


@pytest.fixture(scope="module")
def older(made):
    return in_3_0(made)


@pytest.fixture(scope="module")
def reader(older):
    """Another program that reads the older document, and holds what is sent to it."""
    config = Config(
        extra_media_type_deserializers={PROBLEM: json.loads},
        extra_format_unmarshallers=dict.fromkeys(OURS, str),
    )
    return OpenAPI.from_dict(older, config=config)


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def resolved(document, part):
    if "$ref" not in part:
        return part
    *_, kind, name = part["$ref"].split("/")
    return document["components"][kind][name]


def examples(content):
    named = (one["value"] for one in content.get("examples", {}).values())
    return [content["example"]] if "example" in content else list(named)


def answers(document, operation):
    """Every example of an answer in JSON: its status, what is said of it, its kind, itself."""
    for status, answer in operation["responses"].items():
        known = resolved(document, answer)
        for media, content in known.get("content", {}).items():
            for example in examples(content) if media.endswith("json") else ():
                yield status, known, media, example


def headers(document, answer):
    """The examples of an answer's headers."""
    named = answer.get("headers", {}).items()
    return {name: resolved(document, header)["example"] for name, header in named}


def as_bytes(example):
    return json.dumps(example).encode()


@contextmanager
def noted(wrong, where):
    """What the other reader refuses, in a list."""
    try:
        yield
    except OpenAPIError as refused:
        wrong.append(f"{where}: {refused!r} because of {refused.__cause__!r}")


def a_request(document: Any, path: str, method: str, operation: Any, body: Any) -> MockRequest:
    """A request by what the document says, with the first example of everything."""
    parameters = [resolved(document, one) for one in operation["parameters"]]
    given: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": dict(CREDENTIALS)}
    for one in parameters:
        if one.get("required"):
            schema = one["schema"]
            is_id = schema.get("format") == "uuid"
            known = "019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b35" if is_id else "2026-02-08"
            known = schema["enum"][0] if "enum" in schema else one.get("example", known)
            given[one["in"]][one["name"]] = known
    return MockRequest(
        HOST,
        method,
        re.sub(r"{(\w+)}", lambda found: str(given["path"][found[1]]), path),
        args=given["query"],
        view_args=given["path"],
        headers=given["header"],
        data=None if body is None else as_bytes(body),
        content_type=JSON,
    )


def test_it_is_openapi_3_1(made):
    assert made["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(made).iter_errors()] == []


def test_the_older_one_is_openapi_3_0(made, older):
    assert older["openapi"] == "3.0.3"
    assert [error.message for error in OpenAPIV30SpecValidator(older).iter_errors()] == []
    assert "webhooks" not in older
    assert older["x-webhooks"].keys() == made["webhooks"].keys()
    assert made["openapi"] == "3.1.0", "making an older one leaves the newer as it is"


def test_another_reader_takes_every_example_of_a_body_and_of_an_answer(older, reader):
    wrong: list[str] = []
    seen: set[str] = set()
    for path, method, operation in operations(older):
        content = operation.get("requestBody", {}).get("content", {}).get(JSON)
        request = a_request(
            older, path, method, operation, examples(content)[0] if content else None
        )
        with noted(wrong, f"{method} {path}"):
            reader.validate_request(request)
        for status, answer, media, example in answers(older, operation):
            once = json.dumps([status, media, example])
            if once in seen:
                continue
            seen.add(once)
            response = MockResponse(as_bytes(example), int(status), headers(older, answer), media)
            with noted(wrong, f"{method} {path} {status} {media}"):
                reader.validate_response(request, response)
    assert wrong == []
    assert len(seen) > 300


def test_another_reader_understands_what_the_running_api_is_sent_and_answers(world, reader):
    def call(method: str, path: str, body: Any = None, **query: str) -> Any:
        answer = world.admin.send(method, f"{path}?{urlencode(query)}" if query else path, body)
        request = MockRequest(
            HOST,
            method.lower(),
            f"/api/v1{path}",
            args=query,
            headers=CREDENTIALS,
            data=None if body is None else as_bytes(body),
            content_type=JSON,
        )
        response = MockResponse(answer.content, answer.status_code, answer.headers, JSON)
        return reader.unmarshal_response(request, response)

    customer = {"name": "נועה ברקת", "phone": "054-765-4321"}
    one = call("POST", "/customers", customer)
    assert one.errors == []
    assert str(one.data["data"]["phone"]) == "+972547654321"
    again = call("POST", "/customers", customer)
    assert (again.errors, again.data["error"]["reason"]) == ([], "duplicate")
    listed = call("GET", "/customers", search="ברקת", limit="5")
    assert (listed.errors, len(listed.data["data"])) == ([], 1)
    none = call("GET", "/cycles/019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b35")
    assert (none.errors, none.data["error"]["reason"]) == ([], "not_found")


def test_the_running_app_has_each_route_of_the_document_and_no_other(world, made):
    """Seen by the app's own routing, not by the declarations that the document is made of."""
    app = world.client.app
    routed = {
        (method, re.sub(r"_(\w)", lambda hump: hump[1].upper(), route.path_format))
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods - ADDED
    }
    assert {type(route) for route in app.routes} == {HTTPRoute}, "only these can be documented"
    assert {(method.upper(), path) for path, method, _ in operations(made)} == routed


def test_a_path_takes_the_methods_that_are_documented_and_refuses_others(world, made):
    """Asked of the running app: another method gets 405, with those that are taken in Allow."""
    for path, methods in made["paths"].items():
        where = re.sub(r"{\w+}", "019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b35", path)
        answer = world.client.request("PROPFIND", where)
        allowed = {method.strip() for method in answer.headers["allow"].split(",")}
        assert (answer.status_code, allowed - ADDED) == (405, {m.upper() for m in methods}), path


def test_the_document_is_served_as_it_is(world, made):
    assert world.client.get("/api/v1/meta/schema").json() == made


def test_every_refusal_has_an_example_of_its_own_status_in_both_forms(made):
    codes = dict(BY_KIND.values())
    seen = 0
    for path, method, operation in operations(made):
        for status, answer in operation["responses"].items():
            if int(status) < 400:
                continue
            content = resolved(made, answer)["content"]
            known = examples(content[JSON])
            assert known, f"{method} {path} {status}"
            (problem,) = examples(content[PROBLEM])
            assert problem["status"] == int(status), f"{method} {path} {status}"
            codes.setdefault(int(status), problem["code"])
            assert {one["error"]["code"] for one in known} == {codes[int(status)]}
            seen += 1
    assert seen > 1_000


def test_every_event_is_there_with_an_example_that_fits(made):
    for type_, item in made["webhooks"].items():
        content = item["post"]["requestBody"]["content"][JSON]
        assert content["example"]["type"] == type_
        assert item["post"]["description"]
        assert '"text"' not in json.dumps(content["example"]), type_
        OAS31Validator(_without_steps(content["schema"])).validate(content["example"])


def _without_steps(schema: Any) -> Any:
    """Floats have no exact hundredths, which `multipleOf` asks of whoever divides them."""
    if isinstance(schema, list):
        return [_without_steps(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _without_steps(one) for key, one in schema.items() if key != "multipleOf"}


def test_every_tag_is_described_once(made):
    names = [tag["name"] for tag in made["tags"]]
    used = {tag for _, _, operation in operations(made) for tag in operation["tags"]}
    assert sorted(names) == sorted({*used, "events"})
    assert all(tag["description"].endswith(".") for tag in made["tags"])


WORTH = [None, True, 0, 1, -1, 1.5, 100, "", "a", "ok", "1.25", [], ["a"], ["a", "a"], {}, {"a": 1}]


@pytest.mark.parametrize(
    "newer",
    [
        {"type": ["string", "null"]},
        {"type": ["string", "integer", "null"], "maxLength": 1},
        {"type": "null"},
        {"const": "ok"},
        {"enum": ["a", None], "type": ["string", "null"]},
        {"enum": ["a"], "type": ["string", "null"]},
        {"const": "ok", "type": ["string", "null"]},
        {"anyOf": [{"const": "ok", "type": "string"}, {"type": "null"}]},
        {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "null"}]},
        {"anyOf": [{"enum": ["a"], "type": "string"}, {"type": "null"}]},
        {"anyOf": [{"$ref": "#/components/schemas/Word"}, {"type": "null"}]},
        {"anyOf": [{"type": "number"}, {"type": "string", "minLength": 2}, {"type": "null"}]},
        {"oneOf": [{"type": "integer"}, {"type": "null"}]},
        {"anyOf": [{"type": "string", "maxLength": 1}, {"type": "null"}], "maxLength": 3},
        {"$ref": "#/components/schemas/Word", "description": "A word."},
        {"type": "number", "exclusiveMaximum": 100, "exclusiveMinimum": 0},
        {"type": "array", "items": {"type": ["string", "null"]}, "uniqueItems": True},
        {"type": "array", "items": True, "maxItems": 1},
        {"type": "object", "properties": {"a": {"const": 1}}, "required": []},
        {"type": "object", "additionalProperties": False},
        {"type": "object", "additionalProperties": {"const": 1}},
        {"type": "object", "properties": {"a": False}},
        {"not": {"type": "string"}},
        {"allOf": [{"type": "string"}, {"const": "ok"}]},
    ],
    ids=json.dumps,
)
def test_an_older_schema_takes_and_refuses_the_same(newer):
    document = {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "components": {"schemas": {"Word": {"type": "string", "minLength": 1}, "It": newer}},
    }
    schemas = in_3_0(document)["components"]["schemas"]
    root = {"components": document["components"], "$ref": "#/components/schemas/It"}
    before = OAS31Validator(root)
    after = OAS30Validator({"components": {"schemas": schemas}, "allOf": [{"$ref": root["$ref"]}]})
    for value in WORTH:
        assert after.is_valid(value) == before.is_valid(value), value


def test_what_is_no_schema_is_not_touched():
    content = {"example": {"type": ["a", "null"], "schema": {"const": 1}}}
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "x", "version": "1", "license": {"name": "MIT", "identifier": "MIT"}},
        "components": {"responses": {"Ok": {"description": "x", "content": {JSON: content}}}},
    }
    older = in_3_0(document)
    assert older["components"] == document["components"]
    assert older["info"]["license"] == {"name": "MIT"}
    assert document["info"]["license"] == {"name": "MIT", "identifier": "MIT"}
    assert ("jsonSchemaDialect" in older, older["paths"]) == (False, {})


@pytest.mark.parametrize("keyword", ["if", "prefixItems", "patternProperties", "$defs"])
def test_what_the_older_version_cannot_say_is_refused_and_not_lost(keyword):
    document: dict[str, Any] = {"info": {}, "components": {"schemas": {"It": {keyword: {}}}}}
    with pytest.raises(ValueError, match=re.escape(keyword)):
        in_3_0(document)


def test_two_bounds_that_would_become_one_are_refused():
    bounds = {"minimum": 1, "exclusiveMinimum": 0}
    with pytest.raises(ValueError, match="minimum twice"):
        in_3_0({"info": {}, "components": {"schemas": {"It": bounds}}})


def test_bytes_are_said_in_the_words_of_their_time():
    encoded = {"type": "string", "contentEncoding": "base64"}
    raw = {"type": "string", "contentMediaType": "application/pdf"}
    document = {"info": {}, "components": {"schemas": {"A": encoded, "B": raw}}}
    assert in_3_0(document)["components"]["schemas"] == {
        "A": {"type": "string", "format": "byte"},
        "B": {"type": "string", "format": "binary"},
    }
