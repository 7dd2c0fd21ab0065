"""Logging: one JSON object a line, on standard error."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog
from structlog.typing import Processor

_PRIVATE: Final = re.compile(
    r"password|passwd|token|secret|authorization|cookie|api_?key|phone|email|account_?number"
    r"|database_?url|bank",
    re.IGNORECASE,
)
"""What the name of a value is, or holds, whose content is nobody's business."""

_PHONE: Final = re.compile(r"(?<![\w+-])(?:\+|00)?(?:972|0)[\s().-]*(?:\d[\s().-]?){8,9}(?![\w-])")
"""An Israeli number in any usual writing, wherever it stands in a text."""

_CREDENTIALS: Final = re.compile(r"(?i)(bearer\s+|://[^/\s:@]*:)[^\s@\"']+")
MASK: Final = "***"


def _masked(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide what names and shapes say is private, at any depth."""
    for name, value in event.items():
        event[name] = _shown(name, value)
    return event


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _shown(str(key), inner) for key, inner in value.items()}
    if value is None or isinstance(value, (bool, int, float)):
        return MASK if value is not None and _PRIVATE.search(name) else value
    if _PRIVATE.search(name):
        return MASK
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_shown("", inner) for inner in value]
    if isinstance(value, str):
        return _PHONE.sub(MASK, _CREDENTIALS.sub(rf"\1{MASK}", value))
    return value


_RARE: Final = re.compile(r"[^\x20-\x7e\u05d0-\u05ea]")
"""What is neither ASCII that prints nor a Hebrew letter is asked one by one whether it prints."""


def as_line(value: Any, **how: Any) -> str:
    """JSON of one line that does nothing to whoever reads it on a terminal or in a list.

    Hebrew stays readable. What does not print (colours and moves of a terminal, also those of the
    C1 controls, ends of lines of every kind, turned directions, halves of characters) is escaped:
    somebody who chose a text that is logged forges no line, and hides none.
    """
    line = json.dumps(value, ensure_ascii=False, **how)
    return line if line.isprintable() else _RARE.sub(_escaped, line)


def _escaped(found: re.Match[str]) -> str:
    char = found[0]
    return char if char.isprintable() else json.dumps(char)[1:-1]


def configure(level: str = "INFO", *, hear: Processor | None = None) -> None:
    """Send structlog's and the standard library's records to standard error, as JSON.

    `hear` is given each of them before anything is made of the error that it tells.
    """
    number = logging.getLevelNamesMapping().get(level, logging.INFO)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([] if hear is None else [hear]),
        structlog.processors.format_exc_info,
        _masked,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(number),
        cache_logger_on_first_use=False,  # or the first configuration would hold for ever
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=as_line),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(number, logging.INFO))
    for chatty in ("psycopg.pool", "alembic", "httpx"):  # httpx tells addresses with their secrets
        logging.getLogger(chatty).setLevel(logging.WARNING)
