"""The year up to a month in small charts, and the month day by day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from contracts.domain.limits import percent_of
from contracts.domain.model import Contract
from contracts.domain.usage import days_of, has_ended, in_force
from contracts.shown.limits import in_words
from contracts.usage import AccountUsage, MonthOfTrades
from mongo.expressions import midnight

# A limit that lies this many times above all there is to show would press it flat.
FAR_ABOVE = 3
ONE_DAY = timedelta(days=1)
# Label, number and words.
Rows = list[tuple[str, int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthInSmall:
    """One month: its trades by day of the month, and up to when they are drawn, in days from its start.

    `percent` is the share of the limit in words, "" without one and for other months than the one that the terms
    are of; `expected` is where a running month leads; a year is named where it begins.
    """

    first: date
    trades: int
    by_day: Mapping[int, int]
    days: int
    until: float
    expected: int | None
    percent: str
    is_over: bool
    is_running: bool
    names_year: bool


@dataclass(frozen=True, slots=True)
class Year:
    """Twelve months on one scale, from nothing to `top`; a limit lies on it, or far above it, or there is none."""

    months: tuple[MonthInSmall, ...]
    top: int
    limit: int | None = None
    limit_above: int | None = None

    @property
    def limit_label(self) -> str:
        return f"Limit {self.limit:,}" if self.limit else ""


def year_of(found: AccountUsage, terms: Contract) -> Year:
    """The twelve months up to the month, beside its limit of trades."""
    limit = terms.usage_limits.max_monthly_trades
    months = tuple(_in_small(period, terms, found) for period in found.months)
    top = max(max(month.trades, month.expected or 0) for month in months)
    if limit is None or limit <= 0 or not top:
        return Year(months, top)
    if limit > FAR_ABOVE * top:
        return Year(months, top, limit_above=limit)
    return Year(months, max(top, limit), limit)


def _in_small(period: MonthOfTrades, terms: Contract, found: AccountUsage) -> MonthInSmall:
    first, trades = period.month.start, period.month.trades
    # Other months may have had another limit, so they are not judged by this one.
    is_judged = first == found.month and in_force(terms, first)
    limit = terms.usage_limits.max_monthly_trades if is_judged else None
    is_running = first == found.month and not has_ended(first, found.as_of)
    passed = (found.as_of - midnight(first)) / ONE_DAY
    return MonthInSmall(
        first=first,
        trades=trades,
        by_day=period.by_day,
        days=days_of(first),
        until=passed if is_running else days_of(first),
        expected=found.expected.trades if is_running and found.expected else None,
        percent=in_words(percent_of(trades, limit)),
        is_over=limit is not None and trades > max(limit, 0),
        is_running=is_running,
        names_year=first.month == 1 or period is found.months[0],
    )


def day_by_day(found: AccountUsage) -> tuple[Rows, Rows]:
    """The trades of each day of the month, and those of the month up to its end; days to come hold nothing."""
    by_day = found.months[-1].by_day
    days = [found.month + n * ONE_DAY for n in range(days_of(found.month))]
    counts = [by_day.get(day.day, 0) for day in days]
    each, summed = [], []
    for day, count, total in zip(days, counts, accumulate(counts), strict=True):
        label = f"{day.day} {day:%b}"
        each.append((label, count, _trades(count)))
        so_far = total if day <= found.as_of.date() else 0
        summed.append((label, so_far, f"{_trades(so_far)} by"))
    return each, summed


def _trades(count: int) -> str:
    return f"{count:,} trade{'' if count == 1 else 's'}"
