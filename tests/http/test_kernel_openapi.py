"""The document says of every route what the route does."""

import json
import re

import msgspec
import pytest
from litestar import Litestar, get, post

from haitech_adapters.http import Endpoint, declared
from haitech_adapters.http.examples import example_of
from haitech_adapters.http.openapi import document, document_of
from tests.http.kernel_school import PupilBody, school


@pytest.fixture(scope="module")
def app():
    return school()


@pytest.fixture(scope="module")
def made(app):
    return document_of(app)


def test_every_declared_route_is_in_it(app, made):
    for route in declared(app):
        assert made["paths"][route.path][route.method.lower()]["operationId"] == route.operation
    assert made["paths"]["/pupils"]["get"]["operationId"] == "pupils.list"
    assert made["paths"]["/pupils/{id}"]["patch"]["operationId"] == "pupils.change_patch"


def test_it_is_json_and_every_reference_leads_somewhere(made):
    text = json.dumps(made)
    references = set(re.findall(r'"\$ref": "#/components/(\w+)/([\w.]+)"', text))
    assert references
    for kind, name in references:
        assert name in made["components"][kind]


def test_bodies_refuse_what_is_unknown_and_have_an_example_that_is_right(made):
    schema = made["components"]["schemas"]["PupilBody"]
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["name", "phone"]
    content = made["paths"]["/pupils"]["post"]["requestBody"]["content"]["application/json"]
    assert msgspec.convert(content["example"], PupilBody, strict=False).name == "דנה לוי"


def test_amounts_times_and_dates_are_said_as_they_are(made):
    fields = made["components"]["schemas"]["PupilBody"]["properties"]
    assert [one["type"] for one in fields["price"]["anyOf"]] == ["number", "string", "null"]
    assert fields["startTime"]["pattern"].startswith("^")
    assert fields["birthDate"] == {"type": "string", "format": "date"}
    assert made["components"]["schemas"]["PupilView"]["properties"]["price"]["type"] == "number"


def test_a_list_is_documented_in_its_envelope(made):
    listing = made["paths"]["/pupils"]["get"]
    schema = listing["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["required"] == ["data", "meta", "pagination"]
    assert schema["properties"]["data"]["items"] == {"$ref": "#/components/schemas/PupilView"}
    assert {p["name"] for p in listing["parameters"]} == {
        "limit", "offset", "cursor", "sortBy", "sortOrder", "search", "q", "city", "isActive", "from", "schoolId",
    }  # fmt: skip


def test_every_refusal_that_a_route_can_give_is_documented_with_an_example(made):
    paths = made["paths"]
    assert set(paths["/pupils"]["post"]["responses"]) == {
        "201", "400", "401", "403", "406", "409", "413", "415", "422", "429", "500", "503",
    }  # fmt: skip
    assert {"404", "401"} <= set(paths["/pupils/{id}"]["get"]["responses"])
    assert not {"401", "403"} & set(paths["/pupils/act"]["post"]["responses"])
    assert {"412", "409", "404"} <= set(paths["/pupils/fails/{how}"]["get"]["responses"])
    conflict = paths["/pupils"]["post"]["responses"]["409"]["content"]["application/json"]
    assert set(conflict["examples"]) == {
        "duplicate",
        "idempotency.in_progress",
        "idempotency.unreadable",
    }
    for response in made["components"]["responses"].values():
        assert response["content"]["application/json"]["examples"]


def test_open_routes_ask_for_nothing_and_others_for_a_token_or_a_key(made):
    assert made["paths"]["/pupils/act"]["post"]["security"] == []
    assert made["paths"]["/pupils"]["get"]["security"] == [{"bearer": []}, {"apiKey": []}]
    assert set(made["components"]["securitySchemes"]) == {"bearer", "apiKey"}


def test_what_is_no_json_is_documented_as_what_it_is(made):
    content = made["paths"]["/pupils/sheet"]["get"]["responses"]["200"]["content"]
    assert set(content) == {"text/csv"}


def test_a_body_of_two_shapes_names_both(made):
    content = made["paths"]["/pupils/marks"]["post"]["requestBody"]["content"]["application/json"]
    assert [one["$ref"].rpartition("/")[2] for one in content["schema"]["oneOf"]] == [
        "Mark",
        "Marks",
    ]


def test_the_description_is_the_use_cases_own():
    class Complete:
        """Complete it.

        :raises NotFound: none
        """

    assert Endpoint(summary="Complete", use_case=Complete).text == "Complete it."


def test_two_routes_of_one_name_stop_the_start():
    @get("/a", name="a", opt={"endpoint": Endpoint(summary="A")})
    async def same() -> None: ...

    @post("/b", name="b", opt={"endpoint": Endpoint(summary="B")})
    async def other() -> None: ...

    other.fn.__name__ = other.fn.__qualname__ = "same"
    app = Litestar([same, other], openapi_config=None)
    with pytest.raises(ValueError, match="named same"):
        document(app, title="x", version="1")


def test_makes_an_example_of_anything():
    assert example_of({"enum": ["a"]}, {}) == "a"
    assert example_of({"type": "array"}, {}) == []
    assert example_of({}, {}) is None


def test_two_shapes_of_one_name_stop_the_start():
    read = msgspec.defstruct("Twin", [("a", int)])
    shown = msgspec.defstruct("Twin", [("b", int)])

    @post("/a", opt={"endpoint": Endpoint(summary="A", body=read, result=shown)})
    async def twins() -> None: ...

    with pytest.raises(ValueError, match="both named Twin"):
        document(Litestar([twins], openapi_config=None), title="x", version="1")


def test_a_handler_of_several_paths_has_a_name_for_each():
    @get(["/up", "/up/live"], opt={"endpoint": Endpoint(summary="Up")})
    async def up() -> None: ...

    names = [route.operation for route in declared(Litestar([up], openapi_config=None))]
    assert names == ["up_up", "up_live"]
