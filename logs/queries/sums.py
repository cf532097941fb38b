"""Sums over entries of the logs, as pipelines that hold whatever other services wrote."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bson.datetime_ms import DatetimeMS

from logs.metering import IS_NAMED, READ, Pipeline
from mongo.client import Document
from mongo.expressions import is_of, number_of, text_of

MOST_GROUPS = 1_000
# A longer value helps nobody to choose, and a page of them would be large.
LONGEST_VALUE = 200
# Where a pipeline counts what lies in no piece of the time; no piece begins there.
BEYOND = DatetimeMS(-(2**63))
MILLISECOND = timedelta(milliseconds=1)
# Of transactions with their `amount`, null where that is no number.
AMOUNTS: Document = {
    "count": {"$sum": 1},
    "total": {"$sum": "$amount"},
    "odd": {"$sum": {"$cond": [{"$eq": ["$amount", None]}, 1, 0]}},
}


def since(days: int, now: datetime) -> Document:
    """Moments of the last days, each of 24 hours, as a condition on a date."""
    return {"$gt": now - timedelta(days=days) - MILLISECOND, "$lt": now + MILLISECOND}


def by_type(matching: Mapping[str, Any]) -> Pipeline:
    """Transactions with an entry that matches, each once with its latest, by account, type and currency."""
    return [
        *transactions(_dated(matching)),
        {"$set": {"amount": number_of("$last.amount")}},
        {
            "$group": {
                "_id": {
                    "user": "$_id.user",
                    "type": written("$last.type"),
                    "currency": written("$last.currency"),
                },
                **AMOUNTS,
            }
        },
        *most(),
    ]


def by_agent(matching: Mapping[str, Any]) -> Pipeline:
    """Entries that match by agent and status; those without a date count as well, where none is asked for."""
    dated = _dated(matching) if "timestamp" in matching else [{"$match": dict(matching)}]
    is_odd = {"$and": [{"$eq": ["$milliseconds", None]}, {"$gt": ["$duration", None]}]}
    return [
        *dated,
        {"$project": {"agentId": 1, "status": 1, "duration": 1}},
        {"$set": {"milliseconds": number_of("$duration")}},
        {
            "$group": {
                "_id": {"agent": text_of("$agentId"), "status": text_of("$status")},
                "count": {"$sum": 1},
                "average": {"$avg": "$milliseconds"},
                "odd": {"$sum": {"$cond": [is_odd, 1, 0]}},
            }
        },
        *most(),
    ]


def by_action(matching: Mapping[str, Any]) -> Pipeline:
    """Entries that match by action."""
    return [
        *_dated(matching),
        {"$group": {"_id": {"action": text_of("$action")}, "count": {"$sum": 1}}},
        *most(),
    ]


def transactions(entries: Pipeline) -> Pipeline:
    """The transactions of entries, each with its account and what its `last` entry says."""
    is_alone = {"$cond": [IS_NAMED, None, "$_id"]}
    named = {"$cond": [IS_NAMED, "$transactionId", None]}
    told = {name: f"${name}" for name in READ if name != "transactionId"}
    return [
        *entries,
        {"$project": dict.fromkeys(READ, 1)},
        {
            "$group": {
                "_id": {"user": text_of("$userId"), "named": named, "alone": is_alone},
                "last": {"$bottom": {"sortBy": {"timestamp": 1, "_id": 1}, "output": told}},
            }
        },
    ]


def _dated(matching: Mapping[str, Any]) -> Pipeline:
    # A range is met by any date of a list, which is no date itself.
    return [{"$match": dict(matching)}, {"$match": {"$expr": is_of("$timestamp", "date")}}]


def written(path: str) -> Document:
    """The text at a path, an empty one for all else."""
    return {"$cond": [is_of(path, "string"), path, ""]}


def short(path: str) -> Document:
    """The text at a path, an empty one for what is none or long: many long ones would be too large an answer."""
    is_short = {"$lte": [{"$strLenBytes": "$$text"}, LONGEST_VALUE]}
    return {"$let": {"vars": {"text": written(path)}, "in": {"$cond": [is_short, "$$text", ""]}}}


def most(number: int = MOST_GROUPS) -> Pipeline:
    """The largest groups, and one more than fits where there are more."""
    return [{"$sort": {"count": -1, "_id": 1}}, {"$limit": number + 1}]
