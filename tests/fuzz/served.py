"""`nox -s fuzz`: schemathesis against the served demo school, as every kind of caller.

python -m tests.fuzz.served [ARGUMENTS OF SCHEMATHESIS]
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from haitech_app import demo
from haitech_domain.testing.builders import a_key
from tests.journeys.program import Program, programs, until

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent.parent
EXAMPLES: Final = "10"
PATIENCE: Final = 600
PASSWORD: Final = "lanterns along the river 57"
ENDS_THE_CALLER: Final = r"/auth/(logout|password)$"
"""Routes after which the caller's own token is worth nothing: their turn is last."""
CALLERS: Final = (
    "nobody",
    "reader",
    "writer",
    "instructor",
    "key",
    "manager",
    "admin",
    "leaver",
)
"""In the order of their turns. Nobody's key was never made; reader, writer and key are keys that may
read, write and do everything; the leaver is a manager who logs out and changes the password."""
SCOPES: Final = {"reader": ["read:*"], "writer": ["write:*"], "key": ["*"]}
KINDS: Final = ("2xx", "3xx", "4xx", "5xx")
MUCH: Final = 10_000_000
SETTINGS: Final = {
    "env": "dev",
    "rate_limit_per_hour": MUCH,
    "rate_limit_per_minute": MUCH,
    "login_limit": 100_000,
    "token_minutes": 24 * 60,
    "log_level": "INFO",
}


class School:
    """The served school, and those who call it."""

    def __init__(self, program: Program) -> None:
        self.base = program.base
        self._admin = self._client(self._logged_in(demo.EMAIL, demo.PASSWORD))

    def callers(self) -> Mapping[str, tuple[Callable[[], str], tuple[str, ...]]]:
        """How each caller gets the header that says who it is, and which routes it calls.

        The header is asked for just before its turn: those before may have shut out anybody.
        """
        kept = ("--exclude-path-regex", ENDS_THE_CALLER)
        return {
            "nobody": (lambda: f"Authorization: Bearer {a_key()}", ()),
            "instructor": (self._instructor, kept),
            **{name: (partial(self._key, scopes), kept) for name, scopes in SCOPES.items()},
            "manager": (self._manager, kept),
            "admin": (lambda: self._logged_in(demo.EMAIL, demo.PASSWORD), kept),
            "leaver": (self._manager, ("--include-path-regex", ENDS_THE_CALLER)),
        }

    def _client(self, authorization: str) -> httpx.Client:
        name, _, value = authorization.partition(": ")
        return httpx.Client(base_url=self.base, headers={name: value}, trust_env=False, timeout=60)

    def _made(self, path: str, body: dict[str, Any], method: str = "POST") -> Any:
        answer = self._admin.request(method, path, json=body)
        if answer.is_error:
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()["data"]

    def _logged_in(self, email: str, password: str) -> str:
        body = {"email": email, "password": password}
        answer = httpx.post(f"{self.base}/auth/login", json=body, trust_env=False, timeout=60)
        answer.raise_for_status()
        return f"Authorization: Bearer {answer.json()['data']['accessToken']}"

    def _manager(self) -> str:
        email = f"manager-{time.monotonic_ns()}@example.com"
        user = {"name": "רות", "email": email, "role": "manager", "password": PASSWORD}
        self._made("/users", user)
        return self._logged_in(email, PASSWORD)

    def _instructor(self) -> str:
        """An instructor who is a user, and teaches three of the school's cycles."""
        email = f"instructor-{time.monotonic_ns()}@example.com"
        user = {"createUser": True, "userPassword": PASSWORD}
        body = {"name": "נועה", "phone": "052-9990001", "email": email, **user}
        instructor = self._made("/instructors", body)["id"]
        for cycle in self._admin.get("/cycles", params={"limit": 3}).json()["data"]:
            change = {"instructorId": instructor, "allowConflicts": True}
            self._made(f"/cycles/{cycle['id']}", change, "PUT")
        return self._logged_in(email, PASSWORD)

    def _key(self, scopes: list[str]) -> str:
        """A key as Bearer; seeing another header, schemathesis would try to sign up by itself."""
        made = self._made("/api-keys", {"name": "fuzz", "scopes": scopes})
        return f"Authorization: Bearer {made['key']}"


def fuzzed(base: str, header: str, routes: tuple[str, ...], arguments: list[str]) -> int:
    """One run of schemathesis; its exit status."""
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        *("--config-file", str(HERE / "schemathesis.toml")),
        *("run", f"{base}/meta/schema", "--header", header),
        *("--max-examples", EXAMPLES, *routes, *arguments),
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


class Answers:
    """What the program's own log says of the requests since it was last asked."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._seen = 0
        self.errors: list[str] = []

    def since(self) -> Counter[str]:
        """How many were answered with 2xx, 4xx …; what the program calls an error is kept."""
        lines = self._program.logged()[self._seen :]
        self._seen += len(lines)
        self.errors += [str(line) for line in lines if line.get("level") == "error"]
        return Counter(f"{line['status'] // 100}xx" for line in lines if "status" in line)


def main(arguments: list[str]) -> int:
    """Fuzz as everybody, or as those named; the worst exit status."""
    chosen = argparse.ArgumentParser(prog="nox -s fuzz --", add_help=False)
    chosen.add_argument("--as", dest="callers", action="append", choices=CALLERS)
    asked, rest = chosen.parse_known_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the school ends, too
    results: dict[str, tuple[int, float, Counter[str]]] = {}
    with TemporaryDirectory() as folder, programs(Path(folder)) as start:
        program = start("demo", **SETTINGS)
        until(program.answers, why="the demo school is served", patience=PATIENCE)
        callers = School(program).callers()
        answers = Answers(program)
        for caller in (one for one in CALLERS if one in (asked.callers or CALLERS)):
            known_by, routes = callers[caller]
            print(f"\n══ as {caller} ══", flush=True)
            began = time.monotonic()
            status = fuzzed(program.base, known_by(), routes, rest)
            results[caller] = (status, time.monotonic() - began, answers.since())
    print(f"\ncaller      result   seconds {''.join(f'{kind:>9}' for kind in KINDS)}")
    for caller, (status, seconds, counted) in results.items():
        figures = "".join(f"{counted[kind]:9,}" for kind in KINDS)
        print(f"{caller:<11} {'passed' if status == 0 else 'FAILED':<8} {seconds:7.0f} {figures}")
    requests = sum(counted.total() for *_, counted in results.values())
    failed = sum(counted["5xx"] for *_, counted in results.values())
    print(f"requests {requests:,}; answered with 5xx: {failed} (goal 0); {os.cpu_count()} cores")
    for line in answers.errors:
        print(f"the program's log: {line[:2000]}")
    return max([status for status, *_ in results.values()] + [bool(answers.errors)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
