"""Usage computed ahead: whole days out of the transaction log, then months of accounts and totals of days.

Everything here is derived and can be computed anew at any time. What changes the past leaves a mark in usage_dirty:
until its day is computed again, readers count that day out of the log itself.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from logs import metering
from logs.metering import EARLIEST, LATEST, ONE_DAY, midnight, within
from mongo.client import JOB_SECONDS, Document, reading, writing

RECENT_DAYS = 35
# A mark is made before its entry is stored, and entries of a day may be stored a little after midnight.
SETTLING = timedelta(minutes=5)
# What the smallest Atlas clusters allow an aggregation.
SECONDS = 300.0
DUPLICATE = 11000
STATE = "rolled"


@dataclass(frozen=True, slots=True)
class Rolled:
    """All days up to `through` are computed, but for those that are marked; `at` is when that was."""

    through: date
    at: datetime


def mark_touched(db: Database[Document], entries: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Mark the days before today whose figures the entries change, before they are stored.

    Those are their own days, and that on which the transaction of each began.
    """
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
        if any(problem["code"] != DUPLICATE for problem in error.details["writeErrors"]):
            raise


def _has_place(entry: Mapping[str, Any]) -> bool:
    moment = entry.get("timestamp")
    return isinstance(entry.get("userId"), str) and isinstance(moment, datetime) and EARLIEST <= moment < LATEST


def _beginnings(db: Database[Document], entries: Sequence[Mapping[str, Any]]) -> set[tuple[str, date]]:
    """Account and day on which each transaction began, as far as it is stored already."""
    wanted = {(entry["userId"], entry["transactionId"]) for entry in entries if _is_named(entry)}
    if not wanted:
        return set()
    found = db.transaction_logs.aggregate(
        [
            {"$match": {"transactionId": {"$in": list({transaction for _, transaction in wanted})}}},
            {"$match": {"timestamp": {"$gte": EARLIEST, "$lt": LATEST}}},
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


def state(db: Database[Document]) -> Rolled | None:
    """How far the days are computed; None before the first time."""
    return rolled_of(db.usage_state.find_one({"_id": STATE}))


def rolled_of(found: Mapping[str, Any] | None) -> Rolled | None:
    return Rolled(found["through"].date(), found["at"]) if found else None


def touched_days(now: datetime) -> list[date]:
    """The days to compute again: marked ones, and all since the last time up to today."""
    with reading(JOB_SECONDS) as db:
        rolled = state(db)
        if rolled is None:
            return all_days(now)
        marked = {day.date() for day in db.usage_dirty.distinct("day")}
    return sorted(marked | set(_span(rolled.through + ONE_DAY, now.date())))


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
