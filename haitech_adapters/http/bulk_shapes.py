"""What requests over many things have in common."""

from __future__ import annotations

from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta

from haitech_domain.use_cases.bulk import MOST_AT_ONCE

Ids: TypeAlias = Annotated[
    list[UUID],
    Meta(min_length=1, max_length=MOST_AT_ONCE, extra_json_schema={"uniqueItems": True}),
]
"""The things that a request is about, each once; what is wrong with one is told as `ids[3]`."""
EXAMPLE_IDS = [
    "019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b35",
    "019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b36",
]
