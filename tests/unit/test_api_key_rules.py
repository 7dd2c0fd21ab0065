"""R-ACC-3: how a key is written, when it opens, and what becomes of it."""

from __future__ import annotations

import re
from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_adapters.security import SystemRandomness
from haitech_domain.access import SCOPES, Actor, Scopes, meaning_of
from haitech_domain.api_key import KeyKind, hashed, is_a_key, prefix_of, written
from haitech_domain.api_key.writing import ALPHABET
from haitech_domain.change import Change
from haitech_domain.errors import BadValue, Invalid
from haitech_domain.ids import DeletionId
from haitech_domain.records import differences
from haitech_domain.testing.builders import MADE, a_key, an_api_key, an_id
from haitech_domain.use_cases import RotateApiKey
from haitech_domain.use_cases.api_keys import KeyMaker

RANDOMS = st.text(ALPHABET, min_size=30, max_size=30)
HOUR = timedelta(hours=1)


@given(st.sampled_from(KeyKind), RANDOMS)
def test_a_key_is_thirty_random_characters_and_six_that_check(kind, random):
    key = written(kind, random)
    assert re.fullmatch(rf"haitech_{kind}_[0-9A-Za-z]{{36}}", key)
    assert is_a_key(key, kind)
    assert not any(is_a_key(key, other) for other in KeyKind if other is not kind)
    assert len(prefix_of(key)) == 20
    assert key.startswith(prefix_of(key))


@given(RANDOMS, st.integers(13, 48), st.sampled_from(ALPHABET))
def test_any_one_mistyped_character_shows(random, place, other):
    key = written(KeyKind.LIVE, random)
    mistyped = key[:place] + other + key[place + 1 :]
    assert is_a_key(mistyped, KeyKind.LIVE) is (mistyped == key)


@given(RANDOMS, st.integers(13, 47))
def test_two_characters_that_changed_places_show(random, place):
    key = written(KeyKind.LIVE, random)
    swapped = key[:place] + key[place + 1] + key[place] + key[place + 2 :]
    assert is_a_key(swapped, KeyKind.LIVE) is (swapped == key)


@pytest.mark.parametrize("text", ["", "haitech_live_", "א" * 49, a_key() + "\n", " " + a_key()])
def test_what_is_no_key_is_none(text):
    assert not any(is_a_key(text, kind) for kind in KeyKind)


def test_what_is_kept_is_a_sha_256():
    assert hashed("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_an_active_key_opens_with_its_own_hash_alone():
    key = an_api_key(key_hash="mine", expires_at=MADE + HOUR)
    assert key.admits("mine", MADE)
    assert not key.admits("other", MADE)
    assert not key.admits("mine", MADE + HOUR)
    assert not attrs.evolve(key, is_active=False).admits("mine", MADE)
    assert not attrs.evolve(key, deleted_at=MADE).admits("mine", MADE)


def test_rotating_gives_an_overlap_and_rotating_again_ends_the_oldest():
    first, second, third = a_key(), a_key(), a_key()
    once = an_api_key(key=first).rotated(MADE, second, HOUR)
    assert once.prefix == prefix_of(second)
    assert once.admits(hashed(first), MADE)
    assert not once.admits(hashed(first), MADE + HOUR)
    twice = once.rotated(MADE, third, HOUR)
    assert [twice.admits(hashed(k), MADE) for k in (first, second, third)] == [False, True, True]


def test_rotating_without_an_overlap_ends_the_old_key_at_once():
    old = a_key()
    rotated = an_api_key(key=old).rotated(MADE, a_key(), timedelta(0))
    assert (rotated.previous_hash, rotated.previous_until) == (None, None)
    assert not rotated.admits(hashed(old), MADE)


def test_a_revoked_key_never_opens_again_and_rotating_gives_it_another():
    key, other = a_key(), a_key()
    revoked = an_api_key(key=key).rotated(MADE, key, HOUR).revoked(MADE, DeletionId(an_id()))
    back = revoked.changed(MADE, deleted_at=None, deletion=None)
    assert (back.key_hash, back.previous_hash, back.previous_until) == (None, None, None)
    assert not back.admits(hashed(key), MADE)
    rotated = back.rotated(MADE, other, HOUR)
    assert rotated.admits(hashed(other), MADE)
    assert rotated.previous_hash is None


def test_hashes_are_masked_in_the_audit_and_uses_are_not_in_it():
    before = an_api_key()
    after = before.rotated(MADE, a_key(), HOUR)
    old, new = differences(Change.updated(before, after))
    assert (old["key_hash"], new["key_hash"], new["previous_hash"]) == ("***", "***", "***")
    used = attrs.evolve(before, last_used_at=MADE, last_used_ip="192.0.2.1")
    assert differences(Change.updated(before, used)) == ({}, {})


def test_scopes_are_told_in_one_order():
    _, new = differences(Change.created(an_api_key(scopes=["write:leads", "read:leads"])))
    assert new["scopes"] == ["read:leads", "write:leads"]
    assert Scopes.of(SCOPES).in_order() == SCOPES


@pytest.mark.parametrize("half", [{"previous_hash": "x"}, {"previous_until": MADE}])
def test_an_overlap_has_a_hash_and_an_end_or_neither(half):
    with pytest.raises(Invalid) as refused:
        an_api_key(**half)
    (problem,) = refused.value.problems
    assert problem.field == "previous_until"
    assert problem.message == "goes with the hash of the key before"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ([], "scope.none"),
        (["read:users"], "scope.unknown"),
        (["READ:*", "*"], "scope.unknown"),
        ("*", "scope.unknown"),
        ([None], "scope.unknown"),
    ],
)
def test_only_known_scopes_are_scopes(given, reason):
    with pytest.raises(BadValue) as refused:
        Scopes.of(given)
    assert refused.value.reason == reason


def test_a_key_reads_everything_unless_told_otherwise():
    assert an_api_key().scopes == {"read:*"}
    assert Scopes.of(an_api_key().scopes) is an_api_key().scopes


@pytest.mark.parametrize("scope", SCOPES)
def test_every_scope_says_what_it_opens(scope):
    idle = scope == "write:reports"
    assert meaning_of(scope).startswith(("nothing",) if idle else ("read", "create"))
    assert ":" not in meaning_of(scope)


@pytest.mark.anyio
@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=7, seconds=1)])
async def test_an_overlap_is_at_most_a_week(overlap):
    """Refused before anything is asked of the store."""
    clock = FixedClock()
    uow = MemoryUnitOfWork(CountingIds(), clock)
    new_key = KeyMaker(randomness=SystemRandomness(), kind=KeyKind.TEST)
    rotate = RotateApiKey(uow=uow, clock=clock, new_key=new_key)
    with pytest.raises(Invalid) as refused:
        await rotate(actor=Actor.system("test"), id=an_id(), overlap=overlap)
    assert [problem.field for problem in refused.value.found] == ["overlap_minutes"]
