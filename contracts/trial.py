"""Terms tried out: what they would cost this month beside the saved ones, by what was used or by example."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, localcontext

from contracts import usage
from contracts.domain import pricing
from contracts.domain.model import Contract
from contracts.domain.pricing import Line
from contracts.domain.usage import EXACT, ZERO, Usage, days_of, projected
from contracts.usage import AccountUsage

# What examples are worked with where the only tier has no end.
TRADES = (100, 1_000, 10_000)
VALUES = (Decimal(10_000), Decimal(100_000))


@dataclass(frozen=True, slots=True)
class Total:
    """What a month costs as typed, and by the saved terms; None where the two cannot be compared."""

    typed: Decimal
    saved: Decimal | None

    @property
    def sign(self) -> str:
        """Whether the typed terms cost more (+) or less (−) than the saved ones; empty for as much, or unknown."""
        if self.saved is None or self.typed == self.saved:
            return ""
        return "+" if self.typed > self.saved else "\N{MINUS SIGN}"

    @property
    def apart(self) -> Decimal:
        """By how much the two differ, never below zero."""
        with localcontext(EXACT):
            return abs(self.typed - (self.typed if self.saved is None else self.saved))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Terms with their price, in their currency, beside the saved ones, if there are any.

    `found` is what the account used, None without an account. `now` and `end` are the month's totals so far and by
    a straight line to its end, None where there are none; `lines` are those of both invoices. Where nothing was
    used that could be priced there are `examples` instead: whole months, each with its total.
    """

    terms: Contract
    saved: Contract | None
    month: date
    found: AccountUsage | None
    now: Total | None = None
    end: Total | None = None
    lines: Sequence[tuple[Line | None, Line | None]] = ()
    examples: Sequence[tuple[Usage, Total]] = ()

    @property
    def last_day(self) -> date:
        """The month's last day, or the contract's where that comes before."""
        end = self.month.replace(day=days_of(self.month))
        return min(end, self.terms.end_date or end)

    @property
    def is_in_force(self) -> bool:
        """Whether the contract is, on any day of the month."""
        return pricing.days_in_force(self.terms, self.month) > 0

    @property
    def is_over(self) -> bool:
        """Whether the contract's last day lies before the month."""
        return self.terms.end_date is not None and self.terms.end_date < self.month

    @property
    def comparable(self) -> Contract | None:
        """The saved terms, where they are in the same currency."""
        return self.saved if self.saved and self.saved.currency == self.terms.currency else None

    @property
    def differs(self) -> bool:
        """Whether any example is another one than by the saved terms."""
        return any(total.sign for _, total in self.examples)


def trial(typed: Contract, *, saved: Contract | None, now: datetime) -> Trial:
    """The terms tried out on the month of `now`, beside the saved ones. Raises MongoError."""
    month = now.date().replace(day=1)
    found = usage.of_month(typed, month, now=now) if typed.account_id else None
    made = Trial(terms=typed, saved=saved, month=month, found=found)
    if found is None or found.usage is None or not found.usage.trades or not made.is_in_force:
        return replace(made, examples=_examples(typed, made.comparable, month))
    return replace(
        made,
        now=Total(found.invoice.total, _total(made.comparable, found.usage, month)),
        end=_expected(found, made.comparable, month),
        lines=tuple(pricing.beside(found.invoice, found.expected_invoice)),
    )


def _total(terms: Contract | None, used: Usage, month: date) -> Decimal | None:
    return pricing.invoice(terms, used, month).total if terms else None


def _expected(found: AccountUsage, saved: Contract | None, month: date) -> Total | None:
    if found.expected_invoice is None or found.usage is None:
        return None
    # The saved dates may be others, and with them the line through what was used; or there is none to compare with.
    goes_on = projected(found.usage, terms=saved, month=month, as_of=found.as_of) if saved else None
    return Total(found.expected_invoice.total, _total(saved, goes_on, month) if goes_on else None)


def _examples(typed: Contract, saved: Contract | None, month: date) -> tuple[tuple[Usage, Total], ...]:
    """Whole months without a trade, and with as much as the tiers make a difference at, trades and value apart."""
    whole, before = _whole(typed), _whole(saved) if saved else None
    table = typed.usage_based_pricing
    worked = [Usage()]
    if table.trade_volume_tiers:
        trades = _round([tier.max_trades for tier in table.trade_volume_tiers]) or TRADES
        worked += [Usage(trades=int(count)) for count in trades]
    if table.trade_value_tiers:
        values = _round([tier.max_value for tier in table.trade_value_tiers]) or VALUES
        worked += [Usage(value=Decimal(value)) for value in values]
    return tuple(
        (used, Total(pricing.invoice(whole, used, month).total, _total(before, used, month))) for used in worked
    )


def _whole(terms: Contract) -> Contract:
    return replace(terms, start_date=None, end_date=None)


def _round(ends: Sequence[int | Decimal | None]) -> list[int | Decimal]:
    """Where the first tier ends, where the last end is, and twice as much; nothing without an end."""
    found = sorted(end for end in ends if end is not None and end > ZERO)
    if not found:
        return []
    with localcontext(EXACT):
        return list(dict.fromkeys((found[0], found[-1], found[-1] * 2)))
