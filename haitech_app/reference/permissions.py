"""`docs/reference/permissions.md`: who may do what, from the domain's own matrix (R-ACC-1…3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from haitech_app.reference.markdown import MADE, code, table
from haitech_domain.access import (
    MATRIX,
    NEVER_BY_KEY,
    SCOPES,
    Action,
    Reach,
    Resource,
    Role,
    meaning_of,
)

_HEAD: Final = f"""\
# Permissions

{MADE}
The data are `MATRIX` and `SCOPES` of `haitech_domain.access`; every use case asks them, and what they
do not name is denied (R-ACC-1).

«own» is the row rule (R-ACC-2): an instructor reads the cycles and meetings of which they are the
instructor, and what belongs to those; to complete a meeting and to mark, they must be the meeting's
instructor. To an instructor other rows do not exist: one is 404, and no list, count or search has them.
Prices, revenue, cost, profit and explanations are absent for instructors; their own pay is shown.
"""
_KEYS: Final = """
## Scopes of API keys

A key does what its scopes open, to all rows, and nothing else (R-ACC-3). `read:…` opens {reading};
`write:…` opens every other action. Reports are only read: to ask for an export, to cancel and to fetch it
takes `read:reports`. No scope opens {never}.
"""


def page() -> str:
    """The page."""
    return _HEAD + "\n" + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "## Roles"
    yield ""
    yield from table(
        ("resource", *Role),
        (
            (code(resource), *(_said(MATRIX[resource][role]) for role in Role))
            for resource in Resource
        ),
    )
    reading = [code(a) for a in Action if a in {Action.READ, Action.SEE_MONEY, Action.SEE_TIMES}]
    yield from _KEYS.format(
        reading=", ".join(reading),
        never=", ".join(code(one) for one in Resource if one in NEVER_BY_KEY),
    ).splitlines()
    yield ""
    yield from table(("scope", "what it opens"), ((code(s), meaning_of(s)) for s in SCOPES))


def _said(row: Mapping[Action, Reach]) -> str:
    if not row:
        return "–"
    if all(row.get(action) is Reach.ALL for action in Action):
        return "all"
    denied = [action for action in Action if action not in row]
    if set(row.values()) == {Reach.ALL} and len(denied) < len(row):
        return f"all but {', '.join(denied)}"
    return ", ".join(
        f"{action} (own)" if reach is Reach.OWN else action.value for action, reach in row.items()
    )
