"""The instructor."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import attrs

from haitech_domain.entity import Entity
from haitech_domain.fields import KeepsHistory, Name, Notes, Price, Secret, Text
from haitech_domain.ids import InstructorId, UserId
from haitech_domain.instructor.windows import NO_WINDOWS, WeeklyWindows
from haitech_domain.people import Email, Phone


class EmploymentType(StrEnum):
    """How an instructor is employed, which decides the employer's cost (R-PAY-4)."""

    FREELANCER = "freelancer"
    EMPLOYEE = "employee"


BankDetail = Annotated[str, Text(50), Secret()]
Rate = Annotated[Price, KeepsHistory()]


@attrs.frozen(kw_only=True)
class Instructor(Entity):
    """Who teaches; may be linked to one user. Rates are shekels for an hour, and keep their history.

    Only an imported instructor may lack a phone. `calendar_hash` is the SHA-256 of the token that
    opens the calendar feed, in hexadecimal.
    """

    id: InstructorId
    name: Name
    phone: Phone | None = None
    email: Email | None = None
    rate_frontal: Rate | None = None
    rate_online: Rate | None = None
    rate_private: Rate | None = None
    rate_preparation: Rate | None = None
    employment_type: Annotated[EmploymentType, KeepsHistory()] = EmploymentType.FREELANCER
    is_active: bool = True
    notes: Notes | None = None
    bank_name: BankDetail | None = None
    bank_branch: BankDetail | None = None
    account_number: BankDetail | None = None
    user_id: UserId | None = None
    windows: WeeklyWindows = NO_WINDOWS
    calendar_hash: Annotated[str, Text(64), Secret()] | None = None
