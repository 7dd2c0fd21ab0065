"""The OpenAPI 3.1 document, from the routes' own declarations."""

from __future__ import annotations

import functools
import inspect
import re
from typing import Any, Final, get_type_hints
from uuid import UUID

from litestar import Litestar

from haitech_adapters.http.component_schemas import (
    Schemas,
    bodies,
    component_schemas,
    name_of,
    schema_of,
)
from haitech_adapters.http.documented_errors import error_components, one_of, refusals
from haitech_adapters.http.documented_headers import (
    HEADERS,
    PARAMETERS,
    headers_asked,
    headers_of,
    headers_of_success,
    is_revalidated,
)
from haitech_adapters.http.documented_webhooks import TAGGED, webhooks
from haitech_adapters.http.documented_words import (
    ABOUT,
    LICENSE,
    SECURITY,
    TAGS,
    of_parameter,
    of_path,
)
from haitech_adapters.http.endpoint import JSON, Declared, Endpoint, declared
from haitech_adapters.http.envelope import AnswerMeta, Pagination
from haitech_adapters.http.examples import example_of
from haitech_adapters.http.shapes import camel
from haitech_domain.access import MATRIX

_PATH_PARAMETER: Final = re.compile(r"{(\w+)}")
_ID: Final = re.compile(r"id|\w+_id")
_NO_BODY: Final = 204
_UNCHANGED: Final = {"description": "Not changed", "headers": headers_of(304)}


def will_be_documented(app: Litestar, *, title: str, version: str) -> None:
    """Have an app's document made when it is first asked for.

    That takes a few tenths of a second, which a server that starts has no need to wait for.
    """
    app.state.document = functools.cache(
        functools.partial(document, app, title=title, version=version)
    )


def document_of(app: Litestar) -> dict[str, Any]:
    """An app's document, made at the first call and kept.

    :raises ValueError: two routes have the same name, or two shapes have
    """
    made: dict[str, Any] = app.state.document()
    return made


def document(app: Litestar, *, title: str, version: str) -> dict[str, Any]:
    """The document of all declared routes of `app`.

    :raises ValueError: two routes have the same name, or two shapes have
    """
    routes = [(route, route.endpoint) for route in declared(app) if route.endpoint is not None]
    schemas = component_schemas([endpoint for _, endpoint in routes])
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
        "info": {"title": title, "version": version, "description": ABOUT, "license": LICENSE},
        "tags": [*_tags([route for route, _ in routes]), TAGGED],
        "paths": paths,
        "webhooks": webhooks(),
        "components": {
            "schemas": schemas,
            "responses": error_components(),
            "headers": HEADERS,
            "parameters": PARAMETERS,
            "securitySchemes": SECURITY,
        },
    }


def _tags(routes: list[Declared]) -> list[dict[str, str]]:
    """Every tag, in words of its own, else in those of the controllers that carry it."""
    words: dict[str, dict[str, None]] = {}
    for route in routes:
        controller = type(getattr(route.handler.fn, "__self__", None))
        said = inspect.cleandoc(controller.__doc__ or "").partition("\n")[0]
        words.setdefault(_tag(route), {}).update({said: None} if said else {})
    return [
        {"name": tag, "description": TAGS.get(tag) or " ".join(words[tag])} for tag in sorted(words)
    ]


def _tag(route: Declared) -> str:
    tags = route.handler.resolve_tags()
    return tags[0] if tags else route.operation.partition(".")[0]


def _operation(route: Declared, endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.operation,
        "summary": endpoint.summary,
        "description": _description(route, endpoint),
        "tags": [_tag(route)],
        "parameters": [
            *_path_parameters(route, endpoint),
            *_query_parameters(endpoint, schemas),
            *headers_asked(route, endpoint),
        ],
        "responses": {
            str(route.handler.status_code): _success(route, endpoint, schemas),
            **({"206": _part(endpoint)} if endpoint.in_parts else {}),
            **({"304": _UNCHANGED} if is_revalidated(route) else {}),
            **refusals(route, endpoint),
        },
        "security": [] if endpoint.open else [{"bearer": []}, {"apiKey": []}],
    }
    if endpoint.body is not None:
        operation["requestBody"] = _request_body(endpoint, schemas)
    return operation


def _description(route: Declared, endpoint: Endpoint) -> str:
    """The use case's own words, or the handler's; then who may call."""
    said = endpoint.text or inspect.cleandoc(route.function.__doc__ or "")
    if endpoint.access is None:
        return said
    action, resource = endpoint.access
    roles = [role.value for role, row in MATRIX[resource].items() if action in row]
    return f"{said}\n\nFor: {', '.join(roles)}.".strip()


def _path_parameters(route: Declared, endpoint: Endpoint) -> list[dict[str, Any]]:
    parts = get_type_hints(endpoint.parts, include_extras=True) if endpoint.parts else {}
    return [
        {
            "name": camel(name),
            "in": "path",
            "required": True,
            "description": of_path(camel(name), one_of(route)),
            "schema": schema_of(parts.get(name, UUID if _ID.fullmatch(name) else str)),
        }
        for name in _PATH_PARAMETER.findall(route.path)
    ]


def _query_parameters(endpoint: Endpoint, schemas: Schemas) -> list[dict[str, Any]]:
    if endpoint.query is None:
        return []
    schema = schemas[name_of(endpoint.query)]
    required = schema.get("required", ())
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": inner.get("description") or of_parameter(name),
            "schema": inner,
        }
        for name, inner in schema["properties"].items()
    ]


def _request_body(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    shapes = [schema_of(shape) for shape in bodies(endpoint)]
    schema = shapes[0] if len(shapes) == 1 else {"oneOf": shapes}
    example = endpoint.example
    if example is None:
        example = example_of(schema, schemas)
    return {
        "required": endpoint.body_required,
        "content": {JSON: {"schema": schema, "example": example}},
    }


def _part(endpoint: Endpoint) -> dict[str, Any]:
    content: dict[str, Any] = {media: {"schema": {}} for media in endpoint.produces}
    return {"description": "A part of it", "headers": headers_of(206), "content": content}


def _success(route: Declared, endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    if route.handler.status_code == _NO_BODY:
        return {"description": "Done", "headers": headers_of_success(route, endpoint)}
    if endpoint.raw:
        described = schema_of(endpoint.result) if endpoint.result is not None else {}
        example = endpoint.result_example
        shown = {} if example is None else {"example": example}
        return {
            "description": "Done",
            "headers": headers_of_success(route, endpoint),
            "content": {media: {"schema": described, **shown} for media in endpoint.produces},
        }
    data = schema_of(endpoint.result) if endpoint.result is not None else {}
    properties: dict[str, Any] = {"data": data, "meta": schema_of(AnswerMeta)}
    if endpoint.paged:
        properties["data"] = {"type": "array", "items": data}
        properties["pagination"] = schema_of(Pagination)
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    example = {name: example_of(inner, schemas) for name, inner in properties.items()}
    if endpoint.result_example is not None:
        one = endpoint.result_example
        example["data"] = [one] if endpoint.paged and not isinstance(one, list) else one
    return {
        "description": "Done",
        "headers": headers_of_success(route, endpoint),
        "content": {
            JSON: {"schema": schema, "example": example},
            **{media: {"schema": {}} for media in endpoint.files},
        },
    }
