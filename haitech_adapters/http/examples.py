"""An example for every shape that has none of its own, made from its schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_BY_FORMAT: Final[Mapping[str, Any]] = {
    "date": "2026-02-06",
    "date-time": "2026-02-06T12:00:00Z",
    "uuid": "019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b35",
    "decimal": 282.49,
}
_BY_TYPE: Final[Mapping[str, Any]] = {
    "boolean": True,
    "integer": 1,
    "number": 1.5,
    "null": None,
    "object": {},
    "array": [],
}
_BY_NAME: Final[Mapping[str, str]] = {
    "phone": "+972501234567",
    "contactPhone": "+972501234567",
    "email": "dana@example.com",
    "contactEmail": "dana@example.com",
    "name": "דנה לוי",
    "url": "https://example.com/hook",
}

Schema = Mapping[str, Any]


def example_of(schema: Schema, components: Mapping[str, Schema], name: str = "") -> Any:
    """A value that fits `schema`; `name` is the field's, which often says more than its type."""
    if "$ref" in schema:
        return example_of(components[schema["$ref"].rpartition("/")[2]], components, name)
    for given in ("examples", "enum"):
        if schema.get(given):
            return schema[given][0]
    if "anyOf" in schema:
        kept = [one for one in schema["anyOf"] if one.get("type") != "null"]
        return example_of(kept[0], components, name)
    if "properties" in schema or "items" in schema:
        return _made_of_parts(schema, components, name)
    return _single(schema, name)


def _made_of_parts(schema: Schema, components: Mapping[str, Schema], name: str) -> Any:
    if "items" in schema:
        return [example_of(schema["items"], components, name)]
    return {
        field: example_of(inner, components, field) for field, inner in schema["properties"].items()
    }


def _single(schema: Schema, name: str) -> Any:
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    if schema.get("type") == "string":
        return _BY_NAME.get(name, "text")
    return _BY_TYPE.get(str(schema.get("type")))
