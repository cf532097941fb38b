"""Entries as a request holds them, read into entries as they are stored, or everything that is wrong with them."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import bson
from bson import ObjectId

from logs.api.answers import refused_body
from logs.batches import MOST, Sent
from logs.domain import entries
from logs.domain.entries import Check, NotAnEntry, Rules
from logs.domain.moments import NoMoment, moment_of
from mongo.codec import CODEC_OPTIONS, fits
from mongo.expressions import MOST_MONEY
from mongo.strict_json import is_storable

RULES: Mapping[str, Rules] = {
    "transactions": entries.TRANSACTION,
    "agents": entries.AGENT_RUN,
    "audit": entries.AUDIT,
}
LONGEST_TEXT, LONGEST_NUMBER, LONGEST_NAME = 500, 80, 500
MOST_NAMES = 1_000
MOST_BYTES = 1_000_000
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
TOO_LARGE = "Give a number of at most 34 digits that is not extremely large or small."
UNKNOWN = "There is no such field."
SET_HERE = {
    "via": "This is set to the name of the token. Leave it out.",
    "createdAt": "This is set here. Leave it out.",
}
NOWHERE = ObjectId(bytes(12))

Problem = tuple[str, str]


def read(sent: Any, log: str, *, now: datetime, via: str) -> list[Sent]:
    """The entries of a body for a log. Raises ValidationError, which names fields, in a list after the position."""
    problems: list[Problem] = []
    found: list[Sent] = []
    if isinstance(sent, list) and not 0 < len(sent) <= MOST:
        problems.append(("", f"Send {MOST:,} entries at most." if sent else "Send at least one entry."))
    else:
        for path, one in enumerate(sent) if isinstance(sent, list) else [("", sent)]:
            outcome = _entry(one, log, now, via)
            if isinstance(outcome, Sent):
                found.append(outcome)
            else:
                problems += [(f"{path}.{name}".strip("."), message) for name, message in outcome]
    if problems:
        raise refused_body(problems)
    return found


def _entry(one: Any, log: str, now: datetime, via: str) -> Sent | list[Problem]:
    if not isinstance(one, dict):
        return [("", "Give an object in braces.")]
    values, problems = _values(one, log)
    if problems:
        return problems
    moment = values.pop("timestamp", None)
    document = entries.dated(values, moment, now)
    if log == "audit":
        document["via"] = via
    encoded = bson.encode({"_id": NOWHERE, **document}, codec_options=CODEC_OPTIONS)
    if len(encoded) > MOST_BYTES:
        return [("", f"An entry has {MOST_BYTES:,} bytes at most; this one has {len(encoded):,}.")]
    return Sent(document, encoded, moment is not None)


def _values(one: Mapping[str, Any], log: str) -> tuple[dict[str, Any], list[Problem]]:
    """The fields of an entry as they are stored, and what is wrong with others."""
    values: dict[str, Any] = {}
    problems = [(name, "Give this.") for name in RULES[log].required if one.get(name) is None]
    fields = FIELDS[log]
    for name, value in one.items():
        read = fields.get(name)
        if read is None:
            problems.append((name[:100], SET_HERE.get(name, UNKNOWN)))
        elif value is not None:
            try:
                values[name] = read(name, value)
            except (NotAnEntry, NoMoment) as problem:
                problems.append((name, str(problem)))
    return values, problems


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise NotAnEntry("Give a text that is not empty.")
    if len(value) > LONGEST_TEXT:
        raise NotAnEntry(f"Use {LONGEST_TEXT} characters at most.")
    return value


def _amount(name: str, value: Any) -> Decimal:
    if isinstance(value, Decimal):
        raise NotAnEntry(f'Send this number as a text, such as "{value:.40}": it is to be stored exactly.')
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    is_written = isinstance(value, str) and len(value) <= LONGEST_NUMBER and NUMBER.fullmatch(value)
    if not is_whole and not is_written:
        raise NotAnEntry('Give a decimal number as a text, such as "12.30", or a whole number.')
    amount = entries.money(name, value)
    if not -MOST_MONEY < amount < MOST_MONEY or not fits(amount):
        raise NotAnEntry(TOO_LARGE)
    return amount


def _duration(name: str, value: Any) -> Any:
    duration = entries.milliseconds(name, value)
    if value < 0:
        raise NotAnEntry("Give 0 or more.")
    return _free(name, duration)


def _moment(name: str, value: Any) -> datetime:
    return moment_of(value)


def _entity(name: str, value: Any) -> object:
    entity = entries.entity(name, value)
    for part in value.values():
        _text(name, part)
    return entity


def _object(name: str, value: Any) -> Any:
    if not isinstance(value, dict):
        raise NotAnEntry("Give an object in braces.")
    return _free(name, value)


def _free(name: str, value: Any) -> Any:
    """Whatever a caller keeps in an entry, if MongoDB can hold it and be asked for it. JSON is never too deep."""
    items = [value]
    while items:
        item = items.pop()
        if isinstance(item, dict):
            _check_names(item)
            items += item.values()
        elif isinstance(item, list):
            items += item
        elif isinstance(item, Decimal) and not fits(item):
            raise NotAnEntry(TOO_LARGE)
    return value


def _check_names(item: Mapping[str, Any]) -> None:
    if len(item) > MOST_NAMES:
        raise NotAnEntry(f"An object has {MOST_NAMES:,} names at most.")
    for name in item:
        if not is_storable(name):
            raise NotAnEntry(f"“{name[:80]}” is no name here: names are not empty, have no dot and no $ in front.")
        if len(name) > LONGEST_NAME:
            raise NotAnEntry(f"A name has {LONGEST_NAME} characters at most.")


# How the fields are read that are no plain text.
READERS: Mapping[str, Check] = {
    "amount": _amount,
    "duration": _duration,
    "metadata": _object,
    "details": _object,
    "entity": _entity,
    "input": _free,
    "output": _free,
    "error": _free,
}
FIELDS: Mapping[str, Mapping[str, Check]] = {
    log: {
        "timestamp": _moment,
        **{name: READERS.get(name, _text) for name in (*rules.required, *rules.optional)},
    }
    for log, rules in RULES.items()
}
