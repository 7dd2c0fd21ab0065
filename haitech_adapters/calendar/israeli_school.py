"""The default no-teaching calendar, «israeli school» (R-SCHED-2).

Every occasion is a row of one table: a Hebrew date, how many days it lasts, and where it moves
when it meets a weekday it must not fall on. `pyluach` turns Hebrew dates into Gregorian ones;
the moves are written here, because it knows neither the modern days nor their laws.

A day is named after the civil date whose daytime it fills. Observances begin the evening before,
which is why the eves of the great festivals are rows of their own.
"""

from __future__ import annotations

from calendar import FRIDAY, MONDAY, SATURDAY, SUNDAY, THURSDAY
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import attrs

# pyluach ships neither stubs nor a py.typed marker; only `_ordinal` and `_month` touch it.
from pyluach.dates import HebrewDate  # type: ignore[import-untyped]
from pyluach.hebrewcal import Year  # type: ignore[import-untyped]

from haitech_domain.calendar import FIRST_DAY, LAST_DAY, CalendarOutOfRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

# Days are looked up by ordinal, because a `datetime` neither compares with a `date` nor hashes
# like the one it falls on: looked up as it is, it would pass for a teaching day.
_FIRST: Final = FIRST_DAY.toordinal()
_LAST: Final = LAST_DAY.toordinal()

# Month numbers as in the Torah and in pyluach: the year turns at Tishrei, the count at Nisan.
NISAN, IYAR, SIVAN, TAMMUZ, AV, ELUL = 1, 2, 3, 4, 5, 6
TISHREI, CHESHVAN, KISLEV, TEVET, SHVAT, ADAR = 7, 8, 9, 10, 11, 12

# The Hebrew year that begins in the autumn of a Gregorian year is greater by this much.
_HEBREW_MINUS_GREGORIAN: Final = 3761

_STAYS: Final[Mapping[int, int]] = MappingProxyType({})
_FAST_WAITS_FOR_SUNDAY: Final[Mapping[int, int]] = MappingProxyType({SATURDAY: 1})
_BACK_TO_THURSDAY: Final[Mapping[int, int]] = MappingProxyType({SATURDAY: -2})


@attrs.frozen
class _Occasion:
    """A yearly occasion: its Hebrew date, its length in days and its moves by weekday."""

    name: str
    month: int
    day: int
    days: int = attrs.field(default=1, kw_only=True)
    moves: Mapping[int, int] = attrs.field(default=_STAYS, kw_only=True)


_CLOSED: Final = (
    _Occasion("Rosh Hashana", TISHREI, 1, days=2),
    _Occasion("Yom Kippur eve", TISHREI, 9),
    _Occasion("Yom Kippur", TISHREI, 10),
    _Occasion("Sukkot eve", TISHREI, 14),
    _Occasion("Sukkot", TISHREI, 15, days=7),  # Chol HaMoed and Hoshana Rabba included
    _Occasion("Simchat Torah", TISHREI, 22),
    _Occasion("Purim", ADAR, 14),
    _Occasion("Pesach eve", NISAN, 14),
    _Occasion("Pesach", NISAN, 15, days=7),  # Chol HaMoed included
    # Independence Day Law 5709-1949, section 1(b), and the Memorial Day Law that ties the day
    # before to it. The move from Monday came in 2004; 5 Iyar was no Monday in 2000-2003, so one
    # table of moves is right for the whole range.
    _Occasion("Yom HaZikaron", IYAR, 4, moves={SUNDAY: 1, THURSDAY: -1, FRIDAY: -2}),
    _Occasion("Yom HaAtzmaut", IYAR, 5, moves={MONDAY: 1, FRIDAY: -1, SATURDAY: -2}),
    _Occasion("Shavuot eve", SIVAN, 5),
    _Occasion("Shavuot", SIVAN, 6),
    _Occasion("Rosh Hashana eve", ELUL, 29),  # the last day of the Hebrew year
)

