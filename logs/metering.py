"""How trades are counted out of the transaction log, as pipelines; docs/data.md says what a trade is.

A transaction is what carries one transactionId for one account. An entry without a usable id stands for itself.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from mongo.client import Document

Expression = dict[str, Any]
Pipeline = list[Document]

ONE_DAY = timedelta(days=1)
# What lies beyond is no usable date.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
DONE = ["completed", "succeeded", "settled"]
ID_TYPES = ["string", "objectId", "int", "long", "double", "decimal", "binData"]
AMOUNT_TYPES = ["decimal", "double", "int", "long", "string"]
MOST_MONEY = Decimal("1E+34")
# What names a document of usage_daily. It stands in fields of its own too, since not every server finds a document
# by an _id of several fields without looking through all.
KEY = ("account", "day", "currency")


def _is_id(path: str) -> Expression:
    return {"$and": [{"$in": [{"$type": path}, ID_TYPES]}, {"$ne": [path, ""]}]}


IS_NAMED = _is_id("$transactionId")


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def within(first: date, last: date) -> Document:
    """Moments of the days from first to last, both included, as a condition on a date.

    Dates are whole milliseconds, so "after the last one before" is "from"; the embedded server loses what lies on
    an inclusive bound of a descending index.
    """
    return {"$gt": midnight(first) - timedelta(milliseconds=1), "$lt": midnight(last + ONE_DAY)}


def started(matching: Document, days: Sequence[date] | None = None) -> Pipeline:
    """Transactions that began at a time that matches: account, first moment, and what the latest entry says.

    `matching` bounds `timestamp`, and may name a `userId`; `days` are those of them that are wanted, if not all.
    """
    on_days: Pipeline = [{"$match": {"$expr": {"$in": [_day_of("$timestamp"), _dates(days)]}}}] if days else []
    began: Document = {"first": matching["timestamp"]}
    if days:
        began["$expr"] = {"$in": [_day_of("$first"), _dates(days)]}
    return [
        {"$match": matching},
        *on_days,
        {"$group": {"_id": _transaction(), "own": {"$first": {"$cond": [IS_NAMED, None, "$$ROOT"]}}}},
        # Entries lie on any day, before and after. The stage that follows keeps a list of them from being made.
        {
            "$lookup": {
                "from": "transaction_logs",
                "localField": "_id.named",
                "foreignField": "transactionId",
                "as": "entry",
            }
        },
        {"$unwind": {"path": "$entry", "preserveNullAndEmptyArrays": True}},
        {"$set": {"entry": {"$ifNull": ["$own", "$entry"]}}},
        {"$match": _counts(matching)},
        {
            "$group": {
                "_id": {"account": "$entry.userId", "transaction": "$_id"},
                "first": {"$min": "$entry.timestamp"},
                "last": {"$bottom": {"sortBy": {"entry.timestamp": 1, "entry._id": 1}, "output": "$entry"}},
            }
        },
        {"$match": began},
        {"$set": {"account": "$_id.account"}},
    ]


def _transaction() -> Expression:
    """What names a transaction; an entry without a usable id is one by itself, and is looked for nowhere."""
    nowhere = {"$literal": {"is": "nowhere"}}
    return {
        "named": {"$cond": [IS_NAMED, "$transactionId", nowhere]},
        "alone": {"$cond": [IS_NAMED, None, "$_id"]},
    }


def _counts(matching: Document) -> Document:
    """Which of the entries found belong to a transaction: a list of ids is found by each of them, and is no id."""
    belongs = {"$or": [{"$ne": ["$own", None]}, _is_id("$entry.transactionId")]}
    found = {"entry.timestamp": {"$gte": EARLIEST, "$lt": LATEST}}
    if "userId" in matching:
        found["entry.userId"] = matching["userId"]
    return found | {"$expr": {"$and": [_is_text("$entry.userId"), belongs]}}


def _is_text(path: str) -> Expression:
    return {"$eq": [{"$type": path}, "string"]}


def _day_of(path: str) -> Expression:
    return {"$dateTrunc": {"date": path, "unit": "day"}}


def _dates(days: Sequence[date]) -> list[datetime]:
    return [midnight(day) for day in days]


def daily(now: datetime) -> Pipeline:
    """Transactions from `started` summed up as documents of usage_daily: one an account, day and currency."""
    sums = {name: {"$sum": f"${name}"} for name in ("transactions", "trades", "value", "odd")}
    return [
        {"$set": {"trade": {"$cond": [_is_trade(), 1, 0]}, "amount": _amount("$last.amount")}},
        {
            "$group": {
                "_id": {
                    "account": "$account",
                    "day": _day_of("$first"),
                    "currency": {"$cond": [_is_text("$last.currency"), "$last.currency", ""]},
                    "type": {"$cond": ["$trade", "$last.type", ""]},
                },
                "transactions": {"$sum": 1},
                "trades": {"$sum": "$trade"},
                "value": {"$sum": {"$cond": ["$trade", {"$ifNull": ["$amount", Decimal(0)]}, Decimal(0)]}},
                "largest": {"$max": {"$cond": ["$trade", "$amount", None]}},
                "odd": {"$sum": {"$cond": [{"$and": ["$trade", {"$eq": ["$amount", None]}]}, 1, 0]}},
            }
        },
        {
            "$group": {
                "_id": {"account": "$_id.account", "day": "$_id.day", "currency": "$_id.currency"},
                **{name: {"$first": f"$_id.{name}"} for name in KEY},
                **sums,
                "largest": {"$max": "$largest"},
                "by_type": {"$push": {"k": "$_id.type", "v": "$trades"}},
            }
        },
        {"$set": {"by_type": {"$arrayToObject": _counted("$by_type")}, "computed_at": now}},
    ]


def _counted(path: str) -> Expression:
    """The pairs that count something; what is no trade has a pair without a name."""
    return {"$filter": {"input": path, "cond": {"$gt": ["$$this.v", 0]}}}


def _is_trade() -> Expression:
    status = {"$convert": {"input": "$last.status", "to": "string", "onError": "", "onNull": ""}}
    return {"$and": [{"$in": [{"$toLower": status}, DONE]}, {"$in": ["$last.type", list(settings.TRADE_TYPES)]}]}


def _amount(path: str) -> Expression:
    """The number there, also in a text; None for a date or a flag, which would convert too, NaN and the endless."""
    number = {"$convert": {"input": path, "to": "decimal", "onError": None, "onNull": None}}
    is_number = {"$and": [{"$gt": ["$$number", -MOST_MONEY]}, {"$lt": ["$$number", MOST_MONEY]}]}
    finite = {"$let": {"vars": {"number": number}, "in": {"$cond": [is_number, "$$number", None]}}}
    return {"$cond": [{"$in": [{"$type": path}, AMOUNT_TYPES]}, finite, None]}
