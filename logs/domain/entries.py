"""Entries of the transaction log and of the agent log as documents, under the names that all services share."""

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from itertools import chain
from types import NoneType
from typing import Any
from uuid import UUID

Document = dict[str, Any]

# What the smallest Atlas clusters hold, the document being the first level; elsewhere it is 100.
LEVELS = 50
LARGEST_BYTES = 16 * 2**20
# What a value takes as BSON at the least.
LEAST_BYTES = 3
SIZED = (str, bytes)
HOLDS_NOTHING = frozenset({str, int, float, bool, NoneType, datetime, Decimal})


class NotAnEntry(ValueError):
    """Values that make no entry; the message names the field and never tells the value."""


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
    document = {
        "transactionId": text("transactionId", transaction_id),
        "userId": text("userId", user_id),
        "type": text("type", type),
        "amount": money("amount", amount),
        "currency": text("currency", currency),
        "status": text("status", status),
        **_times(timestamp, now),
    }
    _add(document, "metadata", metadata, _details)
    _add(document, "entryId", entry_id, text)
    return document


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
    document = {
        "agentId": text("agentId", agent_id),
        "agentName": text("agentName", agent_name),
        "action": text("action", action),
        "status": text("status", status),
        **_times(timestamp, now),
    }
    _add(document, "input", input, bounded)
    _add(document, "output", output, bounded)
    _add(document, "error", repr(error) if isinstance(error, BaseException) else error, bounded)
    _add(document, "duration", duration, _milliseconds)
    _add(document, "runId", run_id, text)
    _add(document, "entryId", entry_id, text)
    return document


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


def _details(field: str, value: object) -> object:
    if not isinstance(value, Mapping):
        raise NotAnEntry(f"{field} must be a mapping.")
    return bounded(field, value)


def _milliseconds(field: str, value: object) -> object:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value):
        return value
    raise NotAnEntry(f"{field} must be a number of milliseconds.")


def _times(timestamp: object, now: datetime) -> Document:
    created = _in_milliseconds(now)
    return {"timestamp": created if timestamp is None else moment("timestamp", timestamp), "createdAt": created}


def _add(document: Document, field: str, value: object, checked: Callable[[str, object], object]) -> None:
    if value is not None:
        document[field] = checked(field, value)
