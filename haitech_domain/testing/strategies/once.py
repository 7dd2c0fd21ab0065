"""Strategies that are made once and used again: making one takes longer than drawing from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")
_MOST = 2_048


def made_once(make: Callable[P, R]) -> Callable[P, R]:
    """Give the same strategy for the same arguments."""
    return cast("Callable[P, R]", lru_cache(_MOST)(make))
