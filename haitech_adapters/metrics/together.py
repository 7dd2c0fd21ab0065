"""Several processes that share a port: whichever is asked tells the figures of all of them.

Each listens on a Unix socket of its own in a folder that only we can enter, and hands its figures
to whoever connects. A process that is gone is silent, so what it counted is no longer told, as
when a program is started anew: Prometheus takes every process for a series of its own.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Final

import attrs
import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric

PATIENCE: Final = 5.0
"""Seconds that another process has to answer; Prometheus waits ten for all of it."""
LABEL: Final = "process"


class Sample(msgspec.Struct, array_like=True):
    """One figure."""

    name: str
    labels: dict[str, str]
    value: float


class Family(msgspec.Struct, array_like=True):
    """All figures of one name."""

    name: str
    says: str
    type: str
    samples: list[Sample]


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(list[Family])


def families(found: Iterable[Metric]) -> list[Family]:
    """What a registry collects, without the times at which counters were made."""
    return [
        Family(
            metric.name,
            metric.documentation,
            metric.type,
            [
                Sample(sample.name, dict(sample.labels), sample.value)
                for sample in metric.samples
                if not sample.name.endswith("_created")
            ],
        )
        for metric in found
    ]


@attrs.frozen(kw_only=True)
class Together:
    """The processes that meet in a folder; without one, this process alone."""

    registry: CollectorRegistry
    folder: Path | None = None
    name: str = attrs.field(factory=lambda: str(os.getpid()))

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """Tell the others, for as long as the context lasts."""
        if self.folder is None:
            yield
            return
        place = self.folder / self.name
        server = await asyncio.start_unix_server(self._tell, path=str(place))
        try:
            yield
        finally:
            server.close()
            await server.wait_closed()
            place.unlink(missing_ok=True)

    async def collected(self) -> list[Metric]:
        """Everybody's figures; each sample names its process where there may be several."""
        own = await self._own()
        if self.folder is None:
            return _merged([("", own)])
        names = sorted(place.name for place in self.folder.iterdir() if place.name != self.name)
        others = await asyncio.gather(*(self._asked(name) for name in names))
        answered = [(name, found) for name, found in zip(names, others, strict=True) if found]
        return _merged([(self.name, own), *answered])

    async def _own(self) -> list[Family]:
        """In a thread: thousands of figures would hold requests up."""
        return await asyncio.to_thread(lambda: families(self.registry.collect()))

    async def _tell(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            writer.write(_encoder.encode(await self._own()))
            await writer.drain()

    async def _asked(self, name: str) -> list[Family]:
        """Another's figures; none where it is gone or hangs."""
        folder = self.folder or Path()
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_unix_connection(str(folder / name))
                with closing(writer):
                    said = await reader.read()
        except (OSError, TimeoutError):
            return []
        try:
            return _decoder.decode(said)
        except msgspec.DecodeError:  # it was ended in the middle
            return []


def _merged(told: Sequence[tuple[str, list[Family]]]) -> list[Metric]:
    """One family of each name, with the samples of all."""
    merged: dict[str, Metric] = {}
    for process, found in told:
        more = {LABEL: process} if process else {}
        for family in found:
            metric = merged.setdefault(family.name, Metric(family.name, family.says, family.type))
            for sample in family.samples:
                metric.add_sample(sample.name, {**sample.labels, **more}, sample.value)
    return list(merged.values())
