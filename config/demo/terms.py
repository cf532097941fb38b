"""What a demo account agrees to: plan, price, limits and service, in round figures of its currency."""

from dataclasses import replace
from decimal import Decimal
from random import Random

from contracts.domain import currency, plans
from contracts.domain.model import (
    AddOn,
    Contract,
    Pricing,
    SlaTerms,
    UsageLimits,
    ValueTier,
    VolumeTier,
)

# What a dollar's worth of an agreed price is in round figures elsewhere.
ROUGH_RATE = {"JPY": 150}
FEES = {
    "basic": (79, 89, 99),
    "professional": (249, 279, 299),
    "enterprise": (899, 999, 1150),
    "custom": (150, 420, 650),
}
MONTHLY_TRADES = {
    "basic": (60, 100, 150),
    "professional": (150, 250, 400),
    "enterprise": (300, 400, None),
    "custom": (120, 250, None),
}
# Negotiated by those who started small; some have outgrown it since.
SMALL = (40, 40, 40, 50, 60)
ADD_ONS = {
    "Sandbox": 49,
    "Priority settlement": 120,
    "Extended retention": 25,
    "Fraud screening": 80,
    "Dedicated address": 15,
}
EXTRAS = ("multi_currency", "batch_upload", "webhooks", "two_person_approval", "crypto_orders")
PENALTY = "5 % of the monthly fee for each hour below the guarantee, 50 % at most."


def money(amount: float | Decimal, code: str) -> Decimal:
    """About so many dollars in another currency, to its smallest unit."""
    return Decimal(amount * ROUGH_RATE.get(code, 1)).quantize(Decimal(1).scaleb(-currency.digits(code)))


def price(amount: str, code: str) -> Decimal:
    """A price for one trade, exact as it is written."""
    return Decimal(amount) * ROUGH_RATE.get(code, 1)


def agreed(plan: str, code: str, *, is_small: bool, rng: Random) -> Contract:
    """The terms of a contract, without parties and dates."""
    base = plans.PLANS.get(plan, Contract(contract_type="custom", features=("api_access", "priority_support")))
    most = rng.choice(SMALL if is_small else MONTHLY_TRADES[plan])
    largest = money(rng.choice((5_000, 10_000, 25_000, 50_000)), code)
    seconds = base.usage_limits.sla_threshold_seconds or 20
    return replace(
        base,
        currency=code,
        base_monthly_fee=money(rng.choice(FEES[plan]) * (Decimal("0.6") if is_small else 1), code),
        features=(*base.features, *sorted(rng.sample(EXTRAS, rng.randint(0, 2)))),
        add_ons=_add_ons(code, rng),
        usage_based_pricing=_tiers(most or 400, code, rng),
        usage_limits=UsageLimits(
            max_monthly_trades=most,
            max_trade_value=largest,
            max_concurrent_trades=rng.choice((5, 10, 20, None)),
            sla_threshold_seconds=seconds,
        ),
        sla_terms=SlaTerms(
            uptime_guarantee=Decimal(rng.choice(("99.5", "99.9"))),
            response_time_guarantee=seconds,
            penalty_terms=PENALTY if rng.random() < 0.5 else "",
        ),
        notes=f"Started small: {most} trades a month for a lower fee." if is_small else "",
    )


def add_on(name: str, code: str) -> AddOn:
    return AddOn(name=name, monthly_fee=money(ADD_ONS[name], code), active=True)


def _add_ons(code: str, rng: Random) -> tuple[AddOn, ...]:
    return tuple(add_on(name, code) for name in sorted(rng.sample(tuple(ADD_ONS), rng.choice((0, 0, 1, 1, 2)))))


def _tiers(most: int, code: str, rng: Random) -> Pricing:
    """Tiers by volume, by value, by both or by neither; where there is a limit, trades reach the second tier."""
    kind = rng.choice(("volume", "volume", "value", "both", "neither", "neither"))
    volume = (
        VolumeTier(min_trades=0, max_trades=most // 4, price_per_trade=price("1.20", code)),
        VolumeTier(min_trades=most // 4 + 1, max_trades=most, price_per_trade=price("0.95", code)),
        VolumeTier(min_trades=most + 1, price_per_trade=price("0.80", code)),
    )
    first, second = money(10_000, code), money(50_000, code)
    value = (
        ValueTier(min_value=Decimal(0), max_value=first, percentage_fee=Decimal("0.45")),
        ValueTier(min_value=first, max_value=second, percentage_fee=Decimal("0.30")),
        ValueTier(min_value=second, percentage_fee=Decimal("0.18")),
    )
    return Pricing(
        trade_volume_tiers=volume if kind in ("volume", "both") else (),
        trade_value_tiers=value if kind in ("value", "both") else (),
    )
