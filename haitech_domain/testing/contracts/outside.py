"""What mail, couriers and counts of attempts promise."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from haitech_domain.ids import DeliveryId
from haitech_domain.people import Email
from haitech_domain.ports import (
    Attempts,
    Courier,
    Mail,
    Mailer,
    Parcel,
    Rate,
    RateLimits,
    RefusedTarget,
    TooManyAttempts,
)
from haitech_domain.testing.builders import an_id
from haitech_domain.testing.contracts.promises import must_be, refused
from haitech_domain.testing.contracts.world import Contract

MINUTE: Final = Rate("minute", 3, 60)
HOUR: Final = Rate("hour", 5, 3_600)


class MailerContract(Contract):
    """Letters. Beside it a fixture `mailer`, which somebody takes letters from."""

    async def test_takes_a_letter_in_any_script(self, mailer: Mailer) -> None:
        """And says beforehand that it would."""
        mailer.must_be_set()
        await mailer.send(
            Mail(to=Email("dana@example.com"), subject="שלום Dana", text="שורה\nline")
        )


class CourierContract(Contract):
    """Events on their way to a target.

    Beside it fixtures `courier`, `target` (an address that answers 2xx) and `refused_target` (one
    that nothing is sent to).
    """

    async def test_refuses_where_nothing_is_sent(
        self, courier: Courier, target: str, refused_target: str
    ) -> None:
        """Before anything is kept."""
        await courier.check(target)
        with refused(RefusedTarget, "nothing is sent to a private address"):
            await courier.check(refused_target)

    async def test_says_what_the_target_answered(self, courier: Courier, target: str) -> None:
        """A status, and how long it took."""
        parcel = Parcel(
            url=target,
            headers={},
            delivery=DeliveryId(an_id()),
            event_name="evt_1",
            event_type="webhook.test",
            content={"type": "webhook.test"},
            secret="a secret of forty characters, as ours are",  # noqa: S106  # nobody's
        )
        receipt = await courier.carry(parcel, at=datetime(2026, 3, 1, tzinfo=UTC))
        assert 200 <= (receipt.response_status or 0) < 300, "the target's own status is told"
        assert receipt.took_ms >= 0, "so is how long it took, in milliseconds"
        must_be(receipt.error, None, "what was answered is no error")


class AttemptsContract(Contract):
    """Failures counted. Beside it fixtures `attempts` and `allowed`, how many it lets pass."""

    async def test_whoever_has_used_up_what_is_allowed_waits(
        self, attempts: Attempts, allowed: int
    ) -> None:
        """And nobody else."""
        for _ in range(allowed):
            await attempts.check("login:a")
            await attempts.failed("login:a")
        with refused(TooManyAttempts, f"after {allowed} failures one waits") as caught:
            await attempts.check("login:a")
        assert caught.value.retry_after >= 1, "it is said for how long, in whole seconds"
        with refused(TooManyAttempts, "one of several subjects is enough"):
            await attempts.check("login:b", "login:a")
        await attempts.check("login:b")


class RateLimitsContract(Contract):
    """What was done, counted against rates. Beside it a fixture `rates`."""

    async def test_so_many_are_allowed_and_no_more(self, rates: RateLimits) -> None:
        """Within a minute, for each subject."""
        for left in (2, 1, 0):
            verdict = await rates.spend("a", [MINUTE])
            must_be(verdict.retry_after, None, "what a rate allows is allowed")
            must_be(verdict.tightest.remaining, left, "it is said how many are left")
        waits = (await rates.spend("a", [MINUTE])).retry_after
        assert waits is not None, "one more than a rate allows waits"
        assert 1 <= waits <= MINUTE.seconds, "and is told for how many seconds"
        must_be((await rates.spend("b", [MINUTE])).retry_after, None, "others do not wait")

    async def test_what_is_refused_costs_nothing(self, rates: RateLimits) -> None:
        """Whoever hammers against the minute does not use up the hour."""
        for _ in range(MINUTE.most + 3):
            await rates.spend("a", [MINUTE, HOUR])
        verdict = await rates.spend("a", [MINUTE, HOUR])
        left = {standing.rate.name: standing.remaining for standing in verdict.standings}
        must_be(left, {"minute": 0, "hour": HOUR.most - MINUTE.most}, "a refusal costs nothing")
