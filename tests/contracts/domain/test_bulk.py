"""What an order for many makes of one contract: prices by a percentage, tags, and what is left alone."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.domain import bulk, currency, rules
from contracts.domain.bulk import (
    ADD_ONS,
    BASE_FEE,
    PARTS,
    TRADES,
    AutoRenewal,
    Manager,
    Move,
    Notice,
    Order,
    Prices,
    Tags,
    applied,
    obstacles,
    revised_fee,
    revised_prices,
)
from contracts.domain.model import AddOn, Contract, Oddity, Pricing, VolumeTier
from tests.factories import make_contract
from tests.strategies import AMOUNTS, LINES, TEXTS, contracts, quick

PERCENTS = st.decimals(bulk.LEAST_PERCENT, bulk.MOST_PERCENT, places=bulk.PERCENT_DECIMALS)
CODES = st.sampled_from(["USD", "JPY", "KWD", "EUR", "UYU"])
TRADE_PRICES = st.lists(AMOUNTS | st.decimals(0, 2, places=4), min_size=1, max_size=4)
RAISE = Prices(Decimal("3.5"), PARTS)


def nearest(amount: Fraction, digits: int) -> Fraction:
    """Half up, told by fractions."""
    return Fraction(floor(amount * 10**digits + Fraction(1, 2)), 10**digits)


def raised(price: Decimal, percent: Decimal) -> Fraction:
    return Fraction(price) * (100 + Fraction(percent)) / 100


def priced(percent: str, *parts: str, **terms: object) -> Contract:
    return applied(make_contract(**terms), Prices(Decimal(percent), parts))


def refused(order: Order, **terms: object) -> list[str]:
    return [problem.path for problem in obstacles(make_contract(**terms), order)]


# Prices --------------------------------------------------------------------------------------------------


@quick
@given(AMOUNTS, PERCENTS, CODES)
def test_a_fee_is_raised_and_rounded_half_up_to_the_digits_of_its_currency(
    fee: Decimal, percent: Decimal, code: str
) -> None:
    revised = revised_fee(fee, percent, code)
    assert Fraction(revised) == nearest(raised(fee, percent), currency.digits(code))
    assert -revised.as_tuple().exponent == currency.digits(code)


@quick
@given(AMOUNTS, AMOUNTS, PERCENTS, CODES)
def test_of_two_fees_the_smaller_never_becomes_the_larger(
    one: Decimal, other: Decimal, percent: Decimal, code: str
) -> None:
    low, high = sorted([one, other])
    assert revised_fee(low, percent, code) <= revised_fee(high, percent, code)


@quick
@given(AMOUNTS, PERCENTS, PERCENTS, CODES)
def test_of_two_percentages_the_larger_never_gives_the_smaller_fee(
    fee: Decimal, one: Decimal, other: Decimal, code: str
) -> None:
    low, high = sorted([one, other])
    assert revised_fee(fee, low, code) <= revised_fee(fee, high, code)


@pytest.mark.parametrize(
    ("fee", "percent", "code", "revised"),
    [
        ("299.00", "3.5", "USD", "309.47"),
        ("100.10", "0.05", "USD", "100.15"),
        ("1.00", "0.5", "USD", "1.01"),
        ("0.99", "-50", "USD", "0.50"),
        ("333", "1.5", "JPY", "338"),
        ("10.005", "10", "KWD", "11.006"),
        ("10.333333", "3", "USD", "10.64"),
        ("0.00", "10", "USD", "0.00"),
        ("9" * 32 + ".99", "-2", "USD", "97999999999999999999999999999999.99"),
    ],
)
def test_a_fee_after_a_revision(fee: str, percent: str, code: str, revised: str) -> None:
    assert str(revised_fee(Decimal(fee), Decimal(percent), code)) == revised


@quick
@given(TRADE_PRICES, PERCENTS)
def test_a_price_per_trade_is_raised_to_six_decimals_or_as_many_as_the_finest_has(
    prices: list[Decimal], percent: Decimal
) -> None:
    places = max(bulk.TRADE_DECIMALS, *(max(-price.as_tuple().exponent, 0) for price in prices))
    revised = revised_prices(prices, percent)
    assert [Fraction(price) for price in revised] == [nearest(raised(price, percent), places) for price in prices]


@quick
@given(TRADE_PRICES, PERCENTS)
def test_prices_per_trade_keep_their_order(prices: list[Decimal], percent: Decimal) -> None:
    revised = revised_prices(sorted(prices), percent)
    assert list(revised) == sorted(revised)


@pytest.mark.parametrize(
    ("prices", "percent", "revised"),
    [
        (["0.10", "0.08"], "3.5", ["0.1035", "0.0828"]),
        (["0.0825"], "3.5", ["0.085388"]),
        (["0.10"], "10", ["0.11"]),
        (["5"], "20", ["6"]),
        (["0.00000010"], "5", ["0.00000011"]),
        ([], "5", []),
    ],
)
def test_prices_per_trade_after_a_revision(prices: list[str], percent: str, revised: list[str]) -> None:
    found = revised_prices(list(map(Decimal, prices)), Decimal(percent))
    assert [f"{price:f}" for price in found] == revised


def test_decimals_do_not_grow_with_every_revision() -> None:
    prices = (Decimal("0.10"),)
    for _ in range(20):
        prices = revised_prices(prices, Decimal("3.5"))
    assert prices[0].as_tuple().exponent == -bulk.TRADE_DECIMALS


def test_a_revision_touches_the_parts_it_names_alone() -> None:
    before = make_contract()
    assert priced("10", BASE_FEE) == replace(before, base_monthly_fee=Decimal("328.90"))
    assert priced("10", ADD_ONS) == replace(before, add_ons=(AddOn(name="Sandbox", monthly_fee=Decimal("54.45")),))
    tiers = priced("10", TRADES).usage_based_pricing
    assert [tier.price_per_trade for tier in tiers.trade_volume_tiers] == [Decimal("0.11"), Decimal("0.088")]
    assert tiers.trade_value_tiers == before.usage_based_pricing.trade_value_tiers


def test_what_has_no_price_gets_none() -> None:
    bare = {
        "base_monthly_fee": None,
        "add_ons": (AddOn(name="Sandbox"),),
        "usage_based_pricing": Pricing(
            trade_volume_tiers=(VolumeTier(min_trades=0, max_trades=9), VolumeTier(price_per_trade=Decimal(2)))
        ),
    }
    after = priced("10", *PARTS, **bare)
    assert (after.base_monthly_fee, after.add_ons) == (None, bare["add_ons"])
    tiers = after.usage_based_pricing.trade_volume_tiers
    assert [tier.price_per_trade for tier in tiers] == [None, Decimal("2.2")]


@quick
@given(contracts(), PERCENTS)
def test_a_revision_breaks_no_rule_but_that_of_the_digits(contract: Contract, percent: Decimal) -> None:
    found = rules.problems(applied(contract, Prices(percent, PARTS)))
    assert [problem.message for problem in found if "digits" not in problem.message] == []


@pytest.mark.parametrize("status", ["expired", "cancelled"])
def test_what_is_over_keeps_its_prices(status: str) -> None:
    assert refused(RAISE, status=status) == ["status"]
    assert refused(Tags(add=("old",)), status=status) == []


@pytest.mark.parametrize("status", ["draft", "active", "pending_renewal"])
def test_what_is_not_over_is_revised(status: str) -> None:
    assert refused(RAISE, status=status) == []


def test_prices_that_break_the_rules_are_mended_first() -> None:
    assert refused(RAISE, base_monthly_fee=Decimal(-1)) == ["base_monthly_fee"]
    assert refused(RAISE, base_monthly_fee=Decimal("9E+6000")) == ["base_monthly_fee"]
    assert refused(Prices(Decimal(1), (TRADES,)), base_monthly_fee=Decimal(-1)) == []


# Tags ----------------------------------------------------------------------------------------------------


@quick
@given(LINES, LINES, LINES)
def test_tags_stay_unique_and_in_their_order(tags: tuple[str, ...], add: tuple[str, ...], remove: tuple) -> None:
    after = applied(make_contract(tags=tags), Tags(add=add, remove=remove)).tags
    kept = [tag for tag in tags if tag not in remove]
    assert len(set(after)) == len(after)
    assert list(after[: len(kept)]) == kept
    assert set(add) <= set(after)


@quick
@given(LINES, st.lists(TEXTS, max_size=4).map(tuple))
def test_adding_and_removing_again_changes_nothing_more(tags: tuple[str, ...], named: tuple[str, ...]) -> None:
    for order in (Tags(add=named), Tags(remove=named)):
        once = applied(make_contract(tags=tags), order)
        assert applied(once, order) == once


def test_a_tag_that_is_named_twice_is_added_once() -> None:
    assert applied(make_contract(tags=("vip",)), Tags(add=("new", "vip", "new"))).tags == ("vip", "new")


# The others ----------------------------------------------------------------------------------------------


def test_notice_renewing_and_manager_are_set_alone() -> None:
    before = make_contract()
    assert applied(before, Notice(60)) == replace(before, notice_days=60)
    assert applied(before, AutoRenewal(False)) == replace(before, auto_renewal=False)
    assert applied(before, Manager("tom")) == replace(before, account_manager="tom")


def test_a_status_comes_with_its_last_day() -> None:
    after = applied(make_contract(), Move("cancelled", date(2026, 11, 30)))
    assert (after.status, after.end_date) == ("cancelled", date(2026, 11, 30))
    assert applied(make_contract(), Move("expired")).end_date == make_contract().end_date


def test_what_has_the_status_already_is_not_given_another_last_day() -> None:
    cancelled = make_contract(status="cancelled")
    assert applied(cancelled, Move("cancelled", date(2026, 11, 30))) == cancelled


@pytest.mark.parametrize(
    ("order", "path"),
    [
        (Tags(add=("new",)), "tags"),
        (Notice(60), "notice_days"),
        (AutoRenewal(True), "auto_renewal"),
        (Manager("tom"), "account_manager"),
        (RAISE, "base_monthly_fee"),
        (RAISE, "add_ons.0.monthly_fee"),
        (RAISE, "usage_based_pricing"),
        (Move("cancelled", date(2026, 11, 30)), "end_date"),
        (Move("expired"), "status"),
    ],
)
def test_what_cannot_be_read_is_not_written_over(order: Order, path: str) -> None:
    assert refused(order, oddities=(Oddity(path, "“a lot” (text)", "something else"),)) == [path]
    assert refused(order, oddities=(Oddity("notes", "7 (whole number)", "text"),)) == []


def test_what_is_understood_is_no_obstacle() -> None:
    odd = Oddity("notice_days", "“60” (text)", "a whole number", is_understood=True)
    assert refused(Notice(30), oddities=(odd,)) == []
