"""Customers: the parents and paying persons (domain.md §1)."""

from haitech_domain.customer.entity import (
    Customer,
    CustomerCreated,
    CustomerDeleted,
    CustomerUpdated,
)

__all__ = ["Customer", "CustomerCreated", "CustomerDeleted", "CustomerUpdated"]
