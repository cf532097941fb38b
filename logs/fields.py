"""The logs that files are brought into, and how a field of a file is read before it is judged as any other entry's.

A file may hold what JSON does not: Extended JSON, numbers however they are written, ids of MongoDB.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from bson import Binary, Code, ObjectId

from logs.domain.entries import FILED, TEXTS, Rules
from logs.domain.values import NotAnEntry, findable
from mongo.codec import truncated
from mongo.extended import EVERY_KIND, ValueUnreadable, decoded


@dataclass(frozen=True, slots=True)
class Kind:
    """A log: where it lies, what an entry of a file must hold, and which fields are unique to one entry."""

    collection: str
    rules: Rules
    identity: tuple[str, ...] = ("_id", "entryId")
    expires: bool = False


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "transactions": Kind("transaction_logs", FILED["transactions"]),
        "agents": Kind("ai_agent_logs", FILED["agents"]),
        "audit": Kind("audit_trails", FILED["audit"], ("_id", "entryId", "auditLogId"), expires=True),
    }
)


def read(name: str, raw: Any) -> Any:
    """The value that is judged for what stands in a field of a line. Raises NotAnEntry."""
    try:
        value = findable(decoded(raw, EVERY_KIND), is_sent=False)
    except ValueUnreadable as error:
        raise NotAnEntry(str(error)) from error
    reader = READERS.get(name)
    return value if reader is None or value is None else reader(value)


def _object_id(value: Any) -> ObjectId:
    if isinstance(value, ObjectId | str) and ObjectId.is_valid(value):
        return ObjectId(value)
    raise NotAnEntry('Give an ObjectId, such as {"$oid": "…24 hexadecimal digits…"}, or nothing.')


def _identifier(value: Any) -> Any:
    """Ids are texts, as the accounts of contracts are; other services may have numbers or ids of MongoDB."""
    is_id = isinstance(value, int | ObjectId | UUID) and not isinstance(value, bool)
    return str(value) if is_id else value


def _parsed(value: Any) -> datetime | None:
    """The moment that a text tells; None for what tells none."""
    try:
        moment = decoded({"$date": value}) if isinstance(value, str) else None
    except ValueUnreadable:
        return None
    return moment if isinstance(moment, datetime) else None


def _label(value: Any) -> Any:
    """Who judged a run, when and how; it is no part of what happened, and so is kept whatever it says."""
    moment = _parsed(value.get("at")) if isinstance(value, dict) else None
    return value if moment is None else {**value, "at": truncated(moment)}


def _moment(value: Any) -> Any:
    return _parsed(value) or value


def _row_id(value: Any) -> Any:
    """Bytes come as a kind of MongoDB's own, which equals none."""
    return bytes(value) if isinstance(value, Binary) and not value.subtype else value


def _plain(value: Any) -> Any:
    """Code of JavaScript would pass for a text."""
    if isinstance(value, Code):
        raise NotAnEntry("Give a text; this is code.")
    return value


READERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        **dict.fromkeys(TEXTS, _plain),
        **dict.fromkeys(("transactionId", "userId", "agentId"), _identifier),
        **dict.fromkeys(("timestamp", "createdAt"), _moment),
        "_id": _object_id,
        "auditLogId": _row_id,
        "label": _label,
    }
)
