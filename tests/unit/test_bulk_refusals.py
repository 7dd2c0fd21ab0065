"""What a request over many things is refused for: collected, put in order, told at once."""

import pytest

from haitech_domain.access import Action, Forbidden, Resource
from haitech_domain.errors import Duplicate, Invalid, NotFound, Several, Stale
from haitech_domain.testing.builders import an_id
from haitech_domain.use_cases.bulk import MOST_AT_ONCE, Refusals


def told(refusals):
    with pytest.raises(Several) as caught:
        refusals.end()
    return caught.value


def test_where_nothing_is_refused_it_goes_on():
    refusals = Refusals()
    assert list(refusals.named([an_id(), an_id()]).values()) == ["ids[0]", "ids[1]"]
    refusals.end()


@pytest.mark.parametrize("count", [0, MOST_AT_ONCE + 1])
def test_a_request_names_1_to_200_things(count):
    with pytest.raises(Invalid) as caught:
        Refusals().named([an_id() for _ in range(count)])
    assert caught.value.reason == "ids.count"


def test_an_id_that_is_there_twice_keeps_its_first_path():
    refusals, id = Refusals(), an_id()
    assert refusals.named([id, an_id(), id, id])[id] == "ids[0]"
    [first, second] = told(refusals).problems
    assert (first.field, second.field) == ("ids[2]", "ids[3]")
    assert first.message == "repeats ids[0]"


def test_the_first_class_that_occurs_comes_first_and_each_class_in_the_order_of_paths():
    refusals = Refusals()
    ids = [an_id() for _ in range(11)]
    paths = refusals.named(ids)
    refusals.add("ids[10]", Duplicate("meeting", "number"))
    refusals.add("ids[9]", Duplicate("meeting", "number"))
    refusals.missing("meeting", paths, ids[1:])
    refusals.add("data", Invalid.because("total", "is wrong"))
    refusals.add("ids[2]", Invalid.because("end_date", "is wrong"))
    several = told(refusals)
    assert [p.field for p in several.problems] == [
        "data.total",
        "ids[2].end_date",
        "ids[0]",
        "ids[9].number",
        "ids[10].number",
    ]
    assert several.kind is Invalid.kind
    assert several.message.startswith("5 problems")


def test_one_refusal_speaks_for_itself():
    refusals, id = Refusals(), an_id()
    with refusals.at("ids[0]"):
        raise NotFound("cycle", id)
    several = told(refusals)
    assert (several.kind, several.reason) == (NotFound.kind, "not_found")
    assert several.message == NotFound("cycle", id).message


@pytest.mark.parametrize(
    "whole",
    [Forbidden("instructor", Action.UPDATE, Resource.MEETINGS), Stale("cycle", 1)],
    ids=lambda refusal: refusal.reason,
)
def test_what_is_about_the_whole_request_is_not_collected(whole):
    with pytest.raises(type(whole)), Refusals().at("ids[0]"):
        raise whole
