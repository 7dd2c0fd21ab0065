"""`python -m tests.deployment.image`: the Dockerfile's own lines, run without Docker.

Each stage has a root of its own, over this machine's files in place of the base image's, without
the clone; COPY takes from the clone what .dockerignore lets through. Then what CMD says is
started as USER says, on a root that nobody can write, and asked by what HEALTHCHECK says. So what
is proved is the lines, not the base image, nor what Docker would make of them.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import attrs
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from haitech_app.testing import databases
from tests.deployment.dockerfile import Instruction, Stage, filled, pairs, read
from tests.deployment.root import Root, alone, mount
from tests.journeys.program import as_url, free_port, until

CLONE = Path(__file__).resolve().parents[2]
OF_THE_MACHINE = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT")
"""Where this machine's packages come from, which a builder is told as well."""
SOCKETS = "/tmp/database"  # noqa: S108  # in the image's own /tmp
TRIAL = """
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/merged
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/merged
"""
"""Whether a machine lets us mount what we need, on a folder that every Linux has."""
LARGEST = 220
"""Megabytes that we may add to the base image."""


@attrs.define
class Built:
    """A stage that was built."""

    root: Root
    environment: dict[str, str]
    folder: str = "/"
    user: str | None = None


def build(scratch: Path) -> tuple[Built, Stage]:
    """Build every stage; the last one, and what it says."""
    _, stages = read(CLONE / "Dockerfile")
    made: dict[str | None, Built] = {}
    for number, stage in enumerate(stages):
        print(f"── FROM {stage.base}", flush=True)
        root = Root.over_this_machine(scratch / str(number), hidden=[CLONE])
        built = Built(root=root, environment={})
        for instruction in stage.instructions:
            print(f"   {instruction.name} {instruction.rest}", flush=True)
            _carried_out(instruction, built, made)
        made[stage.name] = built
    return made[stages[-1].name], stages[-1]


def _carried_out(instruction: Instruction, built: Built, made: Mapping[str | None, Built]) -> None:
    arguments = [filled(word, built.environment) for word in instruction.words]
    match instruction.name:
        case "ENV":
            values = pairs(instruction)
            # the base's Python is elsewhere here, behind whatever the image puts first
            path = values.get("PATH", "")
            if path:
                values["PATH"] = f"{path.split(':')[0]}:/usr/bin:/bin"
            built.environment |= values
        case "ARG":
            name, _, default = instruction.rest.partition("=")
            built.environment[name] = default
        case "WORKDIR":
            built.folder = arguments[0]
            built.root.within(built.folder).mkdir(parents=True, exist_ok=True)
        case "COPY":
            _copied(arguments, built, made)
        case "RUN":
            machine = {name: os.environ[name] for name in OF_THE_MACHINE if name in os.environ}
            shell = ["sh", "-e", "-c", instruction.rest]
            built.root.run(shell, environment={**machine, **built.environment}, folder=built.folder)
        case "USER":
            built.user = arguments[0]
        case _:
            pass  # what it says is asked for when the image runs


def _copied(arguments: list[str], built: Built, made: Mapping[str | None, Built]) -> None:
    *sources, target = arguments
    into = built.root.within(Path(built.folder) / target)
    if sources[0].startswith("--from="):
        [taken] = sources[1:]
        origin = made[sources[0].removeprefix("--from=")].root.within(taken)
        shutil.copytree(origin, into, symlinks=True)
        return
    allowed = let_through()
    for name in sources:
        source = CLONE / name
        assert name.rstrip("/") in allowed, f".dockerignore keeps {name} back"
        if source.is_dir():
            shutil.copytree(source, into, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copy(source, into)


def let_through() -> set[str]:
    """What .dockerignore, which keeps everything back, lets through by name."""
    lines = (CLONE / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    return {rule.removeprefix("!") for rule in rules if rule.startswith("!")}


def size(folder: Path) -> int:
    """Megabytes of the files in a folder."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) // 1_000_000


def run(built: Built, stage: Stage, database: str, reachable: str) -> None:
    """Migrate, serve, ask for its health, stop; work, stop."""
    settings = {
        "HAITECH_DATABASE_URL": reachable,
        "HAITECH_JWT_SECRET": secrets.token_hex(32),
        "HAITECH_SECRET_KEY": secrets.token_hex(32),
        "HAITECH_PORT": str(free_port()),
    }
    environment = {**built.environment, **settings}
    program, check = stage.argv("ENTRYPOINT"), stage.argv("HEALTHCHECK")

    def started(*command: str) -> subprocess.Popen[bytes]:
        return built.root.started(
            command, environment=environment, folder=built.folder, user=built.user
        )

    def well() -> bool:
        return started("sh", "-c", '"$@" 2>/dev/null', "sh", *check).wait() == 0

    assert started("sh", "-c", "test $(id -u) -ne 0").wait() == 0, "it is root"
    assert started("sh", "-c", "! touch /opt/haitech/x 2>/dev/null").wait() == 0, "it can write"
    assert started(*program, "migrate").wait() == 0
    serving = started(*program, *stage.argv("CMD"))
    until(lambda: serving.poll() is not None or well(), why="it is healthy")
    _stopped(serving)
    assert not well(), "nothing answers any more"
    working = started(*program, "worker")
    until(lambda: _works(database) or working.poll() is not None, why="it listens to the queue")
    _stopped(working)


def _works(database: str) -> bool:
    with psycopg.connect(database) as connection:
        listens = "SELECT FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        return connection.execute(listens).fetchone() is not None


def _stopped(process: subprocess.Popen[bytes]) -> None:
    assert process.poll() is None, f"it ended early, with {process.returncode}"
    process.terminate()
    assert process.wait(60) == 0, "SIGTERM ends it in order"


def main(scratch: Path) -> None:
    """Build and run, in a folder to mount in."""
    mount("-t", "tmpfs", "tmpfs", scratch)
    url = as_url(databases.new_database(migrated=False))
    built, stage = build(scratch)
    added = size(built.root.folder / "upper" / "opt")
    print(f"── {added} MB beside the base image")
    assert added < LARGEST
    assert not (built.root.within("opt/haitech") / "bin" / "pip").exists()
    reachable = _reachable(built, url)
    built.root.read_only()
    run(built, stage, url, reachable)
    print("── the image is built, healthy, and stops in order")


def _reachable(built: Built, database: str) -> str:
    """The URL of the database as the image's user reaches it: the folder of its socket is closed."""
    told = conninfo_to_dict(database)
    host = str(told.get("host", ""))
    if not host.startswith("/"):
        return database
    name = f".s.PGSQL.{told.get('port', 5432)}"
    inside = built.root.within(SOCKETS)
    inside.mkdir()
    (inside / name).touch()
    mount("--bind", Path(host) / name, inside / name)
    return as_url(make_conninfo(database, host=SOCKETS))


def cannot() -> str | None:
    """Why it cannot be done on this machine."""
    if os.geteuid() != 0:
        return "only root can make file systems of its own"
    if shutil.which("unshare") is None:
        return "the program unshare is not here"
    trial = ["unshare", "--mount", "--propagation", "private", "sh", "-e", "-c", TRIAL]
    tried = subprocess.run(trial, capture_output=True, check=False)
    return "this machine lets nobody mount an overlay" if tried.returncode else None


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    elif (why := cannot()) is not None:
        print(f"SKIPPED: {why}")
    else:
        sys.exit(alone("tests.deployment.image"))
