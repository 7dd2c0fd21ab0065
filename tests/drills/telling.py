"""Webhooks in a storm: workers killed, PostgreSQL restarted, targets that misbehave; nothing is lost.

The parts are real: an embedded PostgreSQL in a folder of its own, `haitech worker` in processes of
its own, and targets behind sockets. In the storm, events come while workers are killed with -9
and the database is restarted. When all of that has arrived, the calm begins, in which delays are
measured, from the time of the event to its arrival: the targets that misbehave go on doing so.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import attrs
import psycopg

from haitech_adapters.postgres import PoolSettings, PostgresUnitOfWork, embedded, make_pool, migrate
from haitech_adapters.security import AesGcmVault, derived
from haitech_adapters.security.vault import WEBHOOK_SECRETS
from haitech_adapters.system import SystemClock, TimeOrderedIds
from haitech_adapters.webhooks import HttpCourier
from haitech_adapters.webhooks.looking_up import Address
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.customer import CustomerCreated
from haitech_domain.ports import Transaction, Unavailable
from haitech_domain.testing.builders import a_customer, a_webhook
from tests.drills.outcome import Outcome, scaled
from tests.drills.receivers import Receiver, receivers
from tests.journeys.program import environment, haitech
from tests.postgres.restarting import restart

SYSTEM: Final = Actor.system("drill")
SECRET_KEY: Final = "a key of the drill, which is long enough for it"
MISBEHAVIOURS: Final = ("hang", "500", "redirect", "reset", "drip")
FORBIDDEN: Final = ("private", "rebound", "hidden")
"""Where no byte may come: a private address; a name that was public when the webhook was made and
leads inside since; and what a redirect leads to."""
WORKERS: Final = "workers killed with -9 amid deliveries"
TARGETS: Final = {
    "a webhook target that hangs": ("hang",),
    "a webhook target that redirects, inside": ("redirect", "hidden"),
    "a webhook target that answers 500": ("500",),
    "a webhook target at a private address": ("private", "rebound"),
    "a webhook target that resets or drips": ("reset", "drip"),
}
"""The faults of targets, and the behaviours that show them."""
LONGEST: Final = 2.0
"""Seconds within which 99 of 100 deliveries of the calm have to arrive."""
EVENTS: Final = "SELECT id, at, facts ->> 'customer_id' FROM outbox WHERE type = 'customer.created'"
AIMED: Final = """
SELECT w.url, count(d.id), (SELECT count(*) FROM delivery_attempts a JOIN deliveries t
       ON t.id = a.delivery_id WHERE t.webhook_id = w.id),
       count(d.id) FILTER (WHERE d.status = 'delivered')
FROM webhooks w LEFT JOIN deliveries d ON d.webhook_id = w.id GROUP BY w.id, w.url"""


@attrs.frozen(kw_only=True)
class Storm:
    """How much there is to bear. Events come at `rate` a second, in the calm at `calm_rate`."""

    events: int = 3_500
    calm_events: int = 1_500
    rate: float = 20.0
    calm_rate: float = 5.0
    healthy: int = 15
    misbehaving: Sequence[str] = MISBEHAVIOURS
    kills: int = 10
    restarts: int = 2
    workers: int = 2
    patience: float = 1_200.0
    waits_out_leases: bool = True
    """Otherwise a killed worker's leases are ended for it, as half a minute would do."""


@attrs.frozen(kw_only=True)
class Aimed:
    """What became of the events for one target that never takes any."""

    deliveries: int
    """That wait for their next try, or were given up after the last."""
    tries: int
    lost: int
    """Events of which nothing is kept for it."""
    doubled: int
    """Events that it was told under two ids."""
    taken: int
    """Deliveries that count as told: never."""


