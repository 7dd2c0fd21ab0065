"""The schemas of the OpenAPI document: every shape that routes read and show, under its name.

msgspec says which fields there are and of what type; the domain's rules, by the entity that a
route declares, say which values they take.
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final, cast

import attrs
import msgspec
from msgspec import UnsetType

from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import AnswerMeta, ErrorBody, Pagination, ProblemDocument
from haitech_adapters.http.rule_schemas import (
    ANY_AMOUNT,
    Keywords,
    Schema,
    keywords_of,
    plain_text,
    ruled,
    written,
)
from haitech_adapters.http.shapes import QueryString
from haitech_adapters.http.wording import FieldType
from haitech_domain.access import Action
from haitech_domain.fields import annotations_of

REF: Final = "#/components/schemas/{name}"
AMOUNT: Final = {"type": "number", "format": "decimal", "examples": [282.49]}
"""No `multipleOf`: 282.49 is no multiple of 0.01 to whoever divides floats."""
_AMOUNT_IN: Final = (AMOUNT, {"type": "string", "pattern": ANY_AMOUNT})
_IN_A_QUERY: Final = {"string": {"minLength": 1, "pattern": plain_text()}}
_IN_A_BODY: Final = {"string": {"pattern": plain_text(lines=True)}}
_COMMON: Final = (AnswerMeta, Pagination, ErrorBody, ProblemDocument)

Schemas = dict[str, Schema]
Shape = type[msgspec.Struct]


def component_schemas(endpoints: Sequence[Endpoint]) -> Schemas:
    """Every shape of these routes.

    :raises ValueError: two shapes have the same name, or one is read by the rules of two entities
    """
    read = _reachable(shape for e in endpoints for shape in (*bodies(e), e.query))
    shown = _reachable([*_COMMON, *(e.result for e in endpoints)])
    inputs, outputs = _schemas(read), _schemas(shown)
    for name in inputs.keys() & outputs.keys():
        if inputs[name] != outputs[name]:
            raise ValueError(f"what is read and what is shown are both named {name}")
    inputs, outputs = _amounts(inputs, _AMOUNT_IN), _amounts(outputs, (AMOUNT,))
    subjects = _subjects(endpoints)
    made = {shape for e in endpoints if _creates(e) for shape in bodies(e)}
    for shape in _structs(read):
        entity = subjects.get(shape) or getattr(shape, "rules", None)
        _read_by_rules(inputs[shape.__name__], shape, entity, defaults=shape in made)
    for shape in _structs(shown):
        _shown_truly(outputs[shape.__name__], shape, subjects.get(shape))
    return dict(sorted({**outputs, **inputs}.items()))


def bodies(endpoint: Endpoint) -> tuple[Any, ...]:
    """The shapes that a route's body may have."""
    if isinstance(endpoint.body, types.UnionType):
        return typing.get_args(endpoint.body)
    return (endpoint.body,) if endpoint.body is not None else ()


def schema_of(shape: Any) -> Schema:
    """What refers to a shape that is shown."""
    return cast("Schema", _amounts(_reference(shape), (AMOUNT,)))


@functools.cache
def _reference(shape: Any) -> Schema:
    """The same in msgspec's own words; it looks at everything that the shape holds."""
    (schema,), _ = msgspec.json.schema_components([shape], ref_template=REF)
    return schema


def name_of(shape: Any) -> str:
    """A shape's name among the schemas."""
    return str(schema_of(shape)["$ref"]).rpartition("/")[2]


def _reachable(annotations: Iterable[Any]) -> dict[Any, None]:
    """The structs and enums that annotations name, also within each other."""
    found: dict[Any, None] = {}

    def look(annotation: Any) -> None:
        if isinstance(annotation, type) and annotation not in found:
            if issubclass(annotation, msgspec.Struct):
                found[annotation] = None
                for field in msgspec.structs.fields(annotation):
                    look(field.type)
            elif issubclass(annotation, Enum):
                found[annotation] = None
        for part in typing.get_args(annotation):
            look(part)

    for annotation in annotations:
        look(annotation)
    return found


