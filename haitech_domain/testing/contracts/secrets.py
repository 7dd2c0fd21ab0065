"""What passwords, tokens, links and secrets promise, whatever they are made with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest

from haitech_domain.access import Role
from haitech_domain.ids import InstructorId, MeetingId
from haitech_domain.meeting import MeetingLink
from haitech_domain.ports import (
    MeetingLinks,
    Passwords,
    Randomness,
    Tokens,
    Unauthenticated,
    Vault,
    ZoomSecret,
)
from haitech_domain.testing.builders import a_user, an_id
from haitech_domain.testing.contracts.promises import must_be, refused
from haitech_domain.testing.contracts.world import Contract

WORD: Final = "seven wet umbrellas"


class PasswordsContract(Contract):
    """Hashing. Beside it a fixture `passwords`; it hashes four times, which is meant to be slow."""

    async def test_only_the_password_itself_is_the_one(self, passwords: Passwords) -> None:
        """And what is stored does not show it."""
        stored = await passwords.hashed(WORD)
        assert WORD not in stored, "what is stored of a password does not show it"
        assert await passwords.verified(WORD, stored), "the password itself is the one"
        assert not await passwords.verified(f"{WORD}s", stored), "another is not the one"
        assert not passwords.outdated(stored), "a new hash is made by the rules of today"

    async def test_nobody_without_a_password_has_one(self, passwords: Passwords) -> None:
        """Nothing stored is verified by nothing."""
        assert not await passwords.verified("", None), "no password opens what has none"

    async def test_equal_passwords_are_stored_differently(self, passwords: Passwords) -> None:
        """Who reads the store does not see who shares one."""
        stored = {await passwords.hashed(WORD), await passwords.hashed(WORD)}
        must_be(len(stored), 2, "each hash has a salt of its own")


class TokensContract:
    """Access tokens. Beside it a fixture `tokens`."""

    def test_a_token_names_whom_it_was_issued_to(self, tokens: Tokens) -> None:
        """Also the role, by which is judged what they may do."""
        actor = a_user(role=Role.MANAGER).actor()
        token, life = tokens.issue(actor)
        assert life > 0, "a token lives for some seconds"
        read = tokens.read(token)
        found = (read.kind, read.id, read.role)
        must_be(found, (actor.kind, actor.id, actor.role), "a token names whom it was issued to")

    def test_any_other_text_is_refused(self, tokens: Tokens) -> None:
        """Cut, mixed, empty or made up."""
        token, _ = tokens.issue(a_user().actor())
        other, _ = tokens.issue(a_user().actor())
        half = len(token) // 2
        for text in ("", "a.b.c", token[:-5], token[:half] + other[half:], f"{token}A"):
            with refused(Unauthenticated, "only a token as it was issued names anybody"):
                tokens.read(text)


class RandomnessContract:
    """Where secrets come from. Beside it a fixture `randomness`."""

    def test_gives_so_many_characters_of_the_alphabet(self, randomness: Randomness) -> None:
        """Each of them occurs."""
        text = randomness.text("abcd", 400)
        must_be((len(text), set(text)), (400, set("abcd")), "each character of the alphabet occurs")

    def test_gives_nothing_twice(self, randomness: Randomness) -> None:
        """Of 20 characters, in a thousand texts."""
        given = {randomness.text("0123456789abcdef", 20) for _ in range(1_000)}
        must_be(len(given), 1_000, "no secret is given twice")


class VaultContract:
    """Short secrets, sealed. Beside it a fixture `vault`."""

    @pytest.mark.parametrize("secret", ["a", WORD, "סוד", "x" * 400])
    def test_a_secret_comes_back_for_what_it_was_about(self, vault: Vault, secret: str) -> None:
        """As it was."""
        about = an_id()
        opened = vault.open(vault.seal(secret, about=about), about=about)
        must_be(opened, secret, "what is sealed opens as it was")

    def test_it_opens_for_nothing_else(self, vault: Vault) -> None:
        """Nobody moves a secret from one row to another."""
        sealed = vault.seal(WORD, about=an_id())
        with refused(ValueError, "a secret opens only for what it was sealed about"):
            vault.open(sealed, about=an_id())


class MeetingLinksContract:
    """Links by which instructors report. Beside it a fixture `links`."""

    LINK = MeetingLink(
        meeting_id=MeetingId(an_id()),
        instructor_id=InstructorId(an_id()),
        expires_at=datetime(2026, 3, 2, 12, 0, tzinfo=UTC),
    )

    def test_a_token_stands_for_its_link(self, links: MeetingLinks) -> None:
        """Also when it has expired; whoever reads it looks at the time."""
        token = links.signed(self.LINK)
        must_be(links.read(token), self.LINK, "a token stands for the link it was made of")
        must_be(links.signed(self.LINK), token, "the same link has the same token")
        assert all(c.isascii() and (c.isalnum() or c in "-_.~") for c in token), "fits an address"

    def test_any_other_text_stands_for_none(self, links: MeetingLinks) -> None:
        """It is nothing to raise for: anybody can type an address."""
        token = links.signed(self.LINK)
        for text in ("", "x", token[:-3], token[3:], f"{token}A", "é"):
            must_be(links.read(text), None, "a text that was not signed stands for no link")


class ZoomSecretContract:
    """What is shared with Zoom. Beside it a fixture `zoom`."""

    def test_a_signature_of_somebody_else_is_none(self, zoom: ZoomSecret) -> None:
        """Nothing is raised, whatever it looks like."""
        for signature in ("", "v0=", "v0=" + "0" * 64, "é"):
            signed = zoom.signs(b"{}", timestamp="1700000000", signature=signature)
            assert not signed, "only Zoom's signature is one"

    def test_the_answer_proves_the_secret_and_does_not_tell_it(self, zoom: ZoomSecret) -> None:
        """The same for the same text."""
        answer = zoom.answer("plain")
        must_be(zoom.answer("plain"), answer, "the same text has the same answer")
        assert answer not in {"plain", zoom.answer("other")}, "each text has an answer of its own"
