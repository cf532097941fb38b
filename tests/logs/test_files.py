"""Lines of a file become entries; of a line that makes none it is told what is wrong, and the next is read."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from bson import ObjectId

from logs.domain.values import LONGEST_NAME, LONGEST_TEXT, MOST_NAMES
from logs.fields import KINDS
from logs.files import entries
from mongo.codec import canonical_json
from mongo.lines import LONGEST_LINE

NOON = datetime(2026, 11, 21, 12, 0, 0, 123_000, tzinfo=UTC)
OID = "5f43a1b2c3d4e5f6a7b8c9d0"
TRANSACTION = {
    "transactionId": "t1",
    "userId": "a1",
    "type": "deposit",
    "amount": 12.30,
    "currency": "USD",
    "status": "completed",
    "timestamp": "2026-11-21T12:00:00.123Z",
}
AGENT = {"agentId": "g1", "action": "search", "status": "started", "timestamp": "2026-11-21T12:00:00Z"}
AUDIT = {"userId": "maya", "action": "contract.edited", "timestamp": "2026-11-21T12:00:00Z"}
VALID = {"transactions": TRANSACTION, "agents": AGENT, "audit": AUDIT}


def nested(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return value


def read(*lines, kind="transactions"):
    return list(entries(io.BytesIO(b"\n".join(lines)), KINDS[kind]))


def entry(kind="transactions", **changed):
    content = {name: value for name, value in {**VALID[kind], **changed}.items() if value is not ...}
    return read(json.dumps(content).encode(), kind=kind)[0]


def told(found):
    return [f"{problem.field}: {problem.message}" for problem in found.problems]


# What an entry becomes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_is_an_entry(kind):
    found = entry(kind)
    assert (found.line, found.problems) == (1, ())
    assert found.document.keys() == {*VALID[kind], "createdAt"}


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (12.30, "12.3"),
        (12, "12"),
        ("12.30", "12.30"),
        ("-5", "-5"),
        ("+.5e3", "5E+2"),
        (12345678901234567890123, "12345678901234567890123"),
        ({"$numberDecimal": "12.30"}, "12.30"),
        ({"$numberDouble": "12.3"}, "12.3"),
        ({"$numberLong": "12"}, "12"),
    ],
)
def test_an_amount_is_a_decimal_however_it_is_written(value, amount):
    found = entry(amount=value).document["amount"]
    assert (type(found), str(found)) == (Decimal, amount)


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-21T12:00:00.123Z",
        "2026-11-21T12:00:00.123999Z",
        "2026-11-21T13:00:00.123+01:00",
        "2026-11-21 12:00:00.123",
        {"$date": "2026-11-21T12:00:00.123Z"},
        {"$date": {"$numberLong": "1795262400123"}},
    ],
)
def test_times_are_dates_in_utc_to_the_millisecond(value):
    document = entry(timestamp=value, createdAt=value).document
    assert document["timestamp"] == document["createdAt"] == NOON


@pytest.mark.parametrize("created", [..., None])
def test_an_entry_was_created_when_it_happened_unless_it_says_otherwise(created):
    assert entry(createdAt=created).document["createdAt"] == NOON


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (371138, "371138"),
        ({"$numberLong": "371138"}, "371138"),
        ({"$oid": OID}, OID),
        ({"$uuid": "8c9f14e2-6f3c-4b52-9d3a-0f1e2d3c4b5a"}, "8c9f14e2-6f3c-4b52-9d3a-0f1e2d3c4b5a"),
        (" a b ", " a b "),
    ],
)
def test_ids_are_texts(value, text):
    assert entry(userId=value).document["userId"] == text


@pytest.mark.parametrize("value", [{"$oid": OID}, OID])
def test_the_id_of_mongodb_is_kept(value):
    assert entry(_id=value).document["_id"] == ObjectId(OID)


@pytest.mark.parametrize("name", ["_id", "entryId", "auditLogId"])
def test_an_id_that_is_null_is_none(name):
    assert name not in entry("audit", **{name: None}).document


def test_fields_types_and_statuses_of_other_services_are_kept():
    odd = {"type": "airdrop", "status": "Half-done", "currency": "doge", "risk": {"score": 0.75}, "note": None}
    document = entry(**odd).document
    assert document["risk"] == {"score": Decimal("0.75")}
    assert {name: document[name] for name in odd} == {**odd, "risk": {"score": Decimal("0.75")}}


def test_values_of_any_kind_that_mongodb_knows_are_kept():
    device = entry(metadata={"device": {"$uuid": "8c9f14e2-6f3c-4b52-9d3a-0f1e2d3c4b5a"}}).document["metadata"]
    assert device == {"device": UUID("8c9f14e2-6f3c-4b52-9d3a-0f1e2d3c4b5a")}


def test_agents_that_have_no_name_are_known_by_their_id():
    assert "agentName" not in entry("agents").document
    assert entry("agents", agentName="Reviewer").document["agentName"] == "Reviewer"


@pytest.mark.parametrize("details", ["no JSON", [1], {"a": 1}, None])
def test_details_are_whatever_a_migration_made_of_a_row(details):
    assert entry("audit", details=details).document["details"] == details


@pytest.mark.parametrize("value", [7, "7", {"$binary": {"base64": "AQI=", "subType": "00"}}])
def test_the_id_of_a_row_is_kept(value):
    assert entry("audit", auditLogId=value).document["auditLogId"] == (
        b"\1\2" if isinstance(value, dict) else value
    )


@pytest.mark.parametrize("name", ["metadata", "note"])
def test_what_is_null_stays_so(name):
    assert entry(**{name: None}).document[name] is None


def test_a_label_says_when_it_was_given():
    label = {"value": "good", "by": "maya", "at": "2026-11-21T12:00:00.123Z"}
    assert entry("agents", label=label).document["label"]["at"] == NOON


@pytest.mark.parametrize("label", [None, "good", {"value": "good"}, {"at": 5}, {"at": "yesterday"}])
def test_another_label_is_kept_as_it_is(label):
    assert entry("agents", label=label).document["label"] == label


def test_plain_and_extended_json_make_the_same_entry():
    plain = {**TRANSACTION, "_id": OID, "amount": "12.30", "metadata": {"quantity": 2, "tags": ["a"]}}
    extended = {
        **plain,
        "_id": {"$oid": OID},
        "amount": {"$numberDecimal": "12.30"},
        "timestamp": {"$date": {"$numberLong": "1795262400123"}},
        "metadata": {"quantity": {"$numberInt": "2"}, "tags": ["a"]},
    }
    first, second = read(json.dumps(plain).encode(), json.dumps(extended).encode())
    assert canonical_json(first.document) == canonical_json(second.document)


# What is refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"[1]", "Give one entry a line, as an object in braces."),
        (b'"text"', "Give one entry a line, as an object in braces."),
        (b"{", "This is no JSON: expecting property name enclosed in double quotes, character 2."),
        (b'{"a": NaN}', "NaN is no number."),
        (b'{"a": -Infinity}', "-Infinity is no number."),
        (b'{"a": 1, "a": 2}', "“a” stands here twice."),
        (b'{"a": "caf\xff"}', "This is not UTF-8: byte 11 of the line."),
        (b'{"a": "' + b"x" * LONGEST_LINE + b'"}', "This line is longer than 1,000,000 bytes."),
        (b'{"a":' * 100_000, "This is nested too deeply."),
    ],
)
def test_a_line_that_is_no_object_is_named_and_the_next_is_read(line, message):
    bad, good = read(line, json.dumps(TRANSACTION).encode())
    assert told(bad) == [f": {message}"]
    assert (good.line, good.problems) == (2, ())


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind, content in VALID.items() for name in content],
)
@pytest.mark.parametrize("value", [..., None])
def test_an_entry_has_what_its_log_is_asked_for(kind, name, value):
    assert told(entry(kind, **{name: value})) == [f"{name}: This is missing."]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["", "  ", True, 1.5, ["a"], {"a": 1}, {"$numberDouble": "NaN"}])
def test_an_entry_without_a_usable_account_or_agent_is_refused(kind, value):
    name = next(iter(VALID[kind].keys() & {"userId", "agentId"}))
    assert [problem.field for problem in entry(kind, **{name: value}).problems] == [name]


@pytest.mark.parametrize(
    "value",
    [
        "12,30",
        "1_000",
        "١٢",
        "NaN",
        "",
        True,
        [1],
        {"$numberDouble": "Infinity"},
        {"$numberDecimal": "NaN"},
        {"$numberDecimal": "sNaN"},
        "1e99999999999999999999",
        "1E+34",
        10**38,
        "0." + "3" * 35,
    ],
)
def test_an_amount_that_cannot_be_counted_is_refused(value):
    assert [problem.field for problem in entry(amount=value).problems] == ["amount"]


@pytest.mark.parametrize("name", ["timestamp", "createdAt"])
@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "",
        "21.11.2026",
        1795262400123,
        "1899-12-31T23:59:59Z",
        "3000-01-01",
        "0001-01-01T00:00:00+14:00",
        {"$date": {"$numberLong": str(2**60)}},
        {"$timestamp": {"t": 1, "i": 1}},
        True,
    ],
)
def test_a_time_that_is_none_is_refused(name, value):
    expected = "Give a date and time from 1900 to 2999, such as 2026-11-21T12:00:00Z."
    assert told(entry(**{name: value})) == [f"{name}: {expected}"]


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("transactions", "_id", 5),
        ("transactions", "_id", "t1"),
        ("transactions", "_id", {"$oid": "short"}),
        ("transactions", "entryId", 5),
        ("transactions", "entryId", ""),
        ("audit", "auditLogId", 1.5),
        ("audit", "auditLogId", True),
        ("transactions", "type", 5),
        ("agents", "status", ["failed"]),
        ("agents", "status", {"$code": "failed"}),
        ("audit", "action", {}),
        ("audit", "via", 5),
        ("audit", "entity", "contract"),
        ("audit", "entity", {"type": "contract", "id": 5}),
        ("transactions", "metadata", [1]),
        ("transactions", "status", "x" * (LONGEST_TEXT + 1)),
        ("agents", "duration", "5"),
        ("agents", "duration", -1),
        ("agents", "runId", 5),
    ],
)
def test_a_field_of_ours_of_another_kind_is_refused(kind, name, value):
    assert [problem.field for problem in entry(kind, **{name: value}).problems] == [name]


@pytest.mark.parametrize("name", ["", "$where", "a\0b", "x" * (LONGEST_NAME + 1)])
def test_a_name_that_no_field_can_have_is_refused_wherever_it_stands(name):
    assert [problem.field for problem in entry(**{name: 1}).problems] == [name[:80]]
    assert [problem.field for problem in entry(metadata={"a": [{name: 1}]}).problems] == ["metadata"]


@pytest.mark.parametrize("name", ["a.b", "x" * LONGEST_NAME, "a$", " ", "é😀"])
def test_any_other_name_is_kept(name):
    assert entry(metadata={name: 1}).document["metadata"] == {name: 1}


def test_an_object_may_have_more_names_than_a_request_may_send():
    many = {f"k{number}": number for number in range(MOST_NAMES + 1)}
    assert entry(metadata=many).document["metadata"] == many


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (2**63, "8-byte ints"),
        (10**45 + 1, "at most 34 digits"),
        (-(2**63) - 1, "8-byte ints"),
        ({"$numberDecimal": "1E+7000"}, "at most 34 digits"),
        ({"$date": {"$numberLong": "9" * 30}}, "This $date cannot be read"),
        ({"$regularExpression": {"pattern": "a\0", "options": ""}}, "MongoDB cannot hold this value"),
        (nested(21), "nested too deeply"),
        ({"$in": [1]}, "$in is no kind of value that can be read here"),
    ],
)
def test_a_value_that_mongodb_cannot_hold_is_refused_by_the_field_that_holds_it(value, message):
    (problem,) = entry(fine={"a": 1}, metadata={"a": value}).problems
    assert problem.field == "metadata"
    assert message in problem.message


def test_values_of_many_levels_are_kept():
    assert entry(metadata={"a": nested(19)}).document["metadata"] == {"a": nested(19)}


def test_all_that_is_wrong_with_an_entry_is_told_at_once():
    found = entry(amount="much", timestamp=..., status=None, **{"$x": 1})
    assert {problem.field for problem in found.problems} == {"amount", "timestamp", "status", "$x"}


def test_a_number_of_many_digits_beside_what_is_wrong_does_no_harm():
    assert [problem.field for problem in entry(amount="much", quantity=2**70).problems] == ["amount"]
