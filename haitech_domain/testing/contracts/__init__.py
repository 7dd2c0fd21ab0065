"""Suites that every adapter of the storage ports must pass.

Inherit each in a class named `Test…` whose module has an asynchronous fixture `world` (see
`World`): the tests are the same for every store.
"""

from haitech_domain.testing.contracts.repository import RepositoryContract
from haitech_domain.testing.contracts.world import Journal, World

__all__ = ["Journal", "RepositoryContract", "World"]
