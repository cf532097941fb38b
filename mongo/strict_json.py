"""JSON from outside, read so that what is stored is what was sent: whatever is doubtful is refused."""

import re
from decimal import Decimal
from typing import Any

from mongo.extended import ValueUnreadable, parse
from mongo.lines import BOM

__all__ = ["MOST_LEVELS", "ValueUnreadable", "is_storable", "read"]

# The outermost object or list is the first level.
MOST_LEVELS = 20
# Each costs time and memory that a few characters in a body do not show.
MOST_VALUES = 300_000
# A last one may lack its end, so that no text is looked through more than once.
STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
LEAST_WHOLE, MOST_WHOLE = -(2**63), 2**63 - 1
LARGEST_DOUBLE = Decimal("1.7976931348623157e308")
LONGEST_WHOLE = 20
TOO_LARGE = "This holds a number that is too large."


def read(body: bytes) -> Any:
    """The value of a JSON text in UTF-8: whole numbers as int, others as Decimal. Raises ValueUnreadable.

    Refused besides what is no JSON: a name that stands twice, NaN and Infinity, numbers that neither 64 bits nor a
    double can hold, half a character, the character NUL, a byte order mark, more than MOST_LEVELS levels, and more
    than MOST_VALUES values.
    """
    if body.startswith(BOM):
        raise ValueUnreadable("This begins with a byte order mark. Leave it out.")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise ValueUnreadable(f"This is not UTF-8: byte {error.start + 1}.") from error
    if _values(body) > MOST_VALUES and _values(STRING.sub(b"", body)) > MOST_VALUES:
        raise ValueUnreadable(f"This holds more than {MOST_VALUES:,} values. Send less at once.")
    value = parse(text, whole=_whole, fraction=_fraction)
    _check_levels(value)
    # Written in no other way is it JSON.
    if "\\u0000" in text and _holds_nul(value):
        raise ValueUnreadable("This holds the character NUL, which cannot be stored.")
    return value


def is_storable(name: str) -> bool:
    """Whether MongoDB can be asked for a field of this name: it is not empty, has no dot and no $ in front."""
    return bool(name) and name[0] != "$" and "." not in name


def _values(body: bytes) -> int:
    """At least as many values as the body holds: each is the first of something or follows a comma."""
    return 1 + sum(body.count(mark) for mark in (b"[", b"{", b","))


def _check_levels(value: Any) -> None:
    """Raise ValueUnreadable where it is nested too deeply."""
    groups, level = [value] if isinstance(value, dict | list) else [], 0
    while groups:
        level += 1
        if level > MOST_LEVELS:
            raise ValueUnreadable(f"This is nested too deeply: more than {MOST_LEVELS} levels.")
        inner = (item for group in groups for item in (group.values() if isinstance(group, dict) else group))
        groups = [item for item in inner if isinstance(item, dict | list)]


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_WHOLE or not LEAST_WHOLE <= (number := int(digits)) <= MOST_WHOLE:
        raise ValueUnreadable(TOO_LARGE)
    return number


def _fraction(digits: str) -> Decimal:
    number = Decimal(digits)
    if not -LARGEST_DOUBLE <= number <= LARGEST_DOUBLE:
        raise ValueUnreadable(TOO_LARGE)
    return number


def _holds_nul(value: Any) -> bool:
    items = [value]
    while items:
        item = items.pop()
        if isinstance(item, str) and "\0" in item:
            return True
        if isinstance(item, dict):
            items += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            items += item
    return False
