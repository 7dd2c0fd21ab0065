"""Refresh tokens, sessions, one-time tokens and passwords as values."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.change import Change
from haitech_domain.errors import Invalid
from haitech_domain.ids import SessionId, UserId
from haitech_domain.records import differences
from haitech_domain.session import (
    RefreshToken,
    SessionEnd,
    TokenEnd,
    fingerprint,
    opened,
    rotated,
)
from haitech_domain.testing.builders import MADE, a_login_session, a_one_time_token, a_user, an_id
from haitech_domain.user import PasswordPolicy
from haitech_domain.user.common_passwords import _ROWS, _WORDS, is_common

MONTH = timedelta(days=30)


def randomly():
    numbers = iter(range(10**6))
    return lambda alphabet, length: f"{next(numbers):0{length}}"


def test_a_token_is_read_as_it_was_written():
    token = RefreshToken.new(randomly())
    assert RefreshToken.of(str(token)) == token
    assert token.secret not in repr(token)
    assert token.family not in repr(token)


@given(st.text(max_size=300))
def test_any_text_is_a_token_or_none(text):
    found = RefreshToken.of(text)
    assert found is None or str(found) == text
    assert len(fingerprint(text)) == 64


def test_tokens_of_a_family_share_the_first_part_and_nothing_else():
    make = randomly()
    first = RefreshToken.new(make)
    second = RefreshToken.new(make, first.family)
    assert first.family_hash == second.family_hash
    assert first.token_hash != second.token_hash
    assert fingerprint(first.secret) not in (first.family_hash, first.token_hash)


def begun(token, life=MONTH, longest=3 * MONTH):
    one, user = SessionId(an_id()), UserId(an_id())
    return opened(token, id=one, user_id=user, at=MADE, life=life, longest=longest)


def test_a_session_slides_up_to_its_end():
    make = randomly()
    first = RefreshToken.new(make)
    session = begun(first, longest=MONTH + timedelta(days=1))
    second = RefreshToken.new(make, first.family)
    later = MADE + MONTH - timedelta(days=1)
    after = rotated(session, first, second, at=later, life=MONTH)
    assert after is not None
    assert after.expires_at == session.ends_at
    assert after.token_hash == second.token_hash
    assert differences(Change.updated(session, after)) == ({}, {}), "no flood of the audit"
    assert begun(first, longest=timedelta(days=1)).expires_at == MADE + timedelta(days=1)


def test_a_spent_token_ends_the_session_and_one_that_is_over_stays_so():
    make = randomly()
    first = RefreshToken.new(make)
    session = begun(first)
    second = RefreshToken.new(make, first.family)
    after = rotated(session, first, second, at=MADE, life=MONTH)
    assert after is not None
    ended = rotated(after, first, second, at=MADE, life=MONTH)
    assert ended is not None
    assert ended.ended_by is SessionEnd.REUSE
    assert ended.ended(MADE + MONTH, SessionEnd.LOGOUT) is ended
    assert rotated(ended, second, first, at=MADE, life=MONTH) is None
    assert rotated(after, second, first, at=MADE + MONTH, life=MONTH) is None


def test_a_one_time_token_ends_once():
    token = a_one_time_token()
    assert token.is_open(MADE)
    assert not token.is_open(token.expires_at)
    used = token.ended(MADE, TokenEnd.USED)
    assert not used.is_open(MADE)
    assert used.ended(MADE, TokenEnd.REPLACED) is used


def test_what_is_stored_of_tokens_is_masked():
    for row, hashes in (
        (a_login_session(), {"family_hash"}),
        (a_one_time_token(), {"token_hash"}),
    ):
        _, new = differences(Change.created(row))
        assert {name for name, value in new.items() if value == "***"} == hashes


@pytest.mark.parametrize(
    "password",
    [
        "password", "Password1", "P@ssw0rd2024!", "12345678", "0501234567", "qwerty123",
        "1q2w3e4r", "qazwsxedc", "aaaaaaaa", "abcabcabc", "21122112", "Haitech2026", "welcome1",
        "iloveyou!!", "letmein123", "שלום1234", "אבגדהוזח", "zyxwvuts", "12qwertyuiop",
        "adminadmin", "Shalom-2026", "football99",
    ],
)  # fmt: skip
def test_what_others_would_try_first_is_common(password):
    assert is_common(password)


def test_every_common_word_is_common_with_a_year_and_in_capitals():
    assert [word for word in _WORDS if not is_common(word.upper() + "2026")] == []


def test_the_beginning_of_every_run_is_common():
    assert [row for row in _ROWS if not is_common(row[:8])] == []


def test_words_and_runs_are_held_in_the_small_letters_in_which_they_are_compared():
    assert [text for text in (*_WORDS, *_ROWS) if text != text.lower()] == []


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery", "a staple under the rug", "kX9v-2mQ7rT4", "צב ירוק אוכל חסה",
        "password of my late cat", "8350271946521", "vD7!pQz2", "!!!!kX9v!!!!", "(((((((kqx)))))))",
    ],
)  # fmt: skip
def test_what_nobody_would_guess_is_not_common(password):
    assert not is_common(password)


@given(st.text(max_size=140))
def test_any_password_is_judged(password):
    problems = list(PasswordPolicy(refuses_common=True).problems(password))
    assert len(problems) <= 1
    assert problems or 8 <= len(password) <= 128


def test_common_ones_are_refused_only_where_the_policy_says_so():
    PasswordPolicy().check("password1")
    with pytest.raises(Invalid) as refused:
        PasswordPolicy(refuses_common=True).check("password1", field="new_password")
    assert [(p.field, p.reason) for p in refused.value.problems] == [
        ("new_password", "password.common")
    ]


@pytest.mark.parametrize(
    "password", ["dana.levi@example.com", "DANA.LEVI", "Dana Levi", "danalevi "]
)
def test_ones_own_name_and_address_are_refused_everywhere(password):
    user = a_user(email="dana.levi@example.com", name="Dana Levi")
    with pytest.raises(Invalid) as refused:
        PasswordPolicy().check(password, about=(user.email, user.name))
    assert refused.value.reason == "password.personal"
