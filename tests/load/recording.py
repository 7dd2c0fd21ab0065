"""What SQL a request runs: the app's own, taken down while it answers, for the bare reference."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import httpx
import psycopg

from haitech_app.asgi import app_of
from haitech_app.serving_container import ServingContainer
from haitech_app.settings import Settings


@attrs.frozen(kw_only=True)
class Statement:
    """SQL with its parameters, and the names of the columns that it answers with."""

    sql: str
    params: Any
    columns: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Asked:
    """A request to take down."""

    method: str
    path: str
    body: Any = None


Recorded = Mapping[str, list[Statement]]


class _Cursor(psycopg.AsyncCursor[Any]):
    """A cursor that takes down what it runs, while somebody listens."""

    heard: list[tuple[_Cursor, str, Any]] | None = None

    async def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        done = await super().execute(query, params, **options)
        if _Cursor.heard is not None:
            _Cursor.heard.append((self, str(query), params))
        return done

    def statement(self, query: str, params: Any) -> Statement:
        """What it ran, once its answer is there: in a pipeline that is later."""
        columns = tuple(column.name for column in self.description or ())
        return Statement(sql=query, params=params, columns=columns)


async def recorded(settings: Settings, token: str, requests: Mapping[str, Asked]) -> Recorded:
    """The statements of each request, answered by the app in this process."""
    container = ServingContainer(settings=settings)
    pool = container.pool()
    assert isinstance(pool.kwargs, dict)
    pool.kwargs["cursor_factory"] = _Cursor
    app = app_of(settings, container=container)
    found: dict[str, list[Statement]] = {}
    async with (
        pool,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app),  # type: ignore[arg-type]  # its own words
            base_url="http://localhost/api/v1",
            headers={"authorization": f"Bearer {token}"},
        ) as client,
    ):
        await client.get("/courses")  # what is only done once in a process is no part of it
        for name, asked in requests.items():
            heard: list[tuple[_Cursor, str, Any]] = []
            _Cursor.heard = heard
            answer = await client.request(asked.method, asked.path, json=asked.body)
            _Cursor.heard = None
            answer.raise_for_status()
            found[name] = [cursor.statement(query, params) for cursor, query, params in heard]
    return found


def keep(found: Recorded, file: Path) -> None:
    """Write them for another process of this program."""
    file.write_bytes(pickle.dumps(dict(found)))


def kept(file: Path) -> Recorded:
    """Read what `keep` wrote."""
    read: Recorded = pickle.loads(file.read_bytes())  # noqa: S301  # written by this very program
    return read
