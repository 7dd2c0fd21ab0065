"""Webhooks."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from haitech_domain.change import CATALOGUE
from haitech_domain.testing.strategies.calendar import instants
from haitech_domain.testing.strategies.making import entities, maybe
from haitech_domain.testing.strategies.once import made_once
from haitech_domain.testing.strategies.text import names, texts
from haitech_domain.webhook import ALL, Headers, Webhook, WebhookStatus, families

_ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=100)


@made_once
def patterns() -> st.SearchStrategy[tuple[str, ...]]:
    """What a webhook may want to be told of."""
    known = [ALL, *sorted(CATALOGUE), *(f"{family}.*" for family in sorted(families()))]
    return st.lists(st.sampled_from(known), min_size=1, max_size=4, unique=True).map(tuple)


@made_once
def own_headers() -> st.SearchStrategy[Headers]:
    """Headers that a webhook may want on each request."""
    named = st.from_regex(r"\AX-Of-Ours-[a-z]{1,9}\Z")
    return st.dictionaries(named, _ASCII, max_size=3).map(Headers.of)


def webhooks(**overrides: Any) -> st.SearchStrategy[Webhook]:
    """Webhooks of any status, some of them rotated or failing."""
    sealed = texts(500)
    fields = {
        "id": st.uuids(),
        "url": st.from_regex(r"\Ahttps://[a-z]{1,20}\.example/[a-z]{0,20}\Z"),
        "events": patterns(),
        "name": maybe(names()),
        "headers": own_headers(),
        "status": st.sampled_from(WebhookStatus),
        "status_reason": maybe(texts(200)),
        "sealed_secret": sealed,
        "previous_secret": maybe(sealed),
        "rotated_at": maybe(instants()),
        "failing_since": maybe(instants()),
    }
    return entities(Webhook, fields, overrides)
