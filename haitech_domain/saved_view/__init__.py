"""Saved views: how somebody likes to look at a list (api.md, Resources)."""

from haitech_domain.saved_view.entity import Filters, SavedView, SortOrder

__all__ = ["Filters", "SavedView", "SortOrder"]
