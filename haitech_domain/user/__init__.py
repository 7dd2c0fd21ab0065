"""Users: who logs in (domain.md §1)."""

from haitech_domain.user.entity import LastAdmin, User
from haitech_domain.user.passwords import PasswordPolicy

__all__ = ["LastAdmin", "PasswordPolicy", "User"]
