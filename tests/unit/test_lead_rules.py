"""What no route asks of leads: values that bodies never hold, and a race that is made to happen."""

from __future__ import annotations

from typing import Any

import pytest

from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_domain.access import Actor
from haitech_domain.change import Transition
from haitech_domain.errors import Duplicate, Invalid
from haitech_domain.lead import Enquiry, LeadStatus, amend, convert
from haitech_domain.ports import Unavailable
from haitech_domain.testing.builders import MADE, a_lead, an_id
from haitech_domain.use_cases import ReceiveLead

SYSTEM = Actor.system("test")


def test_a_lead_is_converted_exactly_where_it_names_its_student() -> None:
    """Domain.md §1: it becomes one."""
    for wrong in ({"status": "converted"}, {"student_id": an_id()}):
        with pytest.raises(Invalid) as refused:
            a_lead(**wrong)
        assert [problem.field for problem in refused.value.found] == ["student_id"]
    assert a_lead(status="converted", student_id=an_id()).status is LeadStatus.CONVERTED


def test_no_change_by_hand_converts_a_lead() -> None:
    """It would name no student."""
    with pytest.raises(Invalid) as refused:
        amend(a_lead(), at=MADE, status=LeadStatus.CONVERTED)
    assert refused.value.reason == "lead.status_by_verb"


def test_a_converted_lead_may_be_told_what_it_is() -> None:
    """The status that it has is no change; the other fields still are."""
    lead = a_lead(status="converted", student_id=an_id())
    assert amend(lead, at=MADE, status=LeadStatus.CONVERTED).is_empty
    assert amend(lead, at=MADE, source="fair").after.source == "fair"


@pytest.mark.parametrize("status", ["closed", "converted"])
def test_only_an_open_lead_is_converted(status: str) -> None:
    """The refusal says which ones are."""
    student = an_id() if status == "converted" else None
    with pytest.raises(Transition) as refused:
        convert(a_lead(status=status, student_id=student), an_id(), at=MADE)  # type: ignore[arg-type]  # an id of the builders
    assert refused.value.allowed == ("new", "contacted", "in_progress")


@pytest.mark.anyio
async def test_whoever_loses_a_race_with_an_office_is_told_to_come_again() -> None:
    """R-PPL-2: the customer was not there when it was looked for, and is when it is made."""

    class TakenMeanwhile(MemoryUnitOfWork):
        async def run(self, actor: Actor, work: Any) -> Any:
            await super().run(actor, work)
            raise Duplicate("customer", "phone")

    ids, clock = CountingIds(), FixedClock(MADE)
    receive = ReceiveLead(uow=TakenMeanwhile(ids, clock), clock=clock, ids=ids)
    with pytest.raises(Unavailable) as refused:
        await receive(actor=SYSTEM, enquiry=Enquiry(name="דנה", phone="0501234567"))  # type: ignore[arg-type]  # a writing
    assert refused.value.retry_after == 1
