"""Every refusal that any test here meets is one that the document of the API has."""

from __future__ import annotations

import re
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from httpx import Response
from litestar import Litestar

from haitech_adapters.http.endpoint import JSON
from haitech_adapters.http.openapi import document_of

OUTSIDE = {HTTPStatus.METHOD_NOT_ALLOWED}
"""What is no operation's answer."""


def must_be_documented(app: Litestar, answer: Response) -> None:
    """Whether the document says that this route gives this status, and shows the reason of a 409."""
    if answer.status_code < 400 or answer.status_code in OUTSIDE:
        return
    method, path = answer.request.method.lower(), answer.request.url.path
    operation = next(
        (o for pattern, o in _operations(app)[method] if pattern.fullmatch(path)), None
    )
    if operation is None:
        return
    known = operation["responses"].get(str(answer.status_code))
    assert known, f"{method} {path} gives {answer.status_code}, which is not documented"
    if answer.status_code == HTTPStatus.CONFLICT and answer.headers["content-type"] == JSON:
        reason = answer.json()["error"]["reason"]
        examples = known["content"][JSON]["examples"]
        assert reason in examples, f"{method} {path} refuses with {reason}: name it in `conflicts`"


@lru_cache(maxsize=4)
def _operations(app: Litestar) -> dict[str, list[tuple[re.Pattern[str], Any]]]:
    """The operations by method, those without parameters in their paths first."""
    found: dict[str, list[tuple[re.Pattern[str], Any]]] = {}
    for path in sorted(document_of(app)["paths"], key=lambda path: path.count("{")):
        pattern = re.compile(re.sub(r"{\w+}", "[^/]+", path))
        for method, operation in document_of(app)["paths"][path].items():
            found.setdefault(method, []).append((pattern, operation))
    return found
