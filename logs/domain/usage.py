"""What an account used: trades counted and their amounts, a day or a month at a time, currencies apart."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Context, Decimal, localcontext
from functools import reduce

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

    def __add__(self, other: "Totals") -> "Totals":
        amounts = [amount for amount in (self.largest, other.largest) if amount is not None]
        with localcontext(MONEY):
            value = self.value + other.value
        return Totals(
            transactions=self.transactions + other.transactions,
            trades=self.trades + other.trades,
            value=value,
            largest=max(amounts, default=None),
            odd=self.odd + other.odd,
            by_type=dict(Counter(self.by_type) + Counter(other.by_type)),
        )


def total(parts: Iterable[Totals]) -> Totals:
    """The sum of some totals; of different currencies, where only counts are asked for."""
    return reduce(Totals.__add__, parts, Totals())


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
        found: dict[str, Totals] = {}
        for day in self.days:
            for currency, totals in day.by_currency.items():
                found[currency] = found.get(currency, Totals()) + totals
        return dict(sorted(found.items(), key=lambda item: (-item[1].trades, item[0])))

    @property
    def trades(self) -> int:
        return sum(day.trades for day in self.days)

    @property
    def by_type(self) -> Mapping[str, int]:
        return total(totals for day in self.days for totals in day.by_currency.values()).by_type


@dataclass(frozen=True, slots=True)
class MonthOfTrades:
    """A month in short: its totals by currency, and the trades of each day that had any, by day of the month."""

    month: Period
    by_day: Mapping[int, int]
