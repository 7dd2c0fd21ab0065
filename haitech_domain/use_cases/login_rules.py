"""How this school lets people in, as one value."""

from __future__ import annotations

from datetime import timedelta

import attrs

from haitech_domain.user import PasswordPolicy


@attrs.frozen(kw_only=True)
class LoginRules:
    """Lives of sessions and links, the policy of passwords, and where links in mail lead.

    `refresh_life` slides with each refresh, up to `session_life` after the login. `public_url` has
    no slash at its end.
    """

    passwords: PasswordPolicy = attrs.field(factory=PasswordPolicy)
    refresh_life: timedelta = timedelta(days=30)
    session_life: timedelta = timedelta(days=90)
    reset_life: timedelta = timedelta(minutes=30)
    invitation_life: timedelta = timedelta(days=7)
    public_url: str = "http://127.0.0.1:8000"
