"""What is known of the mutants: kept between runs, counted, and compared with the listed ones."""

from __future__ import annotations

import json
import math
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import attrs

from tests.mutation.baseline import KEPT, MATTERS, PATHS, digest
from tests.mutation.children import Result
from tests.mutation.mutants import Mutant, path_of

LISTED: Final = Path(__file__).parent / "survivors.toml"
RESULTS: Final = KEPT / "results.jsonl"
DEAD: Final = ("killed", "late")
ALIVE: Final = ("survived", "untested")


@attrs.define
class Results:
    """The results of a run, each written down as it comes, so that another run can go on.

    That a mutant was killed stays true while its module and the test that killed it are the same;
    that it survived, only while nothing at all has changed.
    """

    path: Path
    state: str = attrs.field(factory=lambda: digest(*MATTERS, *PATHS))
    _rows: dict[str, dict[str, Any]] = attrs.field(factory=dict)
    _digests: dict[str, str] = attrs.field(factory=dict)

    @classmethod
    def at(cls, path: Path = RESULTS, *, fresh: bool = False) -> Results:
        """Those that a file holds. `fresh` forgets them."""
        results = cls(path)
        path.parent.mkdir(exist_ok=True)
        if fresh:
            path.unlink(missing_ok=True)
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                results._rows[row["key"]] = row
        return results

    def note(self, mutant: Mutant, result: Result) -> None:
        """Write one down."""
        row = {
            "key": mutant.key,
            "module": mutant.module,
            "place": mutant.place,
            "change": mutant.change,
            "nth": mutant.nth,
            "line": mutant.line,
            **attrs.asdict(result),
            "source": self._digest(path_of(mutant.module)),
            "test": self._digest_of_test(result.by),
            "state": self.state,
        }
        self._rows[mutant.key] = row
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def of(self, mutant: Mutant) -> Result | None:
        """What is known of a mutant, where it still holds."""
        row = self._rows.get(mutant.key)
        if row is None or row["source"] != self._digest(path_of(mutant.module)):
            return None
        if row["status"] in ALIVE and row["state"] != self.state:
            return None
        if row["status"] in DEAD and row["test"] != self._digest_of_test(row["by"]):
            return None
        if row["status"] == "broken":
            return None
        return Result(row["status"], row["by"], row["seconds"])

    def is_broken(self, mutant: Mutant) -> bool:
        """Whether the session could not try it, by a fault of its own."""
        return self._rows.get(mutant.key, {}).get("status") == "broken"

    def _digest_of_test(self, test: str) -> str:
        file, found, _ = test.partition("::")
        return self._digest(Path(file)) if found else ""

    def _digest(self, path: Path) -> str:
        name = str(path)
        if name not in self._digests:
            self._digests[name] = digest(name)
        return self._digests[name]


@attrs.frozen
class Listed:
    """A survivor that was read: it stays, for a reason of one of some kinds."""

    module: str
    place: str
    change: str
    kind: str
    reason: str
    nth: int = 1

    @property
    def of(self) -> tuple[str, str, str, int]:
        """Which mutant it is about."""
        return self.module, self.place, self.change, self.nth


def listed(path: Path = LISTED) -> list[Listed]:
    """The survivors that are listed with their reasons."""
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    return [Listed(**entry) for entry in read.get("survivor", [])]


@attrs.frozen
class Figures:
    """How many mutants there were, and what became of them."""

    killed: int = 0
    late: int = 0
    survived: int = 0
    untested: int = 0
    equivalent: int = 0
    """Of those that survived: how many are listed as meaning the same."""

    @property
    def mutants(self) -> int:
        return self.killed + self.late + self.survived + self.untested

    @property
    def dead(self) -> int:
        return self.killed + self.late

    @property
    def score(self) -> float:
        """Percent of all, the equivalent ones among them."""
        return 100 * self.dead / self.mutants if self.mutants else 100.0

    @property
    def score_without_equivalents(self) -> float:
        others = self.mutants - self.equivalent
        return 100 * self.dead / others if others else 100.0

    def interval(self) -> tuple[float, float]:
        """Wilson's interval of 95 % of the score, in percent, for a sample taken at random."""
        if not self.mutants:
            return 0.0, 100.0
        n, share, z = self.mutants, self.dead / self.mutants, 1.959964
        middle = share + z * z / (2 * n)
        width = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        least, most = ((middle + sign * width) / (1 + z * z / n) for sign in (-1, 1))
        return 100 * least, 100 * most


def figures(found: Iterable[tuple[Mutant, Result]], known: list[Listed]) -> Figures:
    """Count them."""
    equivalent = {entry.of for entry in known if entry.kind == "equivalent"}
    tally: Counter[str] = Counter()
    for mutant, result in found:
        tally[result.status] += 1
        tally["equivalent"] += mutant.of in equivalent and result.status in ALIVE
    return Figures(**{field.name: tally[field.name] for field in attrs.fields(Figures)})


def by_room(found: Iterable[tuple[Mutant, Result]]) -> dict[str, list[tuple[Mutant, Result]]]:
    """The results by the concept or floor of the domain that the module belongs to."""
    rooms = defaultdict(list)
    for mutant, result in found:
        rooms[mutant.room].append((mutant, result))
    return dict(sorted(rooms.items()))
