"""How the domain refuses: one family of exceptions, each with a stable name.

A refusal has a `kind` (the coarse class, which an HTTP adapter maps to a status), a `reason`
(the stable machine name of the rule that refused), a sentence for people, and, where single
values are at fault, one `Problem` for each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import ClassVar, Final

import attrs


class Kind(Enum):
    """The coarse class of a refusal."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    STALE = "stale"
    CONFLICT = "conflict"
    KEY_REUSED = "key_reused"
    LIMITED = "limited"
    UNAVAILABLE = "unavailable"


@attrs.frozen
class Problem:
    """One thing wrong with one value: `field` is its path, `reason` the name of the rule."""

    field: str
    message: str
    reason: str = "value.invalid"

    def under(self, prefix: str) -> Problem:
        """The same problem seen from one level further out (`records[2]` + `status`)."""
        return attrs.evolve(self, field=f"{prefix}.{self.field}" if self.field else prefix)


class DomainError(Exception):
    """Every refusal of the domain. Catch this to catch them all.

    Subclasses are attrs classes whose fields are the facts; `says` is the sentence, with the
    facts' names in braces.
    """

    kind: ClassVar[Kind] = Kind.CONFLICT
    reason: ClassVar[str] = "conflict"
    says: ClassVar[str] = "this conflicts with the current state"

    @property
    def message(self) -> str:
        """The refusal as a sentence that says what to do about it."""
        facts = {a.name: getattr(self, a.name) for a in getattr(type(self), "__attrs_attrs__", ())}
        return self.says.format(
            **{
                name: spoken(fact) if name in _NAMES_OF_THINGS else plain(fact)
                for name, fact in facts.items()
            }
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The single values at fault; empty where the refusal is about the whole."""
        return ()

    def __str__(self) -> str:
        return self.message


_NAMES_OF_THINGS: Final = frozenset({"what", "parent", "field"})


def spoken(name: str) -> str:
    """The name of a thing or field as people say it: `institutional_order` in two words."""
    # other names, of settings say, are told as they are written
    return name.replace("_", " ") if name.islower() else name


def plain(fact: object) -> object:
    """A fact as it reads in a sentence: an enum by its value, a collection by its members."""
    if isinstance(fact, Enum):
        return fact.value
    if isinstance(fact, (list, tuple, set, frozenset)):
        return ", ".join(str(plain(item)) for item in fact)
    return fact


class BadValue(ValueError):
    """What a value's own rule raises; whoever knows the field's name makes a `Problem` of it."""

    def __init__(self, message: str, *, reason: str = "value.invalid") -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason


@attrs.frozen
class Invalid(DomainError):
    """Values that break their rules, every one of them listed at once."""

    kind: ClassVar[Kind] = Kind.INVALID
    found: tuple[Problem, ...]

    @classmethod
    def because(cls, field: str, message: str, *, reason: str = "value.invalid") -> Invalid:
        """The common case: one value at fault."""
        return cls((Problem(field, message, reason),))

    @property
    def reason(self) -> str:  # type: ignore[override]  # derived from what was found
        """The first problem's reason: stable, and exact where there is only one."""
        return self.found[0].reason if self.found else "value.invalid"

    @property
    def message(self) -> str:
        """All problems in one line."""
        return "Invalid input: " + "; ".join(
            f"{p.field}: {p.message}" if p.field else p.message for p in self.found
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every value at fault."""
        return self.found


@contextmanager
def fields_called(names: Mapping[str, str]) -> Iterator[None]:
    """Let refusals of what is done within name fields as the request calls them.

    `names` gives the caller's word for each field that is called otherwise inside.
    """
    try:
        yield
    except Invalid as refused:
        found = (attrs.evolve(p, field=names.get(p.field, p.field)) for p in refused.found)
        raise Invalid(tuple(found)) from None


@attrs.frozen
class NotFound(DomainError):
    """No such thing, or deleted, or not the caller's (R-ACC-2, R-PPL-4)."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    reason: ClassVar[str] = "not_found"
    says: ClassVar[str] = "there is no {what} with id {id}"
    what: str
    id: object


@attrs.frozen
class UnknownReference(DomainError):
    """A field names a thing that does not exist (or is deleted)."""

    kind: ClassVar[Kind] = Kind.INVALID
    reason: ClassVar[str] = "reference.unknown"
    says: ClassVar[str] = "there is no such {what}"
    field: str
    what: str

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The field that names nothing."""
        return (Problem(self.field, f"names no existing {spoken(self.what)}", self.reason),)


@attrs.frozen
class Duplicate(DomainError):
    """A value that must be unique is taken by something live."""

    reason: ClassVar[str] = "duplicate"
    says: ClassVar[str] = "another {what} already has this {field}"
    what: str
    field: str

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The field whose value is taken."""
        return (Problem(self.field, f"taken by another {spoken(self.what)}", self.reason),)


@attrs.frozen
class Stale(DomainError):
    """Somebody else changed the row since it was read; read it again and repeat."""

    kind: ClassVar[Kind] = Kind.STALE
    reason: ClassVar[str] = "version.stale"
    says: ClassVar[str] = "this {what} was changed by someone else meanwhile; read it again"
    what: str
    id: object


@attrs.frozen
class WouldOrphan(DomainError):
    """R-PPL-3: a deletion that would leave something live without what it belongs to."""

    reason: ClassVar[str] = "delete.would_orphan"
    says: ClassVar[str] = "this {what} still has {count} {dependants}; end or move them first"
    what: str
    count: int
    dependants: str


@attrs.frozen
class Several(DomainError):
    """More than one refusal of the same kind, as a bulk request lists them (R-CYC-6)."""

    refusals: tuple[tuple[str, DomainError], ...] = attrs.field(
        validator=attrs.validators.min_len(1)
    )

    @property
    def kind(self) -> Kind:  # type: ignore[override]  # that of the first
        """The kind of the first refusal."""
        return self.refusals[0][1].kind

    @property
    def reason(self) -> str:  # type: ignore[override]  # that of the first
        """The reason of the first refusal."""
        return self.refusals[0][1].reason

    @property
    def message(self) -> str:
        """How many, and the first."""
        if len(self.refusals) == 1:
            return self.refusals[0][1].message
        return f"{len(self.refusals)} problems; the first: {self.refusals[0][1].message}"

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every refusal under the path that it belongs to."""
        return tuple(_flattened(self.refusals))


def _flattened(refusals: Iterable[tuple[str, DomainError]]) -> Iterable[Problem]:
    for path, refusal in refusals:
        inner = refusal.problems
        if inner:
            yield from (problem.under(path) for problem in inner)
        else:
            yield Problem(path, refusal.message, refusal.reason)
