"""How values cross the wire: Decimal as Decimal128, aware UTC dates, and canonical JSON for digests."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, Inexact, Overflow
from typing import Any

import bson
from bson import Decimal128, json_util
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions, DatetimeConversion, TypeDecoder, TypeRegistry
from bson.decimal128 import DecimalEncoder, create_decimal128_context
from bson.errors import InvalidBSON
from bson.raw_bson import RawBSONDocument

# How the bits of a Decimal128 are laid out; the largest exponents mark NaN, infinity and rare ways to write zero.
_EXPONENT_AT, _EXPONENT_BITS, _EXPONENT_BIAS, _FIRST_SPECIAL = 113, 0x3FFF, 6176, 0x3000
_DIGITS_BITS, _MOST_DIGITS = 2**113 - 1, 10**34 - 1


class DecimalDecoder(TypeDecoder):
    """Reads what `Decimal128.to_decimal` does, but out of the bits, which takes a third of its time."""

    bson_type = Decimal128

    def transform_bson(self, value: Decimal128) -> Decimal:
        bits = int.from_bytes(value.bid, "little")
        exponent, digits = bits >> _EXPONENT_AT & _EXPONENT_BITS, bits & _DIGITS_BITS
        if exponent >= _FIRST_SPECIAL or digits > _MOST_DIGITS:
            return value.to_decimal()
        sign = "-" if bits >> 127 else ""
        return Decimal(f"{sign}{digits}E{exponent - _EXPONENT_BIAS}")


# Bad UTF-8 and dates beyond the calendar come from other services; they must not make a page fail.
CODEC_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(
    tz_aware=True,
    tzinfo=UTC,
    uuid_representation=UuidRepresentation.STANDARD,
    unicode_decode_error_handler="replace",
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,
    type_registry=TypeRegistry([DecimalEncoder(), DecimalDecoder()]),
)
# What is only handed on, or may be more than a page shows, is not taken apart.
AS_STORED = CODEC_OPTIONS.with_options(document_class=RawBSONDocument)
# A UUID stays the bytes that it is, and so one may have any number of them.
_WITHOUT_UUIDS = CODEC_OPTIONS.with_options(uuid_representation=UuidRepresentation.UNSPECIFIED)
CANONICAL = json_util.JSONOptions(
    json_mode=json_util.JSONMode.CANONICAL,
    tz_aware=True,
    tzinfo=UTC,
    uuid_representation=UuidRepresentation.STANDARD,
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,
)
# Kinds that need no look inside: in JSON as they are, and in MongoDB as they are.
_BARE = frozenset({str, bool, type(None)})
_PLAIN = _BARE | {int, float, Decimal}
_DECIMAL128 = create_decimal128_context()
# What a Decimal128 cannot hold is refused, not rounded.
_DECIMAL128.traps.update({Inexact: True, Overflow: True})


def decoded(raw: bytes) -> dict[str, Any]:
    """A document out of its bytes, also where another service calls a UUID what cannot be one."""
    try:
        return bson.decode(raw, codec_options=CODEC_OPTIONS)
    except InvalidBSON:
        return bson.decode(raw, codec_options=_WITHOUT_UUIDS)


def truncated(moment: datetime) -> datetime:
    """The moment as MongoDB keeps it, in whole milliseconds."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def fits(number: Decimal) -> bool:
    """Whether MongoDB can hold the number exactly: 34 digits, and an exponent that is not extreme."""
    try:
        _DECIMAL128.create_decimal(number)
    except ArithmeticError:
        return False
    return True


def stored(value: Any) -> Any:
    """The value as it comes back from MongoDB: milliseconds, lists for tuples, Decimals untouched."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return {key: stored(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [stored(item) for item in value]
    return truncated(value) if isinstance(value, datetime) else value


def canonical_json(document: Mapping[str, Any]) -> str:
    """Canonical Extended JSON v2 with sorted keys: equal text for equal documents in any key order."""
    return json.dumps(_canonical(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of all fields but `_id`, in hexadecimal."""
    fields = {key: value for key, value in document.items() if key != "_id"}
    return hashlib.sha256(canonical_json(fields).encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(value: Any) -> Any:
    """The value as Extended JSON; what documents mostly hold comes first, for every change is hashed."""
    kind = type(value)
    if kind in _BARE:
        return value
    if kind is Decimal and value.is_finite():
        # The text that a Decimal128 would give, without the long way there and back.
        return {"$numberDecimal": str(_DECIMAL128.create_decimal(value))}
    # The kinds themselves are asked first: asking for an abstract one takes many times longer.
    if kind is dict or isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items()}
    if kind is list or isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, Decimal):
        value = Decimal128(value)
    return json_util.default(truncated(value) if isinstance(value, datetime) else value, CANONICAL)
