"""Customers, students, instructors with their time off, users and API keys."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from haitech_adapters.postgres.tables.columns import (
    by_name,
    check,
    entity_table,
    live_index,
    searched,
    unique,
)
from haitech_domain.api_key import ApiKey
from haitech_domain.customer import Customer
from haitech_domain.instructor import Instructor, TimeOff
from haitech_domain.student import Student
from haitech_domain.user import User

users: Final = entity_table("users", User)
unique(users, "email", name="uq_users_email")
by_name(users)
live_index("ix_users_role", users.c.role)
live_index("ix_users_is_active", users.c.is_active)
searched(users, "name", "email")

api_keys: Final = entity_table(
    "api_keys", ApiKey, check("overlap", "(previous_hash IS NULL) = (previous_until IS NULL)")
)
unique(api_keys, "key_hash", name="uq_api_keys_key_hash")
live_index("ix_api_keys_previous_hash", api_keys.c.previous_hash)
live_index("ix_api_keys_is_active", api_keys.c.is_active)
by_name(api_keys)
searched(api_keys, "name", "prefix")

customers: Final = entity_table("customers", Customer)
# R-PPL-1: phones and emails among the living
unique(customers, "phone", name="uq_customers_phone")
unique(customers, "email", name="uq_customers_email")
by_name(customers)
live_index("ix_customers_city", customers.c.city)
searched(customers, "name", "phone", "email", "city")

students: Final = entity_table("students", Student, references={"customer_id": "customers"})
by_name(students)
# whole: a customer's registrations are looked for through deleted students, too
sa.Index("ix_students_customer_id", students.c.customer_id)
live_index("ix_students_grade", students.c.grade)
searched(students, "name")

instructors: Final = entity_table("instructors", Instructor, references={"user_id": "users"})
unique(instructors, "phone", name="uq_instructors_phone")
unique(instructors, "email", name="uq_instructors_email")
unique(instructors, "user_id", name="uq_instructors_user_id")
by_name(instructors)
live_index("ix_instructors_is_active", instructors.c.is_active)
searched(instructors, "name", "phone", "email")

time_off: Final = entity_table(
    "time_off",
    TimeOff,
    check("days", "first_day <= last_day"),
    references={"instructor_id": "instructors"},
)
live_index("ix_time_off_instructor_id", *(time_off.c["instructor_id", "first_day", "id"]))
live_index("ix_time_off_first_day", time_off.c.first_day, time_off.c.id)
