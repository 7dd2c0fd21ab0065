"""The reference in `docs/reference`, made of the program's own data.

`python -m haitech_app.reference`, in the folder of the project, writes every page; a test fails
where one is not what the program is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from haitech_app.reference import (
    commands,
    errors,
    events,
    library,
    logs,
    metrics,
    permissions,
    routes,
    rules,
    settings,
)

FOLDER: Final = Path("docs/reference")
PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "commands.md": commands.page,
    "errors.md": errors.page,
    "events.md": events.page,
    "library.md": library.page,
    "logs.md": logs.page,
    "metrics.md": metrics.page,
    "permissions.md": permissions.page,
    "routes.md": routes.page,
    "rules.md": rules.page,
    "settings.md": settings.page,
}
"""Each page by the name of its file."""


def write() -> list[Path]:
    """Write every page; which files that were."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    written = []
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), "utf-8")
        written.append(FOLDER / name)
    return written
