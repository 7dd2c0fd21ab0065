"""Names, free text, phones and emails, valid and not."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from haitech_domain.people import Email, Phone
from haitech_domain.testing.strategies.once import made_once

HEBREW: Final = "אבגדהוזחטיכלמנסעפצקרשתםןךףץ"
_LATIN: Final = "abcdefghijklmnopqrstuvwxyz"
_DIGITS: Final = "0123456789"
_LONGEST: Final = 200


@made_once
def hebrew_words() -> st.SearchStrategy[str]:
    """One word of Hebrew letters."""
    return st.text(HEBREW, min_size=1, max_size=12)


@made_once
def hebrew_names() -> st.SearchStrategy[str]:
    """One to three Hebrew words, with the marks that names have («ז׳בוטינסקי», «בן־דוד»)."""
    word = hebrew_words() | st.builds(
        "".join, st.tuples(hebrew_words(), st.sampled_from("׳״־'-"), hebrew_words())
    )
    return st.lists(word, min_size=1, max_size=3).map(" ".join)


@made_once
def latin_names() -> st.SearchStrategy[str]:
    """One or two words of Latin letters, the first letter a capital."""
    word = st.text(_LATIN, min_size=1, max_size=12).map(str.capitalize)
    return st.lists(word, min_size=1, max_size=2).map(" ".join)


@made_once
def texts(most: int = _LONGEST, *, lines: bool = False) -> st.SearchStrategy[str]:
    """Any text that `fields.Text(most)` takes: every script and symbol, no control characters.

    It begins with a letter, so it is never blank; `lines` lets it have line breaks and tabs.
    """
    overrides = "" if lines else "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    anything = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=overrides)
    inner = anything | st.sampled_from("\n\r\t") if lines else anything
    rest = st.text(inner, max_size=min(most, _LONGEST) - 1)
    return st.builds("".join, st.tuples(st.sampled_from(_LATIN + HEBREW), rest))


@made_once
def web_addresses() -> st.SearchStrategy[str]:
    """Addresses that `fields.Url` takes."""
    hosts = st.text(_LATIN + _DIGITS, min_size=1, max_size=20)
    return st.builds("{}://{}.example/{}".format, st.sampled_from(["https", "http"]), hosts, hosts)


@made_once
def names(most: int = _LONGEST) -> st.SearchStrategy[str]:
    """Names as people write them: Hebrew, Latin, mixed, and now and then anything at all."""
    mixed = st.builds(" ".join, st.tuples(hebrew_words(), st.sampled_from(["AI", "3D", "Python"])))
    # one word comes first, because that is what a failing example should shrink to
    plain = (hebrew_words() | hebrew_names() | latin_names() | mixed).map(
        lambda name: name[:most].rstrip()
    )
    return plain | texts(most)


@made_once
def blanks() -> st.SearchStrategy[str]:
    """Text that no name may be: nothing, or nothing but spaces and invisible marks."""
    return st.text(" \u00a0\u2003\u200b\u200f", max_size=5)


# ── phones ──────────────────────────────────────────────────────────────────────────────────


@made_once
def israeli_numbers() -> st.SearchStrategy[str]:
    """The digits of Israeli numbers after the trunk zero: mobile, VoIP and land lines."""

    def number(prefix: str, length: int) -> st.SearchStrategy[str]:
        digits = st.text(_DIGITS, min_size=length, max_size=length)
        return digits.map(lambda rest: prefix + rest)

    return st.one_of(
        number("5", 8), number("7", 8), *[number(area, 7) for area in ("2", "3", "4", "8", "9")]
    )


@made_once
def foreign_numbers() -> st.SearchStrategy[str]:
    """E.164 numbers of other countries, as they are kept."""
    code = st.sampled_from(["+1", "+44", "+33", "+49", "+7", "+380", "+86"])
    digits = st.text(_DIGITS, min_size=6, max_size=12)
    return st.builds("".join, st.tuples(code, digits))


@made_once
def phones() -> st.SearchStrategy[Phone]:
    """Phones, most of them Israeli."""
    israeli = israeli_numbers().map(lambda number: Phone(f"+972{number}"))
    return israeli | israeli | foreign_numbers().map(Phone)


@st.composite
def phone_writings(draw: st.DrawFn) -> tuple[str, Phone]:
    """A way in which somebody writes a number, and the phone that it means (R-PPL-1)."""
    number = draw(israeli_numbers())
    area = 2 if len(number) > 8 else 1
    head, middle, tail = number[:area], number[area : area + 3], number[area + 3 :]
    gap = draw(st.sampled_from(["-", " ", "", ".", "\u00a0", "־", " - ", "\u200e-"]))
    body = draw(st.sampled_from([gap.join((head, middle, tail)), f"{head}{gap}{middle}{tail}"]))
    prefix = draw(
        st.sampled_from(["0", "+972", "+972 ", "+972-", "972", "00972", "+972 (0)", "\u200e+972 "])
    )
    around = draw(st.sampled_from(["", " ", "\u202a", "\u200f"]))
    return f"{around}{prefix}{body}{around}", Phone(f"+972{number}")


@made_once
def invalid_phones() -> st.SearchStrategy[str]:
    """What is no phone: too short, too long, letters, foreign without its plus."""
    return st.one_of(
        st.just(""),
        st.text(_LATIN + HEBREW, min_size=1, max_size=12),
        israeli_numbers().map(lambda number: f"0{number}0"),
        israeli_numbers().map(lambda number: f"+972{number}x"),
        st.text(_DIGITS, min_size=1, max_size=5),
        st.text(_DIGITS, min_size=16, max_size=20).map(lambda digits: f"+1{digits}"),
        st.text(_DIGITS, min_size=6, max_size=10).map(lambda digits: f"44{digits}"),
    )


# ── emails ──────────────────────────────────────────────────────────────────────────────────


@made_once
def emails() -> st.SearchStrategy[Email]:
    """Addresses as they are kept."""
    local = st.text(_LATIN + _DIGITS + "._+-", min_size=1, max_size=20)
    label = st.text(_LATIN + _DIGITS, min_size=1, max_size=12)
    ending = st.sampled_from(["com", "co.il", "org.il", "gov"])
    return st.builds(lambda a, b, c: Email(f"{a}@{b}.{c}"), local, label, ending)


@made_once
def email_writings() -> st.SearchStrategy[tuple[str, Email]]:
    """A way in which somebody writes an address, and the email that it means."""
    dressed = st.sampled_from([str, str.upper, str.title, lambda text: f"  {text}\t"])
    return st.builds(lambda email, dress: (dress(email.address), email), emails(), dressed)


@made_once
def invalid_emails() -> st.SearchStrategy[str]:
    """What is no address."""
    word = st.text(_LATIN, max_size=8)
    return st.one_of(
        word,
        word.map(lambda text: f"@{text}.com"),
        word.map(lambda text: f"{text}@"),
        word.map(lambda text: f"a{text} x@example.com"),
        word.map(lambda text: f"{text}@example"),
        st.just("דנה@example.com"),
    )
