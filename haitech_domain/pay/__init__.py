"""What an instructor is paid, what that costs, and what is left (domain.md §4)."""

from haitech_domain.pay.calculator import (
    DEFAULT_EMPLOYER_FACTOR,
    PayInputs,
    hourly_rate,
    pay_of,
    settled,
)

__all__ = ["DEFAULT_EMPLOYER_FACTOR", "PayInputs", "hourly_rate", "pay_of", "settled"]
