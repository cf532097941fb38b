"""Values cross the wire as they are, and equal documents have equal digests."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import bson
import pytest
from bson import Decimal128, Int64, ObjectId
from bson.datetime_ms import DatetimeMS
from hypothesis import given
from hypothesis import strategies as st
from pymongo.database import Database

from mongo import codec
from mongo.client import Document

NOON = datetime(2026, 11, 21, 12, 0, 0, 123_456, tzinfo=UTC)
FAR = DatetimeMS(2**60)
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text() | AMOUNTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def there_and_back(db: Database[Document], value: Any) -> Any:
    return db.things.find_one({"_id": db.things.insert_one({"value": value}).inserted_id})["value"]


def decoded(document: dict[str, Any], *, instead: tuple[bytes, bytes] = (b"", b"")) -> dict[str, Any]:
    raw = bson.encode(document, codec_options=codec.CODEC_OPTIONS).replace(*instead)
    return bson.decode(raw, codec_options=codec.CODEC_OPTIONS)


@pytest.mark.parametrize("amount", ["0", "99.00", "1.10", "-0.000001", "1E+3", "9" * 34])
def test_an_amount_comes_back_digit_for_digit(mongo: Database[Document], amount: str) -> None:
    assert str(there_and_back(mongo, Decimal(amount))) == str(Decimal(amount))


def test_an_amount_is_stored_as_a_decimal(mongo: Database[Document]) -> None:
    mongo.things.insert_one({"value": Decimal("1.10")})
    assert mongo.things.count_documents({"value": {"$type": "decimal"}}) == 1


def test_a_moment_comes_back_in_utc_and_whole_milliseconds(mongo: Database[Document]) -> None:
    assert there_and_back(mongo, NOON) == codec.truncated(NOON) == NOON.replace(microsecond=123_000)
    assert there_and_back(mongo, NOON).tzinfo is UTC


def test_stored_tells_beforehand_how_a_value_comes_back(mongo: Database[Document]) -> None:
    value = {"at": NOON, "parts": ({"fee": Decimal("1.0")}, [NOON])}
    assert codec.stored(value) == there_and_back(mongo, value)


def test_bad_utf8_is_read_with_marks_instead_of_failing() -> None:
    assert decoded({"note": "caf??"}, instead=(b"caf??", b"caf\xff\xfe"))["note"] == "caf\ufffd\ufffd"


def test_a_date_beyond_the_calendar_is_read_as_milliseconds() -> None:
    assert decoded({"at": FAR})["at"] == FAR


def test_the_canonical_text_is_extended_json_with_sorted_keys() -> None:
    document = {"b": Decimal("1.10"), "a": NOON, "n": 5}
    assert codec.canonical_json(document) == (
        '{"a":{"$date":{"$numberLong":"1795262400123"}},"b":{"$numberDecimal":"1.10"},"n":{"$numberInt":"5"}}'
    )


@given(document=st.dictionaries(st.text(max_size=5), VALUES, max_size=5))
def test_the_order_of_keys_does_not_change_the_digest(document: dict[str, Any]) -> None:
    assert codec.digest(dict(reversed(document.items()))) == codec.digest(document)


def test_the_id_is_no_part_of_the_digest() -> None:
    assert codec.digest({"_id": ObjectId(), "a": 1}) == codec.digest({"a": 1})


def test_what_is_below_a_millisecond_does_not_change_the_digest() -> None:
    assert codec.digest({"at": NOON}) == codec.digest({"at": NOON + timedelta(microseconds=1)})


@pytest.mark.parametrize(
    ("one", "other"), [(Decimal("1.0"), Decimal("1.00")), (1, Decimal(1)), (1, 1.0), (None, ""), ([], None)]
)
def test_values_of_different_kinds_have_different_digests(one: Any, other: Any) -> None:
    assert codec.digest({"value": one}) != codec.digest({"value": other})


@pytest.mark.parametrize("odd", [FAR, float("nan"), "\ud800", "a\0b", Int64(5), Decimal128("NaN"), {1: 2}])
def test_whatever_lies_there_has_a_digest(odd: Any) -> None:
    assert len(codec.digest({"value": odd})) == 64


@given(document=st.dictionaries(st.text(max_size=5), VALUES, max_size=5))
def test_json_and_back_keeps_the_digest(document: dict[str, Any]) -> None:
    text = codec.canonical_json(document)
    assert codec.canonical_json(codec.from_json(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"$oid": "zzz"}',
        '{"$numberDecimal": "x"}',
        '{"$numberDecimal": "3333333333333333333333333333333333333"}',
        '{"$date": "soon"}',
        '{"$date": {}}',
        '{"$binary": {}}',
        "[" * 100_000,
    ],
)
def test_json_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        codec.from_json(text)
