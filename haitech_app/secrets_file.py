"""Secrets of a machine that was given none: made once, kept beside its data."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import attrs

from haitech_app.database import usable_folder
from haitech_app.settings import Settings


def kept_secret(path: Path) -> str:
    """The secret in a file, made at the first call; only this user can read it.

    The file appears whole or not at all, whoever is killed meanwhile, and the first of several
    that make it at once makes it for all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.read_text().strip():
        path.unlink(missing_ok=True)  # it was cut short, by a full disk or a power cut
    if not path.exists():
        _made(path)
    return path.read_text().strip()


def _made(path: Path) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()


SECRETS: Final = ("jwt_secret", "secret_key")


def with_secrets(settings: Settings) -> Settings:
    """The settings with secrets to sign and to seal with: those set, else this machine's own."""
    missing = [name for name in SECRETS if getattr(settings, name) is None]
    if not missing:
        return settings
    with usable_folder(settings):
        made: Any = {name: kept_secret(settings.data_folder / name) for name in missing}
    return attrs.evolve(settings, **made)
