"""Every rule of the domain in one sentence; the names are those that docstrings and tests use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "MONEY": (
        "Money",
        (
            "An amount is an exact number of agorot; no binary float touches it anywhere.",
            "Each formula is rounded once, at its end, half up to the agora.",
            "Splitting loses nothing: shares sum to the total and differ by one agora at most, larger first.",
            "VAT is a schedule by date; a meeting is netted at the rate of its own date.",
            "Whether an amount contains VAT is yes, no or unset on the cycle; unset goes by its type.",
            "More than two decimals are refused, and gross and net are types that do not mix.",
        ),
    ),
    "REV": (
        "Revenue of a meeting",
        (
            "Registered, active and completed registrations bear revenue; trials and cancelled ones do not.",
            "A meeting of a private cycle earns its share of what the registrations cost.",
            "A meeting without revenue earns 0, and its instructor is paid all the same.",
            "Prices per child are multiplied first and netted once; a total of no meetings gives 0.",
            "A computed figure is never written back into what it was computed from.",
            "Each figure comes with the lines that lead to it.",
        ),
    ),
    "PAY": (
        "Pay, cost and profit",
        (
            "The activity of a meeting decides which hourly rate is paid; with none set it is 0, and says so.",
            "Pay is the rate times the minutes from start to end.",
            "A daily rate is paid once a date, by the first completed meeting of it; substitutes are paid by the hour.",
            "An employee costs the pay times a factor, a freelancer the pay itself.",
            "Profit is revenue less the employer's cost.",
            "Pay is never negative, and a new rate changes no completed meeting unless somebody recalculates it.",
        ),
    ),
    "SCHED": (
        "Planning",
        (
            "Meetings fall on the cycle's weekday, weekly, from the first such day of the cycle on.",
            "None is planned on a day without teaching, by a calendar that needs no network.",
            "A cycle on a rest day is refused.",
            "Generating plans only what is missing, after the last live meeting; again, it adds nothing.",
            "Each live meeting of a cycle has a number of its own.",
            "A plan names each day it passed over, and why.",
            "Clock times stay what they are when the clocks change.",
            "A plan ends with an error where two years of weeks are closed.",
            "No instructor is in two places at once, unless a manager allows it for the request.",
            "Free time is the weekly windows less time off, closed days and live meetings.",
        ),
    ),
    "MEET": (
        "Meetings",
        (
            "A meeting begins and ends on one date and lasts 5 minutes to 12 hours.",
            "Only some transitions are possible; all others are refused by name.",
            "Each transition settles its money, and completing keeps a snapshot with its explanation.",
            "An instructor reports a meeting of their own from its start to the end of the following day.",
            "Postponing makes a new meeting with the same number, linked both ways.",
            "Recalculating applies today's inputs to completed meetings, and tells the old and the new.",
            "In a cancelled cycle no meeting changes; a new one in a completed cycle reopens it.",
            "Time, instructor and activity change only while scheduled; notes and topic always.",
        ),
    ),
    "CYC": (
        "Cycles",
        (
            "Progress is what the meetings say, never a counter of its own.",
            "A cycle whose meetings are all held becomes completed by itself, and reopening one undoes that.",
            "By hand a cycle is cancelled, completed or made active again, each with what follows from it.",
            "The end date is that of the last live meeting, or the given one while there is none.",
            "A copy has every setting of its cycle, and on request its registrations and meetings.",
            "Many at once are changed all or not at all, and every problem is listed.",
            "Dates, totals and prices have bounds, and the price that a type needs must be there.",
            "The total does not fall below the highest number of a live meeting.",
            "A new instructor takes over the scheduled meetings; a new day or time moves none.",
        ),
    ),
    "REG": (
        "Registrations and payments",
        (
            "A student has at most one live registration in a cycle.",
            "Only an active cycle takes registrations, and never more than it has places.",
            "The price is the given one, else the cycle's default, else unset.",
            "Payments are a ledger that only grows, and the payment status is derived from it.",
            "Cancelling keeps date and reason, and refunds no more than was paid.",
            "A deleted or cancelled registration keeps its attendance.",
        ),
    ),
    "ATT": (
        "Attendance",
        (
            "A mark names one target in a meeting; marking again replaces it and keeps its id.",
            "Scheduled and completed meetings are marked, by their instructor within the time of reporting.",
            "Marking many is one transaction, and the same again changes nothing.",
            "The rate is present and late over all marks, and none where there are no marks.",
        ),
    ),
    "PPL": (
        "People, leads, deletion",
        (
            "Israeli phones in any usual writing are one number; phones and emails are unique among the live.",
            "A lead finds its customer by phone, then by email, and overwrites nothing.",
            "Deletion can be undone, and is refused while it would orphan something live.",
            "What is deleted appears nowhere, except that reports keep the meetings that were held.",
        ),
    ),
    "ACC": (
        "Access",
        (
            "What is not allowed by the matrix is denied.",
            "To an instructor rows of others do not exist, and money is absent.",
            "An API key never does more than its scopes say.",
        ),
    ),
}
"""By family: what it is about, and its rules from 1 on."""


def sentences() -> dict[str, str]:
    """Each rule's sentence by its number, `R-MEET-3`."""
    return {
        f"R-{family}-{number}": sentence
        for family, (_, rules) in WORDS.items()
        for number, sentence in enumerate(rules, 1)
    }
