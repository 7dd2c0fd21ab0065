"""What the kernel makes of bodies and queries, friendly and hostile."""

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

from tests.http.kernel_school import PupilBody, school

JSON = {"Content-Type": "application/json"}
ADMIN = {"Authorization": "Bearer admin"}
DOCUMENTED = {200, 201, 400, 413, 415}
RAW = "/pupils/00000000-0000-0000-0000-000000000007/raw"


@pytest.fixture(scope="module")
def client():
    with TestClient(school()) as running:
        yield running


@pytest.fixture(scope="module")
def forgiving():
    """A client that is answered also where the app has failed."""
    with TestClient(school(), raise_server_exceptions=False) as running:
        yield running


@pytest.fixture(name="create")
def _create(client):
    def send(body, **headers):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post("/pupils", content=content, headers=JSON | ADMIN | headers)

    return send


def faults(answer):
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["code"] == "VALIDATION_ERROR"
    return {(detail["field"], detail["reason"]) for detail in error["details"]}


GOOD = {"name": "דנה", "phone": "050-1234567"}


def test_reads_what_is_right(create):
    answer = create(GOOD | {"birthDate": "2015-03-01", "price": "45.50", "notes": None})
    assert answer.status_code == 201
    assert answer.json()["data"]["given"] == ["birth_date", "name", "notes", "phone", "price"]


def test_lists_every_problem_of_a_body_at_once_by_its_name_on_the_wire(create):
    body = {
        "name": " ", "birthDate": "x", "startTime": "25:00", "price": 1.234, "level": "middling",
        "kind": "c", "isActive": "yes", "seats": 99, "schoolId": "1", "foo": 1,
        "seenAt": "2020-01-01T00:00:00", "notes": "\x00", "filters": [],
        "records": [{"status": "low"}, {"status": "zz", "isTrial": 3}, 5, {}],
    }  # fmt: skip
    assert faults(create(body)) == {
        ("name", "text.blank"),
        ("phone", "value.required"),
        ("birthDate", "date.invalid"),
        ("startTime", "time.invalid"),
        ("price", "money.too_many_decimals"),
        ("level", "value.unknown"),
        ("kind", "value.unknown"),
        ("isActive", "value.not_a_truth_value"),
        ("seats", "value.out_of_range"),
        ("schoolId", "id.invalid"),
        ("seenAt", "instant.invalid"),
        ("notes", "text.control_character"),
        ("filters", "value.wrong_type"),
        ("foo", "field.unknown"),
        ("records[1].status", "value.unknown"),
        ("records[1].isTrial", "value.not_a_truth_value"),
        ("records[2]", "value.wrong_type"),
        ("records[3].status", "value.required"),
    }


def test_names_the_allowed_values_of_a_choice(create):
    answer = create(GOOD | {"level": "middling"})
    assert answer.json()["error"]["details"][0]["message"] == "must be one of low, high"


def test_applies_the_entitys_rules_where_every_type_is_right(create):
    assert faults(create({"name": "", "phone": "12"})) == {
        ("name", "text.blank"),
        ("phone", "phone.invalid"),
    }


def test_keeps_an_unknown_field_as_it_was_written(create):
    assert faults(create(GOOD | {"birth_date": "2015-03-01"})) == {("birth_date", "field.unknown")}


def test_refuses_null_where_nothing_can_be_cleared(create):
    assert faults(create(GOOD | {"name": None})) == {("name", "value.required")}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "json.malformed"),
        (b'{"name":"a"} x', "json.malformed"),
        (b'{"name":"\xff"}', "json.malformed"),
        (b'{"name":"a\x00"}', "json.malformed"),
        (b'{"name":"\\ud800"}', "json.malformed"),
        (b'{"name":"a","price":NaN}', "json.malformed"),
        (b'{"name":"a","price":Infinity}', "json.malformed"),
        (b"[]", "body.not_an_object"),
        (b"null", "body.not_an_object"),
        (b"3", "body.not_an_object"),
        (b"", "body.required"),
        (b" \r\n", "body.required"),
        (b'{"filters":' + b"[" * 100_000, "json.too_deep"),
        (b'{"name":"a","phone":"0501234567","filters":{"a":' + b"[" * 200_000, "json.too_deep"),
        (b'{"zz":' + b'{"a":' * 150_000 + b"1" + b"}" * 150_001, "json.too_deep"),
        (b"[" * 300_000, "json.too_deep"),
    ],
)
def test_refuses_what_is_no_readable_object(create, body, reason):
    assert ("", reason) in faults(create(body))


def test_refuses_nesting_without_end_before_the_interpreter_does(create):
    nested = b'{"a":' * 40 + b"1" + b"}" * 40
    body = b'{"name":"a","phone":"0501234567","filters":' + nested + b"}"
    (fault,) = faults(create(body))
    assert fault[1] == "json.too_deep"


