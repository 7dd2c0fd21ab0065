"""When Python looks for garbage: not while a server loads, and seldom once it serves.

What loading makes lives as long as the process, and looking through it again and again took a
fifth of the start.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_YOUNG: Final = 50_000
"""Allocations between collections of the youngest generation: each request makes some hundreds
that die with it, and the long-lived rest is frozen."""


@contextmanager
def nothing_to_collect() -> Iterator[None]:
    """Do not look for garbage within, nor ever at what was made within.

    Processes that are forked afterwards share it for as long as nobody touches it.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def seldom() -> None:
    """Look once more, then only at what requests leave behind."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)
