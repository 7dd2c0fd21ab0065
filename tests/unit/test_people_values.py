"""R-PPL-1: phones and emails as types."""

from __future__ import annotations

import pytest

from haitech_domain.errors import BadValue
from haitech_domain.people import Email, Phone, phone_readings


@pytest.mark.parametrize(
    "written",
    [
        "0501234567",
        "050-123-4567",
        "050-1234567",
        "050 123 4567",
        "050.123.4567",
        "050/1234567",
        "(050) 1234567",
        "+972501234567",
        "+972 50 1234567",
        "+972-50-123-4567",
        "+972 (0)50 1234567",
        "00972501234567",
        "972501234567",
        "  0501234567\n",
        "\u200f050-123-4567\u200e",
        "\u202a+972501234567\u202c",
        "050\u2013123\u20114567",
        "050\u00a0123\u202f4567",
        "050\u05be1234567",
    ],
)
def test_an_israeli_number_in_any_usual_writing_is_one_number(written: str) -> None:
    """R-PPL-1: 050-123-4567, +972 50 1234567, 972501234567 become E.164."""
    assert str(Phone.of(written)) == "+972501234567"


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("03-123-4567", "+97231234567"),
        ("02 123 4567", "+97221234567"),
        ("+972 4 123 4567", "+97241234567"),
        ("08-1234567", "+97281234567"),
        ("09-1234567", "+97291234567"),
        ("077-123-4567", "+972771234567"),
        ("072-1234567", "+972721234567"),
        ("+1 (202) 555-0143", "+12025550143"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+6837012", "+6837012"),
        ("+123456789012345", "+123456789012345"),
    ],
)
def test_landlines_become_e164_and_foreign_e164_is_kept(written: str, e164: str) -> None:
    """R-PPL-1: foreign E.164 is kept."""
    assert Phone.of(written).e164 == e164
    assert Phone.of(e164) == Phone.of(Phone.of(written))


@pytest.mark.parametrize(
    "junk",
    [
        "",
        "   ",
        "050",
        "050123456",
        "05012345678",
        "501234567",
        "0601234567",
        "01-1234567",
        "+972501234",
        "+97250123456789",
        "+9720501234",
        "00972123",
        "972123",
        "97250123456",
        "00442079460958",
        "442079460958",
        "+0501234567",
        "+123456",
        "+1234567890123456",
        "050-123-456a",
        "+",
        "++972501234567",
        "0501234567 ext 5",
        "050123+4567",
        "٠٥٠١٢٣٤٥٦٧",
        "*6050",
        None,
        501234567,
        b"0501234567",
    ],
)
def test_anything_else_is_no_phone(junk: object) -> None:
    """R-PPL-1: anything else is refused."""
    with pytest.raises(BadValue) as refused:
        Phone.of(junk)
    assert refused.value.reason == "phone.invalid"
    assert refused.value.message == "not an Israeli or E.164 number"


@pytest.mark.parametrize("given", ["0501234567", "+972 501234567", "+9720501234567", "x"])
def test_a_phone_holds_nothing_but_the_canonical_form(given: str) -> None:
    """R-PPL-1: whoever holds one holds a usable one."""
    with pytest.raises(BadValue, match=r"^not an Israeli or E\.164 number$"):
        Phone(given)
    assert Phone("+972501234567") == Phone.of("050-1234567")


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("050-123-4567", ("972501234567",)),
        ("+1 202 555 0143", ("12025550143",)),
        ("050-123", ("97250123", "050123")),
        ("0639802", ("972639802", "0639802")),
        ("00972 50", ("97250",)),
        ("1234567", ("1234567",)),
        ("+97250", ("97250",)),
        ("972", ("972",)),
        ("050", ("97250", "050")),
        ("05", ()),
        ("Dana", ()),
        ("", ()),
        ("+12", ()),
    ],
)
def test_a_search_finds_phones_by_any_part_in_any_writing(
    text: str, readings: tuple[str, ...]
) -> None:
    """R-PPL-1: a whole number matches by its digits, a part by what the stored form shows."""
    assert phone_readings(text) == readings


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("  Dana@Example.COM ", "dana@example.com"),
        ("dana.levi+school@mail.example.co.il", "dana.levi+school@mail.example.co.il"),
        (f"{'a' * 64}@b.il", f"{'a' * 64}@b.il"),
    ],
)
def test_emails_are_trimmed_and_lower_cased(given: str, address: str) -> None:
    """R-PPL-1."""
    email = Email.of(given)
    assert (str(email), email.address) == (address, address)
    assert Email.of(email) is email


@pytest.mark.parametrize(
    "junk",
    [
        "",
        "dana",
        "dana@",
        "@example.com",
        "dana@example",
        "dana@@example.com",
        "da na@example.com",
        "dana@exa mple.com",
        "dana@-example.com",
        "dana@example-.com",
        "dana@example..com",
        "dana@example.com\n.evil",
        "דנה@example.com",
        f"{'a' * 65}@b.il",
        f"dana@{'a' * 64}.il",
        f"dana@{'a.' * 130}il",
        None,
        5,
    ],
)
def test_what_is_no_email_is_refused(junk: object) -> None:
    """R-PPL-1."""
    with pytest.raises(BadValue, match=r"^not an email address$") as refused:
        Email.of(junk)
    assert refused.value.reason == "email.invalid"


def test_an_email_holds_nothing_but_the_canonical_form() -> None:
    """R-PPL-1: upper case and blanks never get in by the side door."""
    for given in ("Dana@example.com", " dana@example.com"):
        with pytest.raises(BadValue):
            Email(given)


def test_the_longest_email_has_254_characters() -> None:
    """R-PPL-1: as mail itself allows."""
    domain = ".".join(["a" * 61] * 3)
    longest = f"{'b' * 64}@{domain}.il"
    assert len(longest) == 253
    assert str(Email.of(longest)) == longest
    assert len(str(Email.of(longest.replace(".il", ".com")))) == 254
    with pytest.raises(BadValue):
        Email.of(longest.replace(".il", ".info"))
