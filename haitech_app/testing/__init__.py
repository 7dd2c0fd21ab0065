"""Ready-made worlds for tests: ports over memory, and over a real PostgreSQL.

They are `World`s of `haitech_domain.testing.contracts`, with every verb. As a pytest plugin, in a
project's outermost conftest:

    pytest_plugins = ["haitech_app.testing.plugin"]

PostgreSQL is HAITECH_TEST_DATABASE_URL's server, else an embedded one (extra `embedded`).
"""

from haitech_app.testing.worlds import MemoryWorld, PostgresWorld, journal_of, verbs_over

__all__ = ["MemoryWorld", "PostgresWorld", "journal_of", "verbs_over"]
