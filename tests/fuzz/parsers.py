"""`nox -s parsers`: atheris, guided by coverage, at every parser of what strangers send.

python -m tests.fuzz.parsers [--seconds 20] [--only PART OF A NAME]

Each parser gets a process of its own and so many seconds. It must answer a value or its documented
refusal, within five seconds and two gigabytes; a failure prints the text that did it. Then each is
given texts of one sign (or a few) over and over, short ones and some four times as long: a parser
that needs more than eight times as long is quadratic, and somebody will find out.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Final

import atheris

with atheris.instrument_imports(
    include=[
        "haitech_domain",
        "haitech_adapters",
        "haitech_app.logs",
        "jwt",
        "litestar.datastructures",
    ]
):
    from tests.properties.parsers import PARSERS, TEXTS, Parser

LONGEST: Final = 4_096
SECONDS: Final = 20
PATIENCE: Final = 5
"""Seconds after which a single text took too long."""
MEMORY: Final = 2_048
SHORT: Final = 8_000
TIMES: Final = 4
TOO_MUCH: Final = 8.0
"""Four times as much text takes a linear parser four times as long, a quadratic one sixteen times."""
NOTHING: Final = 0.004
"""Seconds below which nothing is measured but the clock."""
REPEATED: Final = (" ", "\t", "0", "9", "a", ".", "-", ",", "(", "[", "{", '"', "\\", "%", "=", ";", "&", "a=b&",
                   "a.", "a-", "-.", ", ", " ,", "://", "bearer ", "0 ", "0-", "\u200f", "א ", "\u202e", '"a",', "[]", "a:", '{"a":1,"a":2},', '"a":1,')  # fmt: skip


def text_of(data: bytes) -> str:
    """What the fuzzer made, with halves of characters where it is no UTF-8."""
    return data.decode("utf-8", "surrogateescape")


def fuzz(parser: Parser, seconds: int) -> None:
    """Fuzz one parser in this process, which does not come back."""
    with TemporaryDirectory() as corpus:
        for number, text in enumerate((*parser.known, *TEXTS)):
            (Path(corpus) / str(number)).write_bytes(text.encode("utf-8", "surrogatepass"))
        limits = (f"-max_total_time={seconds}", f"-timeout={PATIENCE}", f"-rss_limit_mb={MEMORY}")
        quiet = ("-print_final_stats=1", "-verbosity=1", f"-artifact_prefix={corpus}/")
        arguments = [sys.argv[0], corpus, f"-max_len={LONGEST}", *limits, *quiet]
        atheris.Setup(arguments, lambda data: parser.answers(text_of(data)))
        atheris.Fuzz()


def seconds_for(parser: Parser, text: str) -> float:
    """Processor time, the best of three."""

    def once() -> float:
        begun = time.process_time()
        parser.answers(text)
        return time.process_time() - begun

    return min(once() for _ in range(3))


def growths(parser: Parser) -> Iterator[tuple[float, str]]:
    """How many times longer four times as much takes, and of what; nothing for what is too quick."""
    first = parser.known[0] if parser.known else ""
    for sign in REPEATED:
        for head, tail in (("", ""), ("", "\ud800"), (first, "x"), ("x", first)):
            short, long = (head + sign * (n // len(sign)) + tail for n in (SHORT, SHORT * TIMES))
            took = seconds_for(parser, long)
            if took > NOTHING:
                yield took / max(seconds_for(parser, short), NOTHING / TIMES), sign


def fuzzed(parser: Parser, seconds: int) -> tuple[str, dict[str, str]]:
    """What went wrong with one parser (nothing, mostly), and the fuzzer's figures."""
    with TemporaryFile() as written:
        child = os.fork()  # all that was imported is there, and instrumented, already
        if child == 0:
            os.dup2(written.fileno(), 1)
            os.dup2(written.fileno(), 2)
            fuzz(parser, seconds)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        written.seek(0)
        said = written.read().decode("utf-8", "replace")
    figures = dict(re.findall(r"stat::(\w+):\s+(\d+)", said))
    figures |= dict(re.findall(r"(cov): (\d+)", said))
    return (said[-3_000:] if status else ""), figures


def main(arguments: list[str]) -> int:
    """Fuzz all parsers one after the other, and print a table; 1 where one failed."""
    asked = argparse.ArgumentParser(prog="nox -s parsers --")
    asked.add_argument("--seconds", type=int, default=SECONDS, help="for each parser")
    asked.add_argument("--only", default="", help="those whose names hold this")
    given = asked.parse_args(arguments)
    failures, total = [], 0
    print(f"{os.cpu_count()} cores, {given.seconds} seconds for each parser")
    print(
        f"{'parser':32} {'texts':>10} {'branches':>9} {'slowest s':>9} {'growth':>7}  goal: no failure,"
    )
    print(f"{'':71} growth at most {TOO_MUCH:.0f}")
    for parser in (one for one in PARSERS if given.only in one.name):
        failure, figures = fuzzed(parser, given.seconds)
        worst, of = max(growths(parser), default=(0.0, ""))
        if worst > TOO_MUCH:
            failure += f"\n{TIMES} times as much of {of!r} took {worst:.1f} times as long"
        runs = int(figures.get("number_of_executed_units", 0))
        total += runs
        slowest = figures.get("slowest_unit_time_sec", "?")
        growth = f"{worst:.1f}" if worst else "-"
        row = f"{parser.name:32} {runs:10,} {figures.get('cov', '?'):>9} {slowest:>9} {growth:>7}"
        print(row, "FAILED" if failure else "passed", flush=True)
        if failure:
            failures.append(f"── {parser.name}\n{failure}")
    print(f"{total:,} texts; failed: {len(failures)} (goal 0)")
    print(*failures, sep="\n")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
