"""Contracts and people to test with."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from contracts.domain.model import (
    AddOn,
    BillingContact,
    Contract,
    Pricing,
    PrimaryContact,
    SlaTerms,
    UsageLimits,
    ValueTier,
    VolumeTier,
)
from users.actor import Actor

NOW = datetime(2026, 11, 21, 12, 0, 0, 123_000, tzinfo=UTC)
TODAY = NOW.date()
MAYA = Actor(
    id="maya", name="Maya Lindqvist", via="form", ip_address="192.0.2.7", user_agent="Tests", request_id="r1"
)
TOM = Actor(id="tom", name="Tom Adeyemi", via="form")
# A file may bring in contracts that are long over; nobody can type one.
MAYAS_FILE = replace(MAYA, via="import")


def still(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands."""
    return lambda: moment


def make_contract(**terms: Any) -> Contract:
    """A valid contract with something in every field."""
    contract = Contract(
        account_id="acct-1",
        account_name="Northwind Logistics",
        account_manager="maya",
        contract_type="professional",
        status="active",
        start_date=date(2026, 1, 1),
        end_date=date(2026, 12, 31),
        auto_renewal=True,
        base_monthly_fee=Decimal("299.00"),
        usage_based_pricing=Pricing(
            trade_volume_tiers=(
                VolumeTier(min_trades=0, max_trades=1000, price_per_trade=Decimal("0.10")),
                VolumeTier(min_trades=1001, price_per_trade=Decimal("0.08")),
            ),
            trade_value_tiers=(
                ValueTier(min_value=Decimal(0), max_value=Decimal(50_000), percentage_fee=Decimal("0.25")),
                ValueTier(min_value=Decimal(50_000), percentage_fee=Decimal("0.15")),
            ),
        ),
        usage_limits=UsageLimits(
            max_monthly_trades=50_000,
            max_trade_value=Decimal(500_000),
            max_concurrent_trades=20,
            sla_threshold_seconds=20,
        ),
        primary_contact=PrimaryContact(name="Ana Ortiz", email="ana@example.com", phone="+1 555 0100", role="CFO"),
        billing_contact=BillingContact(name="Ben Mori", email="ben@example.com", phone=""),
        features=("api_access", "priority_support"),
        add_ons=(AddOn(name="Sandbox", monthly_fee=Decimal("49.50"), active=True),),
        sla_terms=SlaTerms(
            uptime_guarantee=Decimal("99.9"), response_time_guarantee=20, penalty_terms="5 % a missed hour"
        ),
        tags=("vip", "emea"),
        notes="Signed in January.",
    )
    return replace(contract, **terms)
