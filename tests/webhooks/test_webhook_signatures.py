"""What a target gets: one body, and two families of signatures that others' verifiers accept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from haitech_adapters.webhooks import signed
from haitech_adapters.webhooks.signature import AGENT, canonical, ours, standard
from haitech_domain.webhook import whsec
from tests.webhooks.targets import AT, CONTENT, EVENT, OLD_SECRET, SECRET, parcel

URL = "https://target.example/hook"


def test_the_vector_of_the_standard_webhooks_spec():
    """Its published secret, id, time and payload give its published signature."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    id, body = "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert standard(key, id=id, timestamp=1614265330, body=body) == expected
    moment = datetime.fromtimestamp(1614265330, UTC)
    assert Webhook(secret).sign(id, moment, body.decode()) == expected


def test_the_body_is_compact_json_in_the_order_given_with_exact_amounts():
    """Amounts are numbers with their two places; Hebrew stays as it is."""
    body = canonical(CONTENT)
    assert body.decode() == (
        f'{{"id":"{EVENT}","type":"meeting.completed","timestamp":"2026-11-25T12:00:00Z",'
        '"data":{"meetingId":"m","topic":"רובוטיקה — מתקדמים","revenue":1250.50}}'
    )
    assert json.loads(body, parse_float=Decimal) == CONTENT
    assert canonical({"a": Decimal("1200.00"), "b": Decimal("-0.10")}) == b'{"a":1200.00,"b":-0.10}'


def test_both_families_sign_the_same_body_with_the_text_of_the_secret():
    found = signed(parcel(URL), at=AT)
    moment = str(int(AT.timestamp()))
    key = SECRET.encode()
    said = f"{EVENT}.{moment}.".encode() + found.body
    assert dict(found.headers) == {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "Accept-Encoding": "identity",
        "X-Webhook-Event": "meeting.completed",
        "X-Webhook-Delivery": "00000000-0000-0000-0000-000000000007",
        "X-Webhook-Timestamp": moment,
        "X-Webhook-Signature": "sha256=" + hmac.digest(key, found.body, "sha256").hex(),
        "webhook-id": EVENT,
        "webhook-timestamp": moment,
        "webhook-signature": "v1,"
        + base64.b64encode(hmac.digest(key, said, "sha256")).decode(),
    }  # fmt: skip
    assert AGENT.startswith("HaiTech-Webhooks/")


def test_each_try_has_the_same_body_and_id_and_its_own_time():
    """The id stays; the time of signing is new."""
    first = signed(parcel(URL), at=AT)
    later = signed(parcel(URL), at=AT + timedelta(minutes=5))
    assert first.body == later.body
    differing = {name for name in first.headers if first.headers[name] != later.headers[name]}
    assert differing == {"X-Webhook-Timestamp", "webhook-timestamp", "webhook-signature"}


def test_for_a_day_after_a_rotation_verifiers_of_either_secret_are_served():
    """Ours stays on the old secret, and the new one has a header of its own; the standard has both."""
    found = signed(parcel(URL, previous_secret=OLD_SECRET), at=AT)
    assert found.headers["X-Webhook-Signature"] == ours(OLD_SECRET.encode(), found.body)
    assert found.headers["X-Webhook-Signature-Next"] == ours(SECRET.encode(), found.body)
    both = found.headers["webhook-signature"].split(" ")
    assert both == [
        standard(key.encode(), id=EVENT, timestamp=int(AT.timestamp()), body=found.body)
        for key in (SECRET, OLD_SECRET)
    ]


def test_own_headers_are_added_and_none_takes_the_place_of_ours():
    """Also where somebody got past the rule that refuses them."""
    sly = {
        "X-WEBHOOK-SIGNATURE": "sha256=00",
        "Webhook-Id": "evt_other",
        "content-type": "text/plain",
        "User-agent": "other",
        "Host": "other.example",
        "Content-Length": "0",
        "Transfer-Encoding": "chunked",
    }
    wanted = {"Authorization": "Bearer x", "X-School": "haifa"}
    found = signed(parcel(URL, headers={**sly, **wanted}), at=AT).headers
    plain = signed(parcel(URL), at=AT).headers
    assert dict(found) == {**plain, **wanted}


@pytest.mark.parametrize("writing", [str, str.upper, str.lower])
def test_the_published_package_accepts_what_is_sent(writing):
    """PyPI's `standardwebhooks`, with the other writing of the secret; HTTP knows no case."""
    found = signed(parcel(URL), at=datetime.now(UTC))
    headers = {writing(name): value for name, value in found.headers.items()}
    assert Webhook(whsec(SECRET)).verify(found.body, headers)["id"] == EVENT


def test_the_published_package_accepts_either_secret_after_a_rotation_and_no_third():
    found = signed(parcel(URL, previous_secret=OLD_SECRET), at=datetime.now(UTC))
    for secret in (SECRET, OLD_SECRET):
        assert Webhook(whsec(secret)).verify(found.body, dict(found.headers))["id"] == EVENT
    for body in (found.body, found.body.replace(b"1250.50", b"9250.50")):
        stranger = Webhook(whsec(SECRET if body != found.body else "x" * 40))
        with pytest.raises(WebhookVerificationError):
            stranger.verify(body, dict(found.headers))


def test_the_crypto_node_of_n8n_comes_to_the_same_signature():
    """HMAC, SHA256, hexadecimal, over the raw body, with the secret as a text."""
    found = signed(parcel(URL), at=AT)
    computed = hmac.new(SECRET.encode("utf-8"), found.body, hashlib.sha256).hexdigest()
    assert found.headers["X-Webhook-Signature"] == f"sha256={computed}"


def test_neither_secrets_nor_what_is_told_stand_in_what_logs_show():
    found = signed(parcel(URL, previous_secret=OLD_SECRET), at=AT)
    shown = repr(found) + repr(parcel(URL, headers={"Authorization": "Bearer x"}))
    for private in (SECRET, OLD_SECRET, "Bearer", "רובוטיקה", "1250"):
        assert private not in shown
