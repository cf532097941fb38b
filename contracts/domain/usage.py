"""What one account used in a month, as a value, and where the month leads if it goes on like this."""

import calendar
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from contracts.domain.model import Contract

# Wide enough for the product of any two numbers that MongoDB holds, so that nothing is rounded before its time.
EXACT = Context(prec=30_000, rounding=ROUND_HALF_UP)
ZERO = Decimal(0)

ONE_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One UTC day: trades of all currencies, value and largest in the contract's currency."""

    day: date
    trades: int
    value: Decimal
    largest: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """A month: trades of all currencies, value and largest (None without any) in the contract's currency.

    Amounts are finite; `days` hold those with a trade.
    """

    trades: int = 0
    value: Decimal = ZERO
    largest: Decimal | None = None
    days: tuple[Day, ...] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """How much of the days in force is over, in hours since the midnight before the first.

    Only whole hours count: what is expected stays the same until the next one, or until more is used. What was used
    on other days of the month tells nothing of where those in force lead: it counts, as it is.
    """

    first: date
    last: date
    elapsed: int
    whole: int

    def apart(self, usage: Usage) -> tuple[int, Decimal]:
        """Trades and value of the days that are not in force."""
        days = [day for day in usage.days if not self.first <= day.day <= self.last]
        with localcontext(EXACT):
            return sum(day.trades for day in days), sum((day.value for day in days), ZERO)

    def trades_at_end(self, usage: Usage) -> int:
        """Where a straight line through the trades counted by now ends, rounded half up."""
        apart, _ = self.apart(usage)
        return apart + (2 * (usage.trades - apart) * self.whole + self.elapsed) // (2 * self.elapsed)

    def value_at_end(self, usage: Usage) -> Decimal:
        """Where a straight line through the value counted by now ends, to six places."""
        _, apart = self.apart(usage)
        with localcontext(EXACT):
            return (apart + (usage.value - apart) * self.whole / self.elapsed).quantize(_SIX_PLACES)

    def day_over(self, limit: int, usage: Usage) -> date | None:
        """The day on which the line goes over a limit that it was within; None where it ends within."""
        if self.trades_at_end(usage) <= limit:
            return None
        apart, _ = self.apart(usage)
        a_day = (usage.trades - apart) * (ONE_DAY // _HOUR)
        return self.first + (limit - apart) * self.elapsed // a_day * ONE_DAY


def days_of(month: date) -> int:
    """How many days the month has."""
    return calendar.monthrange(month.year, month.month)[1]


def has_ended(month: date, as_of: datetime) -> bool:
    """Whether the month that a day lies in is over, in UTC, at `as_of` (aware)."""
    return as_of.astimezone(UTC).date() > month.replace(day=days_of(month))


def in_force(terms: Contract, month: date) -> tuple[date, date] | None:
    """The first and the last day of the month on which the contract is in force, by its dates; None for no day."""
    begin = month.replace(day=1)
    end = month.replace(day=days_of(month))
    first, last = max(begin, terms.start_date or begin), min(end, terms.end_date or end)
    return (first, last) if first <= last else None


def pace(terms: Contract, month: date, as_of: datetime) -> Pace | None:
    """The pace at `as_of` (aware); None within the first day, which tells too little, and once all is over."""
    days = in_force(terms, month)
    if days is None:
        return None
    first, last = days
    elapsed = as_of - datetime.combine(first, time(), UTC)
    whole = last - first + ONE_DAY
    return Pace(first, last, elapsed // _HOUR, whole // _HOUR) if ONE_DAY <= elapsed < whole else None


def projected(usage: Usage, *, terms: Contract, month: date, as_of: datetime) -> Usage | None:
    """The month by a straight line from its first day in force over what is used at `as_of` to the last.

    It is drawn by whole hours, so that it ends at the same place all through each of them. What was used on other
    days is added as it is. Trades are rounded half up, the value to six places, and never below what is used; the
    largest trade stays, and there are no days. None within the first day in force, after the last, and where there
    is none in the month.
    """
    now = pace(terms, month, as_of)
    if now is None:
        return None
    value = max(now.value_at_end(usage), usage.value)
    return replace(usage, trades=now.trades_at_end(usage), value=value, days=())
