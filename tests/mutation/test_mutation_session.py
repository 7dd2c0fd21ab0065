"""The session `nox -s mutation` itself: it finds mutants everywhere, kills them, and remembers."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.mutation.__main__ import sampled, to_read
from tests.mutation.children import Result
from tests.mutation.mutants import ROOT, mutants_of, path_of
from tests.mutation.results import Figures, Listed, Results, figures, listed

ROUNDING = """
from fractions import Fraction
from haitech_domain.money import Money, rounded

def test_half_is_rounded_up():
    assert rounded(Fraction(1, 2)) == 1

def test_a_third_is_rounded_down():
    assert rounded(Fraction(1, 3)) == 0

def test_nothing_is_no_agora():
    assert Money().agorot == 0
"""
TRYING = """
import sys
from tests.mutation.baseline import Baseline
from tests.mutation.mutants import mutants_of
from tests.mutation.running import Pace, run

module = "haitech_domain.money"
wanted = {("rounded", ">= 0 → > 0"), ("rounded", "2 → 3"), ("Money", "0 → 1")}
some = [mutant for mutant in mutants_of(module) if (mutant.place, mutant.change) in wanted]
names = ("half_is_rounded_up", "a_third_is_rounded_down", "nothing_is_no_agora")
tests = [f"test_rounding.py::test_{name}" for name in names]
lines = {module: {mutant.line: frozenset(tests) for mutant in some}}
known = Baseline(dict.fromkeys(tests, 0.01), lines, dict.fromkeys(tests, 1))
tell = lambda mutant, result: print("=", mutant.place, mutant.change, result.status, result.by)
run(some, known, Pace(2), tell, ["--noconftest", "-c", "pytest.ini", "-p", "no:cacheprovider", "."])
"""
MONEY = "haitech_domain.money"


@pytest.fixture(scope="module")
def of_money():
    return mutants_of(MONEY)


def listed_as(mutant):
    module, place, change, nth = mutant.of
    return Listed(module, place, change, kind="equivalent", reason="the same", nth=nth)


def test_a_mutant_is_killed_by_the_test_that_sees_it_and_survives_where_it_means_the_same(folder):
    (folder / "test_rounding.py").write_text(ROUNDING, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", TRYING],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    told = sorted(line for line in done.stdout.splitlines() if line.startswith("="))
    assert told == [
        "= Money 0 → 1 killed test_rounding.py::test_nothing_is_no_agora",
        "= rounded 2 → 3 killed test_rounding.py::test_a_third_is_rounded_down",
        "= rounded >= 0 → > 0 survived ",
    ]


def test_no_place_is_left_out_of_decorated_functions_class_bodies_and_rules(of_money):
    there = {(mutant.place, mutant.change, mutant.deferred) for mutant in of_money}
    assert ("Money.of", "< -DECIMALS → <= -DECIMALS", True) in there
    assert ("Money", "True → False", False) in there
    rules = {mutant.change for mutant in mutants_of("haitech_domain.webhook.entity")}
    assert {"200 → 201", "100 → 101"} <= rules


def test_each_mutant_is_another_text_of_its_module(of_money):
    texts = {mutant.source() for mutant in of_money}
    assert len(texts) == len(of_money) == len({mutant.key for mutant in of_money})
    assert path_of(MONEY).read_text(encoding="utf-8") not in texts


def test_a_run_goes_on_where_another_was_cut_short(folder, of_money):
    first, second, *_ = of_money
    Results.at(folder / "kept").note(first, Result("survived"))
    again = Results.at(folder / "kept")
    assert (again.of(first), again.of(second)) == (Result("survived"), None)
    assert Results.at(folder / "kept", fresh=True).of(first) is None


def test_a_survivor_is_believed_only_while_nothing_has_changed(folder, of_money):
    survivor, victim, *_ = of_money
    before = Results(folder / "kept", state="before")
    before.note(survivor, Result("survived"))
    before.note(victim, Result("killed", "tests/unit/test_money_rules.py::test_it"))
    after = Results.at(folder / "kept")
    assert after.of(survivor) is None
    assert after.of(victim) == Result("killed", "tests/unit/test_money_rules.py::test_it")


def test_the_score_counts_all_and_beside_it_all_but_the_equivalent(of_money):
    one, two, three, four, *_ = of_money
    found = [
        (one, Result("killed", "a test")),
        (two, Result("late")),
        (three, Result("survived")),
        (four, Result("untested")),
    ]
    same = listed_as(three)
    tally = figures(found, [same])
    assert tally == Figures(killed=1, late=1, survived=1, untested=1, equivalent=1)
    assert (tally.score, round(tally.score_without_equivalents, 1)) == (50.0, 66.7)


def test_the_interval_of_a_sample_is_wilsons():
    least, most = Figures(killed=90, survived=10).interval()
    assert (round(least, 2), round(most, 2)) == (82.56, 94.48)


def test_a_sample_is_the_same_for_the_same_seed_and_the_beginning_of_a_larger_one(of_money):
    one, again, other = (sampled(of_money, 20, seed) for seed in (1, 1, 2))
    assert one == again != other
    assert sampled(of_money, 40, 1)[:20] == one
    assert set(sampled(of_money, 10_000, 1)) == set(of_money)
    assert sampled(of_money, None, 1) == sampled(of_money, 10_000, 1)


def test_the_list_of_survivors_is_held_against_what_is_found(of_money):
    one, two, three, *_ = of_money
    entries = [
        listed_as(two),
        Listed(MONEY, "rounded", "1 → 2", kind="equivalent", reason="the same", nth=99),
    ]
    found = [(one, Result("survived")), (two, Result("killed", "a")), (three, Result("late"))]
    unread, killed, gone = to_read(found, entries, of_money)
    assert unread.startswith("survived: haitech_domain/money.py:")
    assert killed.startswith("listed, but killed by a: ")
    assert gone.startswith("listed, but there is no such mutant: ")


def test_every_listed_survivor_has_a_kind_and_a_reason():
    entries = listed()
    assert {entry.kind for entry in entries} <= {"equivalent", "wording", "speed", "defence"}
    assert [entry for entry in entries if len(entry.reason) < 10] == []
    assert len({entry.of for entry in entries}) == len(entries)