@pytest.mark.parametrize(
    "escape", ["\\u0000", "\\u001F", "\\b", "\\u007f", "\\u009f", "\x7f", "\x9f"]
)
def test_refuses_control_characters_in_any_text(client, escape):
    for body in ('{"name":"a%s","phone":"1"}', '{"name":"a","phone":"1","filters":{"a":["%s"]}}'):
        answer = client.put(RAW, content=(body % escape).encode(), headers=JSON)
        assert {reason for _, reason in faults(answer)} == {"text.control_character"}


def test_refuses_control_characters_in_free_names(client):
    body = b'{"name":"a","phone":"1","filters":{"a\\u0000":1}}'
    assert {r for _, r in faults(client.put(RAW, content=body, headers=JSON))} == {
        "text.control_character"
    }


def test_lets_lines_and_a_written_backslash_pass(client):
    body = b'{"name":"a\\nb\\t\\\\u0000","phone":"1"}'
    assert client.put(RAW, content=body, headers=JSON).status_code == 200


def test_refuses_a_field_that_is_given_twice(create):
    """One reader takes the first value, another the last: what was checked is not what is done."""
    answer = create(b'{"name":"a","name":"b","phone":"0501234567"}')
    assert faults(answer) == {("name", "field.twice")}
    several = create(b'{"name":"a","phone":"0501234567","phone":"0501234567","name":1}')
    assert faults(several) == {
        ("name", "value.not_text"),
        ("name", "field.twice"),
        ("phone", "field.twice"),
    }


def test_refuses_a_body_that_is_compressed(create):
    answer = create(gzip.compress(b" " * 1_000_000), **{"Content-Encoding": "gzip"})
    assert answer.status_code == 415
    assert answer.json()["error"]["reason"] == "body.encoded"


@pytest.mark.parametrize(
    "amount", ["1e999999999", '"1e999999999"', "1e-999999999", "1e99999999999999999999", '"NaN"',
               '"sNaN"', '"Infinity"', "9" * 100_000, '"x"', "[]", "true", "1.234"],
)  # fmt: skip
def test_refuses_amounts_that_are_none_without_working_them_out(create, amount):
    body = f'{{"name":"a","phone":"0501234567","price":{amount}}}'.encode()
    (fault,) = faults(create(body))
    assert fault[0] == "price"


@pytest.mark.parametrize("text", [" 45.50", "45.50 ", "1_000", "1e3", "٤٥", ".5", "5.", "+5", ""])
def test_refuses_amounts_as_text_that_only_a_computer_would_read(create, text):
    """R-MONEY-1: as the document says; everything else that is wrong is listed beside them."""
    assert faults(create(GOOD | {"price": text})) == {("price", "money.not_a_number")}
    assert faults(create({"name": " ", "price": text})) == {
        ("name", "text.blank"),
        ("phone", "value.required"),
        ("price", "money.not_a_number"),
    }


@pytest.mark.parametrize("amount", ["45.5", '"45.50"', "0", "45.50", "1e1", "null"])
def test_reads_amounts_from_numbers_and_texts(create, amount):
    assert (
        create(f'{{"name":"a","phone":"0501234567","price":{amount}}}'.encode()).status_code == 201
    )


@pytest.mark.parametrize("given", ["24:00", "1:00", "16:30:00", "16:30\\n", "١٦:٣٠"])
def test_refuses_times_that_are_none(client, given):
    body = f'{{"name":"a","phone":"1","startTime":"{given}"}}'.encode()
    assert faults(client.put(RAW, content=body, headers=JSON)) == {("startTime", "time.invalid")}


def test_stops_listing_where_nobody_reads_on(create):
    answer = create({f"x{n}": 1 for n in range(10_000)})
    details = answer.json()["error"]["details"]
    assert len(details) == 101
    assert details[-1]["reason"] == "more"
    unprintable = GOOD | {"filters": {"a": ["\x00"] * 10_000}}
    assert len(create(unprintable).json()["error"]["details"]) == 100


