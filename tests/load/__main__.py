"""`python -m tests.load`: the program under load beside a bare reference, and a table of what was found.

Everything shares this machine: the program, PostgreSQL, the reference, and what drives them. What
is a ratio was measured in turns within this run. The exit code is 0 where every goal is met.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import attrs
import httpx
import uvloop

from haitech_adapters.postgres import embedded, migrate
from haitech_app.settings import Settings
from tests.journeys.program import ASKING, EMAIL, PASSWORD, free_port, programs, run, until
from tests.load import recording
from tests.load.driving import Act, Caller, Driven, drive
from tests.load.mixed import Mix, counted, id_of, wrong_after
from tests.load.recording import Asked
from tests.load.school import Size, fill

CONNECTIONS: Final = 16
LEAST_READS: Final = 0.7
LEAST_CREATES: Final = 0.6
LEAST_RATE: Final = 500.0
LONGEST_P99: Final = 0.150
LONGEST_START: Final = 3.0
SETTINGS: Final[Mapping[str, Any]] = {
    "env": "staging",
    "jwt_secret": "a secret for the load alone, long enough",
    "secret_key": "another secret for the load, long enough",
    "admin_email": EMAIL,
    "admin_password": PASSWORD,
    "rate_limit_per_hour": 10_000_000,
    "rate_limit_per_minute": 10_000_000,
    "log_level": "WARNING",
}
"""Everything is on; callers are counted against limits that they do not reach."""
_WARM: Final = 2.0


@attrs.frozen
class Line:
    """A line of the table: what was done, its figure, the goal, and whether it was met."""

    work: str
    figure: str
    goal: str
    met: bool

    def __str__(self) -> str:
        return f"{self.work:<44}{self.figure:<46}{self.goal:<22}{'met' if self.met else 'MISSED'}"


@attrs.frozen(kw_only=True)
class Side:
    """One of the two servers, to be driven."""

    callers: Sequence[Caller]
    acts: Mapping[str, Act]


def reads(prefix: str, size: Size) -> dict[str, Act]:
    """The reads, which differ between the two servers only in where their paths begin."""

    def act(path: str, most: int) -> Act:
        async def ask(caller: Caller, number: int) -> tuple[int, bytes]:
            return await caller.ask("GET", f"{prefix}{path}offset={number % most}")

        return ask

    async def cycle(caller: Caller, number: int) -> tuple[int, bytes]:
        return await caller.ask("GET", f"{prefix}/cycles/{id_of('cycles', number % size.cycles)}")

    return {
        "list customers": act("/customers?limit=20&", 200),
        "list meetings, filtered": act(f"{_MEETINGS}&", 200),
        "one cycle": cycle,
    }


_MEETINGS: Final = "/meetings?status=scheduled&from=2026-10-01&to=2026-11-30&limit=20"


def creates(prefix: str, first_phone: int) -> Act:
    """Making customers, each with a phone of its own."""
    made = iter(range(first_phone, first_phone + 1_000_000))

    async def ask(caller: Caller, number: int) -> tuple[int, bytes]:
        del number
        body = {"name": "לקוח של העומס", "phone": f"+97253{next(made):07d}"}
        return await caller.ask("POST", f"{prefix}/customers", json.dumps(body).encode())

    return ask


async def in_turns(
    name: str, ours: Side, bare: Side, *, seconds: float, rounds: int
) -> tuple[Driven, Driven]:
    """Both servers in turns; the median round of each, by its rate."""
    found: list[tuple[Driven, Driven]] = []
    for number in range(rounds + 1):
        for_so_long = _WARM if number == 0 else seconds
        one = await drive(ours.callers, ours.acts[name], seconds=for_so_long)
        other = await drive(bare.callers, bare.acts[name], seconds=for_so_long)
        if number:
            found.append((one, other))
    middle = len(found) // 2
    return (
        sorted((one for one, _ in found), key=lambda driven: driven.rate)[middle],
        sorted((other for _, other in found), key=lambda driven: driven.rate)[middle],
    )


@contextmanager
def reference(folder: Path, found: recording.Recorded, url: str) -> Iterator[int]:
    """The bare reference, serving; its port."""
    file, port = folder / "recorded", free_port()
    recording.keep(found, file)
    command = [sys.executable, "-m", "tests.load.bare", str(file), url, str(port)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        try:
            until(lambda: _answers(port), why="the bare reference answers")
            yield port
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/customers", **ASKING).is_success
    except httpx.TransportError:
        return False


def measured(chosen: argparse.Namespace) -> list[Line]:
    """Start everything, drive it, and say what was found."""
    size = Size()
    with (
        tempfile.TemporaryDirectory(prefix="haitech-load-") as made,
        embedded.embedded(Path(made) / "postgres") as url,
    ):
        folder = Path(made)
        _say("a school of 5,000 customers and 15,000 meetings …")
        bare_url = embedded.start(folder / "postgres", database="bare")
        for each in (url, bare_url):
            migrate.upgrade(each)
            fill(each, size)
        settings = {**SETTINGS, "database_url": url}
        with programs(folder) as start:
            start("serve", **settings).ready().stop()  # makes the administrator
            began = time.perf_counter()
            program = start("serve", **settings).ready()
            started = time.perf_counter() - began
            with program.client() as client:
                token = client.headers["authorization"].removeprefix("Bearer ")
            found = asyncio.run(recording.recorded(_settings(settings), token, _REQUESTS))
            lines = [
                Line(
                    "start on an existing database",
                    f"{started:.2f} s",
                    "under 3 s",
                    started < LONGEST_START,
                )
            ]
            with reference(folder, found, bare_url) as port:
                lines += uvloop.run(_compared(chosen, size, program.port, port, token))
            lines += uvloop.run(_mixed(chosen, size, program.port, token, url))
            verified = run(folder, "audit", "verify", **settings)
            lines.append(
                Line(
                    "audit log after all of it",
                    verified.stdout.split("\n")[0][:44],
                    "unbroken",
                    verified.returncode == 0,
                )
            )
    return lines


_REQUESTS: Final = {
    "customers": Asked(method="GET", path="/customers?limit=20"),
    "meetings": Asked(method="GET", path=_MEETINGS),
    "cycle": Asked(method="GET", path=f"/cycles/{id_of('cycles', 0)}"),
    "create": Asked(
        method="POST", path="/customers", body={"name": "הראשון", "phone": "0521234567"}
    ),
}


def _settings(settings: Mapping[str, Any]) -> Settings:
    return Settings.load({f"HAITECH_{name.upper()}": str(v) for name, v in settings.items()})


def _callers(port: int, token: str = "", number: int = CONNECTIONS) -> list[Caller]:
    headers = f"authorization: Bearer {token}\r\n".encode() if token else b""
    return [Caller("127.0.0.1", port, headers) for _ in range(number)]


async def _compared(
    chosen: argparse.Namespace, size: Size, port: int, bare_port: int, token: str
) -> list[Line]:
    ours = Side(
        callers=_callers(port, token),
        acts={**reads("/api/v1", size), "create customer": creates("/api/v1", 0)},
    )
    bare = Side(
        callers=_callers(bare_port), acts={**reads("", size), "create customer": creates("", 0)}
    )
    lines = []
    for name in ours.acts:
        _say(f"{name} …")
        one, other = await in_turns(name, ours, bare, seconds=chosen.seconds, rounds=chosen.rounds)
        least = LEAST_CREATES if name.startswith("create") else LEAST_READS
        ratio = one.rate / other.rate
        lines.append(
            Line(
                name,
                f"{one.rate:,.0f}/s of bare {other.rate:,.0f}/s: {ratio:.2f}",
                f"at least {least}",
                ratio >= least and not one.errors and not other.errors,
            )
        )
    for caller in (*ours.callers, *bare.callers):
        caller.close()
    return lines


async def _mixed(
    chosen: argparse.Namespace, size: Size, port: int, token: str, url: str
) -> list[Line]:
    _say(f"mixed load for {chosen.mixed_seconds:.0f} s …")
    callers = _callers(port, token)
    mix = Mix(size=size, callers=callers, run=1)
    before = counted(url)
    driven = await drive(callers, mix.act, seconds=chosen.mixed_seconds)
    for caller in callers:
        caller.close()
    wrong = wrong_after(url, mix, before)
    for one in wrong:
        _say(one)
    p99 = driven.delay(0.99)
    bad = ", ".join(
        f"{n} × {s}" for s, n in sorted(driven.statuses.items()) if s not in range(200, 300)
    )
    return [
        Line(
            "mixed load, rate", f"{driven.rate:,.0f}/s", "500/s or more", driven.rate >= LEAST_RATE
        ),
        Line("mixed load, p99", f"{p99 * 1_000:.0f} ms", "under 150 ms", p99 < LONGEST_P99),
        Line(
            "mixed load, errors",
            bad or f"none in {len(driven.delays):,}",
            "none",
            not driven.errors,
        ),
        Line(
            "counters, money and audit afterwards", "; ".join(wrong) or "exact", "exact", not wrong
        ),
    ]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Measure, print the table; 0 where every goal is met."""
    parser = argparse.ArgumentParser(prog="nox -s load --")
    parser.add_argument("--seconds", type=float, default=5.0, help="of one round (5)")
    parser.add_argument("--rounds", type=int, default=3, help="of each work, in turns (3)")
    parser.add_argument("--mixed-seconds", type=float, default=60.0, help="of the mixed load (60)")
    chosen = parser.parse_args()
    lines = measured(chosen)
    _say(
        f"\n{os.cpu_count()} cores, shared by the program, PostgreSQL, the reference and the load\n"
    )
    _say(f"{'work':<44}{'figure':<46}{'goal':<22}")
    for line in lines:
        _say(str(line))
    return 0 if all(line.met for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
