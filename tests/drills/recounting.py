"""What must hold of a school's database after a drill, asked of its raw rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg

from tests.drills.year.recount import QUESTIONS
from tests.journeys.program import run

MADE: Final = {
    "customer": "customers",
    "student": "students",
    "registration": "registrations",
    "payment": "payments",
    "attendance": "attendance",
    "cycle": "cycles",
    "meeting": "meetings",
}
TOLD: Final = ("customer", "student", "registration", "cycle", "meeting")
"""Those of whose making an event tells."""
UNAUDITED: Final = """
SELECT made.id FROM {table} made WHERE 1 <> (SELECT count(*) FROM audit_log
 WHERE entity = '{entity}' AND entity_id = made.id AND action = 'create')"""
OF_NOTHING: Final = """
SELECT entity_id FROM audit_log WHERE entity = '{entity}'
   AND NOT EXISTS (SELECT FROM {table} made WHERE made.id = audit_log.entity_id)"""
UNTOLD: Final = """
SELECT made.id FROM {table} made WHERE 1 <> (SELECT count(*) FROM outbox
 WHERE type = '{entity}.created' AND entity_id = made.id)"""
TOLD_OF_NOTHING: Final = """
SELECT entity_id FROM outbox WHERE type LIKE '{entity}.%'
   AND NOT EXISTS (SELECT FROM {table} made WHERE made.id = outbox.entity_id)"""


def wrong_in(connection: psycopg.Connection[Any]) -> list[str]:
    """Half-written rows, and figures that are no recount; nothing, if all is well."""
    return [
        f"{what}: {len(rows)}, such as {rows[0]}"
        for what, question in _questions()
        if (rows := connection.execute(question).fetchall())
    ]


def _questions() -> Iterator[tuple[str, str]]:
    for entity, table in MADE.items():
        names = {"entity": entity, "table": table}
        yield f"not audited once: {table}", UNAUDITED.format(**names)
        yield f"audited, and not there: {table}", OF_NOTHING.format(**names)
        if entity in TOLD:
            yield f"not told once: {table}", UNTOLD.format(**names)
            yield f"told, and not there: {table}", TOLD_OF_NOTHING.format(**names)
    for question in QUESTIONS:
        yield f"not so: {question.what}", question.wrong


def wrong_in_the_log(folder: Path, **settings: Any) -> list[str]:
    """What `haitech audit verify` finds."""
    checked = run(folder, "audit", "verify", **settings)
    return [] if checked.returncode == 0 else [f"audit verify: {checked.stdout[-300:]}"]
