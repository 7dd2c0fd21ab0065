"""The user."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

import attrs

from haitech_domain.access import Actor, ActorKind, Role
from haitech_domain.entity import Entity
from haitech_domain.errors import DomainError
from haitech_domain.fields import Name, Secret
from haitech_domain.ids import InstructorId, SessionId, UserId
from haitech_domain.people import Email, Phone


@attrs.frozen
class LastAdmin(DomainError):
    """api.md: the last administrator cannot be removed."""

    reason: ClassVar[str] = "user.last_admin"
    says: ClassVar[str] = "this is the last active administrator; make another one first"


@attrs.frozen(kw_only=True)
class User(Entity):
    """Someone who logs in. `password_hash` is whatever the password port makes."""

    id: UserId
    email: Email
    name: Name
    role: Role
    phone: Phone | None = None
    is_active: bool = True
    password_hash: Annotated[str, Secret()] | None = None
    last_login: datetime | None = None

    @property
    def is_admin(self) -> bool:
        """Whether the user can administrate: an administrator, live and active."""
        return self.role is Role.ADMIN and self.is_active and self.deleted_at is None

    def actor(
        self, instructor_id: InstructorId | None = None, session_id: SessionId | None = None
    ) -> Actor:
        """The user as one who acts."""
        return Actor(
            kind=ActorKind.USER,
            id=self.id,
            name=self.name,
            role=self.role,
            instructor_id=instructor_id,
            session_id=session_id,
        )
