"""Entries of the three logs as documents, under the names that all services share."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from itertools import chain
from types import NoneType
from typing import Any
from uuid import UUID

Document = dict[str, Any]
# Gives the value of a field as it is stored. Raises NotAnEntry.
Check = Callable[[str, Any], object]

# What the smallest Atlas clusters hold, the document being the first level; elsewhere it is 100.
LEVELS = 50
LARGEST_BYTES = 16 * 2**20
# What a value takes as BSON at the least.
LEAST_BYTES = 3
SIZED = (str, bytes)
HOLDS_NOTHING = frozenset({str, int, float, bool, NoneType, datetime, Decimal})


class NotAnEntry(ValueError):
    """Values that make no entry; the message names the field and never tells the value."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What an entry of a log must have and may have beside its times: fields and how each is checked."""

    required: Mapping[str, Check]
    optional: Mapping[str, Check]


def transaction(
    *,
    now: datetime,
    transaction_id: object,
    user_id: object,
    type: object,
    amount: object,
    currency: object,
    status: object,
    metadata: object = None,
    timestamp: object = None,
    entry_id: object = None,
) -> Document:
    """One status of a transaction. Raises NotAnEntry, and whatever the arguments' own methods raise."""
    values = {
        "transactionId": transaction_id,
        "userId": user_id,
        "type": type,
        "amount": amount,
        "currency": currency,
        "status": status,
        "metadata": metadata,
        "entryId": entry_id,
    }
    return document(TRANSACTION, values, timestamp, now)


def agent_run(
    *,
    now: datetime,
    agent_id: object,
    agent_name: object,
    action: object,
    status: object,
    input: object = None,
    output: object = None,
    error: object = None,
    duration: object = None,
    run_id: object = None,
    timestamp: object = None,
    entry_id: object = None,
) -> Document:
    """The start or the end of an agent's run; `duration` is in milliseconds. Raises as `transaction` does."""
    values = {
        "agentId": agent_id,
        "agentName": agent_name,
        "action": action,
        "status": status,
        "input": input,
        "output": output,
        "error": repr(error) if isinstance(error, BaseException) else error,
        "duration": duration,
        "runId": run_id,
        "entryId": entry_id,
    }
    return document(AGENT_RUN, values, timestamp, now)


def document(rules: Rules, values: Mapping[str, object], timestamp: object, now: datetime) -> Document:
    """The entry that values by their field names make, at a time that is now unless told. Raises NotAnEntry."""
    found: Document = {name: check(name, values[name]) for name, check in rules.required.items()}
    for name, check in rules.optional.items():
        if values.get(name) is not None:
            found[name] = check(name, values[name])
    return dated(found, timestamp, now)


def dated(values: Mapping[str, object], timestamp: object, now: datetime) -> Document:
    """The entry that checked values make."""
    created = _in_milliseconds(now)
    return {
        **values,
        "timestamp": created if timestamp is None else moment("timestamp", timestamp),
        "createdAt": created,
    }


def text(field: str, value: object) -> str:
    """A text that is not empty. Whole numbers and UUIDs are ids often enough to be taken as well."""
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int | UUID) and not isinstance(value, bool):
        return str(value)
    raise NotAnEntry(f"{field} must be a text that is not empty.")


def money(field: str, value: object) -> Decimal:
    """The decimal number that a value is or spells; a float is what it prints as, not its binary value."""
    if isinstance(value, float):
        value = float.__repr__(value)
    if isinstance(value, Decimal | int | str) and not isinstance(value, bool):
        try:
            amount = Decimal(value)
        except InvalidOperation as error:
            raise NotAnEntry(f"{field} must be a decimal number.") from error
        if amount.is_finite():
            return amount
    raise NotAnEntry(f"{field} must be a decimal number.")


def moment(field: str, value: object) -> datetime:
    """A time in UTC, in whole milliseconds as MongoDB keeps it. One without a zone is in UTC already."""
    if not isinstance(value, datetime):
        raise NotAnEntry(f"{field} must be a datetime.")
    return _in_milliseconds(value.replace(tzinfo=UTC) if value.utcoffset() is None else value.astimezone(UTC))


def bounded(field: str, value: object) -> object:
    """The value itself, unless it is nested too deeply or too large for MongoDB.

    That is found out before anything is copied: a few lists that hold one another can stand for gigabytes.
    """
    room = LARGEST_BYTES
    levels = [iter((value,))]
    while levels:
        if len(levels) > LEVELS:
            raise NotAnEntry(f"{field} must not be nested deeper than {LEVELS} levels.")
        for item in levels[-1]:
            room -= LEAST_BYTES + (len(item) if isinstance(item, SIZED) else 0)
            if room < 0:
                raise NotAnEntry(f"{field} must be smaller than 16 MB.")
            held = None if type(item) in HOLDS_NOTHING else _held_by(item)
            if held is not None:
                levels.append(iter(held))
                break
        else:
            levels.pop()
    return value


def _in_milliseconds(value: datetime) -> datetime:
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def _held_by(item: object) -> Iterable[object] | None:
    if isinstance(item, Mapping):
        return chain(item.keys(), item.values())
    return item if isinstance(item, list | tuple) else None


def mapping(field: str, value: object) -> object:
    """An object with whatever somebody keeps in it, within bounds."""
    if not isinstance(value, Mapping):
        raise NotAnEntry(f"{field} must be a mapping.")
    return bounded(field, value)


def milliseconds(field: str, value: object) -> object:
    """A finite number."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value):
        return value
    raise NotAnEntry(f"{field} must be a number of milliseconds.")


def entity(field: str, value: object) -> object:
    """What was acted on: its `type` and its `id`."""
    if isinstance(value, Mapping) and value.keys() == {"type", "id"}:
        return {name: text(f"{field}.{name}", value[name]) for name in ("type", "id")}
    raise NotAnEntry(f"{field} must have a type and an id, and nothing else.")


TRANSACTION = Rules(
    required={
        "transactionId": text,
        "userId": text,
        "type": text,
        "amount": money,
        "currency": text,
        "status": text,
    },
    optional={"metadata": mapping, "entryId": text},
)
AGENT_RUN = Rules(
    required={"agentId": text, "agentName": text, "action": text, "status": text},
    optional={
        "input": bounded,
        "output": bounded,
        "error": bounded,
        "duration": milliseconds,
        "runId": text,
        "entryId": text,
    },
)
# What other services tell of who did what; what Counterpart does itself is recorded with its change.
AUDIT = Rules(
    required={"userId": text, "action": text},
    optional={
        "details": mapping,
        "entity": entity,
        "ipAddress": text,
        "userAgent": text,
        "requestId": text,
        "entryId": text,
    },
)
