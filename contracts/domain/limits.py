"""Each limit that was agreed, with what was used of it and where the month leads."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, localcontext
from itertools import accumulate
from typing import Literal

from contracts.domain.model import MONEY, Contract
from contracts.domain.usage import ZERO, Day, Pace, Usage, pace

State = Literal["within", "near", "over", "unlimited", "no_data", "not_measured"]
Number = int | Decimal

# In percent of the limit: from here on the use is near it, and beyond this it is over.
NEAR, FULL = 80, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitUse:
    """A limit by its name in usage_limits, as agreed (None is unlimited), and what was used of it.

    `percent` is None without data and without a limit above zero. `projected` is where the month leads, of trades
    alone. `crosses_on` is the UTC day on which the use went over the limit or, by the straight line, will.
    """

    name: str
    state: State
    limit: Number | None
    used: Number | None = None
    percent: Decimal | None = None
    projected: int | None = None
    crosses_on: date | None = None


def measured(terms: Contract, usage: Usage | None, *, month: date, as_of: datetime) -> tuple[LimitUse, ...]:
    """The limits in the order of their fields, for the month that a day lies in; usage None is no data at all.

    A limit below zero counts as zero. The log carries no durations, so the last two limits are not measured.
    """
    agreed = terms.usage_limits
    return (
        _monthly_trades(agreed.max_monthly_trades, usage, pace(terms, month, as_of)),
        _trade_value(agreed.max_trade_value, usage),
        _unmeasured("max_concurrent_trades", agreed.max_concurrent_trades),
        _unmeasured("sla_threshold_seconds", agreed.sla_threshold_seconds),
    )


def tightest(limits: Iterable[LimitUse]) -> LimitUse | None:
    """The measured limit that is used the most; a limit of zero that is used at all comes before any other."""
    return max((limit for limit in limits if limit.state in ("within", "near", "over")), key=_share, default=None)


def _share(limit: LimitUse) -> Decimal:
    if limit.percent is None:
        return Decimal("Infinity") if limit.state == "over" else ZERO
    return limit.percent


def _monthly_trades(limit: int | None, usage: Usage | None, now: Pace | None) -> LimitUse:
    if usage is None:
        return _judged("max_monthly_trades", limit, None, ())
    days = _in_order(usage)
    running = zip((day.day for day in days), accumulate(day.trades for day in days), strict=True)
    found = _judged("max_monthly_trades", limit, usage.trades, running)
    if now is None:
        return found
    will = None if limit is None or found.state == "over" else now.day_over(max(limit, 0), usage)
    return replace(found, projected=now.trades_at_end(usage), crosses_on=found.crosses_on or will)


def _trade_value(limit: Decimal | None, usage: Usage | None) -> LimitUse:
    if usage is None:
        return _judged("max_trade_value", limit, None, ())
    # Without a trade nothing was used; trades without an amount in the contract's currency tell nothing.
    largest = usage.largest if usage.trades else ZERO
    by_day = ((day.day, day.largest) for day in _in_order(usage) if day.largest is not None)
    return _judged("max_trade_value", limit, largest, by_day)


def _in_order(usage: Usage) -> list[Day]:
    return sorted(usage.days, key=lambda day: day.day)


def _judged(
    name: str, limit: Number | None, used: Number | None, by_day: Iterable[tuple[date, Number]]
) -> LimitUse:
    """The limit with its use, which by the end of each day was as `by_day` says, in order."""
    if limit is None:
        return LimitUse(name=name, state="unlimited", limit=None, used=used)
    if used is None:
        return LimitUse(name=name, state="no_data", limit=limit)
    bound, percent = max(limit, 0), percent_of(used, limit)
    if used <= bound:
        state: State = "near" if percent is not None and percent >= NEAR else "within"
        return LimitUse(name=name, state=state, limit=limit, used=used, percent=percent)
    crossed = next((day for day, reached in by_day if reached > bound), None)
    return LimitUse(name=name, state="over", limit=limit, used=used, percent=percent, crosses_on=crossed)


def percent_of(used: Number | None, limit: Number | None) -> Decimal | None:
    """The share of the limit in percent, never below zero; None of nothing known, and without one above zero."""
    if used is None or limit is None or limit <= 0:
        return None
    with localcontext(MONEY):
        return Decimal(max(used, 0)) * FULL / limit


def _unmeasured(name: str, limit: Number | None) -> LimitUse:
    return LimitUse(name=name, state="unlimited" if limit is None else "not_measured", limit=limit)
