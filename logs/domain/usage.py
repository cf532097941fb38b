"""What an account used: trades counted and their amounts, a day or a month at a time, currencies apart."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Context, Decimal, localcontext

# Amounts have up to 34 digits, and Python's own context would round their sum to 28.
MONEY = Context(prec=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Figures in one currency. `transactions` are all that began, `trades` those of them that count.

    `largest` is None without a readable amount; `odd` tells how many trades have an amount that is no number;
    `by_type` counts the trades of each type.
    """

    transactions: int = 0
    trades: int = 0
    value: Decimal = Decimal(0)
    largest: Decimal | None = None
    odd: int = 0
    by_type: Mapping[str, int] = field(default_factory=dict)


def total(parts: Sequence[Totals]) -> Totals:
    """The sum of some totals of one currency."""
    with localcontext(MONEY):
        value = sum((part.value for part in parts), Decimal(0))
    return Totals(
        transactions=sum(part.transactions for part in parts),
        trades=sum(part.trades for part in parts),
        value=value,
        largest=max((part.largest for part in parts if part.largest is not None), default=None),
        odd=sum(part.odd for part in parts),
        by_type=count_by_type(parts),
    )


def count_by_type(parts: Iterable[Totals]) -> Mapping[str, int]:
    """The trades of each type, of all currencies."""
    found: Counter[str] = Counter()
    for part in parts:
        found.update(part.by_type)
    return found


def totals_by_currency(pairs: Iterable[tuple[str, Totals]]) -> dict[str, Totals]:
    """The sums of totals in several currencies, each apart."""
    found: dict[str, list[Totals]] = {}
    for currency, totals in pairs:
        found.setdefault(currency, []).append(totals)
    return {currency: total(parts) if len(parts) > 1 else parts[0] for currency, parts in found.items()}


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a month from its first day; currency → totals, "" for what has none."""

    start: date
    by_currency: Mapping[str, Totals]

    @property
    def trades(self) -> int:
        return sum(totals.trades for totals in self.by_currency.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One account's month. Trades of all types and currencies count; `days` are those with a transaction.

    `as_of` is when the log was read; `rolled_at` is when the days before were last computed, None if never.
    """

    account_id: str
    month: date
    days: tuple[Period, ...]
    as_of: datetime
    rolled_at: datetime | None

    @property
    def by_currency(self) -> dict[str, Totals]:
        """The month's totals of each currency, the one with most trades first."""
        found = totals_by_currency(pair for day in self.days for pair in day.by_currency.items())
        return dict(sorted(found.items(), key=lambda item: (-item[1].trades, item[0])))

    @property
    def trades(self) -> int:
        return sum(day.trades for day in self.days)

    @property
    def by_type(self) -> Mapping[str, int]:
        return count_by_type(totals for day in self.days for totals in day.by_currency.values())


@dataclass(frozen=True, slots=True)
class MonthOfTrades:
    """A month in short: its totals by currency, and the trades of each day that had any, by day of the month."""

    month: Period
    by_day: Mapping[int, int]
