"""Terms tried out at a fixed moment: where the month leads, and what lies beside what."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from bson import ObjectId
from django.template.loader import render_to_string

from contracts.domain.model import AddOn, Pricing, ValueTier, VolumeTier
from contracts.trial import Total, trial
from tests.factories import make_contract

pytestmark = pytest.mark.usefixtures("mongo")

# Ten of thirty days are over.
NOW = datetime(2026, 11, 11, tzinfo=UTC)
TERMS = make_contract(
    end_date=None,
    auto_renewal=False,
    add_ons=(AddOn(name="Trades 1 to 10", monthly_fee=Decimal(5)),),
    usage_based_pricing=Pricing(
        trade_volume_tiers=(
            VolumeTier(min_trades=1, max_trades=10, price_per_trade=Decimal(2)),
            VolumeTier(min_trades=11, price_per_trade=Decimal(1)),
        ),
        trade_value_tiers=(ValueTier(min_value=Decimal(0), percentage_fee=Decimal(1)),),
    ),
)


@pytest.fixture
def trades(mongo):
    """Eight trades of 100.01 on the fifth."""
    common = {"userId": "acct-1", "type": "deposit", "status": "completed", "currency": "USD"}
    mongo.transaction_logs.insert_many(
        {**common, "transactionId": str(ObjectId()), "amount": Decimal("100.01"), "timestamp": NOW.replace(day=5)}
        for _ in range(8)
    )


@pytest.mark.usefixtures("trades")
def test_the_month_goes_on_like_this_to_its_end() -> None:
    made = trial(TERMS, saved=TERMS, now=NOW)
    assert made.now == Total(Decimal("328.00"), Decimal("328.00"))
    # 24 trades: ten for 2, fourteen for 1; and 1 % of 2,400.24
    assert made.end == Total(Decimal("362.00"), Decimal("362.00"))


@pytest.mark.usefixtures("trades")
def test_the_saved_dates_lead_to_another_end() -> None:
    typed = replace(TERMS, end_date=date(2026, 11, 20))
    end = trial(typed, saved=TERMS, now=NOW).end
    assert end is not None
    assert (end.saved, end.sign) == (Decimal("362.00"), "\N{MINUS SIGN}")


@pytest.mark.usefixtures("trades")
@pytest.mark.parametrize("dates", [{"start_date": date(2026, 11, 11)}, {"end_date": date(2026, 11, 6)}])
def test_an_end_that_the_saved_dates_do_not_lead_to_is_compared_with_nothing(dates: dict[str, date]) -> None:
    made = trial(TERMS, saved=replace(TERMS, **dates), now=NOW)
    assert made.now is not None and made.now.saved is not None
    assert made.end == Total(Decimal("362.00"), None)
    told = render_to_string("contracts/_price.html", {"trial": made})
    assert "By the saved dates nothing can be expected, so only what is used so far is compared." in told


@pytest.mark.usefixtures("trades")
def test_lines_lie_beside_those_of_the_same_tier() -> None:
    pairs = trial(TERMS, saved=None, now=NOW).lines
    assert [(now.label if now else None, end.label if end else None) for now, end in pairs] == [
        ("Base fee", "Base fee"),
        ("Trades 1 to 10", "Trades 1 to 10"),
        ("Trades 1 to 10", "Trades 1 to 10"),
        (None, "Trades from 11"),
        ("Traded value", "Traded value"),
    ]


@pytest.mark.usefixtures("trades")
def test_what_is_expected_has_no_more_digits_than_the_currency() -> None:
    ends = [end for _, end in trial(TERMS, saved=None, now=NOW.replace(day=12)).lines]
    assert str(ends[-1].quantity) == "2182.04"


@pytest.mark.usefixtures("trades")
def test_nothing_is_expected_once_the_contract_is_over() -> None:
    made = trial(replace(TERMS, end_date=date(2026, 11, 6)), saved=TERMS, now=NOW)
    assert made.now is not None
    assert made.end is None


def test_a_month_before_any_trade_is_worked_out_by_example() -> None:
    made = trial(TERMS, saved=replace(TERMS, base_monthly_fee=Decimal(300)), now=NOW)
    assert [(used.trades, used.value, total.typed, total.sign) for used, total in made.examples] == [
        (0, 0, Decimal("304.00"), "\N{MINUS SIGN}"),
        (10, 0, Decimal("324.00"), "\N{MINUS SIGN}"),
        (20, 0, Decimal("334.00"), "\N{MINUS SIGN}"),
        (0, 10_000, Decimal("404.00"), "\N{MINUS SIGN}"),
        (0, 100_000, Decimal("1304.00"), "\N{MINUS SIGN}"),
    ]


def test_an_example_is_a_whole_month_whenever_the_contract_begins() -> None:
    made = trial(replace(TERMS, start_date=date(2026, 11, 30)), saved=None, now=NOW)
    assert made.examples[0][1] == Total(Decimal("304.00"), None)


@pytest.mark.parametrize("digits", [1, 34])
def test_a_difference_is_exact(digits: int) -> None:
    large = Decimal("9" * digits)
    assert Total(large * 2, large - 1).apart == large + 1
