"""`python -m tests.deployment.migrations`: squawk looks through the migrations after the first release.

Those before it make an empty database, and no program of an earlier version works on one meanwhile. What
must be done all the same is allowed by `-- squawk-ignore ban-drop-column` right above the statement, after the
reason (docs/how-to/upgrade.md).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CLONE = Path(__file__).resolve().parents[2]
VERSIONS = CLONE / "haitech_adapters" / "postgres" / "migrations" / "versions"
UNSAFE = Path(__file__).with_name("unsafe_migration.sql")
LAST_OF_THE_FIRST_RELEASE: str | None = None
"""The number of its last migration, once it is released."""
ALONE = "-- alone"
"""How a file begins whose one statement runs in no transaction."""
NOT_ASKED = {
    "prefer-bigint-over-int": "integers are bounded by our own rules",
    "prefer-bigint-over-smallint": "the same",
    "prefer-robust-stmts": "each migration is a transaction",
    "require-lock-timeout": "haitech migrate sets one, and tries again",
    "require-statement-timeout": "long work is done without locks that anybody waits for",
}
MUST_FIND = {
    "adding-required-field",
    "adding-not-nullable-field",
    "adding-foreign-key-constraint",
    "ban-drop-column",
    "ban-drop-table",
    "changing-column-type",
    "constraint-missing-not-valid",
    "disallowed-unique-constraint",
    "renaming-column",
    "renaming-table",
    "require-concurrent-index-creation",
    "require-concurrent-index-deletion",
}


def squawk() -> str:
    """The program, beside the Python that runs this."""
    found = shutil.which("squawk", path=str(Path(sys.executable).parent))
    assert found is not None, "squawk is not installed: pip install '.[deploy]'"
    return found


def findings(files: Sequence[Path]) -> list[dict[str, Any]]:
    """What squawk has to say of the files."""
    within = [path for path in files if not path.read_text("utf-8").startswith(ALONE)]
    alone = [path for path in files if path not in within]
    return _asked(within, "--assume-in-transaction") + _asked(alone)


def _asked(files: Sequence[Path], *options: str) -> list[dict[str, Any]]:
    if not files:
        return []
    asked = [squawk(), "--reporter", "json", "--pg-version", "14", *options]
    asked += [f"--exclude={','.join(NOT_ASKED)}", *map(str, files)]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert told.returncode in {0, 1}, told.stderr
    found: list[dict[str, Any]] = json.loads(told.stdout or "[]")
    return found


def released() -> bool:
    """Whether there are databases of an earlier version in the world."""
    return "## [0.1.0]" in (CLONE / "CHANGELOG.md").read_text("utf-8")


def since_the_first_release() -> list[Path]:
    """The migrations that come to databases with programs at work."""
    if not released():
        return []
    assert LAST_OF_THE_FIRST_RELEASE is not None, (
        "0.1.0 is released: LAST_OF_THE_FIRST_RELEASE has to say what its last migration was"
    )
    files = sorted(VERSIONS.glob("[0-9]*.sql"))
    return [path for path in files if path.name.partition("_")[0] > LAST_OF_THE_FIRST_RELEASE]


def main() -> int:
    """Look, and say what was found; 1 if anything was."""
    unseen = MUST_FIND - {found["rule_name"] for found in findings([UNSAFE])}
    if unseen:
        print(f"squawk does not find in {UNSAFE.name}: {', '.join(sorted(unseen))}")
    chosen = since_the_first_release()
    told = findings(chosen)
    for found in told:
        place = f"{Path(found['file']).name}:{found['line'] + 1}"
        print(f"{place}: {found['rule_name']}: {found['message']}")
    print(f"{len(chosen)} migrations since the first release: {len(told)} findings")
    return 1 if unseen or told else 0


if __name__ == "__main__":
    sys.exit(main())
