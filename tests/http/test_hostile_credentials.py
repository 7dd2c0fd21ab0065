"""«Bad credentials, `alg=none`, expired, reused refresh tokens, brute force» (quality.md), by name."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import jwt
import pytest
from argon2 import PasswordHasher

from tests.http.school_world import BASE, PASSWORD, Caller, a_school_behind_its_api

WRONG = "wrong horse battery"


@pytest.fixture(scope="module")
def world():
    with a_school_behind_its_api() as world:
        email = {"email": "dana@example.com", "password": PASSWORD}
        world.admin.make("/users", {**email, "name": "Dana", "role": "manager"})
        gone = world.admin.make("/users", {**email, "email": "gone@example.com", "name": "Gad", "role": "manager"})  # fmt: skip
        world.admin.act(f"/users/{gone['id']}/deactivate")
        yield world


@pytest.fixture(autouse=True)
def _forgiven(world):
    """Nobody's failures are held against the next test."""
    world.attempts._failures.clear()


def refused(world, authorization):
    """A request with such a header is refused like one without."""
    send = {"headers": {"Authorization": authorization}} if authorization is not None else {}
    answer = world.client.get(f"{BASE}/courses", **send)
    assert answer.status_code == 401, authorization
    assert answer.headers["www-authenticate"] == "Bearer"
    return answer


def encoded(part):
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def claims_of(world):
    return jwt.decode(world.admin.token, options={"verify_signature": False})


class TestBadCredentials:
    @pytest.mark.parametrize(
        "authorization",
        [None, "", " ", "Bearer", "Bearer ", "Bearer  ", "Basic YWRtaW46YWRtaW4=", "Digest x", "bearer\tx",
         "Bearer null", "Bearer undefined", "Bearer a.b.c", "Bearer ..", "Bearer " + "." * 500,
         "Bearer " + "A" * 9_000, "Bearer haitech_live_", "Bearer haitech_test_" + "a" * 36, "Bearer a b"],
    )  # fmt: skip
    def test_what_is_no_credential_is_refused(self, world, authorization):
        refused(world, authorization)

    def test_a_token_is_good_to_its_last_letter_only(self, world):
        token = world.admin.token
        head, body, signature = token.split(".")
        for other in (
            token[:-1],
            token + "A",
            f"{head}.{body}.",
            f"{head}.{body}",
            f".{body}.{signature}",
        ):
            refused(world, f"Bearer {other}")

    def test_unknown_wrong_and_shut_out_are_told_and_computed_alike(self, world):
        """The same answer for the same work: one hash is compared, whoever it was."""
        passwords = world.verbs.log_in.passwords
        kept, compared = passwords.hasher, []

        class Counting(PasswordHasher):
            def verify(self, hash, password):
                compared.append(hash)
                return super().verify(hash, password)

        passwords.hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
        try:
            told = []
            for email, password in (("nobody@example.com", WRONG), ("dana@example.com", WRONG), ("gone@example.com", PASSWORD), ("no address", WRONG)):  # fmt: skip
                error = world.nobody.refused(401, "POST", "/auth/login", {"email": email, "password": password})  # fmt: skip
                told.append((error, len(compared)))
                compared.clear()
        finally:
            passwords.hasher = kept
        assert told == [told[0]] * 4
        assert told[0][1] == 1


class TestAlgNone:
    @pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None, "HS512", "RS256", "ES256", ["HS256"], {}])  # fmt: skip
    def test_no_algorithm_but_ours_is_taken_from_a_token(self, world, algorithm):
        said = f"{encoded({'typ': 'JWT', 'alg': algorithm})}.{encoded(claims_of(world))}"
        secret = world.tokens.secret.encode()
        right = hmac.digest(secret, said.encode(), hashlib.sha256)
        for signature in (b"", b"x", right):
            refused(world, f"Bearer {said}.{encoded(signature)}")

    @pytest.mark.parametrize(
        "more", [{"jku": "https://evil.example/keys"}, {"jwk": {"kty": "oct", "k": "eA"}}, {"kid": "../../dev/null"}]
    )  # fmt: skip
    def test_a_key_that_a_token_brings_along_is_not_used(self, world, more):
        head = {"typ": "JWT", "alg": "HS256", **more}
        said = f"{encoded(head)}.{encoded(claims_of(world))}"
        for key in (b"x", b""):
            signature = hmac.digest(key, said.encode(), hashlib.sha256)
            refused(world, f"Bearer {said}.{encoded(signature)}")


