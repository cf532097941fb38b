"""JSON of a file is read exactly, or refused in a sentence."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from bson import Binary, Decimal128, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS

from contracts.files.values import ValueUnreadable, decoded, encoded, parse

NOON = datetime(2026, 11, 21, 12, 0, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0.1", "1.10", "1E+3", "9" * 34 + ".5"])
def test_a_number_is_read_digit_for_digit(text):
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("NaN", "NaN is no number"),
        ('{"fee": -Infinity}', "-Infinity is no number"),
        ('{"a": 1, "a": 2}', "“a” stands here twice"),
        ('{"a": {"b": 1, "b": 1}}', "“b” stands here twice"),
        ("[" * 100_000, "nested too deeply"),
        ("1e9999999999999999999", "too large"),
        ('"half \\ud83d"', "half a character"),
        ('{"\\uD83D": 1}', "half a character"),
        ("{'a': 1}", "no JSON"),
        ("", "no JSON"),
    ],
)
def test_a_text_that_is_no_exact_value_is_refused(text, told):
    with pytest.raises(ValueUnreadable, match=told):
        parse(text)


def test_a_whole_number_of_many_digits_is_read():
    assert parse("1" * 10_000) == Decimal("1" * 10_000)


def test_a_whole_character_in_two_escapes_is_read():
    assert parse('"\\ud83d\\ude00"') == "😀"


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ({"$date": "2026-11-21T12:00:00.123Z"}, NOON),
        ({"$date": "2026-11-21T13:00:00.123+01:00"}, NOON),
        ({"$date": 1_795_262_400_123}, NOON),
        ({"$date": {"$numberLong": "1795262400123"}}, NOON),
        ({"$numberDecimal": "99.00"}, Decimal("99.00")),
        ({"$numberInt": "5"}, 5),
        ({"$numberLong": "5"}, 5),
        ({"$numberDouble": "0.1"}, 0.1),
        ({"$oid": "5f43a1b2c3d4e5f6a7b8c9d0"}, ObjectId("5f43a1b2c3d4e5f6a7b8c9d0")),
        ([{"at": [{"$numberInt": "1"}]}], [{"at": [1]}]),
    ],
)
def test_extended_json_stands_for_its_value(value, meant):
    assert decoded(value) == meant
    assert isinstance(decoded(value), type(meant))


@pytest.mark.parametrize(
    "value",
    [
        {"$code": "while (true) {}"},
        {"$regularExpression": {"pattern": ".*", "options": ""}},
        {"$ref": "users", "$id": 1},
        {"$binary": {"base64": "", "subType": "00"}},
        {"$date": "2026-11-21", "$oid": "x"},
        {"$date": {"$date": {"$date": 1}}},
        {"$date": "yesterday"},
        {"$date": {"$numberLong": "9" * 18}},
        {"$date": None},
        {"$numberInt": 5},
        {"$numberDecimal": "five"},
        {"$oid": "short"},
        {"deep": {"$where": 1}},
    ],
)
def test_other_kinds_of_values_are_refused(value):
    with pytest.raises(ValueUnreadable):
        decoded(value)


def test_deep_nesting_is_refused_before_it_hurts():
    value = []
    for _ in range(500):
        value = [value]
    with pytest.raises(ValueUnreadable, match="nested too deeply"):
        decoded(value)


@pytest.mark.parametrize("value", [NOON, Decimal("1.10"), 0.1, ObjectId(), 5, True, None, "x", {"a": [1.5]}, []])
def test_what_a_file_can_hold_comes_back_of_its_own_kind(value):
    back = decoded(encoded(value))
    assert (back, type(back)) == (value, type(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (float("nan"), {"$numberDouble": "NaN"}),
        (Decimal("NaN"), {"$numberDecimal": "NaN"}),
        (Decimal128("1.5"), {"$numberDecimal": "1.5"}),
        (DatetimeMS(2**60), {"$date": {"$numberLong": str(2**60)}}),
        (Regex("a"), {"$regularExpression": {"pattern": "a", "options": ""}}),
        (Timestamp(1, 2), {"$timestamp": {"t": 1, "i": 2}}),
        (Binary(b"\x00"), {"$binary": {"base64": "AA==", "subType": "00"}}),
    ],
)
def test_any_value_of_mongodb_can_be_shown_in_a_file(value, text):
    assert encoded(value) == text
