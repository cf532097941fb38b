"""What a month costs: tiers, part months, rounding, and an invoice whatever the terms say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.documents import from_document
from contracts.domain import currency
from contracts.domain.model import AddOn, Contract, Pricing, ValueTier, VolumeTier
from contracts.domain.pricing import Line, Tier, days_in_force, graduated, invoice, round_money, slices
from contracts.domain.usage import Usage, days_of
from mongo.client import Document
from tests.factories import make_contract
from tests.strategies import AMOUNTS, DOCUMENTS, PRICED, as_read, contracts, quick, usages

NOVEMBER = date(2026, 11, 1)
UNUSED = Usage()
MONTHS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
SMALL = st.decimals(0, 60, places=2)
CENTS = st.decimals(0, 9, places=2)
MOST = Decimal("9" * 34)


@st.composite
def ladders(draw: st.DrawFn, bounds: st.SearchStrategy[Decimal] = SMALL) -> list[Tier]:
    """Tiers as the rules want them: rising, the last one open."""
    ends = sorted(draw(st.sets(bounds.filter(bool), max_size=4)))
    return [(end, draw(CENTS)) for end in [*ends, None]]


def in_fractions(units: Decimal, tiers: Sequence[Tier]) -> Fraction:
    """The price by the length that the units and each tier have in common."""
    total, below = Fraction(0), Fraction(0)
    for up_to, price in tiers:
        end = Fraction(units) if up_to is None else Fraction(up_to)
        total += max(min(Fraction(units), end) - below, Fraction(0)) * Fraction(price)
        below = end
    return total


def nearest(amount: Fraction, digits: int) -> Fraction:
    return Fraction(floor(amount * 10**digits + Fraction(1, 2)), 10**digits)


# Tiers ---------------------------------------------------------------------------------------------------


@quick
@given(st.integers(0, 60), ladders(st.integers(1, 60).map(Decimal)))
def test_tiers_of_trades_cost_what_they_do_trade_by_trade(trades: int, tiers: list[Tier]) -> None:
    one_by_one = [
        next(price for up_to, price in tiers if up_to is None or trade <= up_to) for trade in range(1, trades + 1)
    ]
    assert graduated(Decimal(trades), tiers) == sum(one_by_one)


@quick
@given(AMOUNTS, ladders(AMOUNTS), AMOUNTS)
def test_tiers_are_exact_to_the_last_of_34_digits(units: Decimal, tiers: list[Tier], price: Decimal) -> None:
    tiers = [(up_to, price + cents) for up_to, cents in tiers]
    assert Fraction(graduated(units, tiers)) == in_fractions(units, tiers)


def test_a_bound_belongs_to_the_tier_that_it_ends() -> None:
    tiers = [(Decimal(10), Decimal(1)), (None, Decimal(100))]
    assert [graduated(Decimal(units), tiers) for units in (9, 10, 11)] == [9, 10, 110]


@quick
@given(SMALL, SMALL, ladders())
def test_more_units_never_cost_less(one: Decimal, other: Decimal, tiers: list[Tier]) -> None:
    fewer, more = sorted([one, other])
    assert graduated(fewer, tiers) <= graduated(more, tiers)


@quick
@given(ladders(), st.sampled_from([Decimal("0.01"), Decimal("1E-30")]))
def test_the_price_does_not_jump_at_a_bound(tiers: list[Tier], step: Decimal) -> None:
    for (bound, price), (_, following) in pairwise(tiers):
        if bound is not None and bound > step:
            assert graduated(bound, tiers) - graduated(bound - step, tiers) <= price * step
            assert graduated(bound + step, tiers) - graduated(bound, tiers) <= following * step


@quick
@given(SMALL, ladders())
def test_every_unit_lies_in_one_tier(units: Decimal, tiers: list[Tier]) -> None:
    parts = slices(units, tiers)
    assert sum(part.units for part in parts) == units
    assert all(part.units > 0 and (part.up_to is None or part.above < part.up_to) for part in parts)


@quick
@given(st.decimals(-60, 0), ladders())
def test_no_units_cost_nothing(units: Decimal, tiers: list[Tier]) -> None:
    assert graduated(units, tiers) == 0


def test_one_open_tier_is_a_price_for_all() -> None:
    assert graduated(Decimal("7.5"), [(None, Decimal("0.2"))]) == Decimal("1.5")


def test_without_tiers_nothing_costs() -> None:
    assert graduated(MOST, []) == 0


@quick
@given(SMALL, ladders(), st.randoms())
def test_the_order_of_tiers_does_not_matter(units: Decimal, tiers: list[Tier], chance: Random) -> None:
    shuffled = chance.sample(tiers, len(tiers))
    assert graduated(units, shuffled) == graduated(units, tiers)


def test_units_beyond_the_last_bound_have_no_price() -> None:
    assert graduated(Decimal(100), [(Decimal(10), Decimal(2))]) == 20


@pytest.mark.parametrize("price", ["NaN", "Infinity", "-1", "-0"])
def test_a_price_that_is_none_is_zero(price: str) -> None:
    assert str(graduated(Decimal(5), [(None, Decimal(price))])) == "0"


@pytest.mark.parametrize("bound", ["NaN", "Infinity"])
def test_a_bound_that_is_no_number_is_no_end(bound: str) -> None:
    assert graduated(Decimal(5), [(Decimal(bound), Decimal(2)), (Decimal(1), Decimal(10))]) == 18


# Rounding ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "code", "rounded"),
    [
        ("10.005", "USD", "10.01"),
        ("10.00499999999999999999999999999999999", "USD", "10.00"),
        ("7", "EUR", "7.00"),
        ("0.5", "JPY", "1"),
        ("1.5", "JPY", "2"),
        ("1.0005", "KWD", "1.001"),
        ("1.005", "BTC", "1.01"),
        ("1.005", "", "1.01"),
        ("0", "KWD", "0.000"),
        ("9999999999999999999999999999999999", "USD", "9999999999999999999999999999999999.00"),
    ],
)
def test_money_is_rounded_half_up_to_the_digits_of_its_currency(amount: str, code: str, rounded: str) -> None:
    assert str(round_money(Decimal(amount), code)) == rounded


# Invoices ------------------------------------------------------------------------------------------------


def costs(terms: Contract, usage: Usage = UNUSED, month: date = NOVEMBER) -> list[tuple[str, str]]:
    """Label and amount of each line."""
    return [(line.label, str(line.amount)) for line in invoice(terms, usage, month).lines]


def told(line: Line) -> str:
    return f"{line.label}: {line.quantity} {line.unit} at {line.price} is {line.amount}"


def plain(**terms: object) -> Contract:
    """A contract of no end that costs nothing but what is said."""
    return replace(Contract(start_date=date(2026, 1, 1)), **terms)


def volume(*tiers: tuple[int | None, str]) -> Pricing:
    return Pricing(
        trade_volume_tiers=tuple(VolumeTier(max_trades=end, price_per_trade=Decimal(price)) for end, price in tiers)
    )


def value(*tiers: tuple[str | None, str]) -> Pricing:
    rows = [(None if end is None else Decimal(end), Decimal(percent)) for end, percent in tiers]
    return Pricing(trade_value_tiers=tuple(ValueTier(max_value=end, percentage_fee=fee) for end, fee in rows))


def test_an_invoice_has_a_line_for_each_fee_and_each_tier_that_was_used() -> None:
    found = invoice(make_contract(), Usage(trades=1500, value=Decimal(60_000)), NOVEMBER)
    assert [
        (line.label, str(line.quantity), line.unit, str(line.price), str(line.amount)) for line in found.lines
    ] == [
        ("Base fee", "30", "days", "None", "299.00"),
        ("Sandbox", "30", "days", "None", "49.50"),
        ("Trades 1 to 1,000", "1000", "trades", "0.10", "100.00"),
        ("Trades from 1,001", "500", "trades", "0.08", "40.00"),
        ("Traded value up to 50,000", "50000", "value", "0.25", "125.00"),
        ("Traded value above 50,000", "10000", "value", "0.15", "15.00"),
    ]
    assert (str(found.total), found.currency) == ("628.50", "USD")


def test_a_tier_that_was_not_reached_has_no_line() -> None:
    usage = Usage(trades=1000, value=Decimal(50_000))
    assert [label for label, _ in costs(make_contract(), usage)][2:] == [
        "Trades 1 to 1,000",
        "Traded value up to 50,000",
    ]


def test_a_tier_between_two_others_is_told_by_both_its_bounds() -> None:
    terms = plain(usage_based_pricing=value(("5E+4", "1"), ("75000.50", "2"), (None, "3")))
    (_, (label, _), _) = costs(terms, Usage(value=Decimal(80_000)))
    assert label == "Traded value above 50,000 up to 75,000.50"


def test_a_bound_of_thousands_of_digits_is_told_in_short() -> None:
    by_trade, by_value = volume((9 * 10**6000, "1")), value(("0.5", "1"), ("9E+6000", "2"), (None, "3"))
    usage = Usage(trades=7, value=Decimal("9.5E+6000"))
    terms = plain(usage_based_pricing=replace(by_value, trade_volume_tiers=by_trade.trade_volume_tiers))
    assert [label for label, _ in costs(terms, usage)] == [
        "Trades 1 to 9E+6000",
        "Traded value up to 0.5",
        "Traded value above 0.5 up to 9E+6000",
        "Traded value above 9E+6000",
    ]


def test_a_bound_of_34_digits_is_told_to_the_last_of_them() -> None:
    terms = plain(usage_based_pricing=volume((int(MOST), "1"), (None, "2")))
    assert [label for label, _ in costs(terms, Usage(trades=int(MOST) + 5))] == [
        f"Trades 1 to {MOST:,f}",
        f"Trades from {MOST + 1:,f}",
    ]


def test_all_in_one_open_tier_is_one_line() -> None:
    by_trade, by_value = volume((None, "0.2")), value((None, "2"))
    assert costs(plain(usage_based_pricing=by_trade), Usage(trades=7)) == [("Trades from 1", "1.40")]
    assert costs(plain(usage_based_pricing=by_value), Usage(value=Decimal(7))) == [("Traded value", "0.14")]


def test_a_percentage_is_of_a_hundred() -> None:
    (line,) = invoice(plain(usage_based_pricing=value((None, "1.3"))), Usage(value=Decimal(1000)), NOVEMBER).lines
    assert (line.price, line.amount) == (Decimal("1.3"), Decimal("13.00"))


def test_lines_are_rounded_and_then_summed() -> None:
    fee = Decimal("10.333333")
    terms = plain(add_ons=tuple(AddOn(name=name, monthly_fee=fee) for name in "abc"))
    assert str(invoice(terms, UNUSED, NOVEMBER).total) == "30.99"


def test_an_add_on_that_is_not_active_costs_nothing() -> None:
    add_ons = (AddOn(name="Audit", monthly_fee=Decimal(5), active=False), AddOn(monthly_fee=Decimal(3)))
    assert costs(plain(add_ons=add_ons)) == [("Add-on", "3.00")]


def test_a_fee_of_zero_has_a_line_and_a_fee_that_nobody_gave_has_none() -> None:
    assert costs(plain(base_monthly_fee=Decimal(0))) == [("Base fee", "0.00")]
    assert costs(plain(add_ons=(AddOn(name="Audit"),))) == []


def test_a_fee_below_zero_is_zero() -> None:
    terms = plain(base_monthly_fee=Decimal(-5), add_ons=(AddOn(name="Discount", monthly_fee=Decimal(-5)),))
    assert costs(terms) == [("Base fee", "0.00"), ("Discount", "0.00")]


@pytest.mark.parametrize(
    ("code", "amounts", "total"),
    [("JPY", ["1000", "2", "13"], "1015"), ("KWD", ["999.500", "1.500", "12.500"], "1013.500")],
)
def test_a_currency_has_its_own_digits(code: str, amounts: list[str], total: str) -> None:
    tiers = Pricing(
        trade_volume_tiers=volume((None, "0.5")).trade_volume_tiers,
        trade_value_tiers=value((None, "1.25")).trade_value_tiers,
    )
    terms = plain(currency=code, base_monthly_fee=Decimal("999.5"), usage_based_pricing=tiers)
    usage = Usage(trades=3, value=Decimal(1000))
    assert [amount for _, amount in costs(terms, usage)] == amounts
    assert str(invoice(terms, usage, NOVEMBER).total) == total


@pytest.mark.parametrize(("code", "total"), [("JPY", "0"), ("USD", "0.00"), ("KWD", "0.000")])
def test_nothing_is_a_total_too(code: str, total: str) -> None:
    assert str(invoice(plain(currency=code), UNUSED, NOVEMBER).total) == total


def test_prices_and_values_of_34_digits_are_multiplied_to_the_last_digit() -> None:
    terms = plain(usage_based_pricing=value(("1E-34", "0"), (None, str(MOST))))
    (_, line) = invoice(terms, Usage(value=MOST), NOVEMBER).lines
    exact = (Fraction(MOST) - Fraction(1, 10**34)) * Fraction(MOST) / 100
    assert Fraction(line.amount) == nearest(exact, 2)


@pytest.mark.parametrize("used", [Usage(), Usage(trades=-3, value=Decimal(-7))])
def test_no_use_costs_nothing_beyond_the_fees(used: Usage) -> None:
    assert costs(make_contract(), used) == [("Base fee", "299.00"), ("Sandbox", "49.50")]


@quick
@given(contracts(), MONTHS)
def test_no_use_costs_the_fees_alone(terms: Contract, month: date) -> None:
    assert {line.unit for line in invoice(terms, UNUSED, month).lines} <= {"days"}


@quick
@given(contracts(), st.data())
def test_an_invoice_is_what_fractions_give(terms: Contract, data: st.DataObject) -> None:
    month = terms.start_date or NOVEMBER
    usage = data.draw(usages(month))
    found, digits = invoice(terms, usage, month), currency.digits(terms.currency)
    share = Fraction(days_in_force(terms, month), days_of(month))
    fees = [terms.base_monthly_fee, *(add_on.monthly_fee for add_on in terms.add_ons if add_on.active)]
    exact = [Fraction(fee or 0) * share for fee in fees] + [unrounded(line) for line in found.lines[len(fees) :]]
    assert [Fraction(line.amount) for line in found.lines] == [nearest(amount, digits) for amount in exact]
    assert Fraction(found.total) == sum(Fraction(line.amount) for line in found.lines)
    assert sum(line.quantity for line in found.lines if line.unit == "trades") in (0, usage.trades)


def unrounded(line: Line) -> Fraction:
    """What a line of usage costs by its quantity and price."""
    return Fraction(line.quantity) * Fraction(line.price or 0) / (100 if line.unit == "value" else 1)


@quick
@given(contracts(), st.data())
def test_more_use_never_costs_less(terms: Contract, data: st.DataObject) -> None:
    usage, more = data.draw(usages(NOVEMBER)), data.draw(usages(NOVEMBER))
    sums = Usage(trades=usage.trades + more.trades, value=max(usage.value, more.value))
    assert invoice(terms, usage, NOVEMBER).total <= invoice(terms, sums, NOVEMBER).total


# Part months ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "month", "days"),
    [
        (date(2026, 1, 1), None, NOVEMBER, 30),
        (date(2026, 11, 1), date(2026, 11, 30), NOVEMBER, 30),
        (date(2026, 11, 21), None, NOVEMBER, 10),
        (date(2026, 1, 1), date(2026, 11, 12), NOVEMBER, 12),
        (date(2026, 11, 9), date(2026, 11, 11), NOVEMBER, 3),
        (date(2026, 11, 30), date(2027, 11, 29), NOVEMBER, 1),
        (date(2026, 11, 10), date(2026, 11, 10), NOVEMBER, 1),
        (date(2026, 11, 10), date(2026, 11, 9), NOVEMBER, 0),
        (date(2026, 12, 1), None, NOVEMBER, 0),
        (date(2026, 1, 1), date(2026, 10, 31), NOVEMBER, 0),
        (None, None, date(2028, 2, 14), 29),
        (None, date(2028, 2, 29), date(2028, 2, 1), 29),
        (date(2028, 2, 29), None, date(2028, 2, 1), 1),
        (None, date(2028, 2, 28), date(2028, 2, 1), 28),
        (date(2026, 2, 1), None, date(2026, 2, 28), 28),
        (date.min, date.max, date.max, 31),
    ],
)
def test_days_in_force_are_counted_with_the_first_and_the_last(
    start: date | None, end: date | None, month: date, days: int
) -> None:
    assert days_in_force(Contract(start_date=start, end_date=end), month) == days


def test_fees_of_a_part_month_are_prorated_by_days_and_say_so() -> None:
    terms = make_contract(start_date=date(2026, 11, 21))
    found = costs(terms, Usage(trades=10))
    assert found == [
        ("Base fee, 10 of 30 days", "99.67"),
        ("Sandbox, 10 of 30 days", "16.50"),
        ("Trades 1 to 1,000", "1.00"),
    ]


def test_the_days_are_those_of_the_month_not_of_the_part() -> None:
    terms = plain(start_date=date(2028, 2, 29), base_monthly_fee=Decimal(290))
    assert costs(terms, month=date(2028, 2, 1)) == [("Base fee, 1 of 29 days", "10.00")]
    assert costs(terms, month=date(2028, 3, 31)) == [("Base fee", "290.00")]


@pytest.mark.parametrize(
    "terms",
    [{"start_date": date(2026, 12, 1)}, {"end_date": date(2026, 10, 31)}],
    ids=["starts later", "ended before"],
)
def test_a_contract_that_is_not_in_force_has_an_invoice_without_lines(terms: dict[str, date]) -> None:
    found = invoice(make_contract(**terms), Usage(trades=10, value=Decimal(10)), NOVEMBER)
    assert (found.lines, found.total) == ((), 0)


@quick
@given(AMOUNTS, MONTHS, st.integers(1, 27))
def test_two_parts_of_a_month_cost_the_whole_within_one_cent(fee: Decimal, month: date, day: int) -> None:
    cut = month.replace(day=day)
    first = Contract(end_date=cut, base_monthly_fee=fee)
    second = Contract(start_date=cut + timedelta(days=1), base_monthly_fee=fee)
    parts = [Fraction(invoice(terms, UNUSED, month).total) for terms in (first, second)]
    assert abs(sum(parts) - Fraction(fee)) <= Fraction(1, 100)


# Broken terms --------------------------------------------------------------------------------------------


def test_tiers_that_overlap_count_each_trade_once() -> None:
    tiers = (
        VolumeTier(min_trades=500, max_trades=2000, price_per_trade=Decimal(2)),
        VolumeTier(min_trades=0, max_trades=1000, price_per_trade=Decimal(1)),
    )
    terms = plain(usage_based_pricing=Pricing(trade_volume_tiers=tiers))
    assert costs(terms, Usage(trades=1500)) == [
        ("Trades 1 to 1,000", "1000.00"),
        ("Trades 1,001 to 2,000", "1000.00"),
    ]


def test_a_tier_without_a_price_is_free() -> None:
    terms = plain(usage_based_pricing=Pricing(trade_volume_tiers=(VolumeTier(),), trade_value_tiers=(ValueTier(),)))
    assert costs(terms, Usage(trades=5, value=Decimal(5))) == [("Trades from 1", "0.00"), ("Traded value", "0.00")]


@quick
@given(PRICED | DOCUMENTS, MONTHS, st.data())
def test_whatever_another_service_wrote_has_an_invoice_of_no_negative_price(
    document: Document, month: date, data: st.DataObject
) -> None:
    terms = from_document(as_read(document))
    found = invoice(terms, data.draw(usages(month)), month)
    assert all(line.amount.is_finite() and line.amount >= 0 and line.quantity > 0 for line in found.lines)
    assert found.total.is_finite()
    assert -found.total.as_tuple().exponent == currency.digits(terms.currency)
