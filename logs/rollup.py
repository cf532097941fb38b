"""Usage computed ahead: whole days out of the transaction log, then months of accounts and totals of days.

Everything here is derived and can be computed anew at any time. What changes the past leaves a mark in usage_dirty:
until its day is computed again, readers count that day out of the log itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from logs import metering
from logs.metering import EARLIEST, LATEST, ONE_DAY, midnight, within
from mongo.client import JOB_SECONDS, Document, reading, writing

RECENT_DAYS = 35
# A mark is made before its entry is stored, and entries of a day may be stored a little after midnight.
SETTLING = timedelta(minutes=5)
# What the smallest Atlas clusters allow an aggregation.
SECONDS = 300.0
STATE = "rolled"


def touched_days(now: datetime) -> list[date]:
    """The days to compute again: marked ones, and all since the last time up to today."""
    with reading(JOB_SECONDS) as db:
        state = db.usage_state.find_one({"_id": STATE})
        if state is None:
            return all_days(now)
        marked = {day.date() for day in db.usage_dirty.distinct("day")}
    return sorted(marked | set(_span(state["through"].date() + ONE_DAY, now.date())))


def recent_days(now: datetime) -> list[date]:
    """The touched days and the last 35, which heals what other services wrote."""
    return sorted({*touched_days(now), *_span(now.date() - RECENT_DAYS * ONE_DAY, now.date())})


def all_days(now: datetime) -> list[date]:
    """Every day that has entries or figures."""
    with reading(SECONDS) as db:
        dated = {"$match": {"timestamp": {"$gte": EARLIEST, "$lt": LATEST}}}
        day = {"$dateTrunc": {"date": "$timestamp", "unit": "day"}}
        logged = [row["_id"].date() for row in db.transaction_logs.aggregate([dated, {"$group": {"_id": day}}])]
        known = [row["_id"].date() for row in db.usage_daily.aggregate([{"$group": {"_id": "$day"}}])]
    return sorted({*logged, *known, now.date()})


def _span(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY


def roll_up(days: Sequence[date], now: datetime) -> Iterator[date]:
    """Compute these days again, one after the other, and then what is made of them; gives each day when it is done.

    The days must be all that `touched_days` names, or more. Raises MongoError; what is done by then stays, and
    nothing is taken for computed that is not.
    """
    for day in days:
        _roll_day(day, now)
        yield day
    for month in sorted({day.replace(day=1) for day in days}):
        _sum_up(month, now)
    _note(days, now)


def _roll_day(day: date, now: datetime) -> None:
    with writing(SECONDS) as db:
        started = metering.started({"timestamp": within(day, day)})
        db.transaction_logs.aggregate([*started, *metering.daily(now), _into("usage_daily", *metering.KEY)])
        db.usage_daily.delete_many({"day": midnight(day), "computed_at": {"$lt": now}})


def _sum_up(month: date, now: datetime) -> None:
    """The month of each account, for lists that show many; and the totals of its days, for all accounts."""
    following = (month + 31 * ONE_DAY).replace(day=1)
    span = {"$gte": midnight(month), "$lt": midnight(following)}
    stamp = {"$set": {"computed_at": now}}
    with writing(SECONDS) as db:
        rows = {"$match": {"day": span}}
        db.usage_daily.aggregate([rows, *_by_account(month), stamp, _into("usage_monthly", "_id")])
        db.usage_daily.aggregate([rows, *_by_day(), stamp, _into("usage_totals", "_id")])
        db.usage_monthly.delete_many({"month": midnight(month), "computed_at": {"$lt": now}})
        db.usage_totals.delete_many({"_id": span, "computed_at": {"$lt": now}})


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


def _into(collection: str, *key: str) -> Document:
    """Replace what is there, unless somebody who started later was faster."""
    newest = {"$cond": [{"$gt": ["$computed_at", "$$new.computed_at"]}, "$$ROOT", "$$new"]}
    return {"$merge": {"into": collection, "on": list(key), "whenMatched": [{"$replaceWith": newest}]}}


def _note(days: Iterable[date], now: datetime) -> None:
    """Take the marks away that are done with, and remember how far it is computed."""
    through = (now - SETTLING).date() - ONE_DAY
    with writing(JOB_SECONDS) as db:
        done = {"day": {"$in": [midnight(day) for day in days]}, "at": {"$lt": now - SETTLING}}
        db.usage_dirty.delete_many(done)
        newer = {"$max": {"through": midnight(through), "at": now}}
        db.usage_state.update_one({"_id": STATE}, newer, upsert=True)
