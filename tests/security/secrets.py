"""Is a secret among the files of the clone? Part of `nox -s security`; no network.

python -m tests.security.secrets [--accept]

What looks like one and is none (an example, a password of a test) is listed in `known_secrets.txt`
by file, kind and digest, so that it may move within its file. `--accept` writes the list anew:
read what changed before you commit it. Words that follow `password =` are ruff's to see (S105).
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from detect_secrets import SecretsCollection
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.settings import transient_settings

ROOT: Final = Path(__file__).parents[2]
KNOWN: Final = Path(__file__).with_name("known_secrets.txt")
NOT_LOOKED_FOR: Final = frozenset({"KeywordDetector"})
HEAD: Final = "# What looks like a secret and is none: file | kind | beginning of its SHA-256.\n"
_DIGITS: Final = 16


def tracked() -> list[str]:
    """The files that are in Git, or would be."""
    listed = ("git", "ls-files", "--cached", "--others", "--exclude-standard")
    found = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in found.stdout.splitlines() if Path(ROOT, name).is_file()]


def settings() -> dict[str, Any]:
    """Every detector but that of words, and nothing that asks anybody."""
    classes = get_mapping_from_secret_type_to_class().values()
    names = sorted({cls.__name__ for cls in classes} - NOT_LOOKED_FOR)
    return {"plugins_used": [{"name": name} for name in names]}


def found_in(names: list[str]) -> Iterator[tuple[str, str]]:
    """Each finding: as the list writes it, and where it stands."""
    with transient_settings(settings()):
        secrets = SecretsCollection(root=str(ROOT))
        for name in names:
            secrets.scan_file(name)
        for name, secret in secrets:
            digest = sha256((secret.secret_value or "").encode()).hexdigest()[:_DIGITS]
            yield f"{name} | {secret.type} | {digest}", f"{name}:{secret.line_number}"


def main(arguments: list[str]) -> int:
    """1 where a file holds what the list does not; what the list holds in vain is told, too."""
    begun = time.process_time()
    names = [name for name in tracked() if name != KNOWN.relative_to(ROOT).as_posix()]
    found = dict(found_in(names))
    if "--accept" in arguments:
        KNOWN.write_text(HEAD + "".join(f"{line}\n" for line in sorted(found)), "utf-8")
    known = {line for line in KNOWN.read_text("utf-8").splitlines() if not line.startswith("#")}
    for line in sorted(found.keys() - known):
        print(f"a secret? {found[line]}: {line.split(' | ')[1]}")
    for line in sorted(known - found.keys()):
        print(f"not there any more: {line}")
    took = time.process_time() - begun
    new = len(found.keys() - known)
    print(
        f"{len(names):,} files, {len(found)} known, {new} new (goal 0), {took:.0f} s of a processor"
    )
    if found.keys() != known:
        print("take a secret out, and change it where it is used; `--accept` lists what is none")
    return int(found.keys() != known)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
