"""The cells of an entry in an explorer's list: what belongs into a field in words, and anything else as odd."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bson.datetime_ms import DatetimeMS

from logs.asking import can_be_asked
from logs.kinds import Log
from logs.shown.words import asked_as, brief, cut, duration_text, moment_text, name_of, plain
from mongo.client import Document

# Clocks of writers may be a little ahead.
AHEAD = timedelta(minutes=1)
MISSING = object()

# What a cell shows, and how: in words, or as something that does not belong into its field.
TIME, TEXT, STATUS, MONEY = "time", "text", "status", "money"
DURATION, THING, NOTHING, ODD = "duration", "thing", "nothing", "odd"
KINDS = {
    "timestamp": TIME,
    "createdAt": TIME,
    "status": STATUS,
    "amount": MONEY,
    "duration": DURATION,
    "entity": THING,
}
TONES = {
    **dict.fromkeys(("completed", "succeeded", "settled"), "ok"),
    **dict.fromkeys(("started", "pending", "processing"), "info"),
}


class Column(NamedTuple):
    """A column of the list: the path of its field, and `kind`, which is what belongs there; "" for anything."""

    name: str
    label: str
    kind: str
    parts: tuple[str, ...]
    is_asked: bool


class Cell(NamedTuple):
    """A value in words. `kind` is what it is shown as, `title` what is to be known besides.

    `unit` stands beside the text: a currency, a kind of thing. `value` is an amount, or a moment. `asked` are the
    field and the text by which the list can be filtered for this value.
    """

    column: Column
    kind: str
    text: str
    title: str = ""
    unit: str = ""
    tone: str = ""
    value: Any = None
    asked: tuple[str, str] | None = None


def column_of(log: Log, name: str) -> Column:
    first = name.partition(".")[0]
    kind = "" if first in log.open or name == "_id" else KINDS.get(name, TEXT)
    return Column(name, log.labels.get(name, name), kind, tuple(name.split(".")), can_be_asked(log, name))


def cell_of(column: Column, document: Document, log: Log, zone: ZoneInfo, now: datetime) -> Cell:
    """What a column shows of an entry."""
    value = at(document, column.parts)
    if value is MISSING or value is None:
        return Cell(column, NOTHING, "" if value is MISSING else "null")
    if column.kind == TIME:
        return _time(column, value, zone, now)
    if column.kind == MONEY:
        return _amount(column, value, document.get("currency"))
    if column.kind == DURATION:
        return _duration(column, value)
    if column.kind == THING and isinstance(value, Mapping):
        return _thing(column, value, log)
    return _text(column, value, log, zone)


def at(document: Any, parts: Sequence[str]) -> Any:
    """The value at a path, MISSING without one; a list on the way gives that of each of its objects."""
    for position, part in enumerate(parts):
        if isinstance(document, Mapping):
            document = document.get(part, MISSING)
        elif isinstance(document, list):
            found = [at(one, parts[position:]) for one in document if isinstance(one, Mapping)]
            return [one for one in found if one is not MISSING] or MISSING
        else:
            return MISSING
    return document


def _time(column: Column, value: Any, zone: ZoneInfo, now: datetime) -> Cell:
    if isinstance(value, datetime):
        ahead = "This time has not come yet. " if value - now > AHEAD else ""
        title = f"{ahead}{moment_text(value)} UTC"
        return Cell(column, TIME, moment_text(value, zone), title, value=value, tone="warn" if ahead else "")
    if isinstance(value, DatetimeMS):
        return Cell(column, ODD, f"{int(value)} ms since 1970", "A year that the calendar does not have")
    return Cell(column, ODD, brief(value), f"This is {name_of(value)}, not a date")


def _amount(column: Column, value: Any, currency: Any) -> Cell:
    unit = cut(currency)[0] if isinstance(currency, str) else ""
    if _is_exact(value):
        return Cell(column, MONEY, str(value), unit=unit, value=value, asked=_asked(column, value))
    if isinstance(value, float):
        text, title = f"{value!r} {unit}".rstrip(), "A binary fraction, which is not exact"
        return Cell(column, ODD, text, title, asked=_asked(column, value))
    return Cell(column, ODD, brief(value), f"This is {name_of(value)}, not an amount")


def _is_exact(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) and not isinstance(value, bool)


def _duration(column: Column, value: Any) -> Cell:
    is_number = _is_exact(value) or (isinstance(value, float) and isfinite(value))
    if not is_number or not 0 <= value < 10**15:
        return Cell(column, ODD, brief(value), "No number of milliseconds")
    return Cell(column, DURATION, duration_text(float(value)), f"{plain(value)} ms", asked=_asked(column, value))


def _thing(column: Column, value: Mapping[str, Any], log: Log) -> Cell:
    """What an entry of the audit trail is about: its kind, and its id, by which it is filtered."""
    own = value.get("id", MISSING)
    if isinstance(own, str) and own:
        text, title = cut(own)
        kind, inner = brief(value.get("type", "")), column_of(log, f"{column.name}.id")
        # Ids of contracts say so themselves.
        unit = "" if own.startswith(f"{kind}_") else kind
        return Cell(column, THING, text, title, unit=unit, asked=_asked(inner, own, is_text=True))
    return Cell(column, ODD, brief(value), "Something without an id")


def _text(column: Column, value: Any, log: Log, zone: ZoneInfo) -> Cell:
    is_text = column.name in log.filters
    if isinstance(value, str):
        text, title = cut(value)
        asked = _asked(column, value)
        field, alarming = log.alarming
        if column.name == field and value in alarming:
            return Cell(column, STATUS, text, title, tone="bad", asked=asked)
        tone = TONES.get(value.lower(), "muted") if column.kind == STATUS else ""
        return Cell(column, STATUS if tone else TEXT, text or "“”", title, tone=tone, asked=asked)
    if isinstance(value, datetime) and not column.kind:
        return Cell(column, TIME, moment_text(value, zone), f"{moment_text(value)} UTC", value=value)
    asked = _asked(column, value, is_text=is_text)
    if column.kind:
        return Cell(column, ODD, brief(value), f"This is {name_of(value)}, not text", asked=asked)
    return Cell(column, TEXT, brief(value), asked=asked)


def _asked(column: Column, value: Any, *, is_text: bool = False) -> tuple[str, str] | None:
    """The field and the text that ask for this value; None where an address cannot. `is_text`: texts alone can."""
    text = asked_as(value, is_text=is_text) if column.is_asked else None
    return None if text is None else (column.name, text)
