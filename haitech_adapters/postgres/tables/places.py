"""Courses, branches with their closures, and institutional orders."""

from __future__ import annotations

from typing import Final

from haitech_adapters.postgres.tables.columns import (
    by_name,
    check,
    entity_table,
    live_index,
    searched,
)
from haitech_domain.branch import Branch, Closure
from haitech_domain.course import Course
from haitech_domain.order import InstitutionalOrder

courses: Final = entity_table("courses", Course)
by_name(courses)
live_index("ix_courses_category", courses.c.category)
searched(courses, "name", "description")

branches: Final = entity_table("branches", Branch)
by_name(branches)
live_index("ix_branches_type", branches.c.type)
live_index("ix_branches_city", branches.c.city)
searched(branches, "name", "city", "address")

closures: Final = entity_table(
    "closures",
    Closure,
    check("days", "first_day <= last_day"),
    references={"branch_id": "branches"},
)
live_index("ix_closures_branch_id", closures.c.branch_id, closures.c.first_day, closures.c.id)
live_index("ix_closures_first_day", closures.c.first_day, closures.c.id)

institutional_orders: Final = entity_table(
    "institutional_orders",
    InstitutionalOrder,
    check("dates", "start_date <= end_date"),
    references={"branch_id": "branches"},
)
live_index("ix_institutional_orders_branch_id", institutional_orders.c.branch_id)
live_index("ix_institutional_orders_status", institutional_orders.c.status)
live_index(
    "ix_institutional_orders_start_date",
    institutional_orders.c.start_date,
    institutional_orders.c.id,
)
live_index(
    "ix_institutional_orders_end_date", institutional_orders.c.end_date, institutional_orders.c.id
)
