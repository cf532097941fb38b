"""JSON of a file is read exactly, or refused in a sentence."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from bson import Binary, Code, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS
from hypothesis import given
from hypothesis import strategies as st

from mongo.extended import EVERY_KIND, ValueUnreadable, decoded, encoded, parse
from tests.strategies import quick

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


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ({"$numberLong": "5"}, Int64(5)),
        ({"$date": "2026-11-21T12:00:00.123Z"}, NOON),
        ({"$date": {"$numberLong": str(2**60)}}, DatetimeMS(2**60)),
        ({"$binary": {"base64": "AAE=", "subType": "00"}}, Binary(b"\0\1")),
        ({"$binary": {"base64": "AAECAwQFBgcICQoLDA0ODw==", "subType": "03"}}, Binary(bytes(range(16)), 3)),
        ({"$uuid": "8c9f14e2-6f3c-4b52-9d3a-0f1e2d3c4b5a"}, UUID("8c9f14e2-6f3c-4b52-9d3a-0f1e2d3c4b5a")),
        ({"$timestamp": {"t": 1, "i": 2}}, Timestamp(1, 2)),
        ({"$regularExpression": {"pattern": "^a", "options": "i"}}, Regex("^a", "i")),
        ({"$code": "x"}, Code("x")),
        ({"$minKey": 1}, MinKey()),
        ({"$maxKey": 1}, MaxKey()),
        ([{"deep": {"$minKey": 1}}], [{"deep": MinKey()}]),
    ],
)
def test_every_kind_of_value_can_be_asked_for(value, meant):
    found = decoded(value, EVERY_KIND)
    assert (found, type(found)) == (meant, type(meant))


@pytest.mark.parametrize(
    "value",
    [{"$ref": "a", "$id": 1}, {"$code": "x", "$scope": {}}, {"$in": [1]}, {"$binary": "AA==", "$type": "00"}],
)
def test_what_is_no_single_kind_of_value_is_refused(value):
    with pytest.raises(ValueUnreadable, match="no kind of value"):
        decoded(value, EVERY_KIND)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["5", "AAE=", "00", "a" * 24]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["a", "t", "i", "pattern", "options", "base64", "subType"]), inner)
        | st.dictionaries(st.sampled_from(sorted(EVERY_KIND)), inner, min_size=1, max_size=1)
    ),
    max_leaves=5,
)


@quick
@given(st.sampled_from(sorted(EVERY_KIND)), JSON)
def test_whatever_a_mark_is_given_is_read_or_refused(mark, value):
    try:
        decoded({mark: value}, EVERY_KIND)
    except ValueUnreadable as error:
        assert str(error).endswith((f"This {mark} cannot be read.", "nested too deeply.", "can be read here."))
