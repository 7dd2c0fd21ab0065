"""Secrets that must be read again are kept encrypted, each for one thing alone."""

from __future__ import annotations

import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_adapters.security import AesGcmVault, derived
from haitech_adapters.security.vault import WEBHOOK_SECRETS

KEY = derived("a secret of the tests", WEBHOOK_SECRETS)
ABOUT, OTHER = UUID(int=1), UUID(int=2)
SECRET = "a" * 40


@given(st.text())
def test_a_secret_opens_again(secret):
    vault = AesGcmVault(KEY)
    assert vault.open(vault.seal(secret, about=ABOUT), about=ABOUT) == secret


def test_what_is_kept_is_text_that_tells_nothing():
    """Not even whether two secrets are the same; and it has room in its column."""
    vault = AesGcmVault(KEY)
    one, another = vault.seal(SECRET, about=ABOUT), vault.seal(SECRET, about=ABOUT)
    assert one != another
    assert one.isascii()
    assert SECRET not in one
    assert len(one) < 100


def test_it_opens_for_nothing_else_and_with_no_other_key():
    sealed = AesGcmVault(KEY).seal(SECRET, about=ABOUT)
    for vault, about in [
        (AesGcmVault(KEY), OTHER),
        (AesGcmVault(derived("another", WEBHOOK_SECRETS)), ABOUT),
        (AesGcmVault(derived("a secret of the tests", "jobs")), ABOUT),
    ]:
        with pytest.raises(ValueError, match="not sealed here"):
            vault.open(sealed, about=about)


@pytest.mark.parametrize(
    "sealed", ["", "A", "כן", "not base64!", base64.b64encode(b"short").decode(), "AAAA" * 20]
)
def test_what_was_never_sealed_is_refused(sealed):
    with pytest.raises(ValueError, match=r"."):
        AesGcmVault(KEY).open(sealed, about=ABOUT)
