"""The example receivers of docs/integrations, as people copy them, against what is sent."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from haitech_adapters.webhooks import signed
from haitech_domain.webhook import whsec
from tests.webhooks.targets import CONTENT, EVENT, OLD_SECRET, SECRET, courier, now, parcel

pytestmark = pytest.mark.anyio
RECEIVERS = Path(__file__).parents[2] / "docs" / "integrations"
NODE_MODULES = "HAITECH_TEST_NODE_MODULES"
"""Names a folder in which npm has installed `standardwebhooks`, as `.ci/run` does."""


def node():
    found = shutil.which("node")
    if found is None:
        pytest.skip("the program node is not here")
    return found


@contextmanager
def running(kind, secret, *, folder=RECEIVERS):
    """A receiver as a program of its own; its address, and what it has printed since."""
    program = sys.executable if kind == "receiver.py" else node()
    with subprocess.Popen(
        [program, str(folder / kind), "0"],
        env={**os.environ, "HAITECH_WEBHOOK_SECRET": secret, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1], process
        finally:
            process.terminate()


@pytest.fixture(scope="module", params=["receiver.py", "receiver.mjs"])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def receiver(kind):
    """One that knows our secret in its first writing."""
    with running(kind, SECRET) as (url, process):
        yield url, process


async def given(url, *, at=None, **changes):
    """What a receiver answers to what the courier brings."""
    async with courier("127.0.0.1") as carrier:
        return await carrier.carry(parcel(url, **changes), at=at or now())


def posted(url, letter, *, without="nothing", **changed):
    """Send it by hand, with some of its headers left out or changed."""
    headers = {
        name: changed.get(name.lower().replace("-", "_"), value)
        for name, value in letter.headers.items()
        if not name.lower().startswith(without)
    }
    return httpx.post(url, content=letter.body, headers=headers, timeout=10)


def event(number):
    """Another event, for each receiver has its memory."""
    name = f"evt_{number:032x}"
    return {"event_name": name, "content": {**CONTENT, "id": name}}


async def test_a_receiver_takes_what_is_sent_and_does_it_once(receiver):
    """Repeats are answered alike, so that they end; what it prints is what it does."""
    url, process = receiver
    for _ in range(3):
        receipt = await given(url, **event(1))
        assert (receipt.response_status, receipt.error) == (204, None)
    assert (await given(url, **event(2))).response_status == 204
    first, then = process.stdout.readline(), process.stdout.readline()
    assert f"evt_{1:032x} meeting.completed" in first
    assert "רובוטיקה" in first
    assert f"evt_{2:032x} meeting.completed" in then


@pytest.mark.parametrize(
    "without", ["webhook-", "x-webhook-"], ids=["ours alone", "the standard alone"]
)
def test_a_receiver_verifies_by_either_family(receiver, without):
    url, _ = receiver
    letter = signed(parcel(url, **event(3)), at=now())
    assert posted(url, letter, without=without).status_code == 204


async def test_a_receiver_refuses_what_was_signed_at_another_time(receiver):
    """Old ones, which somebody may have kept, and those of a clock that is ahead."""
    url, _ = receiver
    for minutes in (-6, 6):
        moment = now() + timedelta(minutes=minutes)
        receipt = await given(url, at=moment, **event(4))
        assert (receipt.response_status, receipt.answer) == (401, "signed at another time")
        letter = signed(parcel(url, **event(4)), at=moment)
        assert posted(url, letter, without="webhook-").status_code == 401
        fresh = str(int(now().timestamp()))
        forged = posted(url, letter, webhook_timestamp=fresh)
        assert (forged.status_code, forged.text) == (401, "no signature by our secret")


@pytest.mark.parametrize("moment", ["", "soon", "1e9", "٣", "-1"])
def test_a_receiver_refuses_a_time_that_is_none(receiver, moment):
    url, _ = receiver
    letter = signed(parcel(url, **event(5)), at=now())
    headers = {"x_webhook_timestamp": moment.encode()}
    assert posted(url, letter, without="webhook-", **headers).status_code == 401


def test_a_receiver_refuses_what_was_changed_on_the_way(receiver):
    url, _ = receiver
    letter = signed(parcel(url, **event(6)), at=now())
    for without in ("webhook-", "x-webhook-"):
        headers = {k: v for k, v in letter.headers.items() if not k.lower().startswith(without)}
        body = letter.body.replace(b"1250.50", b"9250.50")
        refused = httpx.post(url, content=body, headers=headers, timeout=10)
        assert (refused.status_code, refused.text) == (401, "no signature by our secret")
    assert posted(url, letter, webhook_id=f"evt_{7:032x}").status_code == 401
    assert httpx.post(url, content=letter.body, timeout=10).status_code == 401


async def test_a_receiver_refuses_what_another_secret_signed(receiver):
    url, _ = receiver
    assert (await given(url, secret="x" * 40)).response_status == 401


@pytest.mark.parametrize(
    "signature", ["", "v1", "v1,", "v2,AAAA", "v1,é".encode().decode("latin-1"), ", ,", "sha256="]
)
def test_a_receiver_refuses_signatures_that_are_none(receiver, signature):
    url, _ = receiver
    letter = signed(parcel(url, **event(8)), at=now())
    mangled = signature.encode("latin-1")
    assert posted(url, letter, webhook_signature=mangled).status_code == 401
    refused = posted(url, letter, without="webhook-", x_webhook_signature=mangled)
    assert refused.status_code == 401


async def test_a_receiver_is_served_through_a_rotation_with_either_secret(receiver, kind):
    """For a day both sign: whoever has not changed it yet, and whoever has, in either writing."""
    url, _ = receiver
    as_old = {"secret": "y" * 40, "previous_secret": SECRET}
    as_new = {"secret": SECRET, "previous_secret": OLD_SECRET}
    for number, secrets in ((9, as_old), (10, as_new)):
        assert (await given(url, **event(number), **secrets)).response_status == 204
        letter = signed(parcel(url, **event(number), **secrets), at=now())
        assert posted(url, letter, without="webhook-").status_code == 204
    with running(kind, whsec(SECRET)) as (other, _):
        assert (await given(other, **event(11))).response_status == 204


async def test_a_receiver_listens_also_if_started_through_a_link(kind, tmp_path):
    """As where a release is a folder to which a link leads."""
    (tmp_path / "current").symlink_to(RECEIVERS, target_is_directory=True)
    with running(kind, SECRET, folder=tmp_path / "current") as (url, _):
        assert (await given(url, **event(12))).response_status == 204


async def test_a_receiver_takes_no_more_than_it_can_hold(receiver):
    url, _ = receiver
    long = {**CONTENT, "data": {"text": "x" * (1024 * 1024)}}
    receipt = await given(url, content=long)
    assert receipt.response_status in {413, None}, "it may hang up before all of it is sent"


CHECK = """
const { Webhook } = require("standardwebhooks");
const { createHmac } = require("node:crypto");
const { body, headers, secrets, text } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const ids = secrets.map((secret) => new Webhook(secret).verify(body, headers).id);
let refused = false;
try { new Webhook(secrets[0]).verify(body.replace("1250.50", "9250.50"), headers); }
catch { refused = true; }
const n8n = createHmac("sha256", text).update(body).digest("hex");
console.log(JSON.stringify({ ids, refused, n8n }));
"""


def test_the_published_package_for_node_accepts_what_is_sent():
    """npm's `standardwebhooks`; and what n8n's Crypto node computes there."""
    modules = os.environ.get(NODE_MODULES)
    program = node()
    if not modules:
        pytest.skip(f"npm's package standardwebhooks is not here ({NODE_MODULES} names no folder)")
    letter = signed(parcel("https://x.example/", previous_secret=OLD_SECRET), at=now())
    checked = subprocess.run(
        [program, "-e", CHECK],
        cwd=modules,
        input=json.dumps(
            {
                "body": letter.body.decode(),
                "headers": dict(letter.headers),
                "secrets": [whsec(SECRET), whsec(OLD_SECRET)],
                "text": OLD_SECRET,
            }
        ),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert json.loads(checked.stdout) == {
        "ids": [EVENT, EVENT],
        "refused": True,
        "n8n": letter.headers["X-Webhook-Signature"].removeprefix("sha256="),
    }
