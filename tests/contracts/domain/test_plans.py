"""The plans that a new contract starts from."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from contracts.domain import plans, rules
from contracts.domain.model import Pricing, UsageLimits

START = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("plan", "fee", "threshold", "trades", "value"),
    [
        ("basic", "99.00", 23, 10_000, 100_000),
        ("professional", "299.00", 20, 50_000, 500_000),
        ("enterprise", "999.00", 15, 100_000, 1_000_000),
    ],
)
def test_a_plan_has_its_fee_and_limits(plan: str, fee: str, threshold: int, trades: int, value: int) -> None:
    terms = plans.start_from(plan, account_id="acct-1", start=START)
    assert str(terms.base_monthly_fee) == fee
    assert terms.usage_limits == UsageLimits(
        max_monthly_trades=trades, max_trade_value=Decimal(value), sla_threshold_seconds=threshold
    )


@pytest.mark.parametrize(
    ("plan", "features"),
    [
        ("basic", "basic_analytics email_support"),
        ("professional", "advanced_analytics priority_support custom_dashboards api_access"),
        ("enterprise", "enterprise_analytics dedicated_support custom_integrations white_label"),
    ],
)
def test_a_plan_has_its_features(plan: str, features: str) -> None:
    assert plans.PLANS[plan].features == tuple(features.split())


@pytest.mark.parametrize("plan", [*plans.PLANS, None])
def test_a_contract_from_a_plan_is_a_draft_that_breaks_no_rule(plan: str | None) -> None:
    contract = plans.start_from(plan, account_id="acct-1", start=START)
    assert (contract.status, contract.start_date, contract.contract_type) == ("draft", START, plan or "custom")
    assert rules.problems(contract) == ()


@pytest.mark.parametrize("plan", [*plans.PLANS, None])
def test_a_plan_agrees_on_no_tiers_and_no_end(plan: str | None) -> None:
    contract = plans.start_from(plan, start=START)
    assert (contract.usage_based_pricing, contract.end_date, contract.auto_renewal) == (Pricing(), None, False)


def test_an_unknown_plan_is_refused() -> None:
    with pytest.raises(KeyError, match="gold"):
        plans.start_from("gold", start=START)


def test_a_plan_is_not_changed_by_the_contracts_made_from_it() -> None:
    replace(plans.start_from("basic", start=START), base_monthly_fee=Decimal(1))
    assert plans.PLANS["basic"].base_monthly_fee == Decimal("99.00")
