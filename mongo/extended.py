"""Values of a file: strict JSON with exact numbers, and MongoDB's Extended JSON v2 to and fro."""

import base64
import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bson import Binary, Int64, ObjectId, json_util
from bson.datetime_ms import DatetimeMS
from bson.errors import BSONError

from mongo.codec import CANONICAL

Kinds = Mapping[str, Callable[[Any], Any]]

# What we write is three levels deep; what other services keep beside it may be a little deeper.
MOST_LEVELS = 20
LONGEST_WHOLE = 40
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ValueUnreadable(ValueError):
    """A text or value of a file cannot be read; the message says why."""


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < LONGEST_WHOLE else Decimal(digits)


def parse(text: str, *, whole: Callable[[str], Any] = _whole, fraction: Callable[[str], Any] = Decimal) -> Any:
    """The value of a JSON text, numbers with a fraction as Decimal, unless they are read otherwise.

    Raises ValueUnreadable.

    A name that stands twice in one object is refused, for nobody can tell which of the two is meant.
    """
    try:
        value = json.loads(
            text,
            parse_float=fraction,
            parse_int=whole,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
        if "\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except json.JSONDecodeError as error:
        raise ValueUnreadable(f"This is no JSON: {error.msg.lower()}, character {error.pos + 1}.") from error
    except UnicodeEncodeError as error:
        raise ValueUnreadable("This holds half a character, which cannot be stored.") from error
    except ArithmeticError as error:
        raise ValueUnreadable("This holds a number that is too large.") from error
    except RecursionError as error:
        raise ValueUnreadable("This is nested too deeply.") from error
    return value


def _no_number(name: str) -> Any:
    raise ValueUnreadable(f"{name} is no number.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueUnreadable(f"“{twice[:80]}” stands here twice.")
    return found


def _date(value: Any) -> datetime:
    if isinstance(value, dict):
        value = decoded(value)
    if isinstance(value, int):
        return EPOCH + timedelta(milliseconds=value)
    moment = datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _any_date(value: Any) -> datetime | DatetimeMS:
    """As `_date`; also beyond the calendar that Python knows, where other services' mistakes lie."""
    try:
        return _date(value)
    except OverflowError:
        return DatetimeMS(int(decoded(value)))


def _from_text(kind: Callable[[str], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not isinstance(value, str):
            raise TypeError(f"{value!r} is no text")
        return kind(value)

    return read


def _binary(value: Any) -> Binary:
    # The driver's own reader would turn the old kind of UUID into the new one.
    if not isinstance(value, dict) or value.keys() != {"base64", "subType"}:
        raise TypeError("no binary")
    return Binary(base64.b64decode(value["base64"], validate=True), int(value["subType"], 16))


def _by_driver(mark: str) -> Callable[[Any], Any]:
    return lambda value: json_util.object_hook({mark: value}, CANONICAL)


# What documents of ours hold and JSON has no notation for.
OWN_KINDS: Kinds = {
    "$date": _date,
    "$numberDecimal": _from_text(Decimal),
    "$numberDouble": _from_text(float),
    "$numberInt": _from_text(int),
    "$numberLong": _from_text(int),
    "$oid": _from_text(ObjectId),
}
_FOREIGN = ("$code", "$maxKey", "$minKey", "$regularExpression", "$timestamp", "$uuid")
# What documents of other services may hold besides, each coming back as it was.
EVERY_KIND: Kinds = {
    **OWN_KINDS,
    "$date": _any_date,
    "$numberLong": _from_text(Int64),
    "$binary": _binary,
    **{mark: _by_driver(mark) for mark in _FOREIGN},
}


def decoded(value: Any, kinds: Kinds = OWN_KINDS, *, level: int = 0) -> Any:
    """The value with `{"$date": …}` and the like turned into what they stand for. Raises ValueUnreadable."""
    if level > MOST_LEVELS:
        raise ValueUnreadable("This is nested too deeply.")
    if isinstance(value, list):
        return [decoded(item, kinds, level=level + 1) for item in value]
    if not isinstance(value, dict):
        return value
    mark = next((name for name in value if name.startswith("$")), None)
    if mark is None:
        return {name: decoded(item, kinds, level=level + 1) for name, item in value.items()}
    if len(value) > 1 or mark not in kinds:
        raise ValueUnreadable(f"{mark[:80]} is no kind of value that can be read here.")
    try:
        return kinds[mark](value[mark])
    except (ValueError, TypeError, ArithmeticError, LookupError, BSONError) as error:
        raise ValueUnreadable(f"This {mark} cannot be read.") from error


def encoded(value: Any) -> Any:
    """A value of MongoDB of whatever kind as Extended JSON, told from all others."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(name): encoded(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [encoded(item) for item in value]
    if isinstance(value, Decimal):
        return {"$numberDecimal": str(value)}
    if isinstance(value, datetime):
        return {"$date": iso(value)}
    return json_util.default(value, CANONICAL)


def iso(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC, to the millisecond in which MongoDB keeps it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
