"""Institutional orders: contracts of a branch that cycles may belong to (domain.md §1)."""

from haitech_domain.order.entity import InstitutionalOrder, OrderInUse, OrderStatus

__all__ = ["InstitutionalOrder", "OrderInUse", "OrderStatus"]
