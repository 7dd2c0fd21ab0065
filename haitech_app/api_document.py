"""The API's OpenAPI document, without a database and without the environment."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
from litestar import Litestar

from haitech_adapters.http.older_openapi import in_3_0
from haitech_adapters.http.openapi import document_of
from haitech_app.asgi import app_of
from haitech_app.settings import Settings

OLDER: Final = "3.0"
NEWEST: Final = "3.1"
_IN: Final[Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    NEWEST: lambda made: made,
    OLDER: in_3_0,
}
VERSIONS: Final = tuple(_IN)
"""The versions of OpenAPI in which it can be had, the newest first."""


@functools.cache
def unserved_app() -> Litestar:
    """The app as `haitech serve` makes it, to be looked at; serving it would fail."""
    unused: Any = {"database_url": "postgresql://unused", "secret_key": "unused"}
    return app_of(attrs.evolve(Settings.load({}), **unused))


def api_document(version: str = NEWEST) -> dict[str, Any]:
    """The document in one of `VERSIONS` of OpenAPI."""
    return _IN[version](document_of(unserved_app()))