def _structs(reached: Iterable[Any]) -> Iterator[Shape]:
    return (kind for kind in reached if issubclass(kind, msgspec.Struct))


def _schemas(reached: Iterable[Any]) -> Schemas:
    kinds = sorted(reached, key=str)
    _, schemas = msgspec.json.schema_components(kinds, ref_template=REF)
    for kind in kinds:
        if issubclass(kind, Enum):  # in the order of their declaration, as a week begins on Sunday
            schemas[kind.__name__] |= {"type": "string", "enum": [m.value for m in kind]}
    return cast("Schemas", schemas)


def _subjects(endpoints: Iterable[Endpoint]) -> Mapping[Shape, type]:
    """Which entity's rules hold for which shape."""
    subjects: dict[Shape, type] = {}
    for endpoint in endpoints:
        if endpoint.entity is None:
            continue
        for shape in (*bodies(endpoint), endpoint.result):
            if not getattr(shape, "__struct_fields__", ()):
                continue
            if subjects.setdefault(shape, endpoint.entity) != endpoint.entity:
                raise ValueError(f"{shape.__name__} is read by the rules of two entities")
    return subjects


def _creates(endpoint: Endpoint) -> bool:
    return endpoint.access is not None and endpoint.access[0] is Action.CREATE


def _read_by_rules(schema: Schema, shape: Shape, entity: Any, *, defaults: bool) -> None:
    rules = annotations_of(entity) if entity is not None else {}
    given = {a.name: a.default for a in attrs.fields(entity)} if entity is not None else {}
    for field in msgspec.structs.fields(shape):
        here = schema["properties"][field.encode_name]
        keywords = _own_rule(field.type)
        if not keywords and field.name in rules:
            keywords = keywords_of(rules[field.name])
        if keywords:
            here = ruled(here, keywords)
        else:
            here = _free(here, _IN_A_QUERY if issubclass(shape, QueryString) else _IN_A_BODY)
        default = given.get(field.name)
        if defaults and not field.required and isinstance(default, (bool, str)):
            here = {**here, "default": default.value if isinstance(default, Enum) else default}
        schema["properties"][field.encode_name] = here


def _free(schema: Schema, keywords: Keywords) -> Schema:
    """A field that no rule of the domain is about: texts that nothing else is said of."""
    if "anyOf" in schema:
        return {**schema, "anyOf": [_free(one, keywords) for one in schema["anyOf"]]}
    return schema if {"format", "pattern"} & schema.keys() else ruled(schema, keywords)


def _own_rule(annotation: Any) -> Keywords:
    for mark in FieldType.of(annotation).marks:
        if mark.extra and "rule" in mark.extra:
            return keywords_of(mark.extra["rule"])
    return {}


def _shown_truly(schema: Schema, shape: Shape, entity: Any) -> None:
    """Say which fields may be absent, and how phones, addresses and links are written."""
    rules = annotations_of(entity) if entity is not None else {}
    absent = set()
    for field in msgspec.structs.fields(shape):
        name = field.encode_name
        if UnsetType in typing.get_args(field.type):
            absent.add(name)
        keywords = _own_rule(field.type)
        if not keywords and field.name in rules:
            keywords = written(rules[field.name])
        schema["properties"][name] = ruled(schema["properties"][name], keywords)
    if "required" in schema:
        schema["required"] = [name for name in schema["required"] if name not in absent]


def _amounts(schema: Any, writings: tuple[Schema, ...]) -> Any:
    """The same schema with every decimal in the ways it may be written; msgspec says: as text."""
    if isinstance(schema, list):
        return [_amounts(inner, writings) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "decimal" and schema.get("type") == "string":
        return dict(writings[0]) if len(writings) == 1 else {"anyOf": [dict(w) for w in writings]}
    found = {key: _amounts(inner, writings) for key, inner in schema.items()}
    if "anyOf" in found:
        found["anyOf"] = [one for part in found["anyOf"] for one in part.get("anyOf", [part])]
    return found
