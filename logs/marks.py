"""Marks on past days of accounts whose figures change: until they are computed again, readers count them anew."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from mongo.client import Document
from mongo.errors import DUPLICATE_KEY
from mongo.expressions import EARLIEST, LATEST, is_of, midnight


def mark_touched(
    db: Database[Document], entries: Sequence[Mapping[str, Any]], *, now: datetime | None = None
) -> None:
    """Mark the days before today whose figures the entries change, before they are stored.

    Those are their own days, and that on which the transaction of each began. Today is counted anew anyway.
    """
    now = now or datetime.now(UTC)
    dated = [entry for entry in entries if _has_place(entry)]
    touched = {(entry["userId"], entry["timestamp"].astimezone(UTC).date()) for entry in dated}
    touched |= _beginnings(db, dated)
    marks = [
        UpdateOne({"account": account, "day": midnight(day)}, {"$set": {"at": now}}, upsert=True)
        for account, day in sorted(touched)
        if day < now.date()
    ]
    if not marks:
        return
    try:
        db.usage_dirty.bulk_write(marks, ordered=False)
    except BulkWriteError as error:
        # Somebody else made the same mark at the same moment.
        is_made = all(problem["code"] == DUPLICATE_KEY for problem in error.details["writeErrors"])
        if not is_made or error.details["writeConcernErrors"]:
            raise


def _has_place(entry: Mapping[str, Any]) -> bool:
    moment = entry.get("timestamp")
    account = entry.get("userId")
    is_account = isinstance(account, str) and bool(account)
    return is_account and isinstance(moment, datetime) and EARLIEST <= moment < LATEST


def _beginnings(db: Database[Document], entries: Sequence[Mapping[str, Any]]) -> set[tuple[str, date]]:
    """Account and day on which each transaction began, as far as it is stored already."""
    wanted = {(entry["userId"], entry["transactionId"]) for entry in entries if _is_named(entry)}
    if not wanted:
        return set()
    found = db.transaction_logs.aggregate(
        [
            {"$match": {"transactionId": {"$in": list({transaction for _, transaction in wanted})}}},
            {"$match": {"userId": {"$in": list({account for account, _ in wanted})}}},
            {"$match": {"timestamp": {"$gte": EARLIEST, "$lt": LATEST}}},
            {"$match": {"$expr": is_of("$timestamp", "date")}},
            {"$group": {"_id": {"u": "$userId", "t": "$transactionId"}, "first": {"$min": "$timestamp"}}},
        ]
    )
    firsts = {_key(row["_id"]): row["first"] for row in found}
    return {(account, firsts[account, name].date()) for account, name in wanted if (account, name) in firsts}


def _is_named(entry: Mapping[str, Any]) -> bool:
    name = entry.get("transactionId")
    return isinstance(name, Hashable) and not isinstance(name, bool) and name not in (None, "")


def _key(group: Mapping[str, Any]) -> Any:
    """Account and id of a group; what has no usable ones is nobody's."""
    pair = (group.get("u"), group.get("t"))
    return pair if all(isinstance(part, Hashable) for part in pair) else None
