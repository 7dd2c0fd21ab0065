"""`docs/reference/logs.md`: every line that is logged, read out of the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import attrs

from haitech_app.reference.markdown import MADE

_PACKAGES: Final = Path(__file__).parents[2]
_LEVELS: Final = {
    "debug": "debug",
    "info": "info",
    "warning": "warning",
    "error": "error",
    "exception": "error",
}
_LOGS: Final = re.compile(r"\b_?log\.|\bNote\(")
_NOTE: Final = "Note"
"""What a use case has the worker say (`haitech_domain.ports`)."""

FIELDS: Final = {
    "actor": "who called: kind and id, `user:0190…`, `api_key:…`, `system:worker`; null while unknown",
    "again": "how many deliveries are tried again",
    "dead": "how many deliveries are given up",
    "exception": "the stack",
    "failed": "how many exports are given up",
    "head": "the newest seal of the audit log; keep it elsewhere, for `haitech audit verify --expect`",
    "job_id": "which job of the queue",
    "kind": "the job's kind, `webhook.deliver`",
    "method": "the request's method",
    "ms": "how long it took, in milliseconds",
    "name": "what the worker is called in the queue: machine and process",
    "reason": "why it was refused, as the API says it (`error.reason`)",
    "request_id": "which request; every answer has it in `X-Request-ID`",
    "route": "the template of the route; null where there is none. Never the path: it may hold a secret",
    "statement": "SQL, without its values",
    "status": "what was answered; 499: the client left before",
    "webhook_id": "which webhook",
    "why": "why, in a word or a sentence without values",
    "work": "which periodic work",
}
_HEAD: Final = f"""\
# Logs

{MADE}
Standard error has one JSON object a line.

Every line has

| field | what it is |
|---|---|
| `timestamp` | UTC, ISO 8601 |
| `level` | `debug`, `info`, `warning`, `error` |
| `logger` | which part of the program; those of libraries have names of their own |
| `event` | what happened: always the same words, so that you can search for them |
| `request_id` | within a request |
| `trace_id` | within a request or a job, where traces are on (`HAITECH_OTLP_URL`) |

Values whose names say password, token, secret, phone, e-mail or the like, and whatever looks like an Israeli number or
a credential in an address, are `***`. `HAITECH_LOG_LEVEL` is INFO unless set, DEBUG in development.

"""


@attrs.frozen
class Line:
    """One place that logs."""

    event: str
    logger: str
    level: str
    fields: tuple[str, ...]


@cache
def lines() -> tuple[Line, ...]:
    """Every place in the three packages that logs."""
    found: list[Line] = []
    for package in ("haitech_domain", "haitech_adapters", "haitech_app"):
        for path in sorted((_PACKAGES / package).rglob("*.py")):
            text = path.read_text("utf-8")
            if _LOGS.search(text):  # reading all of the source takes seconds
                found += _lines_of(ast.parse(text))
    return tuple(found)


def _lines_of(tree: ast.Module) -> Iterator[Line]:
    logger = next(
        (
            _text(node.args[0])
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and _name(node.func) == "get_logger" and node.args
        ),
        "",
    )
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args or not _text(node.args[0]):
            continue
        called = _name(node.func)
        if _is_log(node.func) and called in _LEVELS:
            named = [word.arg for word in node.keywords if word.arg]
            fields = {"exception" if name == "exc_info" else name for name in named}
            if called == "exception":
                fields.add("exception")
            yield Line(_text(node.args[0]), logger, _LEVELS[called], tuple(sorted(fields)))
        elif called == _NOTE and isinstance(node.args[-1], ast.Dict):
            keys = tuple(sorted(_text(key) for key in node.args[-1].keys if key))
            yield Line(_text(node.args[0]), "haitech.worker", "warning", keys)


def _is_log(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and _name(called.value) in {"log", "_log"}


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr | None) -> str:
    found = node.value if isinstance(node, ast.Constant) else ""
    return found if isinstance(found, str) else ""


def page() -> str:
    """The page. :raises KeyError: a field has no meaning here yet"""
    return _HEAD + "\n".join(_written()) + "\n"


def _written() -> Iterator[str]:
    found = sorted({(line.event, line.logger, line.level, line.fields) for line in lines()})
    yield "| event | logger | level | further fields |"
    yield "|---|---|---|---|"
    used: set[str] = set()
    for event, logger, level, fields in found:
        used.update(fields)
        shown = ", ".join(f"`{field}`" for field in fields) or "–"
        yield f"| {event} | `{logger}` | {level} | {shown} |"
    yield ""
    yield "| field | what it is |"
    yield "|---|---|"
    for field in sorted(used):
        yield f"| `{field}` | {FIELDS[field]} |"
