"""What Alembic runs for every command: the migrations, on the connection that `migrate.py` gives.

There is no ini file: Alembic is always called from Python, wherever the user happens to be.
"""

from __future__ import annotations

from alembic import context

from haitech_adapters.postgres.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
