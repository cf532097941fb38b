"""How values cross the wire: Decimal as Decimal128, aware UTC dates, and canonical JSON for digests."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bson import Decimal128, json_util
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions, DatetimeConversion, TypeRegistry
from bson.decimal128 import DecimalDecoder, DecimalEncoder

# Bad UTF-8 and dates beyond the calendar come from other services; they must not make a page fail.
CODEC_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(
    tz_aware=True,
    tzinfo=UTC,
    uuid_representation=UuidRepresentation.STANDARD,
    unicode_decode_error_handler="replace",
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,
    type_registry=TypeRegistry([DecimalEncoder(), DecimalDecoder()]),
)
CANONICAL = json_util.JSONOptions(
    json_mode=json_util.JSONMode.CANONICAL,
    tz_aware=True,
    tzinfo=UTC,
    uuid_representation=UuidRepresentation.STANDARD,
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,
)


def truncated(moment: datetime) -> datetime:
    """The moment as MongoDB keeps it, in whole milliseconds."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def stored(value: Any) -> Any:
    """The value as it comes back from MongoDB: milliseconds, lists for tuples, Decimals untouched."""
    if isinstance(value, Mapping):
        return {key: stored(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [stored(item) for item in value]
    return truncated(value) if isinstance(value, datetime) else value


def canonical_json(document: Mapping[str, Any]) -> str:
    """Canonical Extended JSON v2 with sorted keys: equal text for equal documents in any key order."""
    return json_util.dumps(
        _encodable(document),
        json_options=CANONICAL,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of all fields but `_id`, in hexadecimal."""
    fields = {key: value for key, value in document.items() if key != "_id"}
    return hashlib.sha256(canonical_json(fields).encode("utf-8", "surrogatepass")).hexdigest()


def _encodable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(item) for item in value]
    if isinstance(value, Decimal):
        return Decimal128(value)
    return truncated(value) if isinstance(value, datetime) else value
