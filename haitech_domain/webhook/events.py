"""What happens to webhooks themselves."""

from __future__ import annotations

from typing import ClassVar

import attrs

from haitech_domain.change import Event
from haitech_domain.ids import WebhookId


@attrs.frozen(kw_only=True)
class WebhookTested(Event):
    """Somebody asked for a trial: nothing has happened, and nothing needs to be done."""

    type: ClassVar[str] = "webhook.test"
    webhook_id: WebhookId
    message: str


@attrs.frozen(kw_only=True)
class WebhookDisabled(Event):
    """A webhook was disabled by itself: its target wanted it, or failed for five days."""

    type: ClassVar[str] = "webhook.disabled"
    webhook_id: WebhookId
    name: str | None
    reason: str
