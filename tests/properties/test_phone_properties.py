"""R-PPL-1 for all numbers and writings, with the `phonenumbers` package as a peer."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.errors import BadValue
from haitech_domain.people import Email, Phone, phone_readings

digits = st.text("0123456789", min_size=7, max_size=7)
areas = st.sampled_from(["2", "3", "4", "8", "9", *(f"5{n}" for n in range(10)), "72", "73", "77"])
nationals = st.tuples(areas, digits).map("".join)
separators = st.sampled_from(["", "-", " ", ".", "/", "\u00a0", "\u2011", "\u05be", "--", " - "])
marks = st.sampled_from(["", "", "\u200e", "\u200f", "\u202a", "\u202c", "\u2068", "\ufeff"])
prefixes = st.sampled_from(["0", "+972", "972", "00972", "+972(0)", "+972 ", "+972-0"])


@st.composite
def writings(draw: st.DrawFn, national: str) -> str:
    """One of the ways in which people write a number."""
    cuts = draw(st.sets(st.integers(1, len(national) - 1), max_size=3))
    body = "".join(
        (draw(separators) if at in cuts else "") + digit for at, digit in enumerate(national)
    )
    return f"{draw(marks)}{draw(prefixes)}{draw(separators)}{body}{draw(marks)}"


@given(nationals, st.data())
def test_any_writing_of_a_number_is_the_same_number(national: str, data: st.DataObject) -> None:
    """R-PPL-1: any usual writing becomes one E.164."""
    written = data.draw(writings(national))
    assert str(Phone.of(written)) == f"+972{national}"
    assert phone_readings(written) == (f"972{national}",)


@given(nationals, st.data())
def test_any_part_of_a_number_as_it_is_written_finds_it(national: str, data: st.DataObject) -> None:
    """R-PPL-1: wherever the part begins, also with a zero."""
    written = data.draw(st.sampled_from([f"0{national}", f"972{national}", f"+972{national}"]))
    begin = data.draw(st.integers(0, len(written) - 3))
    part = written[begin : data.draw(st.integers(begin + 3, len(written)))]
    if part.lstrip("+").isdigit() and len(part.lstrip("+")) >= 3:
        assert any(digits in f"972{national}" for digits in phone_readings(part))


@given(nationals)
def test_israeli_numbers_read_as_the_peer_reads_them(national: str) -> None:
    """R-PPL-1: `phonenumbers` makes the same E.164 of the same text."""
    for written in (f"0{national}", f"+972 {national}", f"00972{national}"):
        peer = phonenumbers.parse(written, "IL")
        e164 = phonenumbers.format_number(peer, phonenumbers.PhoneNumberFormat.E164)
        assert Phone.of(written).e164 == e164


KINDS = [
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.VOIP,
]


@given(st.text("23456789", min_size=1, max_size=2), digits)
def test_what_the_peer_calls_a_valid_subscriber_is_accepted(area: str, rest: str) -> None:
    """R-PPL-1: no valid Israeli mobile, landline or VoIP number is refused."""
    peer = phonenumbers.parse(f"+972{area}{rest}")
    if phonenumbers.number_type(peer) in KINDS:
        e164 = phonenumbers.format_number(peer, phonenumbers.PhoneNumberFormat.E164)
        assert Phone.of(f"+972{area}{rest}").e164 == e164


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_an_example_number_of_every_country_is_kept(region: str) -> None:
    """R-PPL-1: foreign E.164 is kept."""
    peer = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    peer = peer or phonenumbers.example_number(region)
    assert peer is not None
    e164 = phonenumbers.format_number(peer, phonenumbers.PhoneNumberFormat.E164)
    international = phonenumbers.format_number(peer, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    assert Phone.of(international).e164 == e164


@given(st.text(max_size=20))
def test_any_text_is_a_canonical_phone_or_refused(text: str) -> None:
    """R-PPL-1: anything else is refused, and reading is idempotent."""
    try:
        phone = Phone.of(text)
    except BadValue:
        return
    assert Phone.of(phone.e164) == phone == Phone(phone.e164)
    assert phone.e164[0] == "+"
    assert phone.e164[1:].isdecimal()
    assert phone.e164.isascii()
    assert 7 <= len(phone.e164) - 1 <= 15


@given(st.text("+0123456789- ", max_size=18))
def test_a_number_that_the_peer_thinks_impossible_in_israel_is_refused(text: str) -> None:
    """R-PPL-1: no Israeli number is made of digits that cannot be one."""
    try:
        phone = Phone.of(text)
    except BadValue:
        return
    if phone.e164.startswith("+972"):
        assert phonenumbers.is_possible_number(phonenumbers.parse(phone.e164))


@given(st.emails(), st.sampled_from(["", " ", "\t", "\n"]))
def test_an_email_reads_the_same_in_any_case(address: str, blank: str) -> None:
    """R-PPL-1: trimmed and lower-cased."""
    try:
        email = Email.of(address)
    except BadValue:
        return
    assert email == Email.of(blank + address.upper() + blank)
    assert str(email) == address.lower()
    assert Email(str(email)) == email
