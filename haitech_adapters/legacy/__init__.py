"""Exports of the program that came before: two CSV files with Hebrew words (issue 2).

>>> from haitech_adapters.legacy import money
>>> print(money("300.0"))
300.00
"""

from haitech_adapters.legacy.cycles import read_cycles
from haitech_adapters.legacy.meetings import read_meetings
from haitech_adapters.legacy.sheet import UnreadableFile
from haitech_adapters.legacy.values import money

__all__ = ["UnreadableFile", "money", "read_cycles", "read_meetings"]
