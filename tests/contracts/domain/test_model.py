"""A contract as a value: what it is called, what it costs a month, and ids that can stand in an address."""

from decimal import Decimal

import pytest

from contracts.domain.model import RESERVED_IDS, AddOn, Contract, is_addressable
from tests.factories import make_contract


@pytest.mark.parametrize(
    ("terms", "title"),
    [
        ({"account_name": "Northwind", "account_id": "acct-1", "contract_id": "c-1"}, "Northwind"),
        ({"account_id": "acct-1", "contract_id": "c-1"}, "acct-1"),
        ({"contract_id": "c-1"}, "c-1"),
        ({}, "Unnamed contract"),
    ],
)
def test_a_contract_is_called_by_the_best_name_it_has(terms: dict[str, str], title: str) -> None:
    assert Contract(**terms).title == title


def test_the_recurring_fee_is_the_base_fee_and_the_active_add_ons() -> None:
    add_ons = (
        AddOn(name="Sandbox", monthly_fee=Decimal("49.50")),
        AddOn(name="Audit pack", monthly_fee=Decimal(120), active=False),
        AddOn(name="Free"),
    )
    assert make_contract(base_monthly_fee=Decimal("299.00"), add_ons=add_ons).recurring_fee == Decimal("348.50")


def test_a_contract_without_any_fee_costs_nothing() -> None:
    assert Contract().recurring_fee == 0


def test_the_recurring_fee_is_exact_to_the_last_digit() -> None:
    add_on = AddOn(name="Cent", monthly_fee=Decimal("0.01"))
    contract = make_contract(base_monthly_fee=Decimal("12345678901234567890123456789012.34"), add_ons=(add_on,))
    assert str(contract.recurring_fee) == "12345678901234567890123456789012.35"


def test_a_value_is_found_by_its_path() -> None:
    contract = make_contract()
    assert contract.at("usage_limits.max_monthly_trades") == 50_000
    assert contract.at("status") == "active"


def test_words_that_stand_in_addresses_are_no_ids() -> None:
    assert [word for word in RESERVED_IDS if is_addressable(word)] == []
