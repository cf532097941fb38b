"""A month in words: every state of a limit, the invoice line by line, and what is kept apart."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape

import pymongo
import pytest
from django.template.loader import render_to_string

from contracts.domain.model import AddOn, Oddity, Pricing, UsageLimits, VolumeTier
from contracts.shown.limits import in_words
from contracts.shown.usage import month_of
from tests.factories import make_contract
from tests.logs.test_usage import NOVEMBER, NOW, OCTOBER, entry, store


def terms(**other):
    return make_contract(account_id="a1", end_date=None, **other)


def limited(trades=None, value=None):
    return terms(usage_limits=UsageLimits(max_monthly_trades=trades, max_trade_value=value))


def trades(count, **more):
    return [entry(f"t{number}", **more) for number in range(count)]


def words(template, shown, **more):
    """What a person reads of a fragment, parts of it with one space between."""
    html = render_to_string(f"contracts/{template}.html", {"shown": shown, "key": "c1", **more})
    text = unescape(re.sub(r"<[^>]+>", " ", html))
    return re.sub(r" ([.,;])", r"\1", " ".join(text.split()))


def limits(contract, month=NOVEMBER, now=NOW):
    return words("_limits", month_of(contract, month, now=now))


# Limits ---------------------------------------------------------------------------------------------------


def test_within_the_limit_it_tells_where_the_month_leads(mongo):
    store(mongo, *trades(41))
    told = limits(limited(100))
    assert "Within the limit 41 of 100 41 %" in told
    assert "59 left. On this pace 60 by 30 Nov, 60 %, within the limit." in told


def test_heading_over_it_tells_the_day(mongo):
    store(mongo, *trades(41))
    told = limits(limited(50))
    assert "Heading over the limit 41 of 50 82 %" in told
    assert "On this pace 60 by 30 Nov, 120 %; crosses the limit on 26 Nov." in told


def test_near_the_limit_it_says_so_once_the_month_is_over(mongo):
    store(mongo, *trades(9, at=datetime(2026, 10, 30, tzinfo=UTC)))
    told = limits(limited(10), OCTOBER)
    assert "Near the limit 9 of 10 90 % 1 left." in told
    assert "pace" not in told


def test_over_the_limit_it_tells_by_how_much_and_since_when(mongo):
    store(mongo, *trades(12))
    assert "Over the limit 12 of 10 120 % Over by 2; crossed the limit on 5 Nov." in limits(limited(10))


def test_a_limit_of_nothing_is_gone_beyond_by_anything(mongo):
    store(mongo, entry())
    assert "Over the limit 1 of 0 Over by 1" in limits(limited(0))


def test_without_a_limit_it_tells_what_is_used(mongo):
    store(mongo, *trades(3))
    told = limits(limited())
    assert "No limit agreed 3 used, no limit agreed On this pace 4 by 30 Nov." in told
    assert "%" not in told


@pytest.mark.parametrize(
    ("now", "contract", "why"),
    [
        (datetime(2026, 11, 1, 9, tzinfo=UTC), {}, "Too early in the month to tell where it leads."),
        (NOW, {"end_date": date(2026, 11, 20)}, "The contract’s last day was 20 Nov."),
        (NOW, {"end_date": date(2026, 10, 31)}, "The contract is in force on no day of this month."),
    ],
)
def test_where_no_line_can_be_drawn_it_says_why(mongo, now, contract, why):
    store(mongo, entry(at=datetime(2026, 11, 1, tzinfo=UTC)))
    assert why in limits(replace(limited(10), **contract), now=now)


def test_an_account_without_data_is_told_what_was_agreed(mongo):
    shown = month_of(limited(10, Decimal(500)), NOVEMBER, now=NOW)
    assert "No transactions are logged for this account" in words("_usage", shown)
    assert "Use not known As agreed: 10." in words("_limits", shown)


def test_the_largest_trade_is_held_against_its_limit(mongo):
    store(mongo, *trades(2, amount=Decimal(400)), entry("big", amount=Decimal("600.5")))
    assert "600.50 USD of 1,000.00 USD 60 % The largest single trade is 399.50 USD below the limit." in limits(
        limited(value=Decimal(1000))
    )
    assert "The largest single trade is over by 100.50 USD; the first beyond the limit was on 5 Nov." in limits(
        limited(value=Decimal(500))
    )


def test_trades_in_other_currencies_alone_tell_nothing_of_the_largest(mongo):
    store(mongo, entry(currency="EUR"))
    assert "Use not known As agreed: 500.00 USD. No trade of the month has an amount in USD." in limits(
        limited(value=Decimal(500))
    )


def test_what_the_log_cannot_tell_is_said_to_be_agreed_and_not_measured(mongo):
    told = limits(terms())
    assert "Concurrent trades Not measured As agreed: 20. Not measured: the log carries no durations." in told
    assert "SLA threshold Not measured As agreed: 20 s. Not measured: the log carries no durations." in told


def test_a_limit_that_cannot_be_read_is_not_taken_for_none(mongo):
    store(mongo, *trades(3))
    odd = Oddity("usage_limits.max_monthly_trades", "“many” (text)", "a whole number")
    told = limits(replace(limited(), oddities=(odd,)))
    assert "Limit cannot be read cannot be read “many” (text) Used: 3." in told


@pytest.mark.parametrize(
    ("percent", "told"),
    [("0", "0 %"), ("0.1", "under 1 %"), ("99.9", "99 %"), ("100", "100 %"), ("100.1", "101 %"), ("118", "118 %")],
)
def test_a_percentage_says_neither_more_nor_less_than_is_true(percent, told):
    assert in_words(Decimal(percent)).replace("\xa0", " ") == told


def test_a_percentage_beyond_all_reason_is_not_spelled_out():
    assert in_words(Decimal("1E+6000")).replace("\xa0", " ") == "more than 999,999 %"


# The year -------------------------------------------------------------------------------------------------


def test_a_month_beyond_the_limit_says_so(mongo):
    store(mongo, *trades(12, at=datetime(2026, 10, 30, tzinfo=UTC)))
    told = words("_months", month_of(limited(10), OCTOBER, now=NOW), revision="3")
    assert "all on one scale up to 12. The dashed line is October 2026’s limit of 10;" in told
    assert told.endswith("Oct October 2026 12 trades, 120 % of the limit")


def test_other_months_are_not_judged_by_todays_limit(mongo):
    store(mongo, *trades(12, at=datetime(2026, 10, 30, tzinfo=UTC)), entry("n"))
    told = words("_months", month_of(limited(10), NOVEMBER, now=NOW))
    assert "The dashed line is today’s limit of 10; other months may have had another." in told
    assert told.endswith("Oct October 2026 12 trades, Nov November 2026 so far 1 trade, 10 % of the limit")


def test_a_limit_far_above_all_trades_is_told_and_not_drawn(mongo):
    store(mongo, entry())
    shown = month_of(limited(1000), NOVEMBER, now=NOW)
    assert "Today’s limit of 1,000 lies far above it." in words("_months", shown)


def test_the_contracts_limit_is_not_held_against_a_month_before_it(mongo):
    store(mongo, *trades(5, at=datetime(2025, 12, 30, tzinfo=UTC)))
    *_, before = month_of(limited(1), date(2025, 12, 1), now=NOW).year.months
    assert (before.trades, before.percent, before.is_over) == (5, "", False)


def test_each_day_adds_to_the_month_up_to_today(mongo):
    store(mongo, *trades(2), entry("later", at=datetime(2026, 11, 20, tzinfo=UTC)))
    each, summed = month_of(limited(), NOVEMBER, now=NOW).days
    assert (each[4], summed[19]) == (("5 Nov", 2, "2 trades"), ("20 Nov", 3, "3 trades by"))
    assert [count for _, count, _ in summed[20:]] == [3] + [0] * 9


# The invoice ----------------------------------------------------------------------------------------------


def test_an_invoice_stands_beside_what_is_expected(mongo):
    tiers = (
        VolumeTier(min_trades=0, max_trades=50, price_per_trade=Decimal("0.125")),
        VolumeTier(min_trades=51, price_per_trade=Decimal("0.1")),
    )
    store(mongo, *trades(41))
    contract = terms(usage_based_pricing=Pricing(trade_volume_tiers=tiers), currency="EUR", add_ons=())
    told = words("_invoice", month_of(contract, NOVEMBER, now=NOW))
    assert "Trades 1 to 50 0.125 EUR a trade 5.13 EUR 41 trades 6.25 EUR 50 trades" in told
    assert "Trades from 51 0.10 EUR a trade – 1.00 EUR 10 trades" in told
    assert "Total 304.13 EUR 306.25 EUR" in told


def test_the_price_of_value_is_a_percentage(mongo):
    store(mongo, *trades(10, amount=Decimal("6000"), at=datetime(2026, 10, 30, tzinfo=UTC)))
    told = words("_invoice", month_of(terms(), OCTOBER, now=NOW))
    assert "Traded value up to 50,000 0.25 % of the value 125.00 USD of 50,000.00" in told
    assert "Expected" not in told


def test_a_part_of_a_month_says_how_many_days(mongo):
    contract = replace(terms(), start_date=date(2026, 10, 17))
    told = words("_invoice", month_of(contract, OCTOBER, now=NOW))
    assert "Base fee, 15 of 31 days" in told


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"start_date": date(2027, 1, 1)}, "Nothing is in force on any day of this month"),
        ({"base_monthly_fee": None}, "Not in these sums, since not known or not readable: Base fee a month."),
        (
            {"oddities": (Oddity("add_ons.0.monthly_fee", "“x” (text)", "a decimal number"),)},
            "Not in these sums, since not known or not readable: Add-ons.",
        ),
        ({"status": "draft"}, "The contract is a draft: this is what the month would cost."),
        (
            {"status": "cancelled"},
            "The contract is cancelled, but its last day is not known, so whole months are counted.",
        ),
        (
            {"status": "expired"},
            "The contract is expired, but its last day is not known, so whole months are counted.",
        ),
        (
            {"base_monthly_fee": None, "add_ons": (), "usage_based_pricing": Pricing()},
            "No fee and no price applies, so the month costs nothing.",
        ),
    ],
)
def test_an_invoice_says_what_it_leaves_out(mongo, other, told):
    assert told in words("_invoice", month_of(replace(terms(), **other), NOVEMBER, now=NOW))


@pytest.mark.parametrize("other", [{"status": "active"}, {"status": "cancelled", "end_date": date(2026, 11, 25)}])
def test_a_contract_that_goes_on_or_has_a_last_day_needs_no_such_remark(mongo, other):
    assert "is not known" not in words("_invoice", month_of(replace(terms(), **other), NOVEMBER, now=NOW))


def test_while_a_contract_goes_on_its_last_day_or_the_months_end_decides_on_the_terms(mongo):
    told = [
        words("_invoice", month_of(replace(terms(), end_date=end), NOVEMBER, now=NOW))
        for end in (None, date(2026, 11, 25))
    ]
    assert "what counts are those at the month’s end." in told[0]
    assert "what counts are those on the contract’s last day." in told[1]


def test_add_ons_of_one_name_stay_apart(mongo):
    twins = (AddOn(name="Desk", monthly_fee=Decimal(1)), AddOn(name="Desk", monthly_fee=Decimal(2)))
    lines = month_of(terms(add_ons=twins), NOVEMBER, now=NOW).invoice.lines
    assert [[str(line.amount) for line in columns] for _, columns in lines[1:3]] == [["1.00"] * 2, ["2.00"] * 2]


# What is kept apart, and what goes wrong ------------------------------------------------------------------


def test_a_currency_of_any_length_is_cut_and_too_many_are_counted(mongo):
    store(mongo, *(entry(f"t{n}", currency=f"{n:02}" + "X" * 500) for n in range(13)))
    shown = month_of(terms(), NOVEMBER, now=NOW)
    assert (len(shown.others), shown.more_currencies, len(shown.others[0][0])) == (10, 3, 25)


def test_what_could_not_be_counted_in_time_shows_the_terms_and_no_figures(mongo):
    with pymongo.timeout(1e-6):
        shown = month_of(terms(), NOVEMBER, now=NOW)
    assert (shown.found, shown.invoice, shown.is_slow) == (None, None, False)
    assert "MongoDB did not answer in time. Try again in a moment." in words("_usage", shown)
    assert "Use not known As agreed: 50,000." in words("_limits", shown)


def test_what_takes_too_long_says_how_to_make_it_quick(mongo):
    shown = replace(month_of(terms(), NOVEMBER, now=NOW), problem="Too long.", is_slow=True)
    told = words("_usage", shown)
    assert "took MongoDB too long. manage.py roll_up_usage computes usage ahead" in told
