"""Login sessions and one-time tokens."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from haitech_adapters.postgres.tables.columns import entity_table, live_index, unique
from haitech_domain.session import LoginSession, OneTimeToken

login_sessions: Final = entity_table(
    "login_sessions", LoginSession, references={"user_id": "users"}
)
unique(login_sessions, "family_hash", name="uq_login_sessions_family_hash")
live_index("ix_login_sessions_user_id", login_sessions.c.user_id, login_sessions.c.id)
# what a user has open is asked at every change of a user, and is little beside what is over
sa.Index(
    "ix_login_sessions_open",
    login_sessions.c.user_id,
    postgresql_where="ended_at IS NULL AND deleted_at IS NULL",
)

one_time_tokens: Final = entity_table(
    "one_time_tokens", OneTimeToken, references={"user_id": "users"}
)
unique(one_time_tokens, "token_hash", name="uq_one_time_tokens_token_hash")
live_index("ix_one_time_tokens_user_id", one_time_tokens.c.user_id, one_time_tokens.c.id)
