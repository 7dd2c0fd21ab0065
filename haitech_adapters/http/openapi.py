"""The OpenAPI 3.1 document, from the routes' own declarations."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from litestar import Litestar

from haitech_adapters.http.documented_errors import error_components, refusals
from haitech_adapters.http.endpoint import JSON, Declared, Endpoint, declared
from haitech_adapters.http.envelope import AnswerMeta, ErrorBody, Pagination, ProblemDocument
from haitech_adapters.http.examples import example_of
from haitech_adapters.http.shapes import camel

_REF: Final = "#/components/schemas/{name}"
_PATH_PARAMETER: Final = re.compile(r"{(\w+)}")
_AMOUNT: Final = {"type": "number", "format": "decimal", "examples": [282.49]}
"""No `multipleOf`: 282.49 is no multiple of 0.01 to whoever divides floats."""
_AMOUNT_IN: Final = {
    "anyOf": [_AMOUNT, {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,2})?$"}]
}
_SECURITY: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
_NO_BODY: Final = 204

Schemas = dict[str, dict[str, Any]]


def document(app: Litestar, *, title: str, version: str) -> dict[str, Any]:
    """The document of all declared routes of `app`.

    :raises ValueError: two routes have the same name, or two shapes have
    """
    routes = [(route, route.endpoint) for route in declared(app) if route.endpoint is not None]
    schemas = _schemas([endpoint for _, endpoint in routes])
    paths: dict[str, dict[str, Any]] = {}
    seen: set[str] = set()
    for route, endpoint in routes:
        if route.operation in seen:
            raise ValueError(f"two routes are named {route.operation}")
        seen.add(route.operation)
        path = _PATH_PARAMETER.sub(lambda found: f"{{{camel(found[1])}}}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "tags": [{"name": tag} for tag in sorted({_tag(route) for route, _ in routes})],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": error_components(),
            "securitySchemes": _SECURITY,
        },
    }


def _schemas(endpoints: Sequence[Endpoint]) -> Schemas:
    inputs = {shape for e in endpoints for shape in (*_bodies(e), e.query) if shape}
    results = {e.result for e in endpoints if e.result is not None}
    common = (AnswerMeta, Pagination, ErrorBody, ProblemDocument)
    _, read = msgspec.json.schema_components(sorted(inputs, key=str), ref_template=_REF)
    _, shown = msgspec.json.schema_components(
        [*common, *sorted(results, key=str)], ref_template=_REF
    )
    for name in read.keys() & shown.keys():
        if read[name] != shown[name]:
            raise ValueError(f"what is read and what is shown are both named {name}")
    return dict(sorted({**_amounts(shown, _AMOUNT), **_amounts(read, _AMOUNT_IN)}.items()))


def _bodies(endpoint: Endpoint) -> tuple[Any, ...]:
    if isinstance(endpoint.body, types.UnionType):
        return typing.get_args(endpoint.body)
    return (endpoint.body,) if endpoint.body is not None else ()


def _amounts(schema: Any, amount: Mapping[str, Any]) -> Any:
    """The same schema with every decimal written as `amount`; msgspec says they are texts."""
    if isinstance(schema, dict):
        if schema.get("format") == "decimal":
            return dict(amount)
        return {key: _amounts(inner, amount) for key, inner in schema.items()}
    return [_amounts(inner, amount) for inner in schema] if isinstance(schema, list) else schema


def _tag(route: Declared) -> str:
    tags = route.handler.resolve_tags()
    return tags[0] if tags else route.operation.partition(".")[0]


def _operation(route: Declared, endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.operation,
        "summary": endpoint.summary,
        "description": endpoint.text,
        "tags": [_tag(route)],
        "parameters": [*_path_parameters(route), *_query_parameters(endpoint, schemas)],
        "responses": {
            str(route.handler.status_code): _success(route, endpoint, schemas),
            **refusals(route, endpoint),
        },
        "security": [] if endpoint.open else [{"bearer": []}, {"apiKey": []}],
    }
    if endpoint.body is not None:
        operation["requestBody"] = _request_body(endpoint, schemas)
    return operation


def _path_parameters(route: Declared) -> list[dict[str, Any]]:
    return [
        {
            "name": camel(name),
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"}
            if name == "id" or name.endswith("_id")
            else {"type": "string"},
        }
        for name in _PATH_PARAMETER.findall(route.path)
    ]


def _query_parameters(endpoint: Endpoint, schemas: Schemas) -> list[dict[str, Any]]:
    if endpoint.query is None:
        return []
    schema = schemas[_name_of(endpoint.query)]
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": inner}
        for name, inner in schema["properties"].items()
    ]


def _name_of(shape: Any) -> str:
    (reference,), _ = msgspec.json.schema_components([shape], ref_template="{name}")
    return str(reference["$ref"])


def _schema_of(shape: Any) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([shape], ref_template=_REF)
    return typing.cast("dict[str, Any]", _amounts(schema, _AMOUNT))


def _request_body(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    shapes = [_schema_of(shape) for shape in _bodies(endpoint)]
    schema = shapes[0] if len(shapes) == 1 else {"oneOf": shapes}
    example = endpoint.example
    if example is None:
        example = example_of(schema, schemas)
    return {
        "required": endpoint.body_required,
        "content": {JSON: {"schema": schema, "example": example}},
    }


def _success(route: Declared, endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    if route.handler.status_code == _NO_BODY:
        return {"description": "Done"}
    if endpoint.raw:
        described = _schema_of(endpoint.result) if endpoint.result is not None else {}
        return {
            "description": "Done",
            "content": {media: {"schema": described} for media in endpoint.produces},
        }
    data = _schema_of(endpoint.result) if endpoint.result is not None else {}
    properties: dict[str, Any] = {"data": data, "meta": _schema_of(AnswerMeta)}
    if endpoint.paged:
        properties["data"] = {"type": "array", "items": data}
        properties["pagination"] = _schema_of(Pagination)
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    example = {name: example_of(inner, schemas) for name, inner in properties.items()}
    if endpoint.result_example is not None:
        one = endpoint.result_example
        example["data"] = [one] if endpoint.paged and not isinstance(one, list) else one
    return {"description": "Done", "content": {JSON: {"schema": schema, "example": example}}}
