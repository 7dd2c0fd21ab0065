"""`docs/reference/routes.md`: every route, and who may call it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from haitech_adapters.http.endpoint import Declared, Endpoint, declared
from haitech_app.api_document import unserved_app
from haitech_app.reference.markdown import MADE, code, table
from haitech_domain.access import MATRIX, NEVER_BY_KEY, Action, Reach, Role

_HEAD: Final = f"""\
# Routes

{MADE}
What each reads and answers is in the OpenAPI document: Swagger UI shows it at `/api/v1/docs`.

A role marked «own» reaches its own rows only: see [permissions](permissions.md). «–» under
scopes: no API key may call it. What a route refuses is in [errors](errors.md).
"""


def page() -> str:
    """The page."""
    return _HEAD + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    groups: dict[str, list[Declared]] = {}
    for route in declared(unserved_app()):
        tags = route.handler.resolve_tags()
        groups.setdefault(tags[0] if tags else "others", []).append(route)
    for tag in sorted(groups):
        yield from ("", f"## {tag}", "")
        yield from table(
            ("route", "what it does", "roles", "scopes of a key"),
            (
                (code(f"{r.method} {r.path}"), r.endpoint.summary, *_who(r.endpoint))
                for r in groups[tag]
                if r.endpoint is not None
            ),
        )


def _who(endpoint: Endpoint) -> tuple[str, str]:
    if endpoint.open:
        return "everybody", "everybody"
    if endpoint.access is None:
        return "whoever has credentials", "any"
    action, resource = endpoint.access
    roles = [_reached(role, MATRIX[resource][role].get(action)) for role in Role]
    verb = "read" if action in {Action.READ, Action.SEE_MONEY, Action.SEE_TIMES} else "write"
    scope = "–" if resource in NEVER_BY_KEY else code(f"{verb}:{resource}")
    return ", ".join(role for role in roles if role) or "–", scope


def _reached(role: Role, reach: Reach | None) -> str:
    return "" if reach is None else f"{role} (own)" if reach is Reach.OWN else role.value
