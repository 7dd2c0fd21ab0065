"""The user."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import attrs

from haitech_domain.access import Actor, ActorKind, Role
from haitech_domain.entity import Entity
from haitech_domain.fields import Name, Secret
from haitech_domain.ids import InstructorId, UserId
from haitech_domain.people import Email, Phone


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

    def actor(self, instructor_id: InstructorId | None = None) -> Actor:
        """The user as one who acts."""
        return Actor(
            kind=ActorKind.USER,
            id=self.id,
            name=self.name,
            role=self.role,
            instructor_id=instructor_id,
        )