@pytest.mark.parametrize("kind", ["text/plain", "", "application/jsonx", "multipart/form-data"])
def test_refuses_a_body_that_is_not_said_to_be_json(client, kind):
    answer = client.post("/pupils/act", content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert answer.json()["error"]["code"] == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "APPLICATION/merge-patch+json"]
)
def test_takes_every_name_of_json(client, kind):
    answer = client.post("/pupils/act", content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 200


@pytest.mark.parametrize("body", [b"", b"  ", b"{}"])
def test_an_empty_body_is_no_body_where_none_is_needed(client, body):
    assert client.post("/pupils/act", content=body, headers=JSON).json()["data"] == {
        "dryRun": False
    }


def test_refuses_more_than_a_mebibyte_and_takes_just_as_much(client):
    def send(size):
        return client.post("/pupils/act", content=b"{}" + b" " * (size - 2), headers=JSON)

    assert send(1024 * 1024).status_code == 200
    refused = send(1024 * 1024 + 1)
    assert refused.status_code == 413
    assert refused.json()["error"]["code"] == "PAYLOAD_TOO_LARGE"


def test_holds_the_limit_where_no_length_was_announced(client):
    chunks = (b" " * 65_536 for _ in range(17))
    answer = client.post("/pupils/act", content=chunks, headers=JSON)
    assert answer.status_code == 413


def test_reads_one_shape_or_another_by_its_telling_field(client):
    for body, shape in (
        ({"status": "low"}, "Mark"),
        ({"attendance": [{"status": "low"}]}, "Marks"),
    ):
        assert client.post("/pupils/marks", json=body).json()["data"] == shape
    assert faults(client.post("/pupils/marks", json={"attendance": [{}]})) == {
        ("attendance[0].status", "value.required")
    }


def test_asks_the_domain_as_the_query_says(client):
    asked = client.get(
        "/pupils/asked?limit=5&sortBy=createdAt&sortOrder=desc&q=%D7%90&isActive=true&from=2026-01-01"
    ).json()["data"]
    assert asked["limit"] == "5"
    assert asked["sort_by"] == "created_at"
    assert asked["descending"] == "True"
    assert asked["search"] == "א"
    assert asked["filters"] == "{'is_active': True, 'since': datetime.date(2026, 1, 1)}"


def test_lists_every_problem_of_a_query_at_once(client):
    query = "limit=1e2&sortBy=zz&isActive=1&isActive=true&foo=1&city=&from=x&schoolId=1&search=%00"
    assert faults(client.get(f"/pupils/asked?{query}")) == {
        ("limit", "value.not_a_number"),
        ("sortBy", "value.unknown"),
        ("isActive", "value.not_a_truth_value"),
        ("isActive", "filter.twice"),
        ("foo", "filter.unknown"),
        ("city", "filter.empty"),
        ("from", "date.invalid"),
        ("schoolId", "id.invalid"),
        ("search", "text.control_character"),
    }


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "offset=-1", "offset=99999999999999999999999", "limit=", "limit=%D9%A3",
     "search=%ff", "search=%ED%A0%80", "search=a&q=b", "&".join(["limit=1"] * 500)],
)  # fmt: skip
def test_refuses_queries_out_of_range_or_reach(client, query):
    assert faults(client.get(f"/pupils/asked?{query}"))


@pytest.mark.parametrize("id", ["x", "1", "{00000000-0000-0000-0000-000000000007}", "%00", "a" * 5000,
                                "000000000000000000000000000000٠٧"])  # fmt: skip
def test_refuses_ids_that_are_none(client, id):
    answer = client.get(f"/pupils/{id}", headers=ADMIN)
    assert faults(answer) == {("id", "id.invalid")}
    assert answer.json()["error"]["reason"] == "id.invalid"


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=15,
)
NEARLY = st.dictionaries(st.sampled_from(PupilBody.__struct_encode_fields__), ANY_JSON)


@settings(max_examples=150, deadline=None)
@given(body=st.binary() | st.one_of(ANY_JSON, NEARLY).map(lambda v: json.dumps(v).encode()))
def test_no_body_whatever_is_a_failure_of_ours(forgiving, body):
    for send in (forgiving.put(RAW, content=body, headers=JSON),
                 forgiving.post("/pupils", content=body, headers=JSON | ADMIN),
                 forgiving.post("/pupils/marks", content=body, headers=JSON)):  # fmt: skip
        assert send.status_code in DOCUMENTED, send.text


@settings(max_examples=150, deadline=None)
@given(
    query=st.text()
    | st.lists(
        st.tuples(
            st.sampled_from(["limit", "offset", "q", "from", "isActive", "schoolId"]), st.text()
        )
    ).map(lambda pairs: "&".join("=".join(pair) for pair in pairs))
)
def test_no_query_whatever_is_a_failure_of_ours(forgiving, query):
    raw = query.encode("utf-8", "surrogatepass").replace(b"#", b"")
    url = forgiving.base_url.copy_with(path="/pupils/asked", query=_sendable(raw) or None)
    answer = forgiving.get(url)
    assert answer.status_code in {200, 400}, answer.text


def _sendable(raw: bytes) -> bytes:
    return b"".join(bytes([c]) if 33 <= c < 127 else b"%%%02X" % c for c in raw)
