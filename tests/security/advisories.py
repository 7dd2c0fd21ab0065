"""Are weaknesses known of the libraries that CI runs? `nox -s audit`; it asks PyPI, then OSV.

python -m tests.security.advisories

Ends with 0 where every library was looked up and none has one, with 1 where one has, and with 75
(try again) where nobody could be asked: that is no proof of anything, and is said so.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
NOT_ASKED: Final = 75
SERVICES: Final = ("pypi", "osv")


def asked(service: str) -> list[dict[str, Any]]:
    """What a service says of each pinned library; none where it was not reached."""
    command = ["pip-audit", "--requirement", "constraints.txt", "--no-deps", "--disable-pip"]
    options = ["--vulnerability-service", service, "--format", "json", "--progress-spinner", "off"]
    ran = subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    try:
        told: list[dict[str, Any]] = json.loads(ran.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(
            f"{service}: {ran.stderr.strip().splitlines()[-1][:300] if ran.stderr else 'no answer'}"
        )
        return []
    return told


def weaknesses(told: list[dict[str, Any]]) -> Iterator[str]:
    """One line for each that is known."""
    for library in told:
        for one in library.get("vulns", ()):
            mended = ", ".join(one["fix_versions"]) or "no version yet"
            yield f"{library['name']} {library['version']}: {one['id']}, mended in {mended}"


def main() -> int:
    """Ask one service, and the next where it did not know every library."""
    for service in SERVICES:
        told = asked(service)
        unknown = [library["name"] for library in told if "skip_reason" in library]
        lines = list(weaknesses(told))
        print(
            f"{service}: {len(told)} libraries, {len(unknown)} unknown to it, {len(lines)} weaknesses"
        )
        print(*lines, sep="\n")
        if lines:
            return 1
        if told and not unknown:
            return 0
    print("NOT AUDITED: no database of advisories could be asked about every library from here")
    return NOT_ASKED


if __name__ == "__main__":
    sys.exit(main())
