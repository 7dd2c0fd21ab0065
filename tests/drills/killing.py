"""Servers killed with -9 under load, and PostgreSQL restarted under load.

Clients send again what got no answer, with its key; in the end everything that was answered is there once, and
everything that is there was answered.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import asynccontextmanager
from itertools import cycle, islice
from typing import Final

import attrs

from tests.drills.desk import BOUND, NO_CONNECTION, Desk, desk
from tests.drills.outcome import Outcome, scaled
from tests.drills.site import Site, site
from tests.drills.writing import Office
from tests.postgres.restarting import crash, restart

KILLING: Final = "the API killed with -9 under load"
RESTARTING: Final = "PostgreSQL restarted under load"
WRITERS: Final = 12
CYCLES: Final = 5
WAYS: Final = ("server", "parent", "postgres", "server", "everything")
"""What is killed: every process of one server, its first process alone, their PostgreSQL, or all of it at once."""
MODES: Final = ("fast", "immediate", "killed", "backend killed")
"""Two ways of pg_ctl; its first process killed with -9; one that serves a connection, as by the OOM killer, after
which PostgreSQL ends all others and starts over."""
DOWN: Final = 1.5
"""Seconds for which a PostgreSQL that was killed stays away."""
AWARE: Final = 0.5
"""Seconds after which nobody takes for ready what has just been killed."""
LONGEST: Final = 15.0
"""Seconds within which everything is answered while PostgreSQL restarts, and it is found again."""
IN_PROGRESS: Final = "409 idempotency.in_progress"
UNAVAILABLE: Final = "503 unavailable"


def api_killed() -> Sequence[Outcome]:
    """Two servers with their own PostgreSQL in one folder, one of them of two processes."""
    return [asyncio.run(killed(kills=scaled(40, len(WAYS))))]


def postgres_restarted() -> Sequence[Outcome]:
    """Two servers, which nobody restarts."""
    return [asyncio.run(restarted(restarts=scaled(16, len(MODES))))]


async def killed(*, kills: int, ways: Sequence[str] = WAYS, calm: float = 1.0) -> Outcome:
    """Kill so often, with a calm of so many seconds between a start and the next kill."""
    with site(own_postgres=True, apart={1: {"workers": 2}}) as servers:
        async with _written(servers) as (office, over):
            back: defaultdict[str, float] = defaultdict(float)
            for number, way in enumerate(islice(cycle(ways), kills)):
                await _more(office)
                await asyncio.sleep(calm)
                took = await asyncio.to_thread(_kill, servers, way, number % 2)
                back[way] = max(back[way], took)
            await _more(office)
            over.set()
        office.desk.may_only_be("2xx", NO_CONNECTION, UNAVAILABLE, IN_PROGRESS)
        longest = ", ".join(f"{seconds:.1f} s ({way})" for way, seconds in back.items())
        said = f"{kills} kills, back within {longest}"
        return await asyncio.to_thread(_judged, KILLING, servers, office, said)


def _kill(servers: Site, way: str, place: int) -> float:
    """Seconds until all that was killed is ready again."""
    if way == "postgres":
        servers.kill_postgres()
        return _ready(servers)
    if way == "everything":
        servers.kill_postgres()
        for every in range(len(servers.servers)):
            servers.kill(every)
        for every in range(len(servers.servers)):  # at once, as after a power cut
            servers.begin(every)
        return _ready(servers)
    if way == "parent":
        servers.kill_parent(place)
    else:
        servers.kill(place)
    return servers.supervise(place)


def _ready(servers: Site) -> float:
    """Seconds until all servers, which nobody starts anew, are ready."""
    began = time.monotonic()
    time.sleep(AWARE)
    for server in servers.servers:
        server.ready()
    return time.monotonic() - began


async def restarted(*, restarts: int, modes: Sequence[str] = MODES, down: float = DOWN) -> Outcome:
    """Restart PostgreSQL so often; the servers have to find it again by themselves."""
    with site() as servers:
        processes = [server.process.pid for server in servers.servers]
        async with _written(servers) as (office, over):
            found = []
            for mode in islice(cycle(modes), restarts):
                await _more(office)
                await asyncio.to_thread(_restart, servers, mode, down)
                found.append(await _found_again(office.desk))
            await _more(office)
            over.set()
        office.desk.may_only_be("2xx", UNAVAILABLE, IN_PROGRESS)
        wrong = [
            f"{what} took {seconds:.1f} s"
            for what, seconds in (("an answer", office.desk.slowest), ("recovery", max(found)))
            if seconds > LONGEST
        ]
        if processes != [server.process.pid for server in servers.servers]:
            wrong.append("a server was started anew")
        said = f"{restarts} restarts, found again within {max(found):.1f} s"
        outcome = await asyncio.to_thread(_judged, RESTARTING, servers, office, said)
        return attrs.evolve(outcome, wrong=[*wrong, *outcome.wrong])


def _restart(servers: Site, mode: str, down: float) -> None:
    if mode == "backend killed":
        crash(servers.files, backend=True)
        return
    if mode != "killed":
        restart(servers.files, mode)
        return
    crash(servers.files)
    time.sleep(down)
    restart(servers.files, "immediate")


async def _found_again(asking: Desk) -> float:
    """Seconds until each server, asked for itself, reads from the database."""
    began = time.monotonic()
    for place in range(len(asking.ports)):
        while True:
            answer = await asking.ask("GET", "/courses", server=place)
            if answer is not None and answer.is_success:
                break
            assert time.monotonic() < began + BOUND, "a server never found its database again"
            await asyncio.sleep(0.02)
    return time.monotonic() - began


@asynccontextmanager
async def _written(servers: Site):
    """An office that writes until the event is set; both."""
    async with desk(servers.ports) as asking:
        office = await Office.opened(asking, CYCLES)
        asking.seen.clear()
        over = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(office.write(WRITERS, over))
            yield office, over


async def _more(office: Office, count: int = 4 * WRITERS) -> None:
    """Until so much more was written."""
    wanted = office.written + count
    while office.written < wanted:  # noqa: ASYNC110  # what is counted is what is asked for
        await asyncio.sleep(0.01)


def _judged(name: str, servers: Site, office: Office, said: str) -> Outcome:
    """Once nothing is written any more."""
    with servers.connect() as connection:
        outcome = office.outcome(name, connection)
    asking = office.desk
    return attrs.evolve(
        outcome,
        seen=f"{said}; {asking.said}",
        wrong=[*asking.complaints, *servers.complaints()],
    )
