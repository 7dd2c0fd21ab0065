"""`docs/reference/events.md`, made of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import haitech_domain.use_cases  # noqa: F401  # opens every room, and with it the catalogue
from haitech_domain.webhook.catalogue import Told, told
from haitech_domain.webhook.envelope import VERSION

_HEAD: Final = f"""\
# Events

Version {VERSION}. What happens in the school, as webhooks are told of it (`POST /webhooks`). This page is
made by `python -m haitech_app.reference`; a test holds it to the program. `GET /webhooks/events` gives the same
with the JSON Schema of each body.

Every body is `{{"id": "evt_…", "type": "…", "timestamp": "…", "data": {{…}}}}`: `id` stays the same over
all tries, `timestamp` is when it happened (UTC), `data` has the facts below. An amount is a number
of shekels with two decimals; read it as a decimal. A fact that may be missing is there as `null`.

What may change within a version: new types, new facts, new words of an enum. So pass over what you
do not know. Anything else makes another version.

- What is deleted or brought back along with something says so itself: a customer's students, a
  cycle's meetings and registrations. Where there is no type of its own for it, `….updated` with
  `"fields": ["deletedAt"]` says so; the thing then answers 404, or is there again.
- No event names a child. Whoever needs a name asks for it by the id, with an API key that may.
- Importing old files tells nothing: it is no news.
- A pattern of a webhook is a type, a family (`meeting.*`) or all of them (`*`).

"""


def page() -> str:
    """The page."""
    return _HEAD + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "| type | what happened |"
    yield "|---|---|"
    for one in told():
        first = one.description.partition("\n\n")[0].replace("\n", " ")
        yield f"| [`{one.type}`](#{_anchor(one.type)}) | {first} |"
    for one in told():
        yield from _section(one)


def _section(one: Told) -> Iterator[str]:
    yield from ("", f"## {one.type}", "", one.description, "", "| fact | what it is |", "|---|---|")
    for name, schema in one.schema["properties"]["data"]["properties"].items():
        yield f"| `{name}` | {_said(schema)} |"


def _anchor(type_: str) -> str:
    return type_.replace(".", "")


def _said(schema: Mapping[str, Any]) -> str:
    """A schema in words."""
    if "anyOf" in schema:
        return ", or ".join(map(_said, schema["anyOf"]))
    if "enum" in schema:
        return "one of " + ", ".join(f"`{word}`" for word in schema["enum"])
    if schema["type"] == "array":
        return f"a list; each {_said(schema['items'])}"
    if "multipleOf" in schema:
        return "an amount"
    if "pattern" in schema:
        return "a phone, E.164" if "+" in schema["pattern"] else "a time, `HH:MM`"
    return _PLAIN[schema.get("format", schema["type"])]


_PLAIN: Final[Mapping[str, str]] = {
    "string": "a text",
    "integer": "a whole number",
    "boolean": "`true` or `false`",
    "null": "`null`",
    "uuid": "an id",
    "email": "an address of mail",
    "date": "a date, `YYYY-MM-DD`",
    "date-time": "an instant, UTC",
}
