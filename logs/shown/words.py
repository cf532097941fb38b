"""Values of any kind in one line of words, however long, deep or strange they are."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bson import Code, ObjectId
from bson.datetime_ms import DatetimeMS

from logs.asking import can_be_value
from logs.queries.matching import MOST_DIGITS, NUMBER

# A longer text is cut; the entry's own page shows all of it.
LONGEST = 160
DEEPEST = 8
# What a value is called where it is none of its field's.
NAMES = (
    (bool, "a flag"),
    (int | float | Decimal, "a number"),
    (str, "text"),
    (datetime | DatetimeMS, "a date"),
    (Mapping, "an object"),
    (list, "a list"),
    (ObjectId, "an ObjectId"),
)
_BREAKS = re.compile(r"\s+")
_SPELLED = {None: "null", True: "true", False: "false"}


def cut(text: str) -> tuple[str, str]:
    """A text as far as it is shown, and words for what is not."""
    if len(text) <= LONGEST:
        return text, ""
    return f"{text[:LONGEST]}…", f"Cut: {len(text):,} characters in all"


def moment_text(value: datetime, zone: ZoneInfo | None = None) -> str:
    """`2026-11-21 14:02:03.123` on the zone's clock, or as it stands where the zone's calendar has no such hour."""
    return (on_clock(value, zone) if zone else value).isoformat(" ", "milliseconds")[:23]


def on_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment on the zone's clock; the very ends of the calendar stay in UTC."""
    try:
        return moment.astimezone(zone)
    except (OverflowError, ValueError):
        return moment


def duration_text(milliseconds: float) -> str:
    """`345 ms`, `1.24 s`, `2 min 5 s`, `3 h 12 min`."""
    if milliseconds < 1_000:
        return f"{milliseconds:.3g} ms" if milliseconds < 999.5 else "1 s"
    if milliseconds < 60_000:
        return f"{milliseconds / 1_000:.2f} s"
    minutes, seconds = divmod(round(milliseconds / 1_000), 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min"


def plain(number: float | Decimal) -> str:
    """A number in digits, without an exponent unless it is extreme."""
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    return f"{exact:f}" if exact.is_finite() and abs(exact.adjusted()) < MOST_DIGITS else str(number)


def asked_as(value: Any, *, is_text: bool) -> str | None:
    """The text by which an address asks for a value, None where it cannot; of an `is_text` field texts alone."""
    if isinstance(value, Code):
        return None
    if isinstance(value, str):
        return value if can_be_value(value) else None
    if is_text or not isinstance(value, bool | int | float | Decimal):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    text = plain(value)
    return text if len(text) <= MOST_DIGITS and NUMBER.fullmatch(text) else None


def name_of(value: Any) -> str:
    """What kind of value it is, with an article."""
    return next((name for kind, name in NAMES if isinstance(value, kind)), f"of the type {type(value).__name__}")


def brief(value: Any) -> str:
    """Any value in one line much like JSON, cut where it is long, and never read further than it is shown."""
    if isinstance(value, str):
        return cut(value)[0]
    text = ""
    for piece in _pieces(value, 0):
        text += piece[: LONGEST + 1]
        if len(text) > LONGEST:
            return f"{text[:LONGEST]}…"
    return text


def _pieces(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, Mapping | list) and depth == DEEPEST:
        yield "…"
    elif isinstance(value, Mapping):
        yield "{"
        for position, (key, item) in enumerate(value.items()):
            yield f"{', ' if position else ''}{key[:LONGEST]}: "
            yield from _pieces(item, depth + 1)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for position, item in enumerate(value):
            yield ", " if position else ""
            yield from _pieces(item, depth + 1)
        yield "]"
    else:
        yield _leaf(value)


def _leaf(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return _SPELLED[value]
    if isinstance(value, str):
        return f"“{_BREAKS.sub(' ', value[:LONGEST])}{'…' if len(value) > LONGEST else ''}”"
    if isinstance(value, datetime):
        return f"{moment_text(value)} UTC"
    if isinstance(value, DatetimeMS):
        return f"{int(value)} ms since 1970"
    if isinstance(value, int | float | Decimal):
        return plain(value)
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    return str(value)[: LONGEST + 1]
