"""What an account used, for whoever asks: whole days as computed, marked and new ones out of the log itself."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from logs import metering
from logs.domain.usage import MonthOfTrades, Period, Totals, Usage, totals_by_currency
from logs.metering import ONE_DAY, month_after, within
from logs.rollup import STATE, days_between, key_of_month
from mongo.client import Document, reading
from mongo.errors import MongoSlow
from mongo.expressions import EARLIEST, midnight, text_of
from mongo.searching import searching

# Counting takes as long as there is to count: today's entries of an account, and those of its marked days.
SECONDS = 1.5
# For who asks for nothing else.
PATIENT_SECONDS = 5.0
TOO_MANY = "What this account used could not be counted in time: too many of its entries are not summed up yet."


def usage_for(account_id: str, month: date, *, now: datetime | None = None) -> Usage:
    """The trades of an account in the month that a day lies in, day by day. Raises MongoSlow, and MongoError."""
    now = now or datetime.now(UTC)
    return _read(account_id, month.replace(day=1), month.replace(day=1), now, SECONDS)[0]


def year_of_usage(
    account_id: str, month: date, *, months: int = 12, now: datetime | None = None, seconds: float = SECONDS
) -> tuple[Usage, tuple[MonthOfTrades, ...]]:
    """The month as `usage_for` gives it; and all months up to it in short, oldest first.

    Raises MongoSlow where it cannot be counted in `seconds` while MongoDB answers, and MongoError.
    """
    now = now or datetime.now(UTC)
    last = month.replace(day=1)
    first = last
    for _ in range(months - 1):
        first = (first - ONE_DAY).replace(day=1)
    return _read(account_id, first, last, now, seconds)


def month_beside(account: str, month: date) -> list[Document]:
    """Stages that put `used_month` beside documents: the month of the account at a path, as computed last.

    It holds `trades`, `currencies` [{currency, trades, value, largest}] and `computed_at`, and is missing where the
    account has no transaction in the month. An index finds it.
    """
    key = key_of_month(text_of(account), month)
    monthly = {"from": "usage_monthly", "localField": "used_month", "foreignField": "_id", "as": "used_month"}
    return [
        {"$set": {"used_month": key}},
        {"$lookup": monthly},
        {"$set": {"used_month": {"$first": "$used_month"}}},
    ]


@dataclass(frozen=True, slots=True)
class DayOfAll:
    """A day of all accounts together, as computed last."""

    day: date
    transactions: int = 0
    trades: int = 0


def days_of_all(first: date, last: date) -> tuple[tuple[DayOfAll, ...], datetime | None]:
    """Every day from first to last, and when days were last computed, None if never. Raises MongoError."""
    days = {"$match": {"_id": {"$gte": midnight(first), "$lte": midnight(last)}}}
    with reading() as db:
        rows = list(db.usage_totals.aggregate([days, {"$unionWith": {"coll": "usage_state", "pipeline": []}}]))
    at = next((row["at"] for row in rows if row["_id"] == STATE), None)
    found = {
        row["_id"].date(): DayOfAll(row["_id"].date(), row["transactions"], row["trades"])
        for row in rows
        if row["_id"] != STATE
    }
    return tuple(found.get(day, DayOfAll(day)) for day in days_between(first, last)), at


@dataclass(frozen=True, slots=True)
class _Standing:
    """What of an account is computed: all up to `through` but the marked days; `at` is None where nothing is."""

    through: date
    marked: tuple[date, ...]
    at: datetime | None


def _read(
    account_id: str, first: date, month: date, now: datetime, seconds: float
) -> tuple[Usage, tuple[MonthOfTrades, ...]]:
    """From a first month to the one asked for. What is dated after today waits for its day."""
    try:
        found, standing = _found(account_id, first, month, now, seconds)
    except MongoSlow as error:
        raise MongoSlow(TOO_MANY) from error
    rows = [row for row in found if row["_id"]["start"] is not None]
    days = _periods(row for row in rows if row["_id"]["start"] >= midnight(month))
    usage = Usage(account_id=account_id, month=month, days=days, as_of=now, rolled_at=standing.at)
    before = [row for row in rows if row["_id"]["start"] < midnight(month)]
    return usage, (*_in_short(before, first, month), _month_of(usage))


def _found(
    account_id: str, first: date, month: date, now: datetime, seconds: float
) -> tuple[list[Document], _Standing]:
    """Sums of days and months in two operations, of what is computed and of what is counted now."""
    last = min(month_after(month) - ONE_DAY, now.date())
    with searching(seconds) as db:
        computed = list(db.usage_daily.aggregate(_computed(account_id, first, last, month)))
        standing = _standing(computed)
        live = _live(account_id, first, last, standing)
        # What names no account is nobody's.
        if not live or not account_id:
            return computed, standing
        counted = db.transaction_logs.aggregate([*live, *metering.daily(now), *_summed(month)])
        return [*computed, *counted], standing


def _computed(account_id: str, first: date, last: date, month: date) -> list[Document]:
    """How far all is computed, the account's marks, and the figures of the days that hold.

    Figures that do not hold come as a group without a start, so that the rest is told in any case.
    """
    of_account = {"$match": {"account": account_id, "day": within(first, last)}}
    marks = [of_account, {"$project": {"_id": 0, "day": 1, "marked": {"$literal": True}}}]
    state = [{"$match": {"_id": STATE}}, {"$project": {"_id": 0, "through": 1, "at": 1}}]
    told = {
        "through": {"$first": "$through"},
        "at": {"$first": "$at"},
        "marked": {"$addToSet": {"$cond": ["$marked", "$day", None]}},
    }
    return [
        of_account,
        {"$unionWith": {"coll": "usage_dirty", "pipeline": marks}},
        {"$unionWith": {"coll": "usage_state", "pipeline": state}},
        {"$setWindowFields": {"output": {"through": {"$max": "$through"}, "at": {"$max": "$at"}}}},
        {"$setWindowFields": {"partitionBy": "$day", "output": {"marked": {"$max": "$marked"}}}},
        {"$set": {"holds": {"$and": [{"$lte": ["$day", "$through"]}, {"$ne": ["$marked", True]}]}}},
        *_summed(month, told),
    ]


def _summed(month: date, told: Document | None = None) -> list[Document]:
    """Totals by currency, of each day of the month and of each whole month before it.

    `told` is what every group tells besides; where there is any, only rows that hold are summed up.
    """
    a_month = {"$dateTrunc": {"date": "$day", "unit": "month"}}
    start: Any = {"$cond": [{"$gte": ["$day", midnight(month)]}, "$day", a_month]}
    if told:
        start = {"$cond": ["$holds", start, None]}
    sums = {name: {"$sum": f"${name}"} for name in ("transactions", "trades", "value", "odd")}
    types = {f"type_{n}": {"$sum": f"$by_type.{name}"} for n, name in enumerate(settings.TRADE_TYPES)}
    group = {
        "_id": {"start": start, "currency": {"$cond": [{"$eq": [start, None]}, None, "$currency"]}},
        **sums,
        "largest": {"$max": "$largest"},
        **types,
        "by_day": {"$push": {"day": {"$dayOfMonth": "$day"}, "trades": "$trades"}},
        **(told or {}),
    }
    return [{"$group": group}]


def _standing(rows: Sequence[Document]) -> _Standing:
    through = next((row["through"] for row in rows if row.get("through")), None)
    if through is None:
        return _Standing(EARLIEST.date() - ONE_DAY, (), None)
    marked = {day.date() for row in rows for day in row["marked"] if day is not None}
    return _Standing(through.date(), tuple(sorted(day for day in marked if day <= through.date())), rows[0]["at"])


def _live(account_id: str, first: date, last: date, standing: _Standing) -> list[Document] | None:
    """How to count what is not computed out of the log; None where all is."""
    newest = max(first, standing.through + ONE_DAY)
    fresh = list(days_between(newest, last))
    if not standing.marked:
        return metering.started({"userId": account_id, "timestamp": within(newest, last)}) if fresh else None
    days = [*standing.marked, *fresh]
    return metering.started({"userId": account_id, "timestamp": within(days[0], days[-1])}, days)


def _periods(rows: Iterable[Mapping[str, Any]]) -> tuple[Period, ...]:
    """Days and months; a month may be computed in part and counted in part."""
    found: dict[date, list[tuple[str, Totals]]] = {}
    for row in rows:
        found.setdefault(row["_id"]["start"].date(), []).append((row["_id"]["currency"], _totals(row)))
    return tuple(Period(start, totals_by_currency(pairs)) for start, pairs in sorted(found.items()))


def _totals(row: Mapping[str, Any]) -> Totals:
    counts = {name: row[f"type_{n}"] for n, name in enumerate(settings.TRADE_TYPES)}
    return Totals(
        transactions=row["transactions"],
        trades=row["trades"],
        value=Decimal(row["value"]),
        largest=row["largest"],
        odd=row["odd"],
        by_type={name: count for name, count in counts.items() if count},
    )


def _in_short(rows: list[Document], first: date, month: date) -> Iterator[MonthOfTrades]:
    """Every month from the first up to, and without, the last; those without a transaction are empty."""
    periods = {period.start: period for period in _periods(rows)}
    while first < month:
        by_day: Counter[int] = Counter()
        for row in rows:
            if row["_id"]["start"].date() == first:
                by_day.update({entry["day"]: entry["trades"] for entry in row["by_day"]})
        yield MonthOfTrades(periods.get(first) or Period(first, {}), dict(by_day))
        first = month_after(first)


def _month_of(usage: Usage) -> MonthOfTrades:
    """The month itself as short as those before it."""
    return MonthOfTrades(Period(usage.month, usage.by_currency), {day.start.day: day.trades for day in usage.days})