@attrs.frozen(kw_only=True)
class Weathered:
    """What became of it: events × healthy targets; delays in seconds."""

    events: int
    told: int
    lost: int
    repeats: int
    doubled: int
    """Told under two ids: never."""
    undone: int
    """Told although it was rolled back: never."""
    targets: Mapping[str, Aimed]
    """Those that misbehave, and those that are forbidden."""
    trespasses: Mapping[str, int]
    """Connections to each that is forbidden: never one."""
    delays: Sequence[float] = attrs.field(repr=False)
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        aimed = any(one.lost or one.doubled or one.taken for one in self.targets.values())
        wrong = self.lost or self.doubled or self.undone or any(self.trespasses.values())
        return not (wrong or aimed)

    def delay(self, part: float) -> float:
        """The delay that this part of all deliveries of the calm kept to."""
        ordered = sorted(self.delays)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0

    def table(self) -> str:
        """The figures, for people."""
        figures = {
            "events": self.events,
            "told to the healthy": self.told,
            "lost": self.lost,
            "came again, same id": self.repeats,
            "told under two ids": self.doubled,
            "rolled back, and told": self.undone,
            **{f"connections to {name}": count for name, count in self.trespasses.items()},
            "median delay, s": f"{self.delay(0.5):.3f}",
            "p99 delay, s": f"{self.delay(0.99):.3f}",
            "longest delay, s": f"{self.delay(1.0):.3f}",
            "seconds": f"{self.seconds:.0f}",
        }
        return "\n".join(f"  {name:<24}{figure:>10}" for name, figure in figures.items())


