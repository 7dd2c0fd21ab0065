"""How many rows a long list has, remembered for a few seconds.

Counting is exact and takes as long as there are rows: 60 ms for a million, where the page itself
takes one. So a total above `LONG` is counted once in `SECONDS`, whoever asks; shorter lists are
counted every time.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final

import attrs

from haitech_adapters.postgres.shapes import PageOf

LONG: Final = 10_000
"""Totals up to this are never remembered."""
SECONDS: Final = 10.0
"""How long one is; it may lag so far behind what others have written."""
KEPT: Final = 1_000
"""How many are, of the lists that were asked for last."""
_OF_THE_PAGE: Final = ("limit", "offset")


@attrs.define
class LongTotals:
    """The totals of long lists, for all who read by one unit of work; `now` is in seconds."""

    long: int = LONG
    now: Callable[[], float] = time.monotonic
    _known: OrderedDict[Hashable, tuple[int, float]] = attrs.field(init=False, factory=OrderedDict)

    def of(self, page: PageOf, params: Mapping[str, Any]) -> int | None:
        """The total of the list that this is a page of, if it is long and was counted just now."""
        if not self._known:
            return None
        total, until = self._known.get(_list(page, params), (0, 0.0))
        return total if self.now() < until else None

    def counted(self, page: PageOf, params: Mapping[str, Any], total: int) -> None:
        """Remember it, if the list is long."""
        if total <= self.long:
            return
        key = _list(page, params)
        self._known[key] = (total, self.now() + SECONDS)
        self._known.move_to_end(key)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)


def agreeing(total: int, *, offset: int, shown: int, more: bool) -> int:
    """A remembered total that agrees with the page: what is seen of the list counts for more."""
    end = offset + shown
    if more:
        return max(total, end + 1)
    return end if shown or not offset else min(total, offset)


def _list(page: PageOf, params: Mapping[str, Any]) -> Hashable:
    """What the total depends on: neither where the page begins nor in which order."""
    values = repr(
        [
            (name, value)
            for name, value in params.items()
            if name not in _OF_THE_PAGE and not name.startswith("after_")
        ]
    )
    return page.mapping.what, page.filters, page.searched, page.search, page.own, values
