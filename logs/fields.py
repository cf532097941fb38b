"""What an entry of each log must have and may have, and how it is read from whatever a file says."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bson import ObjectId

from mongo.codec import truncated
from mongo.expressions import EARLIEST, LATEST, MOST_MONEY
from mongo.extended import ValueUnreadable, decoded

# Reads a value that is not null, or raises ValueUnreadable.
Reader = Callable[[Any], Any]

# A text that MongoDB, too, can turn into a number.
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Kind:
    """A log: what an entry must have and may have of a certain kind, and which fields are unique to one entry."""

    collection: str
    required: Mapping[str, Reader]
    optional: Mapping[str, Reader]
    identity: tuple[str, ...]
    expires: bool = False


def _text(value: Any) -> str:
    if type(value) is str and value.strip():
        return value
    raise ValueUnreadable("A text belongs here, and not an empty one.")


def _identifier(value: Any) -> str:
    """Ids are texts, as the accounts of contracts are; other services may have numbers or ids of MongoDB."""
    is_id = isinstance(value, int | ObjectId | UUID) and not isinstance(value, bool)
    return str(value) if is_id else _text(value)


def _amount(value: Any) -> Decimal:
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if is_number or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        number = _decimal(str(value))
        if number.is_finite() and -MOST_MONEY < number < MOST_MONEY:
            return number
    raise ValueUnreadable("A number belongs here, such as 12.30, of at most 34 digits.")


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        return Decimal("NaN")


def _moment(value: Any) -> datetime:
    moment = _parsed(value) if isinstance(value, str) else value
    if isinstance(moment, datetime) and EARLIEST <= moment < LATEST:
        return truncated(moment)
    raise ValueUnreadable("A date and time from 1900 to 2999 belongs here, such as 2026-11-21T12:00:00Z.")


def _parsed(text: str) -> Any:
    try:
        return decoded({"$date": text})
    except ValueUnreadable:
        return None


def _label(value: Any) -> Any:
    """Who judged a run, when and how; it is no part of what happened, and so is kept whatever it says."""
    moment = _parsed(value["at"]) if isinstance(value, dict) and isinstance(value.get("at"), str) else None
    return value if moment is None else {**value, "at": truncated(moment)}


def _object_id(value: Any) -> ObjectId:
    if isinstance(value, ObjectId | str) and ObjectId.is_valid(value):
        return ObjectId(value)
    raise ValueUnreadable('An ObjectId belongs here, such as {"$oid": "…24 hexadecimal digits…"}, or nothing.')


def _row_id(value: Any) -> int | str:
    """The id of a row of SQL."""
    return value if isinstance(value, int) and not isinstance(value, bool) else _text(value)


_COMMON: Mapping[str, Reader] = {"_id": _object_id, "entryId": _text, "createdAt": _moment}

KINDS: Mapping[str, Kind] = {
    "transactions": Kind(
        "transaction_logs",
        required={
            "transactionId": _identifier,
            "userId": _identifier,
            "type": _text,
            "amount": _amount,
            "currency": _text,
            "status": _text,
            "timestamp": _moment,
        },
        optional=_COMMON,
        identity=("_id", "entryId"),
    ),
    "agents": Kind(
        "ai_agent_logs",
        required={"agentId": _identifier, "action": _text, "status": _text, "timestamp": _moment},
        optional={**_COMMON, "label": _label},
        identity=("_id", "entryId"),
    ),
    "audit": Kind(
        "audit_trails",
        required={"userId": _identifier, "action": _text, "timestamp": _moment},
        optional={**_COMMON, "auditLogId": _row_id},
        identity=("_id", "entryId", "auditLogId"),
        expires=True,
    ),
}
