"""Users: who logs in (domain.md §1)."""

from haitech_domain.user.entity import User

__all__ = ["User"]
