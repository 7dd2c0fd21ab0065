"""The school on paper: a plain model of domain.md, written from its rules and nothing else.

It knows the closed words of the domain and no function of it: amounts are whole agorot, tables
are dictionaries, progress is counted whenever it is asked for. Each verb either changes the paper
or raises `Refused` with every reason that holds, of which a use case may give any.
"""

from haitech_domain.testing.machine.paper.school import PaperSchool, Refused
from haitech_domain.testing.machine.paper.things import (
    PaperCycle,
    PaperEntry,
    PaperInstructor,
    PaperMark,
    PaperMeeting,
    PaperRegistration,
    PaperStudent,
)

__all__ = [
    "PaperCycle",
    "PaperEntry",
    "PaperInstructor",
    "PaperMark",
    "PaperMeeting",
    "PaperRegistration",
    "PaperSchool",
    "PaperStudent",
    "Refused",
]
