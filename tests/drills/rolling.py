"""`python -m tests.drills.rolling`: servers restarted one right after the other behind nginx, under requests.

Two servers in production behind the nginx that we ship are asked by four clients that read and write; each server
is stopped by SIGTERM and started again, twice. The exit code is 0 only where every request was answered well.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

import httpx

from haitech_app.testing import databases
from tests.certificates import certified
from tests.deployment.proxy import proxied
from tests.journeys.command import call
from tests.journeys.program import EMAIL, PASSWORD, as_url, programs
from tests.journeys.test_behind_nginx import HOST, PROD

CLIENTS: Final = 4
ROUNDS: Final = 2
PAUSE: Final = 2.0
"""Seconds between a server that is ready again and the stop of the next."""


def main() -> int:
    """Restart, and say what clients were answered meanwhile."""
    told: dict[str, Any] = {
        **PROD,
        "database_url": as_url(databases.new_database()),
        "admin_email": EMAIL,
        "admin_password": PASSWORD,
        "rate_limit_per_minute": 10_000_000,
        "rate_limit_per_hour": 10_000_000,
    }
    seen: Counter[tuple[str, int]] = Counter()
    over = threading.Event()
    with tempfile.TemporaryDirectory(prefix="haitech-") as made, programs(Path(made)) as start:
        folder = Path(made)
        assert call(folder, "admin", "create", "--email", EMAIL, **told).returncode == 0
        servers = [start(**told), start(**told)]
        ports = [server.ready().port for server in servers]
        _, trusting = certified(folder, HOST)
        trusting.check_hostname = False
        with proxied(folder, ports) as proxy:
            address = f"https://127.0.0.1:{proxy.tls}/api/v1"

            def ask(name: int) -> None:
                asking: dict[str, Any] = {"headers": {"host": HOST}, "verify": trusting}
                with httpx.Client(
                    base_url=address, timeout=60, trust_env=False, **asking
                ) as client:
                    login = {"email": EMAIL, "password": PASSWORD}
                    token = client.post("/auth/login", json=login).json()["data"]["accessToken"]
                    client.headers["authorization"] = f"Bearer {token}"
                    number = 0
                    while not over.is_set():
                        number += 1
                        course = {"name": f"{name}, {number}", "category": "programming"}
                        made = client.post("/courses", json=course)
                        read = client.get("/courses", params={"limit": 5})
                        seen["POST", made.status_code] += 1
                        seen["GET", read.status_code] += 1

            clients = [threading.Thread(target=ask, args=(name,)) for name in range(CLIENTS)]
            for client in clients:
                client.start()
            for at in list(range(len(servers))) * ROUNDS:
                time.sleep(PAUSE)
                assert servers[at].stop() == 0
                servers[at] = start(**{**told, "port": ports[at]}).ready()
            time.sleep(PAUSE)
            over.set()
            for client in clients:
                client.join()
    for (method, status), times in sorted(seen.items()):
        print(f"{method:<6}{status:>5}{times:>8}")
    return 0 if set(seen) == {("POST", 201), ("GET", 200)} else 1


if __name__ == "__main__":
    sys.exit(main())
