"""What Alembic runs for every command: the migrations, on the connection that `migrate.py` gives.

There is no ini file: Alembic is always called from Python, wherever the user happens to be. Each
migration has a transaction of its own, and holds its locks no longer than that.
"""

from __future__ import annotations

from alembic import context

from haitech_adapters.postgres.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
