"""Windows in Redis, which all processes share. Only where one is set is any of this loaded."""

from __future__ import annotations

from typing import Any, Final

from limits.aio.storage import RedisStorage
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from haitech_adapters.limits.windows import PATIENCE

_CONNECTIONS: Final = 32
_PREFIX: Final = "haitech:limits"


class SharedWindows(RedisStorage):
    """The library's Redis storage, over connections of our own that never keep anybody waiting."""

    STORAGE_SCHEME: list[str] = []  # noqa: RUF012  # as the library has it; not found by a URL

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        self._pool: Any = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=patience,
            socket_timeout=patience,
            socket_connect_timeout=patience,
            retry=Retry(NoBackoff(), 0),
        )
        super().__init__(
            f"async+{url}",
            wrap_exceptions=True,
            implementation="redispy",
            key_prefix=_PREFIX,
            connection_pool=self._pool,  # type: ignore[arg-type]  # passed on as it is
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.disconnect()
