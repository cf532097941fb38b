"""Entries as other services may leave them: hostile texts in every field, wrong types, extreme sizes and depths."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bson import Binary, Code, DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS

from mongo.client import Document
from tests.logs.entries import MADE
from tests.logs.payloads import NAMES

# One of every type that BSON has.
VALUES: dict[str, Any] = {
    "null": None,
    "true": True,
    "int32": -7,
    "int64": Int64(2**62),
    "double": 0.1,
    "NaN": float("nan"),
    "infinity": float("-inf"),
    "decimal": Decimal128(Decimal("1.10")),
    "long decimal": Decimal128("1E+6144"),
    "NaN decimal": Decimal128("NaN"),
    "signalling decimal": Decimal128("-sNaN"),
    "text": "text",
    "no text": "",
    "date": datetime(2026, 11, 20, tzinfo=UTC),
    "first date": datetime(1, 1, 1, tzinfo=UTC),
    "last date": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    "date beyond": DatetimeMS(2**62),
    "date before": DatetimeMS(-(2**62)),
    "ObjectId": ObjectId("5f0000000000000000000000"),
    "UUID": UUID(int=7),
    "binary": Binary(b"\x00<script>\xff", 128),
    "short UUID": Binary(b"short", 4),
    "old UUID": Binary(bytes(range(16)), 3),
    "bytes": b"\xff" * 500,
    "regex": Regex("<b>(", "imsux"),
    "code": Code("<script>pwned()</script>"),
    "code with scope": Code("pwned()", {"amount": Decimal128("1.5"), "deep": {"er": 1}}),
    "timestamp": Timestamp(2**32 - 1, 2**32 - 1),
    "MinKey": MinKey(),
    "MaxKey": MaxKey(),
    "reference": DBRef("contracts", Decimal128("1"), "elsewhere", more={"a": 1}),
    "list": ["a", 1, None, [["deep"]], {"b": [2]}],
    "object": {"a": {"b": 1}, "": 2, "a.b": 3, "with space": 4},
    "empty list": [],
    "empty object": {},
}
IDS: dict[str, Any] = {
    "text": "an id",
    "hostile text": '"><script>pwned()</script>/../?x#y',
    "no text": "",
    "digits": "5f0000000000000000000000",
    "int": 42,
    "int64": Int64(-(2**62)),
    "double": 1.5,
    "decimal": Decimal128("7.50"),
    "UUID": UUID(int=9),
    "binary": Binary(b"\x00\xff/+", 128),
    "short UUID": Binary(b"short", 4),
    "object": {"day": datetime(2026, 1, 1, tzinfo=UTC), "of": {"n": 1}},
    "date": datetime(2026, 1, 1, tzinfo=UTC),
    "date beyond": DatetimeMS(2**60),
    "flag": False,
    "null": None,
    "timestamp": Timestamp(7, 8),
    "MinKey": MinKey(),
}


def filled(log: str, text: str, **changes: Any) -> Document:
    """An entry of which every text, at every depth, is this one; it has just happened."""
    now = datetime.now(UTC)
    entry = MADE[log](timestamp=now, createdAt=now)
    entry = {name: _filled(value, text) for name, value in entry.items()}
    # What is about a contract is shown as one.
    if "entity" in entry:
        entry["entity"]["type"] = "contract"
    return {**entry, "extra": text, **changes}


def _filled(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return text
    if isinstance(value, dict):
        return {name: _filled(item, text) for name, item in value.items()} | {"more": text}
    return [_filled(item, text) for item in value] if isinstance(value, list) else value


def with_names(log: str) -> Iterator[Document]:
    """Entries that have hostile names in what their writers fill freely, and among the fields themselves."""
    for name in NAMES:
        part = {name: {name: "a value"}, "list": [{name: 1}]}
        yield filled(
            log,
            "plain",
            metadata=part,
            input=part,
            details={"changes": [{"path": name, "before": part}]},
            **{name: part},
        )


def of_type(log: str, value: Any, **changes: Any) -> Document:
    """An entry that has the same value in every field, its time included."""
    return {**dict.fromkeys(MADE[log](), value), "_id": ObjectId(), **changes}


def nested(levels: int) -> Document:
    found: Document = {"bottom": "reached"}
    for _ in range(levels):
        found = {"a": found}
    return found
