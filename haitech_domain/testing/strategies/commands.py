"""What callers say to each verb, valid and nearly: `commands("customers.create")`.

A command is named by the path of its verb in `Verbs`. What a strategy makes are the keywords of one
call, besides who acts: `await verbs.customers.create(actor=actor, **command)`.
"""

from __future__ import annotations

import collections.abc
import inspect
import typing
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from haitech_domain.attendance import AttendanceStatus
from haitech_domain.attendance.marking import Wanted
from haitech_domain.meeting import MeetingStatus
from haitech_domain.registration import StatedPayment
from haitech_domain.testing.strategies.between import BETWEEN
from haitech_domain.testing.strategies.calendar import civil_dates, date_ranges
from haitech_domain.testing.strategies.kinds import valid, values_for
from haitech_domain.testing.strategies.making import either, maybe
from haitech_domain.testing.strategies.nearly import NearlyValid
from haitech_domain.testing.strategies.people import weekly_windows
from haitech_domain.testing.strategies.said import PASSWORD, SAID, WITHIN, Said
from haitech_domain.testing.strategies.stated import BORN, questions
from haitech_domain.testing.strategies.text import emails, names, texts
from haitech_domain.testing.strategies.wrong import wrong_for
from haitech_domain.use_cases import Verbs
from haitech_domain.use_cases.export_contents import Question
from haitech_domain.use_cases.recalculation import Recalculation

Keywords = Mapping[str, Any]
_MACHINERY: Final = frozenset({"begin_rounds", "answer_once", "under_lock", "show_cycle"})
"""What the program calls by itself."""


@attrs.frozen(kw_only=True)
class _Verb:
    """A verb of `Verbs`: its class, and the entity where it is one of a simple resource's."""

    cls: Any
    entity: Any = None


@cache
def _verbs() -> Mapping[str, _Verb]:
    return dict(_walked(Verbs, "", {}))


def _walked(cls: Any, prefix: str, bound: Mapping[Any, Any]) -> Iterator[tuple[str, _Verb]]:
    for name, hint in typing.get_type_hints(cls).items():
        kind = typing.get_origin(hint) or hint
        arguments = [bound.get(part, part) for part in typing.get_args(hint)]
        if "__call__" in dir(kind) and attrs.has(kind):
            verb = _Verb(cls=kind, entity=arguments[0] if arguments else None)
            if _is_asked(name, kind):
                yield prefix + name, verb
        elif attrs.has(kind):
            parameters = getattr(kind, "__parameters__", ())
            inner = dict(zip(parameters, arguments, strict=False))
            yield from _walked(kind, f"{prefix}{name}.", inner)


def _is_asked(name: str, cls: Any) -> bool:
    """Whether somebody outside asks for it, not a job or the program itself."""
    hints = _parameters(cls)
    return name not in _MACHINERY and not {"job", "entity"} & hints.keys()


@cache
def _parameters(cls: Any) -> Mapping[str, Any]:
    """The annotations of a verb's keywords, besides who acts."""
    hints = typing.get_type_hints(cls.__call__, include_extras=True)
    names = inspect.signature(cls.__call__).parameters
    return {name: hints[name] for name in names if name not in {"self", "actor"}}


def command_names() -> tuple[str, ...]:
    """The verbs that can be asked for, by their paths in `Verbs`."""
    return tuple(_verbs())


def commands(name: str, **overrides: Any) -> st.SearchStrategy[Keywords]:
    """Valid keywords for a verb; override one by value or strategy.

    An override that is no keyword of the verb's is one of its `values`. Each value keeps its rules,
    and all of them go together. Ids are made up unless given, so the school may still refuse: there
    is no such thing, it is deleted, its status does not allow it.

    :raises TypeError: an override is neither
    :raises KeyError: there is no such verb

    >>> from hypothesis import find
    >>> find(commands("cancel_meeting", meeting_id=7), lambda _: True)
    {'meeting_id': 7, 'reason': None}
    """
    verb = _verbs()[name]
    parameters = _parameters(verb.cls)
    given = {keyword: either(value) for keyword, value in overrides.items()}
    said = _said(name, verb)
    if said is not None:
        within = {keyword: given.pop(keyword) for keyword in [*given] if keyword not in parameters}
        given.setdefault("values", _values(said, within))
    if given.keys() - parameters.keys():
        message = f"{name} is not told {', '.join(sorted(given.keys() - parameters.keys()))}"
        raise TypeError(message)
    known = st.fixed_dictionaries(
        {
            keyword: given[keyword] if keyword in given else _one(verb, keyword, annotation)
            for keyword, annotation in parameters.items()
            if keyword in given or not _is_left_out(verb, keyword)
        }
    )
    whole = _WHOLE.get(name)
    return known if whole is None else st.builds(_updated, known, whole, st.just({*given}))


def _updated(known: Keywords, whole: Keywords, given: Collection[str]) -> Keywords:
    """Keywords that go together, but for those that were given."""
    return {**known, **{keyword: whole[keyword] for keyword in whole.keys() - given}}


def nearly_valid_commands(name: str, **overrides: Any) -> st.SearchStrategy[NearlyValid[Any]]:
    """Keywords for a verb whose `values` have one thing wrong, which the verb refuses by name.

    What is stated in a value of its own (`StatedPayment`, `Put`, `Enquiry`) is refused where that
    value is made: `nearly_valid(StatedPayment)`.

    :raises TypeError: the verb takes no `values`
    """
    verb = _verbs()[name]
    said = _said(name, verb)
    if said is None:
        message = f"{name} takes no values"
        raise TypeError(message)

    def broken(command: Keywords, change: Keywords, field: str, reason: str) -> NearlyValid[Any]:
        values = {**command, "values": {**command["values"], **change}}
        return NearlyValid(kind=said.entity, values=values, field=field, reason=reason)

    known = commands(name, **overrides)
    return st.one_of(
        [
            st.builds(broken, known, change, st.just(field), st.just(reason))
            for change, field, reason in _broken(said)
        ]
    )


