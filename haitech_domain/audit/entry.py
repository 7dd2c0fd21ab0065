"""One entry of the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal, TypeAlias
from uuid import UUID

import attrs

from haitech_domain.access import ActorKind
from haitech_domain.ids import AuditEntryId

Audited: TypeAlias = Literal[
    "customer",
    "student",
    "course",
    "branch",
    "closure",
    "instructor",
    "time_off",
    "institutional_order",
    "cycle",
    "meeting",
    "registration",
    "payment",
    "attendance",
    "lead",
    "lead_note",
    "saved_view",
    "user",
    "login_session",
    "one_time_token",
    "api_key",
    "webhook",
    "export",
]
"""The words for what is audited; a test holds the declarations of all repositories to them."""


@attrs.frozen(kw_only=True)
class AuditEntry:
    """One thing changed by one act: by whom, from where, what it was and what it became.

    `entity` is the word for what was changed (`customer`), `action` the verb (`create`). `old` and
    `new` hold the values that differ by field, as `records.differences` gives them: secrets `***`.
    What came from no request has no `request_id`, `address` and `user_agent`.
    """

    deleted_at: ClassVar[None] = None
    """An entry is never gone, as lists ask of every row."""

    id: AuditEntryId
    created_at: datetime
    actor_kind: ActorKind
    actor_id: UUID | None
    actor_name: str
    action: str
    entity: str
    entity_id: UUID
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    request_id: str | None = None
    address: str | None = None
    user_agent: str | None = None
