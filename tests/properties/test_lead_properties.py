"""R-PPL-2 as properties: whatever comes in, nothing is overwritten and nobody is there twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, Final

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.customer import Customer
from haitech_domain.entity import Entity
from haitech_domain.lead import Enquiry, Lead, LeadStatus, Reception, amend, receive
from haitech_domain.ports import Query
from haitech_domain.testing.builders import (
    MADE,
    a_customer,
    a_lead,
    a_lead_note,
    an_id,
    gone,
)
from haitech_domain.use_cases import ReceiveLead

KEY: Final = Actor.system("the website")
PHONES: Final = ("050-1234567", "+972 50 123 4567", "972501234567", "03-5551234")
EMAILS: Final = ("a@x.example", " A@X.example", "b@x.example", None)
ENQUIRIES: Final = st.builds(
    Enquiry,
    name=st.sampled_from(["דנה", "רות"]),
    phone=st.sampled_from(PHONES),
    email=st.sampled_from(EMAILS),
    course=st.sampled_from(["AI", None]),
    message=st.sampled_from(["שלום", None]),
    child_name=st.sampled_from(["נועם", None]),
)
NUMBERS: Final = st.integers(0, 3)
ACTS: Final = st.lists(
    st.one_of(
        ENQUIRIES,
        st.tuples(st.just("wait"), st.sampled_from([1, 15, 31])),
        st.tuples(st.just("close"), NUMBERS),
        st.tuples(st.just("change"), NUMBERS),
        st.tuples(st.just("delete"), NUMBERS),
    ),
    max_size=12,
)
FILLED: Final = ("email", "course", "message", "source", "child_name")


class Office:
    """A store with its one use case, and what else an office does to customers and leads."""

    def __init__(self) -> None:
        self.clock, ids = FixedClock(MADE), CountingIds()
        self.uow = MemoryUnitOfWork(ids, self.clock)
        self.receive = ReceiveLead(uow=self.uow, clock=self.clock, ids=ids)

    async def all_of(self, kind: str) -> dict[Any, Any]:
        found = await self.uow.read(lambda tx: getattr(tx, kind).page(Query(limit=100)))
        return {row.id: row for row in found.items}

    async def save(self, kind: str, *changes: Change[Any]) -> None:
        await self.uow.run(KEY, lambda tx: getattr(tx, kind).save(*changes))

    async def act(self, act: Any) -> None:
        what, n = act
        at = self.clock.now()
        if what == "wait":
            self.clock.advance(timedelta(days=n))
            return
        kind = "leads" if what == "close" else "customers"
        rows = list((await self.all_of(kind)).values())
        if n >= len(rows):
            return
        row = rows[n]
        if what == "close":
            await self.save(kind, amend(row, at=at, status=LeadStatus.CLOSED))
        elif what == "change":
            await self.save(kind, Change.updated(row, row.changed(at, email=None)))
        else:
            await self.save(kind, Change.updated(row, gone(row, at=at)))


def nothing_is_overwritten(before: dict[Any, Entity], after: dict[Any, Entity]) -> None:
    assert before.keys() <= after.keys()
    for id, row in before.items():
        now = after[id]
        for a in attrs.fields(type(row)):
            was = getattr(row, a.name)
            if a.name in FILLED and was is None:
                continue
            if a.name not in {"version", "updated_at", "received_at"}:
                assert getattr(now, a.name) == was, a.name


@settings(max_examples=60, deadline=None)
@given(ACTS)
def test_any_sequence_of_enquiries_overwrites_nothing_and_makes_nobody_twice(
    acts: list[Any],
) -> None:
    """One lead or one note each; customers by phone, then email; all of it told."""

    async def run() -> None:
        office = Office()
        for act in acts:
            if not isinstance(act, Enquiry):
                await office.act(act)
                continue
            kinds = ("customers", "leads", "lead_notes")
            before = {kind: await office.all_of(kind) for kind in kinds}
            done = await office.receive(actor=KEY, enquiry=act)
            after = {kind: await office.all_of(kind) for kind in kinds}
            for kind in kinds:
                nothing_is_overwritten(before[kind], after[kind])
            more = {kind: len(after[kind]) - len(before[kind]) for kind in kinds}
            assert more["leads"] + more["lead_notes"] == 1
            assert (more["leads"] == 1) is done.created
            assert more["customers"] <= more["leads"]
            people = list(after["customers"].values())
            assert len({c.phone for c in people}) == len(people)
            told = [e.type for e in office.uow.committed[-1].outbox]
            assert told.count("lead.received") == 1
            assert ("customer.created" in told) is (more["customers"] == 1)
            _its_customer(act, done, before["customers"].values())

    asyncio.run(run())


def _its_customer(enquiry: Enquiry, done: Reception, known: Any) -> None:
    customer = done.customer.after
    assert done.lead.after.customer_id == customer.id
    by_phone = [c for c in known if c.phone == enquiry.phone]
    by_email = [c for c in known if enquiry.email is not None and c.email == enquiry.email]
    if by_phone or by_email:
        assert customer.id == (by_phone or by_email)[0].id


def _received(enquiry: Enquiry, known: list[Customer], alike: list[Lead]) -> Reception:
    ids: Any = {"customer_id": an_id(), "lead_id": an_id()}
    return receive(enquiry, known=known, alike=alike, at=MADE, **ids)


def test_the_longest_enquiry_can_be_noted() -> None:
    """Everything it says is otherwise, and as long as may be."""
    long: Any = dict.fromkeys(("name", "course", "source", "child_name"), "x" * 200)
    email = f"{'a' * 60}@{'b' * 60}.example"
    enquiry = Enquiry(**long, phone="0501234567", email=email, message="x" * 5000)  # type: ignore[arg-type]  # writings
    customer = a_customer(phone="0501234567")
    known: Any = {"course": "a", "source": "b", "child_name": "c", "email": "d@x.example"}
    lead = a_lead(customer_id=customer.id, phone="0501234567", message="e", **known)
    text = _received(enquiry, [customer], [lead]).note
    assert text is not None
    assert text.count("x") == 5000 + 4 * 200 + 1
    assert a_lead_note(text=text).text == text


def test_a_lead_by_phone_comes_before_one_by_email() -> None:
    """R-PPL-2."""
    customer = a_customer(phone="050-1234567", email="a@x.example")
    mine: dict[str, Any] = {"customer_id": customer.id}
    by_email = a_lead(**mine, email="a@x.example")
    by_phone = a_lead(**mine, phone="050-1234567")
    enquiry = Enquiry(name="דנה", phone="0501234567", email="a@x.example")  # type: ignore[arg-type]  # writings
    assert _received(enquiry, [customer], [by_email, by_phone]).lead.before == by_phone