def takes_values(name: str) -> bool:
    """Whether a verb is told `values`, so that `nearly_valid_commands` knows of it."""
    return _said(name, _verbs()[name]) is not None


def _broken(said: Said) -> Iterator[tuple[st.SearchStrategy[Keywords], str, str]]:
    """Each way in which what is said can break one rule."""
    annotations = typing.get_type_hints(said.entity, include_extras=True)
    for field in sorted(said.fields):
        word = said.words.get(field, field)
        for wrong in wrong_for(annotations[field], required=False):
            if field in said.also and wrong.reason == "value.out_of_range":
                continue  # it has narrower bounds here, and is refused by those
            yield wrong.values.map(_under(word)), word, wrong.reason
    for rule in BETWEEN.get(said.entity, {}).values() if said.whole else ():
        names = {said.words.get(field, field) for field in said.fields}
        worded = rule.values.map(_worded(said.words))
        if rule.fields <= said.fields and rule.field in names:
            yield worded, rule.field, rule.reason


def _under(name: str) -> Callable[[Any], Keywords]:
    return lambda value: {name: value}


def _worded(words: Mapping[str, str]) -> Callable[[Keywords], Keywords]:
    return lambda values: {words.get(name, name): value for name, value in values.items()}


def _is_left_out(verb: _Verb, parameter: str) -> bool:
    return parameter == "within" and verb.entity not in WITHIN


def _one(verb: _Verb, parameter: str, annotation: Any) -> st.SearchStrategy[Any]:
    """The strategy of one keyword."""
    if parameter == "values":
        return st.just({})
    if parameter == "within":
        return st.fixed_dictionaries({WITHIN[verb.entity]: st.uuids()})
    kind = typing.get_origin(annotation) or annotation
    known = _BY_NAME.get((parameter, kind), _BY_NAME.get(parameter))
    return values_for(annotation) if known is None else known


def _said(name: str, verb: _Verb) -> Said | None:
    resource, _, action = name.rpartition(".")
    if name in SAID:
        return SAID[name]
    if resource and action in {"create", "update"}:
        return Said.of(verb.entity, whole=action == "create")
    return None


def _values(
    said: Said, overrides: Mapping[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[Keywords]:
    def taken(thing: Any, also: Keywords) -> dict[str, Any]:
        own = {said.words.get(name, name): getattr(thing, name) for name in sorted(said.fields)}
        return {**own, **also}

    return st.builds(taken, valid(said.entity), st.fixed_dictionaries({**said.also, **overrides}))


def _asked_for(question: Question) -> Keywords:
    return {"report": question.report, "asked": question.written()}


def _moved(status: MeetingStatus, reason: str | None) -> Keywords:
    """Only a cancellation has a reason; postponing has a verb of its own."""
    return {"status": status, "reason": reason if status is MeetingStatus.CANCELLED else None}


_LONGEST: Final = 500
_WRITTEN: Final = texts(_LONGEST, lines=True)
_TOKENS: Final = texts(64)
_SHOWN: Final = st.ip_addresses(v=4).map(str)
_STATUSES: Final = [status for status in MeetingStatus if status is not MeetingStatus.POSTPONED]
_WHOLE: Final[Mapping[str, st.SearchStrategy[Keywords]]] = {
    "exports.ask": questions().map(_asked_for),
    "update_meeting_statuses": st.builds(_moved, st.sampled_from(_STATUSES), maybe(_WRITTEN)),
}
"""Keywords of which each depends on the other."""
_BY_NAME: Final[Mapping[Any, st.SearchStrategy[Any]]] = {
    "email": emails().map(str),
    "password": st.just(PASSWORD),
    "new_password": st.just(PASSWORD),
    "current_password": texts(64),
    "token": _TOKENS,
    "refresh_token": _TOKENS,
    "address": maybe(_SHOWN),
    "text": _WRITTEN,
    "name": names(),
    "new_name": names(),
    "new_start_date": civil_dates(),
    "reason": maybe(_WRITTEN),
    "notes": maybe(_WRITTEN),
    ("notes", collections.abc.Mapping): st.fixed_dictionaries(
        {"topic": maybe(texts(_LONGEST)), "notes": maybe(_WRITTEN)}
    ),
    "days": st.just((None, None)) | date_ranges(longest=30).map(lambda d: (d.start, d.end)),
    "windows": weekly_windows().map(lambda found: [(w.day, w.start, w.end) for w in found]),
    "ids": st.lists(st.uuids(), min_size=1, max_size=3, unique=True),
    "wanted": st.lists(
        st.fixed_dictionaries(
            {"registration_id": st.uuids(), "status": st.sampled_from(AttendanceStatus)}
        ).map(lambda fields: Wanted(fields=fields)),
        min_size=1,
        max_size=3,
    ),
    "key_hash": st.binary(min_size=32, max_size=32).map(bytes.hex),
    "overlap": st.timedeltas(timedelta(0), timedelta(days=7)),
    "how": valid(Recalculation, as_of=maybe(BORN)),
    ("stated", StatedPayment): valid(StatedPayment, paid_at=maybe(BORN)),
    "most": st.integers(1, 1_000),
}
"""By the name of a keyword, where its type says too little."""
