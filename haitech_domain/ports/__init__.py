"""The ports: what the domain asks of the world, as protocols in its own words."""

from haitech_domain.ports.limits import Rate, RateLimits, RequestRates, Standing, Verdict
from haitech_domain.ports.query import Listing, Page, Query
from haitech_domain.ports.repositories import (
    Branches,
    Closures,
    Courses,
    Customers,
    Cycles,
    Instructors,
    Meetings,
    Orders,
    Registrations,
    Repository,
    Students,
    Users,
)
from haitech_domain.ports.services import (
    Attempts,
    Clock,
    Ids,
    Passwords,
    Tokens,
    TooManyAttempts,
    Unauthenticated,
    Unavailable,
)
from haitech_domain.ports.unit_of_work import Imported, ImportLedger, Transaction, UnitOfWork

__all__ = [
    "Attempts",
    "Branches",
    "Clock",
    "Closures",
    "Courses",
    "Customers",
    "Cycles",
    "Ids",
    "ImportLedger",
    "Imported",
    "Instructors",
    "Listing",
    "Meetings",
    "Orders",
    "Page",
    "Passwords",
    "Query",
    "Rate",
    "RateLimits",
    "Registrations",
    "Repository",
    "RequestRates",
    "Standing",
    "Students",
    "Tokens",
    "TooManyAttempts",
    "Transaction",
    "Unauthenticated",
    "Unavailable",
    "UnitOfWork",
    "Users",
    "Verdict",
]
