"""What to make of an error of the driver: refuse, repeat, be unavailable, or own up to a bug."""

from __future__ import annotations

from typing import Final

import psycopg
from psycopg import errors

from haitech_adapters.postgres.violations import Blamed, refusal
from haitech_domain.ports import Unavailable

DATABASE: Final = "the database"


class Repeat(Exception):
    """Nothing was kept and nothing answered, so the whole transaction may be run again."""

    def __init__(self, *, lost: bool) -> None:
        super().__init__("the transaction may be run again")
        self.lost = lost
        """Whether the connection is gone."""


class StatementRefused(RuntimeError):
    """The database did not understand a statement: a bug, or migrations that are missing."""


class TransactionFailed(RuntimeError):
    """Work went on after a statement of it was refused.

    PostgreSQL takes no further statement then and cannot commit: a refusal has to leave the work.
    """


class WriteInReading(RuntimeError):
    """Work given to `read` saved or locked something; that is a fault of the program."""


_ASK_AGAIN: Final = frozenset({"40001", "40P01"})
_LOST: Final = frozenset({"57P01", "57P02", "57P03", "25P04"})
# insufficient resources, timeouts of statements, locks and transactions, a server that only reads
_UNAVAILABLE: Final = ("53", "57", "55P03", "25P03", "25006")


def unavailable() -> Unavailable:
    """The refusal when the database cannot be reached, or has no room."""
    return Unavailable(DATABASE)


def judged(error: psycopg.Error, change: Blamed = None) -> Exception:
    """What to raise instead of an error of the driver, while nothing has been committed."""
    state = error.sqlstate or ""
    if state in _ASK_AGAIN:
        return Repeat(lost=False)
    if state in _LOST or state.startswith("08") or _is_lost(error):
        return Repeat(lost=True)
    if state.startswith(_UNAVAILABLE):
        return unavailable()
    return refusal(error, change) or StatementRefused(f"{state} {error.diag.message_primary}")


def judged_in_commit(error: psycopg.Error) -> Exception:
    """The same for an error of COMMIT. A connection lost there may have committed: no repeating."""
    judgement = judged(error)
    if isinstance(judgement, Repeat) and judgement.lost:
        return unavailable()
    return judgement


def _is_lost(error: psycopg.Error) -> bool:
    """An error that no server sent: the connection broke, or was broken when it was handed out."""
    if error.sqlstate is not None:
        return False
    return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)) and not isinstance(
        error, errors.PipelineAborted
    )
