"""Which migrations there are, told without loading Alembic: a server asks it at every start."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final

MIGRATIONS: Final = Path(__file__).parent / "migrations"


@functools.cache
def head() -> str:
    """The newest revision that this program knows: the number of the last file."""
    newest = max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    return newest.partition("_")[0]
