"""What a process counts."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from prometheus_client import generate_latest

from haitech_adapters.metrics import Counted
from haitech_domain.ids import CycleId, PaymentId, RegistrationId, StudentId
from haitech_domain.money import Money
from haitech_domain.registration import PaymentStatus, RegistrationPaid

AT = datetime(2026, 1, 1, tzinfo=UTC)


def value(counted, name, **labels):
    return counted.registry.get_sample_value(name, labels)


def paid(amount):
    return RegistrationPaid(
        at=AT,
        registration_id=RegistrationId(UUID(int=1)),
        student_id=StudentId(UUID(int=3)),
        cycle_id=CycleId(UUID(int=4)),
        payment_id=PaymentId(UUID(int=2)),
        amount=Money.of(amount),
        payment_method=None,
        paid_amount=Money.of(amount),
        balance=None,
        payment_status=PaymentStatus.PARTIAL,
    )


def test_money_that_came_in_is_added_to_the_agora():
    counted = Counted()
    counted.happened([paid("450.10"), paid("0.05")])
    assert value(counted, "haitech_paid_agorot_total") == 45_015
    assert value(counted, "haitech_events_total", type="registration.paid") == 2
    assert value(counted, "haitech_events_total", type="lead.received") == 0


def test_a_request_that_ended_is_no_longer_in_flight():
    counted = Counted()
    counted.began()
    counted.began()
    counted.answered(method="GET", route=None, status=499, seconds=1)
    assert value(counted, "http_server_active_requests") == 1


def test_how_sealing_goes_is_told():
    counted = Counted()
    assert value(counted, "haitech_audit_sealing_ok") == 1
    counted.not_sealed(broken=False)
    assert value(counted, "haitech_audit_sealing_ok") == 0
    assert value(counted, "haitech_audit_seals_broken") == 0
    counted.not_sealed(broken=True)
    assert value(counted, "haitech_audit_seals_broken") == 1
    counted.sealed(AT.timestamp())
    assert value(counted, "haitech_audit_sealing_ok") == 1
    assert value(counted, "haitech_audit_seals_broken") == 0
    assert value(counted, "haitech_audit_sealed_timestamp_seconds") == AT.timestamp()


def test_the_version_is_told():
    assert b'haitech_build_info{version="1.2"} 1.0' in generate_latest(
        Counted(version="1.2").registry
    )