class TestExpired:
    @pytest.mark.parametrize(
        "changed",
        [{"exp": 1}, {"exp": -1}, {"exp": 0}, {"exp": None}, {"exp": "tomorrow"}, {"exp": []}, {"exp": 1e400},
         {"nbf": 99_999_999_999}, {"iat": 99_999_999_999}, {"iat": "x"}, {"sub": None}, {"sub": 1}, {"sub": "x"},
         {"iss": None}, {"aud": None}, {"aud": []}, {"role": "root"}, {"role": None}, {"sid": "x"}, {"sid": 1}],
    )  # fmt: skip
    def test_times_and_names_in_a_signed_token_are_held_to_their_rules(self, world, changed):
        token = jwt.PyJWS().encode(json.dumps(claims_of(world) | changed).encode(), world.tokens.secret, "HS256")  # fmt: skip
        refused(world, f"Bearer {token}")

    @pytest.mark.parametrize("missing", ["exp", "iat", "sub", "iss", "aud", "role"])
    def test_what_a_token_must_say_cannot_be_left_out(self, world, missing):
        claims = {name: value for name, value in claims_of(world).items() if name != missing}
        refused(world, f"Bearer {jwt.encode(claims, world.tokens.secret, 'HS256')}")


class TestReusedRefreshTokens:
    def test_a_token_that_is_used_twice_ends_both_lines_of_it(self, world):
        """Whoever stole it, and whoever it was stolen from."""
        login = {"email": "dana@example.com", "password": PASSWORD}
        stolen = world.nobody.act("/auth/login", login)["refreshToken"]
        thief = world.nobody.act("/auth/refresh", {"refreshToken": stolen})
        world.nobody.refused(401, "POST", "/auth/refresh", {"refreshToken": stolen})
        world.nobody.refused(401, "POST", "/auth/refresh", {"refreshToken": thief["refreshToken"]})
        world.clock.advance(timedelta(seconds=5))
        Caller(world.client, thief["accessToken"]).refused(401, "GET", "/auth/me")


class TestBruteForce:
    def test_one_account_from_everywhere_is_shut_after_ten(self, world):
        login = {"email": "dana@example.com", "password": WRONG}
        for number in range(10):
            spread = {
                "X-Forwarded-For": f"198.51.100.{number}",
                "X-Real-IP": f"198.51.100.{number}",
            }
            world.nobody.refused(401, "POST", "/auth/login", login, headers=spread)
        error = world.nobody.refused(429, "POST", "/auth/login", {**login, "password": PASSWORD})
        assert error["reason"] == "rate.limited"

    def test_many_accounts_from_one_address_are_shut_after_ten(self, world):
        """One password for everybody: what is guessed is the user."""
        for number in range(10):
            login = {"email": f"user{number}@example.com", "password": WRONG}
            world.nobody.refused(401, "POST", "/auth/login", login)
        spread = {"X-Forwarded-For": "198.51.100.77", "Forwarded": "for=198.51.100.77"}
        login = {"email": "dana@example.com", "password": PASSWORD}
        answer = world.nobody.send("POST", "/auth/login", login, headers=spread)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0

    def test_links_to_new_passwords_are_not_guessed_either(self, world):
        body = {"token": "a" * 60, "newPassword": "a staple under the rug"}
        statuses = [world.nobody.send("POST", "/auth/reset-password", body).status_code for _ in range(11)]  # fmt: skip
        assert statuses == [400] * 10 + [429]
