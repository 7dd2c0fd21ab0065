"""The rules of webhooks: what is wanted, what is sent, and what follows from each try."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_adapters.memory.courier import MemoryVault
from haitech_domain.change import CATALOGUE
from haitech_domain.errors import BadValue, Invalid
from haitech_domain.ids import EventId
from haitech_domain.meeting import MeetingCompleted
from haitech_domain.money import Money
from haitech_domain.records import facts_of
from haitech_domain.registration import PaymentMethod, PaymentStatus, RegistrationPaid
from haitech_domain.testing.builders import a_delivery, a_webhook, an_id
from haitech_domain.webhook import (
    DELIVER,
    ERROR_KEPT,
    Attempt,
    DeliveryStatus,
    DeliveryWaits,
    Headers,
    Patterns,
    WebhookDisabled,
    WebhookIsSilent,
    after_try,
    again,
    families,
    given_up,
    is_ours,
    lane_of,
    matches,
    told,
    whsec,
)
from haitech_domain.webhook.catalogue import schema_of
from haitech_domain.webhook.catalogue import told as catalogue
from haitech_domain.webhook.envelope import StoredEvent, envelope, writings_of

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
types = st.sampled_from(sorted(CATALOGUE))
pauses = st.none() | st.timedeltas(timedelta(0), timedelta(days=30))
statuses = st.none() | st.integers(100, 599)


def a_try(number: int = 1, status: int | None = 500, **more: Any) -> Attempt:
    return Attempt(number=number, at=NOW, took_ms=7, response_status=status, **more)


# --- which events ---------------------------------------------------------------------------


@given(type_=types)
def test_a_pattern_is_all_a_family_or_one_type(type_: str) -> None:
    family = type_.partition(".")[0]
    assert all(matches(pattern, type_) for pattern in ("*", f"{family}.*", type_))
    others = {*CATALOGUE, *(f"{f}.*" for f in families())} - {type_, f"{family}.*"}
    assert not any(matches(pattern, type_) for pattern in others)
    assert a_webhook(events=("webhook.test", f"{family}.*")).wants(type_)
    assert not a_webhook(events=("webhook.test",)).wants(f"{type_}ed")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ((), "event.none"),
        (("meeting.exploded",), "event.unknown"),
        (("meeting.comp*",), "event.unknown"),
        (("*.created",), "event.unknown"),
        ((7,), "event.unknown"),
        (("*",) * 101, "value.out_of_range"),
    ],
)
def test_patterns_that_nothing_matches_are_refused(given: Any, reason: str) -> None:
    with pytest.raises(BadValue) as refused:
        Patterns()(given)
    assert refused.value.reason == reason


def test_a_pattern_said_twice_is_kept_once_in_its_order() -> None:
    assert Patterns()(("meeting.*", "*", "meeting.*")) == ("meeting.*", "*")


def test_all_that_is_unknown_is_named() -> None:
    with pytest.raises(BadValue, match=r"no event a\.b, c\.d; GET /webhooks/events"):
        Patterns()(("a.b", "*", "c.d"))


# --- headers of its own -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "content-length",
        "Content-Type",
        "Transfer-Encoding",
        "User-Agent",
        "X-Webhook-Signature",
        "x-webhook-anything",
        "Webhook-Id",
        "Proxy-Authorization",
        "CONNECTION",
        "X_Webhook_Signature",
        "webhook_id",
        "Content_Length",
    ],
)
def test_none_of_our_headers_is_overridden(name: str) -> None:
    assert is_ours(name)
    with pytest.raises(BadValue) as refused:
        Headers.of({name: "x"})
    assert refused.value.reason == "header.ours"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("Authorization: x", "value.wrong_type"),
        ({f"X-{n}": "x" for n in range(21)}, "value.out_of_range"),
        ({"X-A": "1", "x-a": "2"}, "value.twice"),
        ({"": "x"}, "header.name"),
        ({"X A": "x"}, "header.name"),
        ({"X-א": "x"}, "header.name"),
        ({"X-A\r\nX-Webhook-Id": "x"}, "header.name"),
        ({7: "x"}, "header.name"),
        ({"X-A": "x\r\nX-Webhook-Signature: forged"}, "header.value"),
        ({"X-A": "x\n"}, "header.value"),
        ({"X-A": "\0"}, "header.value"),
        ({"X-A": "שלום"}, "header.value"),
        ({"X-A": "x" * 1001}, "header.value"),
        ({"X-A": 7}, "header.value"),
    ],
)
def test_headers_that_http_could_not_carry_are_refused(given: Any, reason: str) -> None:
    with pytest.raises(BadValue) as refused:
        Headers.of(given)
    assert refused.value.reason == reason


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_is_taken_is_one_line_of_ascii(name: str, value: str) -> None:
    try:
        headers = Headers.of({name: value})
    except BadValue:
        return
    ((taken, said),) = headers.items()
    assert f"{taken}: {said}".isascii()
    assert not {"\r", "\n", "\0"} & set(taken + said)
    assert not is_ours(taken)


def test_headers_are_a_mapping_that_shows_nothing() -> None:
    headers = Headers.of({"X-B": " 2 ", "Authorization": "Bearer secret"})
    assert dict(headers) == {"Authorization": "Bearer secret", "X-B": "2"}
    assert (headers["X-B"], len(headers), Headers.of(headers)) == ("2", 2, headers)
    assert "secret" not in repr(headers)
    assert Headers.of({}) == Headers()


# --- what is sent ------------------------------------------------------------------------------


def paid(**more: Any) -> RegistrationPaid:
    facts = {
        "at": NOW,
        "registration_id": an_id(),
        "student_id": an_id(),
        "cycle_id": an_id(),
        "payment_id": an_id(),
        "amount": Money.of("0.10"),
        "payment_method": PaymentMethod.CASH,
        "paid_amount": Money.of("1250.50"),
        "balance": None,
        "payment_status": PaymentStatus.PARTIAL,
    }
    return RegistrationPaid(**{**facts, **more})


def stored(event: Any, **more: Any) -> StoredEvent:
    given = {"id": EventId(an_id()), "type": event.type, "at": event.at, "facts": facts_of(event)}
    return StoredEvent(**{**given, **more})


def test_the_envelope_says_what_happened_in_the_words_of_the_api() -> None:
    event = stored(paid())
    sent = envelope(event)
    assert list(sent) == ["id", "type", "timestamp", "data"]
    assert sent["id"] == event.name == f"evt_{event.id.hex}"
    assert sent["timestamp"] == "2026-11-25T12:00:00Z"
    assert list(sent["data"]) == [
        "registrationId", "studentId", "cycleId", "paymentId", "amount", "paymentMethod",
        "paidAmount", "balance", "paymentStatus",
    ]  # fmt: skip
    assert sent["data"]["paymentMethod"] == "cash"


@given(agorot=st.integers(-(10**12), 10**12))
def test_amounts_are_exact_numbers_with_two_places(agorot: int) -> None:
    encoder = msgspec.json.Encoder(decimal_format="number")
    text = encoder.encode(envelope(stored(paid(amount=Money(agorot))))["data"]).decode()
    read = json.loads(text, parse_float=str, parse_int=str)
    assert Decimal(read["amount"]) * 100 == agorot
    assert read["amount"].partition(".")[2] == f"{abs(agorot) % 100:02}"
    assert read["balance"] is None


def test_names_of_fields_are_those_of_the_wire() -> None:
    cls: Any = CATALOGUE["student.updated"]
    event = cls(at=NOW, student_id=an_id(), fields=("birth_date", "grade"))
    assert envelope(stored(event))["data"]["fields"] == ["birthDate", "grade"]


def test_what_is_known_no_more_comes_last_and_what_is_new_is_passed_over() -> None:
    event = stored(paid())
    facts = {**event.facts, "old_fact": 1, "an_older": "x"}
    del facts["payment_method"]
    data = envelope(StoredEvent(id=event.id, type=event.type, at=NOW, facts=facts))["data"]
    assert list(data)[-2:] == ["anOlder", "oldFact"]
    assert "paymentMethod" not in data


def test_a_type_that_there_is_no_more_is_sent_as_it_was_stored() -> None:
    event = StoredEvent(
        id=EventId(an_id()), type="meeting.exploded", at=NOW, facts={"b_c": "1.50", "a": 2}
    )
    assert envelope(event)["data"] == {"a": 2, "bC": "1.50"}


def test_amounts_and_times_are_written_otherwise_also_where_they_may_be_missing() -> None:
    assert writings_of(RegistrationPaid).keys() == {"amount", "paid_amount", "balance", "fields"}
    assert writings_of(MeetingCompleted).keys() == {
        "revenue", "instructor_payment", "employer_cost", "profit", "start_time", "end_time",
        "fields",
    }  # fmt: skip


def test_every_type_has_a_description_a_version_and_a_schema() -> None:
    found = {one.type: one for one in catalogue()}
    assert list(found) == sorted(CATALOGUE)
    for name, one in found.items():
        assert one.description, name
        assert one.version == 1
        assert one.schema["properties"]["type"] == {"const": name}
        data = one.schema["properties"]["data"]
        assert data["required"] == list(data["properties"])
    assert schema_of(RegistrationPaid)["properties"]["data"]["properties"]["balance"] == {
        "anyOf": [{"type": "number", "multipleOf": 0.01}, {"type": "null"}]
    }
    assert schema_of(CATALOGUE["student.updated"])["properties"]["data"]["properties"][
        "fields"
    ] == {"type": "array", "items": {"type": "string"}}


# --- what follows from a try ---------------------------------------------------------------------


def test_six_tries_by_the_schedule_and_then_it_is_dead() -> None:
    delivery, pauses_ = a_delivery(), []
    for number in range(1, 7):
        change = after_try(delivery, a_try(number), at=NOW)
        delivery = change.after
        assert (delivery.attempts, delivery.response_status) == (number, 500)
        if delivery.next_at is not None:
            pauses_.append(delivery.next_at - NOW)
            assert delivery.status is DeliveryStatus.PENDING
    assert [pause.total_seconds() / 60 for pause in pauses_] == [1, 5, 30, 120, 1440]
    assert (delivery.status, delivery.next_at) == (DeliveryStatus.DEAD, None)


@given(number=st.integers(1, 20), status=statuses, retry_after=pauses, last=st.booleans())
def test_a_try_leaves_a_delivery_delivered_due_or_dead(
    number: int, status: int | None, retry_after: timedelta | None, last: bool
) -> None:
    attempt = a_try(number, status, error=None if status else "no answer")
    after = after_try(a_delivery(), attempt, at=NOW, retry_after=retry_after, last=last).after
    assert (after.status is DeliveryStatus.DELIVERED) is attempt.succeeded
    assert (after.delivered_at == NOW) is attempt.succeeded
    assert (after.next_at is not None) is (after.status is DeliveryStatus.PENDING)
    if after.next_at is not None:
        assert not last
        assert number <= 5
        assert status != 410
        assert after.next_at <= NOW + DAY, "a day at most, whatever the target asks for"
        assert after.next_at >= NOW + min(retry_after or timedelta(0), DAY)
        assert after.next_at >= NOW + timedelta(minutes=1), "never sooner than by the schedule"
    assert after.error == attempt.error


@given(status=st.integers(100, 599))
def test_any_2xx_is_success_and_nothing_else(status: int) -> None:
    assert a_try(status=status).succeeded is (status // 100 == 2)
    assert not a_try(status=None, error="refused").succeeded


def test_410_ends_both_the_delivery_and_the_webhook() -> None:
    attempt = a_try(status=410)
    assert after_try(a_delivery(), attempt, at=NOW).after.status is DeliveryStatus.DEAD
    change = told(a_webhook(name="The accountant"), attempt, at=NOW)
    assert change.after.status == "disabled"
    assert "410" in (change.after.status_reason or "")
    (event,) = change.events
    assert isinstance(event, WebhookDisabled)
    assert (event.webhook_id, event.name) == (change.after.id, "The accountant")
    assert event.reason == change.after.status_reason


def test_a_webhook_fails_from_the_first_failure_until_a_success() -> None:
    webhook = a_webhook()
    failed = told(webhook, a_try(), at=NOW).after
    assert failed.failing_since == NOW
    still = told(failed, a_try(2), at=NOW + DAY)
    assert still.is_empty, "most tries write nothing"
    well = told(failed, a_try(3, 204), at=NOW + DAY).after
    assert (well.failing_since, well.status) == (None, "active")
    assert told(well, a_try(4, 200), at=NOW + DAY).is_empty


@given(st.timedeltas(timedelta(0), timedelta(days=10)))
def test_five_days_of_nothing_but_failures_disable_a_webhook(since: timedelta) -> None:
    change = told(a_webhook(failing_since=NOW), a_try(status=None), at=NOW + since)
    is_over = since >= timedelta(days=5)
    assert (change.after.status == "disabled") is is_over
    assert [event.type for event in change.events] == ["webhook.disabled"] * is_over
    if is_over:
        assert "2026-11-25" in (change.after.status_reason or "")
        assert change.after.failing_since is None


def test_what_is_disabled_stays_as_it_is() -> None:
    webhook = a_webhook(status="disabled")
    assert told(webhook, a_try(status=200), at=NOW).is_empty
    assert told(webhook, a_try(status=410), at=NOW).is_empty


@pytest.mark.parametrize("status", ["dead", "delivered"])
def test_what_is_over_can_be_sent_again_by_hand(status: str) -> None:
    delivery = a_delivery(status=status, attempts=6)
    after = again(delivery, a_webhook(), at=NOW).after
    assert (after.status, after.next_at, after.attempts) == (DeliveryStatus.PENDING, NOW, 6)


def test_what_waits_for_its_next_try_can_be_tried_now() -> None:
    waiting = a_delivery(attempts=5, next_at=NOW + timedelta(hours=24))
    after = again(waiting, a_webhook(), at=NOW).after
    assert (after.status, after.next_at, after.attempts) == (DeliveryStatus.PENDING, NOW, 5)
    with pytest.raises(DeliveryWaits):
        again(a_delivery(next_at=NOW), a_webhook(), at=NOW)


def test_what_waits_is_not_sent_by_hand_nor_anything_to_a_silent_webhook() -> None:
    with pytest.raises(DeliveryWaits):
        again(a_delivery(), a_webhook(), at=NOW)
    for status in ("paused", "disabled"):
        with pytest.raises(WebhookIsSilent, match=status):
            again(a_delivery(status="dead"), a_webhook(status=status), at=NOW)


def test_what_is_given_up_says_why_as_far_as_that_is_kept() -> None:
    change = given_up(a_delivery(), "x" * 600, at=NOW)
    assert (change.after.status, change.after.next_at) == (DeliveryStatus.DEAD, None)
    assert change.after.error == "x" * ERROR_KEPT


# --- the webhook ------------------------------------------------------------------------------


def test_both_secrets_sign_for_a_day_after_a_rotation() -> None:
    webhook = a_webhook(sealed_secret="old")
    assert webhook.secrets(NOW) == ("old", None)
    rotated = webhook.rotated("new", at=NOW)
    assert rotated.secrets(NOW) == ("new", "old")
    assert rotated.secrets(NOW + DAY - timedelta(microseconds=1)) == ("new", "old")
    assert rotated.secrets(NOW + DAY) == ("new", None)
    assert rotated.rotated("newer", at=NOW).secrets(NOW) == ("newer", "new")


def test_the_other_writing_of_a_secret_is_its_base64() -> None:
    assert whsec("a" * 40) == "whsec_" + base64.b64encode(b"a" * 40).decode()


@pytest.mark.parametrize(
    "url", ["ftp://hooks.example/x", "hooks.example", "https://a.example/" + "x" * 2000]
)
def test_an_address_is_one_of_the_web(url: str) -> None:
    with pytest.raises(Invalid):
        a_webhook(url=url)


def test_a_lane_is_a_webhooks_own() -> None:
    one = an_id()
    assert lane_of(one) == f"webhook {one}"
    assert DELIVER == "webhook.deliver"


def test_a_vault_opens_only_with_what_it_was_about() -> None:
    vault, about = MemoryVault(), an_id()
    assert vault.open(vault.seal("s", about=about), about=about) == "s"
    with pytest.raises(ValueError, match="not sealed about"):
        vault.open(vault.seal("s", about=about), about=an_id())
