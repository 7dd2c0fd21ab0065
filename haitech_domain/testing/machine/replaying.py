"""The audit log read from its beginning: each row fits the one before, the last is what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import attrs

from haitech_domain.entity import Entity
from haitech_domain.fields import Derived, Passing, Secret, marked
from haitech_domain.records import plain_data

_UNWRITTEN = frozenset({"id", "version", "created_at", "updated_at", "deletion"})


def replayed(audit: Iterable[Mapping[str, Any]], rows: Iterable[Entity]) -> Iterator[str]:
    """What does not fit, in sentences: `audit` in the order of commit, `rows` as they are stored."""
    known: dict[UUID, dict[str, Any]] = {}
    for entry in audit:
        facts = known.setdefault(entry["entity_id"], {})
        for field, value in entry["old"].items():
            if facts.get(field) != value:
                yield (
                    f"{entry['entity']} {entry['entity_id']}: {entry['action']} saw {field} as"
                    f" {value}, which the log has as {facts.get(field)}"
                )
        facts.update(entry["new"])
    for row in rows:
        cls: Any = type(row)
        left_out = _UNWRITTEN | marked(cls, Derived) | marked(cls, Passing) | marked(cls, Secret)
        id: UUID = row.id  # type: ignore[attr-defined]  # every entity has one
        for attribute in attrs.fields(cls):
            name = attribute.name
            stored = plain_data(getattr(row, name))
            if name not in left_out and known.get(id, {}).get(name) != stored:
                yield (
                    f"{cls.__name__} {id}: {name} is stored as {stored}, and the log has"
                    f" {known.get(id, {}).get(name)}"
                )
