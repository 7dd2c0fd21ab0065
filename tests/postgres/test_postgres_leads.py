"""R-PPL-2 on PostgreSQL: equal leads at once make one customer and one lead."""

from __future__ import annotations

import asyncio

import pytest

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.errors import DomainError
from haitech_domain.lead import Enquiry
from haitech_domain.ports import Query, Unavailable
from haitech_domain.testing.builders import a_customer, a_lead
from haitech_domain.use_cases import (
    ConvertLead,
    ReceiveLead,
    RegisterStudent,
    School,
    StatedConversion,
)

pytestmark = pytest.mark.anyio

KEY = Actor.system("the website")
AT_ONCE = 8


@pytest.fixture
def receive(uow, clock, ids):
    return ReceiveLead(uow=uow, clock=clock, ids=ids)


@pytest.fixture
def convert(uow, clock, ids):
    joining = RegisterStudent(
        uow=uow, clock=clock, ids=ids, school=School(holidays=IsraeliSchoolCalendar())
    )
    return ConvertLead(uow=uow, clock=clock, ids=ids, register=joining)


def an_enquiry(**said):
    return Enquiry(**{"name": "דנה", "phone": "050-123-4567", **said})


async def counted(uow):
    kinds = ("customers", "leads", "lead_notes", "students")
    pages = [await uow.read(lambda tx, k=k: getattr(tx, k).page(Query())) for k in kinds]
    return dict(zip(kinds, (page.total for page in pages), strict=True))


@pytest.mark.parametrize("email", [None, "dana@example.com"])
async def test_equal_leads_at_once_are_one_lead_of_one_customer(uow, receive, email):
    done = await asyncio.gather(
        *(receive(actor=KEY, enquiry=an_enquiry(email=email)) for _ in range(AT_ONCE))
    )
    assert [one.created for one in done].count(True) == 1
    assert len({one.lead.after.id for one in done}) == 1
    found = await counted(uow)
    assert found == {"customers": 1, "leads": 1, "lead_notes": AT_ONCE - 1, "students": 0}


async def test_leads_that_share_phones_and_emails_at_once_wait_for_each_other(uow, receive):
    """Half have the phone in common, half the email, one has both: no deadlock, nobody twice."""
    said = [{"email": f"p{n}@example.com"} for n in range(3)]
    said += [{"phone": f"052-765432{n}", "email": "dana@example.com"} for n in range(3)]
    said += [{"email": "dana@example.com"}] * 2
    done = await asyncio.gather(
        *(receive(actor=KEY, enquiry=an_enquiry(**one)) for one in said), return_exceptions=True
    )
    assert not [one for one in done if isinstance(one, BaseException)]
    rows = (await uow.read(lambda tx: tx.customers.page(Query()))).items
    assert len({row.phone for row in rows}) == len(rows) <= 2
    found = await counted(uow)
    assert found["leads"] + found["lead_notes"] == len(said)


async def test_a_customer_made_by_hand_at_that_moment_is_there_when_one_comes_again(uow, receive):
    customer = a_customer(phone="050-123-4567")

    async def by_hand():
        await uow.run(KEY, lambda tx: tx.customers.save(Change.created(customer)))

    done = await asyncio.gather(
        by_hand(), receive(actor=KEY, enquiry=an_enquiry()), return_exceptions=True
    )
    refused = [one for one in done if isinstance(one, BaseException)]
    assert all(isinstance(one, DomainError) for one in refused)
    if isinstance(done[1], Unavailable):
        await receive(actor=KEY, enquiry=an_enquiry())
    assert (await counted(uow))["customers"] == 1


async def test_of_many_conversions_at_once_one_makes_the_student(uow, convert):
    customer = a_customer()
    lead = a_lead(customer_id=customer.id, child_name="נועם")
    await uow.run(KEY, lambda tx: tx.customers.save(Change.created(customer)))
    await uow.run(KEY, lambda tx: tx.leads.save(Change.created(lead)))
    done = await asyncio.gather(
        *(convert(actor=KEY, lead_id=lead.id, stated=StatedConversion()) for _ in range(AT_ONCE)),
        return_exceptions=True,
    )
    refused = [one.reason for one in done if isinstance(one, DomainError)]
    assert refused == ["lead.cannot_convert"] * (AT_ONCE - 1)
    assert (await counted(uow))["students"] == 1
