"""What the fields of an entry may hold, one function a kind of value: each gives the value as it is stored."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from itertools import chain
from types import NoneType
from typing import Any

LONGEST_TEXT, LONGEST_NAME, LONGEST_NUMBER = 500, 500, 80
# How much of a name is told.
SHOWN = 80
# Of an object that a request sends.
MOST_NAMES = 1_000
# What lies beyond is no usable date.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
# An amount, up or down, lies below it.
MOST_MONEY = Decimal("1E+34")
# What the smallest Atlas clusters hold, the document being the first level; elsewhere it is 100.
LEVELS = 50
LARGEST_BYTES = 16 * 2**20
# What a value takes as BSON at the least.
LEAST_BYTES = 3
SIZED = (str, bytes)
HOLDS_NOTHING = frozenset({str, int, float, bool, NoneType, datetime, Decimal})
TOO_LARGE = "Give a number of at most 34 digits that is not extremely large or small."

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
# The numbers that MongoDB holds as Decimal128, none of them rounded.
_DECIMAL128 = Context(prec=34, Emin=-6143, Emax=6144, clamp=1, traps=[Inexact, InvalidOperation, Overflow])


class NotAnEntry(ValueError):
    """Values that make no entry; the message says why, and tells of a value no more than its names."""


def text(value: object) -> str:
    """A text that is neither empty nor longer than LONGEST_TEXT."""
    if not isinstance(value, str) or not value.strip():
        raise NotAnEntry("Give a text that is not empty.")
    if len(value) > LONGEST_TEXT:
        raise NotAnEntry(f"Use {LONGEST_TEXT} characters at most.")
    return value


def row_id(value: object) -> object:
    """The id of a row of SQL: a whole number, a text or bytes."""
    return value if isinstance(value, int | bytes) and not isinstance(value, bool) else text(value)


def money(value: object) -> Decimal:
    """The decimal number that a value is or spells; a float is what it prints as, not its binary value."""
    if isinstance(value, float):
        value = float.__repr__(value)
    is_written = isinstance(value, str) and len(value) <= LONGEST_NUMBER and _NUMBER.fullmatch(value)
    if not is_written and (not isinstance(value, Decimal | int) or isinstance(value, bool)):
        raise NotAnEntry('Give a decimal number, such as "12.30".')
    try:
        amount = Decimal(value)  # type: ignore[arg-type]
    except InvalidOperation as error:
        raise NotAnEntry(TOO_LARGE) from error
    if not amount.is_finite() or not -MOST_MONEY < amount < MOST_MONEY or not is_exact(amount):
        raise NotAnEntry(TOO_LARGE)
    return amount


def is_exact(number: Decimal) -> bool:
    """Whether MongoDB can hold the number as it is: 34 digits, and an exponent that is not extreme."""
    try:
        _DECIMAL128.create_decimal(number)
    except ArithmeticError:
        return False
    return True


def milliseconds(value: object) -> object:
    """A duration: a finite number, 0 or more."""
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if not is_number or not Decimal(value).is_finite():  # type: ignore[arg-type]
        raise NotAnEntry("Give a number of milliseconds.")
    if value < 0:  # type: ignore[operator]
        raise NotAnEntry("Give 0 or more.")
    if isinstance(value, Decimal) and not is_exact(value):
        raise NotAnEntry(TOO_LARGE)
    return value


def moment(value: object) -> datetime:
    """A time in UTC, in whole milliseconds as MongoDB keeps it. One without a zone is in UTC already."""
    if isinstance(value, datetime):
        aware = value.replace(tzinfo=UTC) if value.utcoffset() is None else value
        if EARLIEST <= aware < LATEST:
            return in_milliseconds(aware.astimezone(UTC))
    raise NotAnEntry("Give a date and time from 1900 to 2999, such as 2026-11-21T12:00:00Z.")


def in_milliseconds(value: datetime) -> datetime:
    """The time without what MongoDB does not keep."""
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def entity(value: object) -> object:
    """What was acted on: its `type` and its `id`."""
    if isinstance(value, Mapping) and value.keys() == {"type", "id"}:
        return {name: text(value[name]) for name in ("type", "id")}
    raise NotAnEntry("Give a type and an id, and nothing else.")


def anything(value: object) -> object:
    """Whatever somebody keeps in an entry; that it is within bounds is seen to where it is read."""
    return value


def mapping(value: object) -> object:
    """An object with whatever somebody keeps in it, within bounds as `anything` is."""
    if not isinstance(value, dict | Mapping):
        raise NotAnEntry("Give an object with names and values.")
    return value


def bounded(value: object) -> object:
    """The value itself, unless it is nested too deeply or too large for MongoDB.

    That is found out before anything is copied: a few lists that hold one another can stand for gigabytes.
    """
    room = LARGEST_BYTES
    levels = [iter((value,))]
    while levels:
        if len(levels) > LEVELS:
            raise NotAnEntry(f"This must not be nested deeper than {LEVELS} levels.")
        for item in levels[-1]:
            room -= LEAST_BYTES + (len(item) if isinstance(item, SIZED) else 0)
            if room < 0:
                raise NotAnEntry("This must be smaller than 16 MB.")
            held = None if type(item) in HOLDS_NOTHING else _held_by(item)
            if held is not None:
                levels.append(iter(held))
                break
        else:
            levels.pop()
    return value


def _held_by(item: object) -> Iterable[object] | None:
    if isinstance(item, Mapping):
        return chain(item.keys(), item.values())
    return item if isinstance(item, list | tuple) else None


def findable(value: Any, *, is_sent: bool) -> Any:
    """The value itself, unless a name or a number inside it is one that MongoDB has no place for.

    What a request sends, MongoDB must also be able to ask for: its names have no dot, and are at most MOST_NAMES to
    an object. A value read of JSON is never too deep for this.
    """
    items = [value]
    while items:
        item = items.pop()
        if isinstance(item, dict):
            _check_names(item, is_sent)
            items += item.values()
        elif isinstance(item, list):
            items += item
        elif isinstance(item, Decimal) and item.is_finite() and not is_exact(item):
            raise NotAnEntry(TOO_LARGE)
    return value


def _check_names(item: Mapping[str, Any], is_sent: bool) -> None:
    if is_sent and len(item) > MOST_NAMES:
        raise NotAnEntry(f"An object has {MOST_NAMES:,} names at most.")
    for name in item:
        check_name(name)
        if is_sent and "." in name:
            raise NotAnEntry(f"“{name[:SHOWN]}” is no name here: names have no dot.")


def check_name(name: str) -> None:
    """Raise NotAnEntry for what cannot be the name of a field."""
    if not name or name[0] == "$" or "\0" in name:
        raise NotAnEntry(f"“{name[:SHOWN]}” is no name here: names are not empty, have no $ in front and no NUL.")
    if len(name) > LONGEST_NAME:
        raise NotAnEntry(f"A name has {LONGEST_NAME} characters at most.")
