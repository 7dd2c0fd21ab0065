"""API keys: what programs call with instead of people (R-ACC-3)."""

from haitech_domain.api_key.entity import ApiKey
from haitech_domain.api_key.writing import KeyKind, hashed, is_a_key, prefix_of, written

__all__ = ["ApiKey", "KeyKind", "hashed", "is_a_key", "prefix_of", "written"]
