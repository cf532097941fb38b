"""How trades are counted out of the transaction log, as pipelines; docs/data.md says what a trade is.

A transaction is what carries one transactionId for one account. An entry without a usable id stands for itself.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings

from mongo.client import Document
from mongo.expressions import EARLIEST, LATEST, Expression, is_of, midnight, number_of, text_of

Pipeline = list[Document]

ONE_DAY = timedelta(days=1)
DONE = ["completed", "succeeded", "settled"]
ID_TYPES = ["string", "objectId", "int", "long", "double", "decimal", "binData"]
# All that is read of an entry.
READ = ("userId", "transactionId", "timestamp", "status", "type", "amount", "currency")
# What names a document of usage_daily. It stands in fields of its own too, since not every server finds a document
# by an _id of several fields without looking through all.
KEY = ("account", "day", "currency")


def _is_id(path: str) -> Expression:
    return {"$and": [{"$in": [{"$type": path}, ID_TYPES]}, {"$ne": [path, ""]}]}


IS_NAMED = _is_id("$transactionId")


def month_after(month: date) -> date:
    """The first day of the month after that of a first day."""
    return (month + 31 * ONE_DAY).replace(day=1)


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
    began: Document = {"first": matching["timestamp"]}
    if days:
        began["$expr"] = {"$in": [_day_of("$first"), _dates(days)]}
    return [*_transactions(matching, days), {"$match": began}, {"$set": {"account": "$_id.account"}}]


def beginnings(matching: Document, before: date) -> Pipeline:
    """The days before a day on which transactions began that have an entry at a time that matches."""
    began = {"first": {"$lt": midnight(before)}}
    return [*_transactions(matching), {"$match": began}, {"$group": {"_id": _day_of("$first")}}]


def _transactions(matching: Document, days: Sequence[date] | None = None) -> Pipeline:
    """Every transaction with an entry that matches: its first moment and its latest entry, whenever those are."""
    on_days: Pipeline = [{"$match": {"$expr": {"$in": [_day_of("$timestamp"), _dates(days)]}}}] if days else []
    return [
        {"$match": matching},
        # A range is met by any date of a list, which is no date itself.
        {"$match": {"$expr": is_of("$timestamp", "date")}},
        *on_days,
        {"$project": dict.fromkeys(READ, 1)},
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
        # Metadata may be large, and is not looked at.
        {"$project": {f"entry.{name}": 1 for name in READ} | {"entry._id": 1}},
        {
            "$group": {
                "_id": {"account": "$entry.userId", "transaction": "$_id"},
                "first": {"$min": "$entry.timestamp"},
                "last": {"$bottom": {"sortBy": {"entry.timestamp": 1, "entry._id": 1}, "output": "$entry"}},
            }
        },
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
    is_placed = [
        is_of("$entry.timestamp", "date"),
        is_of("$entry.userId", "string"),
        {"$ne": ["$entry.userId", ""]},
    ]
    return found | {"$expr": {"$and": [*is_placed, belongs]}}


def _day_of(path: str) -> Expression:
    return {"$dateTrunc": {"date": path, "unit": "day"}}


def _dates(days: Sequence[date]) -> list[datetime]:
    return [midnight(day) for day in days]


def daily(now: datetime) -> Pipeline:
    """Transactions from `started` summed up as documents of usage_daily: one an account, day and currency."""
    sums = {name: {"$sum": f"${name}"} for name in ("transactions", "trades", "value", "odd")}
    return [
        {"$set": {"trade": {"$cond": [_is_trade(), 1, 0]}, "amount": number_of("$last.amount")}},
        {
            "$group": {
                "_id": {
                    "account": "$account",
                    "day": _day_of("$first"),
                    "currency": {"$cond": [is_of("$last.currency", "string"), "$last.currency", ""]},
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
    return {
        "$and": [
            {"$in": [{"$toLower": text_of("$last.status")}, DONE]},
            {"$in": ["$last.type", list(settings.TRADE_TYPES)]},
        ]
    }
