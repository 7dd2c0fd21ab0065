"""Passwords that everybody tries first: known words in their usual disguises, and easy runs.

Made for this program: a few rules and words stand for the many thousands that lists name.
"""

from __future__ import annotations

from itertools import product
from typing import Final

FEWEST_DIFFERENT: Final = 4
SHORTEST_NUMBER: Final = 12
"""Digits alone are a date or a telephone number, unless there are many."""
LONGEST_TAIL: Final = 6
"""How much may stand around a word, such as a year and a mark."""

_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "אבגדהוזחטיכלמנסעפצקרשת",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertasdfgzxcvb",
    "1q2w3e4r5t6y7u8i9o0p",
    "zaq12wsxcde34rfvbgt56yhn",
    "q1w2e3r4t5y6u7i8o9p0",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "qazwsxedcrfvtgbyhnujmikolp",
    "!@#$%^&*()",
    "קראטוןםפ",
    "שדגכעיחלךף",
    "זסבהנמצתץ",
)
_WORDS: Final = frozenset(
    [
        "password",
        "passwort",
        "passw",
        "pass",
        "passcode",
        "parol",
        "motdepasse",
        "secret",
        "secrets",
        "private",
        "welcome",
        "letmein",
        "login",
        "logon",
        "signin",
        "admin",
        "administrator",
        "root",
        "user",
        "guest",
        "test",
        "tester",
        "testing",
        "demo",
        "default",
        "changeme",
        "change",
        "temp",
        "temporary",
        "master",
        "manager",
        "superman",
        "batman",
        "spiderman",
        "pokemon",
        "starwars",
        "naruto",
        "dragon",
        "monkey",
        "tiger",
        "lion",
        "eagle",
        "phoenix",
        "shadow",
        "sunshine",
        "princess",
        "flower",
        "butterfly",
        "angel",
        "lovely",
        "love",
        "iloveyou",
        "loveme",
        "lover",
        "baby",
        "babygirl",
        "sweetheart",
        "hello",
        "hi",
        "freedom",
        "whatever",
        "nothing",
        "trustno",
        "money",
        "football",
        "baseball",
        "basketball",
        "soccer",
        "hockey",
        "liverpool",
        "chelsea",
        "arsenal",
        "barcelona",
        "realmadrid",
        "maccabi",
        "hapoel",
        "beitar",
        "computer",
        "internet",
        "google",
        "facebook",
        "microsoft",
        "windows",
        "apple",
        "samsung",
        "android",
        "iphone",
        "summer",
        "winter",
        "spring",
        "autumn",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "sunday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "shabbat",
        "shalom",
        "israel",
        "jerusalem",
        "telaviv",
        "haifa",
        "haitech",
        "school",
        "teacher",
        "student",
        "instructor",
        "course",
        "robotics",
        "python",
        "programming",
        "qwerty",
        "qwertz",
        "azerty",
        "asdf",
        "zxcv",
        "abcd",
        "michael",
        "jennifer",
        "jordan",
        "daniel",
        "david",
        "moshe",
        "yosef",
        "michal",
        "yael",
        "sarah",
        "rachel",
        "noam",
        "dana",
        "avi",
        "charlie",
        "thomas",
        "robert",
        "jessica",
        "ashley",
        "killer",
        "hunter",
        "ninja",
        "mustang",
        "ferrari",
        "mercedes",
        "cookie",
        "chocolate",
        "pepper",
        "ginger",
        "banana",
        "orange",
        "purple",
        "diamond",
        "silver",
        "gold",
        "computer1",
        "access",
        "server",
        "system",
        "home",
        "oracle",
        "cisco",
        "matrix",
        "zaq",
        "ok",
        "yes",
        "no",
        "please",
        "open",
        "sesame",
        "סיסמה",
        "סיסמא",
        "שלום",
        "ישראל",
        "ירושלים",
        "אהבה",
        "אמא",
        "אבא",
        "משפחה",
        "מנהל",
        "מורה",
        "תלמיד",
        "בית",
        "ספר",
    ]
)
_DISGUISES: Final = (
    str.maketrans("0134578@$!", "oieastbasi"),
    str.maketrans("0134578@$!", "oleastbasi"),
)


def is_common(password: str) -> bool:
    """Whether others would try this password early.

    >>> is_common("P@ssw0rd2024!"), is_common("correct horse battery")
    (True, False)
    """
    plain = "".join(password.split()).casefold()
    if len(set(plain)) < FEWEST_DIFFERENT:
        return True
    if plain.isdigit() and len(plain) < SHORTEST_NUMBER:
        return True
    core = plain.strip("0123456789!@#$%^&*()-_=+.,?;:'\"~")
    if _is_run(plain) or (core and _is_run(core) and _is_tail(plain, core)):
        return True
    return any(_is_known(one, plain) for one in _undisguised(plain, core))


def _undisguised(plain: str, core: str) -> set[str]:
    """The word that may hide in it, with and without what was written around it."""
    return {text.translate(table) for text in (plain, core) for table in _DISGUISES} | {core}


def _is_known(word: str, plain: str) -> bool:
    if not word or not _is_tail(plain, word):
        return False
    halves = ((word[:cut], word[cut:]) for cut in range(1, len(word)))
    return word in _WORDS or any(one in _WORDS and two in _WORDS for one, two in halves)


def _is_tail(plain: str, core: str) -> bool:
    return len(plain) - len(core) <= LONGEST_TAIL


def _is_run(text: str) -> bool:
    """A stretch of a row of keys or of an alphabet, forwards, backwards or over and over."""
    if any(text == text[:size] * (len(text) // size) for size in range(1, 5)):
        return True
    again = 3
    return any(text in row[::step] * again for row, step in product(_ROWS, (1, -1)))
