"""Things with one thing wrong: what an adapter may be sent, and has to refuse by name.

`nearly_valid(Customer)` makes `NearlyValid`s: keywords as a caller sends them, all of them valid but
one, with the field that is wrong and the reason by which the domain refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

import attrs
from hypothesis import strategies as st

from haitech_domain.change import Event
from haitech_domain.entity import Entity
from haitech_domain.errors import BadValue, DomainError, Invalid, Problem
from haitech_domain.fields import annotations_of, problems_in
from haitech_domain.testing.strategies.between import BETWEEN
from haitech_domain.testing.strategies.kinds import valid
from haitech_domain.testing.strategies.once import made_once
from haitech_domain.testing.strategies.whole import ENFORCED, RENAMED, WHOLE
from haitech_domain.testing.strategies.wrong import wrong_for

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class NearlyValid(Generic[T]):
    """Keywords for `kind` of which one is wrong: the one named `field`, for this `reason`.

    `field` is empty where a value is refused as a whole, as a phone is.
    """

    kind: type[T]
    values: Mapping[str, Any]
    field: str
    reason: str

    def make(self) -> T:
        """Make it all the same.

        :raises Invalid: it names `field` and `reason`
        :raises BadValue: of a value that is refused as a whole; it has the `reason`
        """
        cls: Any = self.kind
        if issubclass(cls, Event):  # what is told has happened: an event checks nothing itself
            found = tuple(problems_in(cls, self.values))
            if found:
                raise Invalid(found)
        made: T = cls(**self.values)
        return made

    def is_told_by(self, refusal: DomainError | BadValue) -> bool:
        """Whether a refusal names what is wrong, and nothing else."""
        if isinstance(refusal, BadValue):
            return not self.field and refusal.reason == self.reason
        return self.is_all_of(refusal.problems)

    def is_all_of(self, problems: Iterable[Problem]) -> bool:
        """Whether these problems are what is wrong, and nothing else.

        A rule between fields may name each of them, and a request over many things each of those:
        `ids[0].location`.
        """
        found = list(problems)
        named = {problem.field.rpartition(".")[2] for problem in found}
        return self.field in named and {problem.reason for problem in found} == {self.reason}


def nearly_valid(kind: type[T], /) -> st.SearchStrategy[NearlyValid[T]]:
    """Things of a class that break one of its rules.

    :raises TypeError: it has none that could be broken
    """
    found = [*_of_fields(kind), *_of_rules_between(kind), *_of_the_whole(kind)]
    if not found:
        message = f"{kind.__name__} has no rule that a caller could break"
        raise TypeError(message)
    return st.one_of(found)


def has_rules(kind: Any) -> bool:
    """Whether making one checks anything."""
    return kind in WHOLE or enforces(kind) or issubclass(kind, Event)


def enforces(kind: Any) -> bool:
    """Whether each field is put through the rule of its annotation."""
    return issubclass(kind, Entity) or kind in ENFORCED


@made_once
def _of_fields(kind: Any) -> tuple[st.SearchStrategy[NearlyValid[Any]], ...]:
    if not (enforces(kind) or issubclass(kind, Event)):
        return ()
    names = RENAMED.get(kind, {})
    return tuple(
        _with(kind, wrong.values.map(_only(name)), names.get(name, name), wrong.reason)
        for name, annotation in annotations_of(kind).items()
        for wrong in wrong_for(annotation, required=not issubclass(kind, Event))
    )


def _only(name: str) -> Callable[[Any], dict[str, Any]]:
    return lambda value: {name: value}


def _of_rules_between(kind: Any) -> Iterable[st.SearchStrategy[NearlyValid[Any]]]:
    for broken in BETWEEN.get(kind, {}).values():
        yield _with(kind, broken.values, broken.field, broken.reason)


def _of_the_whole(kind: Any) -> Iterable[st.SearchStrategy[NearlyValid[Any]]]:
    for broken in WHOLE.get(kind, ()):
        yield _with(kind, broken.values, broken.field, broken.reason)


def _with(
    kind: Any, changes: st.SearchStrategy[Mapping[str, Any]], field: str, reason: str
) -> st.SearchStrategy[NearlyValid[Any]]:
    """A valid thing's own values, some of them changed."""

    def changed(thing: Any, change: Mapping[str, Any]) -> NearlyValid[Any]:
        own = {a.alias: getattr(thing, a.name) for a in attrs.fields(kind) if a.init}
        return NearlyValid(kind=kind, values={**own, **change}, field=field, reason=reason)

    return st.builds(changed, valid(kind), changes)
