"""Usage computed ahead: whole days out of the transaction log, then months of accounts and totals of days.

Everything here is derived and can be computed anew at any time. What changes the past leaves a mark in usage_dirty:
until its day is computed again, readers count that day out of the log itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from logs import metering
from logs.metering import ONE_DAY, month_after, within
from mongo.client import Document, reading, writing
from mongo.expressions import EARLIEST, LATEST, is_of, midnight

RECENT_DAYS = 35
# A mark is made before its entry is stored, and entries of a day may be stored a little after midnight.
SETTLING = timedelta(minutes=5)
# What the smallest Atlas clusters allow an aggregation.
SECONDS = 300.0
STATE = "rolled"


def touched_days(now: datetime) -> list[date]:
    """The days to compute again: marked ones, and all since the last time up to today."""
    with reading(SECONDS) as db:
        state = db.usage_state.find_one({"_id": STATE})
        if state is None:
            return all_days(now)
        marked = {day.date() for day in db.usage_dirty.distinct("day")}
    return sorted(marked | set(days_between(state["through"].date() + ONE_DAY, now.date())))


def recent_days(now: datetime) -> list[date]:
    """The touched days, the last 35, and those on which transactions began that have an entry in the last 35.

    This heals what other services wrote without a mark.
    """
    first = now.date() - RECENT_DAYS * ONE_DAY
    began: set[date] = set()
    for day in days_between(first, now.date()):
        with reading(SECONDS) as db:
            matching = {"timestamp": within(day, day)}
            rows = db.transaction_logs.aggregate(metering.beginnings(matching, first))
            began |= {row["_id"].date() for row in rows}
    return sorted({*touched_days(now), *began, *days_between(first, now.date())})


def all_days(now: datetime) -> list[date]:
    """Every day up to today that has entries, and every day that has figures."""
    with reading(SECONDS) as db:
        dated = [
            {"$match": {"timestamp": {"$gte": EARLIEST, "$lt": LATEST}}},
            {"$match": {"$expr": is_of("$timestamp", "date")}},
        ]
        day = {"$dateTrunc": {"date": "$timestamp", "unit": "day"}}
        logged = [row["_id"].date() for row in db.transaction_logs.aggregate([*dated, {"$group": {"_id": day}}])]
        known = [row["_id"].date() for row in db.usage_daily.aggregate([{"$group": {"_id": "$day"}}])]
    return sorted({*(day for day in logged if day <= now.date()), *known, now.date()})


def uncounted() -> int:
    """How many entries count nowhere, since they have no usable date or no account. Raises MongoError."""
    undated = {"timestamp": {"$not": {"$gte": EARLIEST, "$lt": LATEST}}}
    nameless = {"userId": {"$not": {"$gt": ""}}}
    with reading(SECONDS) as db:
        return db.transaction_logs.count_documents({"$or": [undated, nameless]})


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from first to last; none where the last comes before."""
    while first <= last:
        yield first
        first += ONE_DAY


def roll_up(days: Sequence[date], now: datetime, *, afresh: bool = False) -> Iterator[date]:
    """Compute these days again, one after the other, and then what is made of them; gives each day when it is done.

    The days must be all that `touched_days` names, or more; `afresh`, they are all there are, and whatever was
    computed at a later time by some clock gives way. Raises MongoError; what is done by then stays, and nothing is
    taken for computed that is not.
    """
    for day in days:
        _roll_day(day, now, afresh)
        yield day
    for month in sorted({day.replace(day=1) for day in days}):
        _sum_up(month, now, afresh)
    _note(days, now, afresh)


def _roll_day(day: date, now: datetime, afresh: bool) -> None:
    with writing(SECONDS) as db:
        started = metering.started({"timestamp": within(day, day)})
        into = _into("usage_daily", *metering.KEY, afresh=afresh)
        db.transaction_logs.aggregate([*started, *metering.daily(now), into])
        db.usage_daily.delete_many({"day": midnight(day), **_outdated(now, afresh)})


def _outdated(now: datetime, afresh: bool) -> Document:
    """Documents of other runs than this, or only of earlier ones."""
    return {"computed_at": {"$ne": now} if afresh else {"$lt": now}}


def _sum_up(month: date, now: datetime, afresh: bool) -> None:
    """The month of each account, for lists that show many; and the totals of its days, for all accounts."""
    span = {"$gte": midnight(month), "$lt": midnight(month_after(month))}
    stamp = {"$set": {"computed_at": now}}
    with writing(SECONDS) as db:
        rows = {"$match": {"day": span}}
        db.usage_daily.aggregate([rows, *_by_account(month), stamp, _into("usage_monthly", "_id", afresh=afresh)])
        db.usage_daily.aggregate([rows, *_by_day(), stamp, _into("usage_totals", "_id", afresh=afresh)])
        db.usage_monthly.delete_many({"month": midnight(month), **_outdated(now, afresh)})
        db.usage_totals.delete_many({"_id": span, **_outdated(now, afresh)})


def key_of_month(account: Any, month: date) -> Any:
    """The _id in usage_monthly of an account, or of the account that an expression gives."""
    return {"$concat": [f"{month:%Y-%m} ", account]}


def _by_account(month: date) -> list[Document]:
    sums = {name: {"$sum": f"${name}"} for name in ("transactions", "trades")}
    one = {"currency": "$_id.currency", "trades": "$trades", "value": "$value", "largest": "$largest"}
    return [
        {
            "$group": {
                "_id": {"account": "$account", "currency": "$currency"},
                **sums,
                "value": {"$sum": "$value"},
                "largest": {"$max": "$largest"},
            }
        },
        {"$group": {"_id": "$_id.account", **sums, "currencies": {"$push": one}}},
        {"$set": {"_id": key_of_month("$_id", month), "account": "$_id", "month": midnight(month)}},
    ]


def _by_day() -> list[Document]:
    sums = {name: {"$sum": f"${name}"} for name in ("transactions", "trades")}
    return [{"$group": {"_id": "$day", **sums}}]


def _into(collection: str, *key: str, afresh: bool) -> Document:
    """Replace what is there, unless somebody who started later was faster."""
    newest = {"$cond": [{"$gt": ["$computed_at", "$$new.computed_at"]}, "$$ROOT", "$$new"]}
    matched: Any = "replace" if afresh else [{"$replaceWith": newest}]
    return {"$merge": {"into": collection, "on": list(key), "whenMatched": matched}}


def _note(days: Iterable[date], now: datetime, afresh: bool) -> None:
    """Remember how far it is computed, and take the marks away that are done with."""
    through = midnight((now - SETTLING).date() - ONE_DAY)
    with writing(SECONDS) as db:
        how = "$set" if afresh else "$max"
        db.usage_state.update_one({"_id": STATE}, {how: {"through": through, "at": now}}, upsert=True)
        done = {"day": {"$in": [midnight(day) for day in days]}, "at": {"$lt": now - SETTLING}}
        db.usage_dirty.delete_many(done)
