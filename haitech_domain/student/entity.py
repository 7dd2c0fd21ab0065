"""The student and its events."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

import attrs

from haitech_domain.calendar import LAST_DAY
from haitech_domain.change import Event
from haitech_domain.entity import Entity
from haitech_domain.fields import Between, Name, Notes, Text
from haitech_domain.ids import CustomerId, StudentId

BirthDate = Annotated[date, Between(date(1900, 1, 1), LAST_DAY)]


@attrs.frozen(kw_only=True)
class Student(Entity):
    """A child, who belongs to one customer."""

    id: StudentId
    customer_id: CustomerId
    name: Name
    birth_date: BirthDate | None = None
    grade: Annotated[str, Text(50)] | None = None
    notes: Notes | None = None


@attrs.frozen(kw_only=True)
class StudentCreated(Event):
    """A student was made."""

    type: ClassVar[str] = "student.created"
    student_id: StudentId
    customer_id: CustomerId


@attrs.frozen(kw_only=True)
class StudentUpdated(Event):
    """Some of a student's fields changed; `fields` names them."""

    type: ClassVar[str] = "student.updated"
    student_id: StudentId
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class StudentDeleted(Event):
    """A student was deleted."""

    type: ClassVar[str] = "student.deleted"
    student_id: StudentId
