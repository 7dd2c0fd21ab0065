"""Exports."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from haitech_domain.export import (
    LARGEST_FILE,
    Export,
    ExportFormat,
    ExportStatus,
    ReportName,
)
from haitech_domain.reports import Language
from haitech_domain.testing.strategies.calendar import instants
from haitech_domain.testing.strategies.making import entities, maybe
from haitech_domain.testing.strategies.text import names, texts
from haitech_domain.testing.strategies.views import filters


def exports(**overrides: Any) -> st.SearchStrategy[Export]:
    """Exports in any state, of an owner of their own unless `owner_id` is given."""
    counts = st.integers(0, 2**31 - 1)
    fields = {
        "id": st.uuids(),
        "owner_id": st.uuids(),
        "report": st.sampled_from(ReportName),
        "format": st.sampled_from(ExportFormat),
        "language": st.sampled_from(Language),
        "filters": filters(),
        "file_name": names(),
        "status": st.sampled_from(ExportStatus),
        "attempt": counts,
        "progress": st.integers(0, 100),
        "rows_written": counts,
        "file_id": maybe(st.uuids()),
        "size": maybe(st.integers(0, LARGEST_FILE)),
        "digest": maybe(texts(64)),
        "failure": maybe(texts(500)),
        "started_at": maybe(instants()),
        "finished_at": maybe(instants()),
        "expires_at": maybe(instants()),
    }
    return entities(Export, fields, overrides)
