"""What happens to the terms of a demo contract over the years: a reason, and what it changes."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random

from config.demo import terms, words
from contracts.domain import currency
from contracts.domain.model import BillingContact, Contract

Change = Callable[[Random, Contract], Contract]


def _times(amount: Decimal, factor: str, code: str) -> Decimal:
    return (amount * Decimal(factor)).quantize(Decimal(1).scaleb(-currency.digits(code)))


def _discount(rng: Random, contract: Contract) -> Contract:
    """Cheaper trades where trades have a price, else a lower base fee."""
    pricing, code = contract.usage_based_pricing, contract.currency
    if not pricing.trade_volume_tiers:
        return _fee(contract, "0.95")
    cheaper = tuple(
        replace(tier, price_per_trade=_times(tier.price_per_trade or Decimal(0), "0.90", code))
        for tier in pricing.trade_volume_tiers
    )
    return replace(contract, usage_based_pricing=replace(pricing, trade_volume_tiers=cheaper))


def _adjustment(rng: Random, contract: Contract) -> Contract:
    return _fee(contract, rng.choice(("1.02", "1.03", "1.05")))


def _fee(contract: Contract, factor: str) -> Contract:
    fee = contract.base_monthly_fee or Decimal(0)
    return replace(contract, base_monthly_fee=_times(fee, factor, contract.currency))


def _larger_trades(rng: Random, contract: Contract) -> Contract:
    limits = contract.usage_limits
    return replace(
        contract, usage_limits=replace(limits, max_trade_value=(limits.max_trade_value or Decimal(0)) * 2)
    )


def _add_on(rng: Random, contract: Contract) -> Contract:
    taken = {add_on.name for add_on in contract.add_ons}
    name = rng.choice([name for name in terms.ADD_ONS if name not in taken])
    return replace(contract, add_ons=(*contract.add_ons, terms.add_on(name, contract.currency)))


def _add_on_off(rng: Random, contract: Contract) -> Contract:
    off = tuple(replace(add_on, active=False) for add_on in contract.add_ons)
    return replace(contract, add_ons=off) if off else _add_on(rng, contract)


def _biller(rng: Random, contract: Contract) -> Contract:
    name = words.person(rng)
    contact = BillingContact(name=name, email=words.email(name, contract.account_name), phone=words.phone(rng))
    return replace(contract, billing_contact=contact)


def _uptime(rng: Random, contract: Contract) -> Contract:
    agreed = replace(contract.sla_terms, uptime_guarantee=Decimal("99.95"), penalty_terms=terms.PENALTY)
    return replace(contract, sla_terms=agreed)


def _note(rng: Random, contract: Contract) -> Contract:
    lines = (contract.notes, rng.choice([note for note in words.NOTES if note not in contract.notes]))
    return replace(contract, notes="\n".join(filter(None, lines)))


EDITS: tuple[tuple[str, Change], ...] = (
    ("Volume discount agreed", _discount),
    ("Yearly adjustment of prices", _adjustment),
    ("Larger trades agreed after a review", _larger_trades),
    ("Booked by phone", _add_on),
    ("No longer needed", _add_on_off),
    ("New billing contact", _biller),
    ("Higher service level agreed", _uptime),
    ("", _note),
)