@attrs.define(kw_only=True)
class Workers:
    """`haitech worker`, several times."""

    folder: Path
    settings: Mapping[str, Any]
    running: list[subprocess.Popen[bytes]] = attrs.field(factory=list)

    def start(self) -> None:
        with (self.folder / "workers.log").open("ab") as log:
            self.running.append(
                subprocess.Popen(
                    [haitech(), "worker"],
                    cwd=self.folder,
                    env=environment(self.folder, **self.settings),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
            )

    def kill(self) -> int:
        """Kill the one that has run longest, in the middle of whatever it does; start another."""
        victim = self.running.pop(0)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        self.start()
        return victim.pid

    def stop(self) -> None:
        for one in self.running:
            one.kill()
            one.wait()


@attrs.define(kw_only=True)
class Scene:
    """All that takes part."""

    storm: Storm
    folder: Path
    url: str
    uow: PostgresUnitOfWork
    targets: list[Receiver]
    workers: Workers
    undone: set[UUID] = attrs.field(factory=set)
    pids: list[int] = attrs.field(factory=list)

    @property
    def healthy(self) -> list[Receiver]:
        return [one for one in self.targets if one.is_healthy]

    async def happen(self, count: int, rate: float) -> None:
        """Make so many customers, at this pace; every tenth time another is undone."""
        began = time.monotonic()
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            await self._made()
            if number % 10 == 0:
                await self._undone()

    async def _made(self) -> None:
        while True:
            try:
                await self.uow.run(SYSTEM, _making)
            except Unavailable:  # what was answered so may be there, or not: the outbox says
                await asyncio.sleep(0.1)
            else:
                return

    async def _undone(self) -> None:
        async def work(tx: Transaction) -> None:
            self.undone.add(await _making(tx))
            raise _UndoneError

        with suppress(_UndoneError, Unavailable):
            await self.uow.run(SYSTEM, work)

    async def disturb(self) -> None:
        """Kill and restart, spread over the time in which events come."""
        storm = self.storm
        acts = ["kill"] * storm.kills
        for number in range(storm.restarts):
            acts.insert((number + 1) * len(acts) // (storm.restarts + 1), "restart")
        pause = storm.events / storm.rate / (len(acts) + 1)
        for act in acts:
            await asyncio.sleep(pause)
            if act == "restart":
                await asyncio.to_thread(restart, self.folder / "postgres")
                continue
            pid = await asyncio.to_thread(self.workers.kill)
            if not storm.waits_out_leases:
                await asyncio.to_thread(_end_leases, self.url, pid)

    async def events(self) -> dict[str, tuple[datetime, str]]:
        """What has happened, by the name of the event: when, and to whom."""
        rows = await asyncio.to_thread(_rows, self.url)
        return {f"evt_{id.hex}": (at, customer) for id, at, customer in rows}

    async def arrived(self, count: int) -> bool:
        """Wait until each healthy target has so many events; False if patience ends before."""
        end = time.monotonic() + self.storm.patience
        while any(len(one.arrived) < count for one in self.healthy):
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.1)
        return True


class _UndoneError(Exception):
    """Ends a transaction without a trace."""


async def _making(tx: Transaction) -> Any:
    at = datetime.now(UTC)
    customer = a_customer(id=TimeOrderedIds().new(), created_at=at, updated_at=at)
    event = CustomerCreated(at=at, customer_id=customer.id, name=customer.name)
    await tx.customers.save(Change.created(customer, event))
    return customer.id


def _rows(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(EVENTS).fetchall()


def _aimed(url: str, targets: Sequence[Receiver], events: int) -> dict[str, Aimed]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(AIMED).fetchall()
    kept = {int(target.rpartition(":")[2].partition("/")[0]): figures for target, *figures in rows}
    return {
        target.behaviour: Aimed(
            deliveries=deliveries,
            tries=tries,
            taken=taken,
            lost=max(0, events - deliveries),
            doubled=max(0, deliveries - events)
            + sum(len(ids) > 1 for ids in target.about.values()),
        )
        for target in targets
        if not target.is_healthy and target.port in kept
        for deliveries, tries, taken in [kept[target.port]]
    }


def _end_leases(url: str, pid: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        held = "UPDATE jobs SET due_at = now() WHERE held_by LIKE %s AND buried_at IS NULL"
        connection.execute(held, [f"%:{pid}"])
        connection.execute("NOTIFY haitech_jobs")


async def weathered(storm: Storm) -> Weathered:
    """Let it pass, and say what became of everything."""
    began = time.monotonic()
    async with _scene(storm) as scene:
        await asyncio.gather(scene.happen(storm.events, storm.rate), scene.disturb())
        before = await scene.events()
        calm = await scene.arrived(len(before))
        if calm:
            await scene.happen(storm.calm_events, storm.calm_rate)
        after = await scene.events()
        await scene.arrived(len(after))
        took = time.monotonic() - began
        aimed = await asyncio.to_thread(_aimed, scene.url, scene.targets, len(after))
        judged = _judged(scene, after, set(after) - set(before), aimed)
        return attrs.evolve(judged, seconds=took)


def _judged(
    scene: Scene,
    events: Mapping[str, tuple[datetime, str]],
    calm: set[str],
    aimed: Mapping[str, Aimed],
) -> Weathered:
    healthy, undone = scene.healthy, {str(id) for id in scene.undone}
    delays = [
        one.arrived[name][0] - events[name][0].timestamp()
        for one in healthy
        for name in calm & one.arrived.keys()
    ]
    return Weathered(
        events=len(events),
        told=sum(len(events.keys() & one.arrived.keys()) for one in healthy),
        lost=sum(len(events.keys() - one.arrived.keys()) for one in healthy),
        repeats=sum(one.repeats for one in healthy),
        doubled=sum(len(ids) > 1 for one in scene.targets for ids in one.about.values()),
        undone=sum(len(undone & one.about.keys()) for one in scene.targets),
        trespasses={t.behaviour: t.connections for t in scene.targets if t.behaviour in FORBIDDEN},
        targets=aimed,
        delays=delays,
    )


@asynccontextmanager
async def _scene(storm: Storm) -> AsyncIterator[Scene]:
    behaviours = [*["ok"] * storm.healthy, *storm.misbehaving, *FORBIDDEN]
    async with receivers(behaviours) as targets:
        with tempfile.TemporaryDirectory(prefix="haitech-", ignore_cleanup_errors=True) as made:
            folder = Path(made)
            files = folder / "postgres"
            url = await asyncio.to_thread(embedded.start, files)
            allowed = [f"127.0.0.1:{t.port}" for t in targets if t.behaviour not in FORBIDDEN]
            settings = {
                "env": "staging",
                "database_url": url,
                "secret_key": SECRET_KEY,
                "jwt_secret": SECRET_KEY[::-1],
                "webhook_allow_hosts": ",".join(allowed),
                "log_level": "ERROR",
            }
            workers = Workers(folder=folder, settings=settings)
            try:
                await asyncio.to_thread(migrate.upgrade, url)
                async with make_pool(url, PoolSettings(max_size=4, timeout=1.0)) as pool:
                    uow = PostgresUnitOfWork(pool, TimeOrderedIds(), SystemClock())
                    await _subscribe(uow, targets)
                    for _ in range(storm.workers):
                        workers.start()
                    yield Scene(
                        storm=storm,
                        folder=folder,
                        url=url,
                        uow=uow,
                        targets=targets,
                        workers=workers,
                    )
            finally:
                await asyncio.to_thread(workers.stop)
                await asyncio.to_thread(embedded.stop, files)


async def _subscribe(uow: PostgresUnitOfWork, targets: Sequence[Receiver]) -> None:
    """A webhook for each target but the hidden one, which only a redirect leads to.

    A private one could not be given: it was allowed once, then.
    """
    vault = AesGcmVault(derived(SECRET_KEY, WEBHOOK_SECRETS))
    hooks = []
    for target in (one for one in targets if one.behaviour != "hidden"):
        url = f"http://127.0.0.1:{target.port}/hook"
        if target.behaviour == "rebound":
            url = f"http://localhost:{target.port}/hook"
            await _seen_as_public(url)
        hook = a_webhook(url=url, events=("customer.created",))
        sealed = vault.seal("s" * 40, about=hook.id)
        hooks.append(attrs.evolve(hook, sealed_secret=sealed))
    await uow.run(SYSTEM, lambda tx: tx.webhooks.save(*map(Change.created, hooks)))


async def _seen_as_public(url: str) -> None:
    """What is asked when a webhook is made, while the name still leads to the public internet.

    The workers ask the machine's own names, for which it leads inside.
    """
    courier = HttpCourier(look_up=_public)
    try:
        await courier.check(url)
    finally:
        await courier.aclose()


async def _public(host: str) -> Sequence[Address]:
    del host
    return (IPv4Address("8.8.8.8"),)


def run() -> Sequence[Outcome]:
    """Bear it once and print the figures: for the workers, and for each kind of target."""
    whole = Storm()
    storm = attrs.evolve(
        whole,
        events=scaled(whole.events),
        calm_events=scaled(whole.calm_events),
        kills=scaled(whole.kills),
        restarts=scaled(whole.restarts),
    )
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # of restarts it has much to say
    sys.stdout.write(
        f"telling: {storm.events} + {storm.calm_events} events, {storm.healthy} healthy targets,"
        f" {', '.join(storm.misbehaving)}; {storm.kills} kills, {storm.restarts} restarts\n"
    )
    sys.stdout.flush()
    found = asyncio.run(weathered(storm))
    sys.stdout.write(found.table() + "\n")
    return [_of_workers(storm, found), *_of_targets(found)]


def _of_workers(storm: Storm, found: Weathered) -> Outcome:
    wrong = [f"{found.undone} rolled back, and told"] * bool(found.undone)
    if found.delay(0.99) > LONGEST:
        wrong.append(f"p99 of the delays is {found.delay(0.99):.1f} s")
    return Outcome(
        name=WORKERS,
        tried=found.events * storm.healthy,
        done=found.told,
        lost=found.lost,
        doubled=found.doubled,
        seen=f"{storm.kills} kills, {storm.restarts} restarts of PostgreSQL, {found.repeats} came again with"
        f" the same id; delays {found.delay(0.5):.2f} s, p99 {found.delay(0.99):.2f} s",
        wrong=wrong,
    )


def _of_targets(found: Weathered) -> list[Outcome]:
    """One outcome for each fault of a target: what was to be told is kept, and never counts as told."""
    outcomes = []
    for name, behaviours in TARGETS.items():
        met = {one: found.targets[one] for one in behaviours if one in found.targets}
        trespasses = sum(found.trespasses.get(one, 0) for one in behaviours)
        taken = sum(one.taken for one in met.values())
        tries = sum(one.tries for one in met.values())
        outcomes.append(
            Outcome(
                name=name,
                tried=found.events * len(met),
                done=taken,
                lost=sum(one.lost for one in met.values()),
                doubled=sum(one.doubled for one in met.values()),
                seen=f"{tries} tries, all others told meanwhile; kept for the next try or given up",
                wrong=[f"{trespasses} connections to where no byte may come"] * bool(trespasses)
                + [f"{taken} count as told"] * bool(taken),
            )
        )
    return outcomes
