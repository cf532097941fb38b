"""Rows of an audit table as entries of the audit trail: each as exactly as MongoDB can hold it, odd or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from logs.domain.stamps import moment
from logs.domain.values import NotAnEntry, bounded, findable
from logs.files import Entry, Problem, refusal
from mongo.client import Document
from mongo.codec import truncated
from mongo.expressions import EARLIEST, LATEST
from mongo.extended import ValueUnreadable, parse

TEXTS = ("userId", "action", "ipAddress", "userAgent")
AS_JSON = ("{", "[", '"')
WHOLE = range(-(2**63), 2**63)
# Clocks differ.
SLACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Read:
    """A row as an entry, what is odd about it, and when it was, where it tells."""

    entry: Entry
    oddities: tuple[Problem, ...]
    at: datetime | None


def read(row: Mapping[str, Any], *, line: int, size: int, now: datetime) -> Read:
    """The entry that a row makes; `line` counts the rows."""
    odd: dict[str, str] = {}
    texts = {field: _text(row[field], field, odd) for field in TEXTS}
    details = _details(row["details"], odd)
    at = _moment(row["timestamp"], now, odd)
    found: Document = {
        **texts,
        "details": details,
        "timestamp": at or _raw(row["timestamp"], "timestamp", odd),
        # It expires as if it had always been here; what tells no time, or one that is yet to come, counts from now.
        "createdAt": min(at, now) if at else now,
        "auditLogId": _raw(row["id"], "id", odd),
    }
    if texts["action"] is None:
        odd["action"] = "This is missing."
    problem = refusal(found)
    entry = Entry(line=line, size=size, document=found, problems=(Problem("", problem),) if problem else ())
    return Read(entry, tuple(Problem(field, message) for field, message in odd.items()), at)


def _moment(value: Any, now: datetime, odd: dict[str, str]) -> datetime | None:
    at = moment(value)
    if at is None or not EARLIEST <= at < LATEST:
        odd["timestamp"] = "This is no usable date. The entry is stored without one, and kept from now on."
        return None
    if at > now + SLACK:
        odd["timestamp"] = "This is yet to come."
    return truncated(at)


def _details(value: Any, odd: dict[str, str]) -> Any:
    """What a JSON text of some structure holds; any other text, and what MongoDB could not hold, as a text."""
    text = _text(value, "details", odd)
    if not isinstance(text, str) or not text.lstrip().startswith(AS_JSON):
        return None if text == "null" else text
    try:
        found = findable(_exact(bounded(parse(text))), is_sent=False)
        problem = refusal({"details": found})
    except (ValueUnreadable, NotAnEntry) as error:
        problem = str(error)
    if problem:
        odd["details"] = f"{problem} It is kept as a text."
        return text
    return found


def _exact(value: Any) -> Any:
    """The value with whole numbers beyond 64 bits as decimal ones."""
    if isinstance(value, dict):
        return {name: _exact(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    return Decimal(value) if isinstance(value, int) and value not in WHOLE else value


def _text(value: Any, field: str, odd: dict[str, str]) -> Any:
    """Ids and the like are texts, as contracts and the other logs have them."""
    found = _raw(value, field, odd)
    return str(found) if isinstance(found, int | float) else found


def _raw(value: Any, field: str, odd: dict[str, str]) -> Any:
    if isinstance(value, str) and not value.isascii():
        clean = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if clean != value:
            odd[field] = "This holds bytes that are no UTF-8; � stands for them."
        return clean
    if isinstance(value, bytes) and field != "id":
        try:
            return value.decode()
        except UnicodeDecodeError:
            odd[field] = "This holds bytes that are no text."
    return value
