"""In which language an answer for people is: Hebrew, unless the caller would rather have English."""

from __future__ import annotations

import re
from typing import Final

from haitech_adapters.http.negotiation import ranges_of
from haitech_domain.reports import Language

_RANGE: Final = re.compile(
    r"\s*(?P<tag>[a-z]{1,8})(?:-[a-z0-9]{1,8})*\s*(?:;\s*q=(?P<q>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?",
    re.IGNORECASE,
)
_TAGS: Final = {"he": Language.HEBREW, "iw": Language.HEBREW, "en": Language.ENGLISH}
"""By the first part of a tag; Java and Android have long called Hebrew `iw`."""


def language_of(accepted: str) -> Language:
    """The language for an Accept-Language (RFC 9110): what it wants more, Hebrew where alike.

    What is no language range is passed over, as are languages that nothing is written in.
    """
    wanted = dict.fromkeys(Language, 0.0)
    for part in ranges_of(accepted):
        found = _RANGE.fullmatch(part)
        language = _TAGS.get(found["tag"].lower()) if found else None
        if found and language:
            wanted[language] = max(wanted[language], float(found["q"] or 1))
    hebrew, english = wanted[Language.HEBREW], wanted[Language.ENGLISH]
    return Language.ENGLISH if english > hebrew else Language.HEBREW
