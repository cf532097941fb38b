"""Values cross the wire as they are, and equal documents have equal digests."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import bson
import pytest
from bson.datetime_ms import DatetimeMS
from pymongo.database import Database

from mongo import codec
from mongo.client import Document

NOON = datetime(2026, 11, 21, 12, 0, 0, 123_456, tzinfo=UTC)
FAR = DatetimeMS(2**60)


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
