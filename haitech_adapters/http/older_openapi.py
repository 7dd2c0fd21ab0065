"""The document in OpenAPI 3.0.3, for tools that do not read 3.1 yet.

3.1 uses JSON Schema as it is; 3.0 has an older cousin of it. What both can say is rewritten. What
3.0 cannot say is refused, so that nothing is lost silently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

VERSION: Final = "3.0.3"

Schema = dict[str, Any]

_SAME: Final = frozenset(
    {
        *("title", "description", "default", "format", "pattern", "enum"),
        *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"),
        *("minProperties", "maxProperties", "uniqueItems", "multipleOf", "type"),
        *("readOnly", "writeOnly", "deprecated", "discriminator", "externalDocs", "example"),
    }
)
"""Keywords that mean the same in both."""
_OPAQUE: Final = frozenset({"example", "examples", "default", "enum", "value"})
"""Keys outside of schemas under which anything may stand."""
_NULL_ALONE: Final[Schema] = {"type": "string", "nullable": True, "enum": [None]}
"""What null alone is called where every schema has a type that is none."""
_ANYTHING_BUT: Final[Schema] = {"not": {}}


def in_3_0(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same document in OpenAPI 3.0.3; webhooks, which it has no place for, are `x-webhooks`.

    :raises ValueError: a schema says what 3.0 cannot say; the message names the keyword
    """
    older: dict[str, Any] = _rewritten({**document, "openapi": VERSION})
    older.pop("jsonSchemaDialect", None)
    if "webhooks" in older:
        older["x-webhooks"] = older.pop("webhooks")
    older.setdefault("paths", {})
    info = older["info"]
    info.pop("summary", None)
    info.get("license", {}).pop("identifier", None)
    return older


def _rewritten(part: Any) -> Any:
    """Whatever is no schema: walked through to the schemas in it."""
    if isinstance(part, list):
        return [_rewritten(one) for one in part]
    if not isinstance(part, Mapping):
        return part
    written: dict[str, Any] = {}
    for key, inner in part.items():
        if key == "schema":
            written[key] = schema_in_3_0(inner)
        elif key == "schemas":
            written[key] = {name: schema_in_3_0(one) for name, one in inner.items()}
        else:
            written[key] = inner if key in _OPAQUE else _rewritten(inner)
    return written


def schema_in_3_0(schema: Mapping[str, Any] | bool) -> Schema:  # noqa: FBT001  # true is a schema
    """One schema in the words of 3.0.

    >>> schema_in_3_0({"anyOf": [{"type": "string", "const": "ok"}, {"type": "null"}]})
    {'type': 'string', 'enum': ['ok', None], 'nullable': True}
    >>> schema_in_3_0({"type": "number", "exclusiveMinimum": 0, "examples": [1.5]})
    {'type': 'number', 'minimum': 0, 'exclusiveMinimum': True, 'example': 1.5}
    >>> schema_in_3_0({"$ref": "#/components/schemas/Money", "description": "Shekels."})
    {'allOf': [{'$ref': '#/components/schemas/Money'}], 'description': 'Shekels.'}

    :raises ValueError: it says what 3.0 cannot say
    """
    if isinstance(schema, bool):
        return {} if schema else dict(_ANYTHING_BUT)
    if schema.get("type") == "null":
        return dict(_NULL_ALONE)
    if schema.keys() == {"$ref"}:
        return dict(schema)
    types = schema.get("type")
    if isinstance(types, list) and len([one for one in types if one != "null"]) != 1:
        return schema_in_3_0(_one_branch_a_type(schema, types))
    written: Schema = {}
    for keyword, value in schema.items():
        more = _said(keyword, value)
        if keyword == "anyOf" and more.keys() & schema.keys():
            more = {"anyOf": more.get("anyOf", [more])}
        if twice := more.keys() & written.keys():
            raise ValueError(f"in OpenAPI 3.0 {keyword} would say {', '.join(twice)} twice")
        written |= more
    return written


def _said(keyword: str, value: Any) -> Schema:
    """One keyword in the words of 3.0."""
    if keyword in _REWRITING:
        return _REWRITING[keyword](value)
    if keyword in _SAME or keyword.startswith("x-"):
        return {keyword: value}
    if keyword in {
        "$schema",
        "$comment",
        "propertyNames",
    }:  # the last it cannot say: more is allowed
        return {}
    raise ValueError(f"OpenAPI 3.0 has no keyword {keyword}")


def _one_branch_a_type(schema: Mapping[str, Any], types: list[str]) -> Schema:
    rest = {keyword: value for keyword, value in schema.items() if keyword != "type"}
    return {"anyOf": [{"type": one, **({} if one == "null" else rest)} for one in types]}


def _or_null(typed: Schema) -> Schema:
    """The same or null; an `enum` refuses whatever it does not name."""
    words = typed.get("enum", ())
    named = {"enum": [*words, None]} if words and None not in words else {}
    return {**typed, **named, "nullable": True}


def _type(types: str | list[str]) -> Schema:
    if isinstance(types, str):
        return {"type": types}
    (one,) = (kind for kind in types if kind != "null")
    return {"type": one, "nullable": True} if "null" in types else {"type": one}


def _any_of(parts: list[Schema]) -> Schema:
    kept = [schema_in_3_0(one) for one in parts if one.get("type") != "null"]
    if len(kept) == len(parts):
        return {"anyOf": kept}
    for place, one in enumerate(kept):
        if "type" in one:  # only beside a type does `nullable` mean anything
            kept[place] = _or_null(one)
            break
    else:
        kept.append(dict(_NULL_ALONE))
    return kept[0] if len(kept) == 1 else {"anyOf": kept}


def _each(keyword: str) -> Callable[[Any], Schema]:
    return lambda parts: {keyword: [schema_in_3_0(one) for one in parts]}


def _within(keyword: str) -> Callable[[Any], Schema]:
    return lambda inner: {keyword: schema_in_3_0(inner)}


def _bound(keyword: str) -> Callable[[Any], Schema]:
    exclusive = f"exclusive{keyword.capitalize()}"
    return lambda bound: {keyword: bound, exclusive: True}


def _other_properties(allowed: Any) -> Schema:
    """The one place where 3.0 takes a truth value for a schema."""
    is_plain = isinstance(allowed, bool)
    return {"additionalProperties": allowed if is_plain else schema_in_3_0(allowed)}


_REWRITING: Final[Mapping[str, Callable[[Any], Schema]]] = {
    "type": _type,
    "anyOf": _any_of,
    "oneOf": _each("oneOf"),
    "allOf": _each("allOf"),
    "not": _within("not"),
    "items": _within("items"),
    "additionalProperties": _other_properties,
    "properties": lambda named: {
        "properties": {name: schema_in_3_0(inner) for name, inner in named.items()}
    },
    "required": lambda names: {"required": names} if names else {},
    "$ref": lambda address: {"allOf": [{"$ref": address}]},
    "const": lambda only: {"enum": [only]},
    "examples": lambda several: {"example": several[0]} if several else {},
    "exclusiveMinimum": _bound("minimum"),
    "exclusiveMaximum": _bound("maximum"),
    "contentEncoding": lambda encoding: {"format": {"base64": "byte"}.get(encoding, encoding)},
    "contentMediaType": lambda _: {"format": "binary"},
}
"""Keywords that 3.0 says in another way."""