_OPTIONAL: Final = (
    _Occasion("Fast of Gedaliah", TISHREI, 3, moves=_FAST_WAITS_FOR_SUNDAY),
    _Occasion("Sigd", CHESHVAN, 29, moves=_BACK_TO_THURSDAY),  # Sigd Law 5768-2008, section 1(a)
    _Occasion("Chanukah", KISLEV, 25, days=8),
    _Occasion("Tenth of Tevet", TEVET, 10),  # never on Shabbat; kept even on a Friday
    _Occasion("Tu BiShvat", SHVAT, 15),
    _Occasion("Fast of Esther", ADAR, 13, moves=_BACK_TO_THURSDAY),
    _Occasion("Shushan Purim", ADAR, 15),
    _Occasion("Lag BaOmer", IYAR, 18),
    _Occasion("Jerusalem Day", IYAR, 28),
    _Occasion("17 Tammuz", TAMMUZ, 17, moves=_FAST_WAITS_FOR_SUNDAY),
    _Occasion("Tisha BAv", AV, 9, moves=_FAST_WAITS_FOR_SUNDAY),
)

OPTIONAL_DAYS: Final[frozenset[str]] = frozenset(occasion.name for occasion in _OPTIONAL)
"""The occasions on which teaching goes on unless a setting closes them by name (R-SCHED-2)."""


def _known(names: Iterable[str]) -> frozenset[str]:
    """Return `names` as a set, refusing any that is not an optional day.

    :raises ValueError: for an unknown name, with the valid ones listed
    """
    # A lone string is an iterable of letters; asking for its letters would only confuse.
    asked = frozenset((names,) if isinstance(names, str) else names)
    if unknown := asked - OPTIONAL_DAYS:
        msg = (
            f"unknown optional days: {', '.join(sorted(unknown))}; "
            f"valid names: {', '.join(sorted(OPTIONAL_DAYS))}"
        )
        raise ValueError(msg)
    return asked


@attrs.frozen(kw_only=True)
class IsraeliSchoolCalendar:
    """The Israeli school year as a `HolidayCalendar` for 2000-2100, offline (R-SCHED-2).

    Nobody teaches on Rosh Hashana, Yom Kippur, Sukkot through Simchat Torah, Pesach and Shavuot,
    each from its eve and with Chol HaMoed, nor on Yom HaZikaron, Yom HaAtzmaut and Purim.
    Every day of Sukkot and of Pesach carries the festival's plain name.

    Teaching goes on at the `OPTIONAL_DAYS`; `also_closed` closes any of them by name. Purim is
    14 Adar (Adar II in a leap year) everywhere; a branch in Jerusalem, where it is kept a day
    later, closes "Shushan Purim" too. Only moves fixed by law or custom are known: the ministry
    of education at times grants a free day beside Lag BaOmer, which is a branch closure here.

    :raises ValueError: when `also_closed` names a day that is not in `OPTIONAL_DAYS`
    """

    also_closed: frozenset[str] = attrs.field(default=frozenset(), converter=_known)

    def closed_on(self, day: date) -> str | None:
        """Name the reason why nobody teaches on `day`, None when it is a teaching day (R-SCHED-2).

        :raises CalendarOutOfRange: outside 2000-2100
        """
        ordinal = day.toordinal()
        if not _FIRST <= ordinal <= _LAST:
            raise CalendarOutOfRange(day=day)
        name = _occasions_of(day.year).get(ordinal)
        if name is None or (name in OPTIONAL_DAYS and name not in self.also_closed):
            return None
        return name


@cache  # bounded: `closed_on` lets 101 years through, whatever the settings of the instance
def _occasions_of(gregorian_year: int) -> Mapping[int, str]:
    """Every occasion of one Gregorian year, open or closed, by the ordinal of its date.

    January to September belong to one Hebrew year and the autumn to the next, so both are laid
    out; occasions of theirs outside the Gregorian year stay in the map unasked for.
    """
    autumn = gregorian_year + _HEBREW_MINUS_GREGORIAN
    return MappingProxyType(
        {
            first + offset: occasion.name
            for hebrew_year in (autumn - 1, autumn)
            for occasion in (*_OPTIONAL, *_CLOSED)
            for first in (_ordinal(occasion, hebrew_year),)
            for offset in range(occasion.days)
        }
    )


def _ordinal(occasion: _Occasion, hebrew_year: int) -> int:
    """Return the ordinal of the occasion's first day, moved where it has to be."""
    written: date = HebrewDate(
        hebrew_year, _month(occasion.month, hebrew_year), occasion.day
    ).to_pydate()
    return written.toordinal() + occasion.moves.get(written.weekday(), 0)


def _month(month: int, hebrew_year: int) -> int:
    """Return the month's number that year: in a leap year Purim and its fast keep to Adar II."""
    is_leap: bool = Year(hebrew_year).leap
    return month + 1 if month == ADAR and is_leap else month
