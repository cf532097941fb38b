"""What one order makes of a contract when it is given for many of them at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from contracts.domain import fields, pricing, rules
from contracts.domain.errors import Problem
from contracts.domain.fields import Field
from contracts.domain.model import AddOn, Contract, VolumeTier
from contracts.domain.usage import EXACT

# The prices that a revision may touch; fees in percent of a value rise with the value by themselves.
BASE_FEE, ADD_ONS, TRADES = PARTS = ("base", "add_ons", "trades")
# What is over is not charged again: a revision that reached it would change what was agreed afterwards.
OVER = ("expired", "cancelled")
# A price per trade keeps its own decimals, and has these many where a revision gives it more.
TRADE_DECIMALS = 6
LEAST_PERCENT, MOST_PERCENT = Decimal("-99.99"), Decimal(1_000)
PERCENT_DECIMALS = 4

_PRICES = {
    BASE_FEE: fields.BY_PATH["base_monthly_fee"],
    ADD_ONS: fields.ADD_ONS,
    TRADES: fields.VOLUME_TIERS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """Tags to add and to take away; those that stay keep their order, new ones follow."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    days: int


@dataclass(frozen=True, slots=True)
class AutoRenewal:
    on: bool


@dataclass(frozen=True, slots=True)
class Manager:
    """The username of who looks after the contracts, "" for nobody."""

    username: str


@dataclass(frozen=True, slots=True)
class Prices:
    """A revision of some `parts` of the price by a percentage: 3.5 raises, -2 lowers."""

    percent: Decimal
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """Another status, with a last day where one is given."""

    to: str
    last_day: date | None = None


Terms = Tags | Notice | AutoRenewal | Manager | Prices
Order = Terms | Move


def applied(contract: Contract, order: Order) -> Contract:
    """The contract as the order wants it; whether it may become so is for `obstacles` and the rules to say."""
    match order:
        case Tags():
            return replace(contract, tags=_tagged(contract.tags, order))
        case Notice():
            return replace(contract, notice_days=order.days)
        case AutoRenewal():
            return replace(contract, auto_renewal=order.on)
        case Manager():
            return replace(contract, account_manager=order.username)
        case Prices():
            return _priced(contract, order)
        case Move():
            return _moved(contract, order)


def obstacles(contract: Contract, order: Order) -> Iterator[Problem]:
    """Why the order must leave this contract alone, whatever it would lead to."""
    if isinstance(order, Prices) and contract.status in OVER:
        yield Problem("status", f"The contract is {contract.status}, so its prices stay as they were agreed.")
    touched = _touched(order)
    for odd in contract.oddities:
        if not odd.is_understood and any(_overlap(odd.path, field.path) for field in touched):
            yield Problem(odd.path, f"Another service wrote {odd.found} there. Mend it in the contract first.")
    if isinstance(order, Prices):
        yield from rules.shapes(contract, touched)


def revised_fee(fee: Decimal, percent: Decimal, currency: str) -> Decimal:
    """A fee raised by a percentage, rounded half up to the currency's digits."""
    return pricing.round_money(_raised(fee, percent), currency)


def revised_prices(prices: Sequence[Decimal], percent: Decimal) -> tuple[Decimal, ...]:
    """Prices per trade raised by a percentage, half up, all to the same decimals so that their order is kept.

    That is six decimals, or as many as the finest of them has. Zeros beyond a price's own decimals are dropped.
    """
    places = max(TRADE_DECIMALS, *map(_decimals, prices)) if prices else TRADE_DECIMALS
    step = Decimal(1).scaleb(-places)
    raised = (_raised(price, percent).quantize(step, ROUND_HALF_UP, EXACT) for price in prices)
    return tuple(_trimmed(new, _decimals(old)) for old, new in zip(prices, raised, strict=True))


def _tagged(tags: Sequence[str], order: Tags) -> tuple[str, ...]:
    kept = [tag for tag in tags if tag not in order.remove]
    return (*kept, *(tag for tag in dict.fromkeys(order.add) if tag not in kept))


def _moved(contract: Contract, order: Move) -> Contract:
    # Cancelling what is cancelled would give it another last day.
    if contract.status == order.to:
        return contract
    after = replace(contract, status=order.to)
    return after if order.last_day is None else replace(after, end_date=order.last_day)


def _priced(contract: Contract, order: Prices) -> Contract:
    if BASE_FEE in order.parts and contract.base_monthly_fee is not None:
        fee = revised_fee(contract.base_monthly_fee, order.percent, contract.currency)
        contract = replace(contract, base_monthly_fee=fee)
    if ADD_ONS in order.parts:
        add_ons = tuple(_add_on(add_on, order.percent, contract.currency) for add_on in contract.add_ons)
        contract = replace(contract, add_ons=add_ons)
    if TRADES in order.parts:
        tiers = _tiers(contract.usage_based_pricing.trade_volume_tiers, order.percent)
        prices = replace(contract.usage_based_pricing, trade_volume_tiers=tiers)
        contract = replace(contract, usage_based_pricing=prices)
    return contract


def _add_on(add_on: AddOn, percent: Decimal, currency: str) -> AddOn:
    if add_on.monthly_fee is None:
        return add_on
    return replace(add_on, monthly_fee=revised_fee(add_on.monthly_fee, percent, currency))


def _tiers(tiers: Sequence[VolumeTier], percent: Decimal) -> tuple[VolumeTier, ...]:
    known = [tier.price_per_trade for tier in tiers if tier.price_per_trade is not None]
    prices = iter(revised_prices(known, percent))
    return tuple(
        tier if tier.price_per_trade is None else replace(tier, price_per_trade=next(prices)) for tier in tiers
    )


def _raised(price: Decimal, percent: Decimal) -> Decimal:
    with localcontext(EXACT):
        return price * (100 + percent) / 100


def _decimals(price: Decimal) -> int:
    exponent = price.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _trimmed(price: Decimal, least: int) -> Decimal:
    """The price without zeros at its end beyond so many decimals."""
    needed = max(least, _decimals(price.normalize(EXACT)))
    return price.quantize(Decimal(1).scaleb(-needed), context=EXACT)


def _touched(order: Order) -> tuple[Field, ...]:
    """The fields that the order writes."""
    match order:
        case Tags():
            paths = ["tags"]
        case Notice():
            paths = ["notice_days"]
        case AutoRenewal():
            paths = ["auto_renewal"]
        case Manager():
            paths = ["account_manager"]
        case Prices():
            return tuple(_PRICES[part] for part in order.parts)
        case Move():
            paths = ["status", "end_date"] if order.last_day else ["status"]
    return tuple(fields.BY_PATH[path] for path in paths)


def _overlap(one: str, other: str) -> bool:
    """Whether two paths are the same, or one lies below the other."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
