"""Values cross the wire as they are, and equal documents have equal digests."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import bson
import pytest
from bson import Binary, Code, DBRef, Decimal128, Int64, MinKey, ObjectId, Regex, Timestamp, json_util
from bson.codec_options import TypeRegistry
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import create_decimal128_context
from hypothesis import example, given
from hypothesis import strategies as st
from pymongo.database import Database

from mongo import codec
from mongo.client import Document

NOON = datetime(2026, 11, 21, 12, 0, 0, 123_456, tzinfo=UTC)
FAR = DatetimeMS(2**60)
AS_STORED = codec.CODEC_OPTIONS.with_options(type_registry=TypeRegistry())


def there_and_back(db: Database[Document], value: Any) -> Any:
    return db.things.find_one({"_id": db.things.insert_one({"value": value}).inserted_id})["value"]


def decoded(document: dict[str, Any], *, instead: tuple[bytes, bytes] = (b"", b"")) -> dict[str, Any]:
    raw = bson.encode(document, codec_options=codec.CODEC_OPTIONS).replace(*instead)
    return bson.decode(raw, codec_options=codec.CODEC_OPTIONS)


def in_bits(amount: Decimal | str) -> bytes:
    """A Decimal128 as it lies in BSON, rounded to what it can hold."""
    return Decimal128(create_decimal128_context().create_decimal(amount)).bid


@pytest.mark.parametrize("amount", ["0", "99.00", "1.10", "-0.000001", "1E+3", "9" * 34])
def test_an_amount_comes_back_digit_for_digit(mongo: Database[Document], amount: str) -> None:
    assert str(there_and_back(mongo, Decimal(amount))) == str(Decimal(amount))


@given(st.binary(min_size=16, max_size=16) | st.decimals().map(in_bits))
@example(in_bits("-0"))
@example(in_bits("-0E-6176"))
@example(in_bits("1E-6176"))
@example(in_bits(f"{'9' * 34}E+6111"))
@example(in_bits("-Infinity"))
@example(in_bits("NaN"))
@example(in_bits("-sNaN"))
# More digits than a Decimal128 may have.
@example((10**34 + (6176 << 113)).to_bytes(16, "little"))
def test_any_bits_are_read_as_the_driver_reads_them(bits: bytes) -> None:
    value = Decimal128.from_bid(bits)
    assert repr(decoded({"value": value})["value"]) == repr(value.to_decimal())


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


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 5, -(2**31), 2**31, 2**62, 1.5, float("nan"), float("-inf"), "é", b"ab", NOON, FAR),
        *(Decimal(text) for text in ("0", "-0", "1.10", "1E+6111", "1E-6176", "NaN", "-Infinity", "9" * 34)),
        *(Binary(b"x", 5), Code("x"), Code("x", {"a": 1}), DBRef("a", 1), Int64(5), MinKey(), ObjectId("0" * 24)),
        *(Regex("a", "i"), Timestamp(1, 2), UUID(int=7), (1, [Decimal(2)]), {"b": {"z": 1, "a": (NOON,)}}),
    ],
    ids=repr,
)
def test_the_canonical_text_is_what_the_driver_writes_of_the_stored_value(value: Any) -> None:
    stored = bson.decode(bson.encode({"v": value}, codec_options=codec.CODEC_OPTIONS), codec_options=AS_STORED)
    text = json_util.dumps(stored, json_options=codec.CANONICAL, sort_keys=True, separators=(",", ":"))
    assert json.loads(codec.canonical_json({"v": value})) == json.loads(text)


@pytest.mark.parametrize("number", ["1E+7000", "1E-7000", "1" * 35])
def test_what_a_decimal_of_mongodb_cannot_hold_has_no_canonical_text(number: str) -> None:
    with pytest.raises(ArithmeticError):
        codec.canonical_json({"v": Decimal(number)})
