"""What a month costs, line by line: fees for the days in force, graduated prices for what was used.

Amounts are exact until a line is rounded, half up, to its currency's digits; the total is the sum of the lines.
Nothing raises for a table that another service left broken, and no price lies below zero.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from itertools import zip_longest

from contracts.domain import currency as currencies
from contracts.domain.model import MONEY, Contract
from contracts.domain.usage import EXACT, ZERO, Usage, days_of, in_force

# What a line's quantity is: days in force, trades, or traded value in the invoice's currency.
DAYS, TRADES, VALUE = "days", "trades", "value"

# A number of more characters is written with an exponent, as labels are read by people.
LONGEST = 50

# Up to and including how many units, None without end, and the price of one unit.
Tier = tuple[Decimal | None, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an invoice: so many days in force, trades, or so much value traded (`unit`), and what they cost.

    `price` is that of one trade, or, of value, the percentage charged; a fee has none. Only `amount` is rounded.
    """

    label: str
    quantity: Decimal
    unit: str
    price: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Invoice:
    """A month's lines, fees first, in one currency."""

    lines: tuple[Line, ...]
    currency: str

    @property
    def total(self) -> Decimal:
        """The sum of the lines, with the digits of the currency."""
        with localcontext(EXACT):
            return round_money(sum((line.amount for line in self.lines), ZERO), self.currency)


@dataclass(frozen=True, slots=True)
class Slice:
    """The units of one tier: those above one bound, up to and including the next (None is no end)."""

    above: Decimal
    up_to: Decimal | None
    units: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        """What the units cost, unrounded."""
        with localcontext(EXACT):
            return self.units * self.price


def graduated(units: Decimal, tiers: Sequence[Tier]) -> Decimal:
    """The unrounded price of the units, each at the price of the tier that it lies in; no units cost nothing."""
    with localcontext(EXACT):
        return sum((part.amount for part in slices(units, tiers)), ZERO)


def slices(units: Decimal, tiers: Sequence[Tier]) -> tuple[Slice, ...]:
    """The part of the units that lies in each tier, for the tiers that hold any.

    Tiers are taken in the order of their bounds, each from where the one before ends, so that none overlaps. Units
    beyond the last bound have no price. A bound that is no number is no end, and such a price is zero.
    """
    found, above, units = [], ZERO, _positive(units)
    for up_to, price in sorted(map(_readable, tiers), key=_bound):
        top = units if up_to is None else min(units, up_to)
        if top > above:
            with localcontext(EXACT):
                found.append(Slice(above, up_to, top - above, price))
            above = top
    return tuple(found)


def _readable(tier: Tier) -> Tier:
    up_to, price = tier
    return up_to if up_to is not None and up_to.is_finite() else None, _positive(price)


def _bound(tier: Tier) -> tuple[bool, Decimal]:
    return tier[0] is None, tier[0] or ZERO


def _positive(number: Decimal) -> Decimal:
    """The number, where it is one above zero; else zero."""
    return number if number.is_finite() and number > 0 else ZERO


def round_money(amount: Decimal, currency: str) -> Decimal:
    """The amount rounded half up to the currency's digits (ISO 4217)."""
    return amount.quantize(Decimal(1).scaleb(-currencies.digits(currency)), context=EXACT)


def invoice(terms: Contract, usage: Usage, month: date) -> Invoice:
    """The invoice of the month that a day lies in; without lines where the contract is in force on no day of it.

    `terms` are those at the end of the month; of the usage, trades and value count. Base fee and active add-ons are
    prorated by the days in force over the days of the whole month, usage is not. What has no fee has no line.
    """
    if not days_in_force(terms, month):
        return Invoice((), terms.currency)
    return Invoice((*_fees(terms, month), *_trades(terms, usage), *_value(terms, usage)), terms.currency)


def beside(so_far: Invoice, expected: Invoice | None) -> Iterator[tuple[Line | None, Line | None]]:
    """Each line so far with the expected one, None where there is none.

    Tiers fill from the lowest, so of each kind the lines so far are the first of those expected.
    """
    estimated = [_estimated(line, expected.currency) for line in expected.lines] if expected else []
    for unit in (DAYS, TRADES, VALUE):
        later = (line for line in estimated if line.unit == unit)
        yield from zip_longest((line for line in so_far.lines if line.unit == unit), later)


def _estimated(line: Line, currency: str) -> Line:
    """The line without the digits of a value that a straight line leads to, and nobody will have traded."""
    if line.unit != VALUE:
        return line
    return replace(line, quantity=round_money(line.quantity, currency))


def days_in_force(terms: Contract, month: date) -> int:
    """The days of the month from the contract's start to its last day, both included."""
    days = in_force(terms, month)
    return (days[1] - days[0]).days + 1 if days else 0


def _fees(terms: Contract, month: date) -> Iterator[Line]:
    days, whole = days_in_force(terms, month), days_of(month)
    part = "" if days == whole else f", {days} of {whole} days"
    fees = [("Base fee", terms.base_monthly_fee)]
    fees += [(add_on.name or "Add-on", add_on.monthly_fee) for add_on in terms.add_ons if add_on.active]
    for label, fee in fees:
        if fee is not None:
            with localcontext(EXACT):
                amount = round_money(_positive(fee) * days / whole, terms.currency)
            yield Line(label=label + part, quantity=Decimal(days), unit=DAYS, price=None, amount=amount)


def _trades(terms: Contract, usage: Usage) -> Iterator[Line]:
    rows = terms.usage_based_pricing.trade_volume_tiers
    tiers = [
        (None if row.max_trades is None else Decimal(row.max_trades), row.price_per_trade or ZERO) for row in rows
    ]
    for part in slices(Decimal(usage.trades), tiers):
        first = _told(MONEY.add(part.above, 1))
        label = f"Trades from {first}" if part.up_to is None else f"Trades {first} to {_told(part.up_to)}"
        yield _line(label, part, TRADES, part.amount, terms.currency)


def _value(terms: Contract, usage: Usage) -> Iterator[Line]:
    rows = terms.usage_based_pricing.trade_value_tiers
    for part in slices(usage.value, [(row.max_value, row.percentage_fee or ZERO) for row in rows]):
        above = f" above {_told(part.above)}" if part.above else ""
        up_to = f" up to {_told(part.up_to)}" if part.up_to else ""
        yield _line(f"Traded value{above}{up_to}", part, VALUE, part.amount.scaleb(-2, EXACT), terms.currency)


def _told(number: Decimal) -> str:
    # Another service may have written 9E+6000, which has more digits than a page has room for.
    text = f"{number:,f}"
    return text if len(text) <= LONGEST else f"{number.normalize(MONEY):E}"


def _line(label: str, part: Slice, unit: str, exact: Decimal, currency: str) -> Line:
    amount = round_money(exact, currency)
    return Line(label=label, quantity=part.units, unit=unit, price=part.price, amount=amount)
