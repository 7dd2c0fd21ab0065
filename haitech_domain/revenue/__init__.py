"""What a meeting earns, with its reasons (domain.md §3)."""

from haitech_domain.revenue.calculator import RevenueInputs, amounts_of, revenue_of

__all__ = ["RevenueInputs", "amounts_of", "revenue_of"]
