"""The plans a new contract starts from: fees, features and limits, no tiers."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from contracts.domain.model import Contract, UsageLimits

PLANS: dict[str, Contract] = {
    "basic": Contract(
        contract_type="basic",
        base_monthly_fee=Decimal("99.00"),
        features=("basic_analytics", "email_support"),
        usage_limits=UsageLimits(
            max_monthly_trades=10_000, max_trade_value=Decimal(100_000), sla_threshold_seconds=23
        ),
    ),
    "professional": Contract(
        contract_type="professional",
        base_monthly_fee=Decimal("299.00"),
        features=("advanced_analytics", "priority_support", "custom_dashboards", "api_access"),
        usage_limits=UsageLimits(
            max_monthly_trades=50_000, max_trade_value=Decimal(500_000), sla_threshold_seconds=20
        ),
    ),
    "enterprise": Contract(
        contract_type="enterprise",
        base_monthly_fee=Decimal("999.00"),
        features=("enterprise_analytics", "dedicated_support", "custom_integrations", "white_label"),
        usage_limits=UsageLimits(
            max_monthly_trades=100_000, max_trade_value=Decimal(1_000_000), sla_threshold_seconds=15
        ),
    ),
}


def start_from(plan: str | None, *, account_id: str = "", start: date) -> Contract:
    """A draft made from a plan; from none, a blank custom one. Raises KeyError for an unknown plan."""
    blank = Contract(contract_type="custom", base_monthly_fee=Decimal("0.00"))
    terms = PLANS[plan] if plan else blank
    return replace(terms, account_id=account_id, start_date=start)
