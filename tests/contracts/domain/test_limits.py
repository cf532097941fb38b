"""Limits beside what was used of them: how far, and on which day one is crossed."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.documents import from_document
from contracts.domain.limits import FULL, NEAR, LimitUse, measured, tightest
from contracts.domain.model import Contract, UsageLimits
from contracts.domain.usage import Day, Usage, projected
from tests.factories import make_contract
from tests.strategies import AMOUNTS, DOCUMENTS, EXAMPLES, PRICED, as_read, contracts, quick, usages

NOVEMBER = date(2026, 11, 1)
HALF = datetime(2026, 11, 16, tzinfo=UTC)
AFTER = datetime(2026, 12, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)
MONTH = [NOVEMBER + number * ONE_DAY for number in range(30)]
# Pure and fast, and a day that is off by one shows in few of them.
often = settings(quick, max_examples=10 * EXAMPLES)


def day(number: int, trades: int, largest: str | None = None) -> Day:
    return Day(
        day=NOVEMBER.replace(day=number),
        trades=trades,
        value=Decimal(0),
        largest=None if largest is None else Decimal(largest),
    )


def of(limits: UsageLimits, usage: Usage | None, as_of: datetime = AFTER) -> tuple[LimitUse, ...]:
    return measured(make_contract(usage_limits=limits), usage, month=NOVEMBER, as_of=as_of)


def of_trades(limit: int | None, trades: int, *days: Day, as_of: datetime = AFTER) -> LimitUse:
    return of(UsageLimits(max_monthly_trades=limit), Usage(trades=trades, days=days), as_of)[0]


def of_value(limit: str | None, largest: str | None, *days: Day) -> LimitUse:
    amount = None if largest is None else Decimal(largest)
    limits = UsageLimits(max_trade_value=None if limit is None else Decimal(limit))
    return of(limits, Usage(trades=1, largest=amount, days=days))[1]


def test_every_limit_is_told_in_the_order_of_the_fields() -> None:
    found = of(UsageLimits(), Usage())
    assert [limit.name for limit in found] == [field.name for field in fields(UsageLimits)]


# States --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "used", "state", "percent"),
    [
        (1000, 0, "within", "0"),
        (1000, 799, "within", "79.9"),
        (1000, 800, "near", "80"),
        (1000, 1000, "near", "100"),
        (1000, 1001, "over", "100.1"),
        (10, 250, "over", "2500"),
    ],
)
def test_a_limit_is_near_from_80_percent_and_over_beyond_it(
    limit: int, used: int, state: str, percent: str
) -> None:
    found = of_trades(limit, used)
    assert (found.state, found.percent, found.used, found.limit) == (state, Decimal(percent), used, limit)


def test_the_largest_trade_is_what_a_limit_of_value_measures() -> None:
    found = of_value("500000", "500000.01")
    assert (found.state, str(found.used), str(found.limit)) == ("over", "500000.01", "500000")


@pytest.mark.parametrize("limit", [0, -7])
def test_a_limit_of_zero_or_less_is_over_with_any_use(limit: int) -> None:
    assert [(found.state, found.percent) for found in (of_trades(limit, 0), of_trades(limit, 1))] == [
        ("within", None),
        ("over", None),
    ]


@pytest.mark.parametrize("limit", [0, -7])
def test_a_limit_of_zero_or_less_that_is_not_used_will_not_be_crossed(limit: int) -> None:
    found = of_trades(limit, 0, as_of=HALF)
    assert (found.projected, found.crosses_on) == (0, None)


def test_a_limit_of_34_digits_is_near_to_the_last_of_them() -> None:
    limit, near = "1" + "0" * 33, "8" + "0" * 32
    assert of_value(limit, near).state == "near"
    assert of_value(limit, str(int(near) - 1)).state == "within"


def test_use_below_zero_is_no_use() -> None:
    assert [(found.state, found.percent) for found in (of_value("5", "-20"), of_value("0", "-20"))] == [
        ("within", 0),
        ("within", None),
    ]


def test_without_a_limit_the_use_is_told_all_the_same() -> None:
    found = of_trades(None, 300, as_of=HALF)
    assert (found.state, found.used, found.percent, found.projected, found.crosses_on) == (
        "unlimited",
        300,
        None,
        600,
        None,
    )


def test_without_usage_there_is_no_data() -> None:
    found = of(make_contract().usage_limits, None, HALF)
    assert [limit.state for limit in found] == ["no_data", "no_data", "not_measured", "not_measured"]
    assert {(limit.used, limit.percent, limit.projected, limit.crosses_on) for limit in found} == {(None,) * 4}


def test_without_a_trade_nothing_was_used() -> None:
    assert [(limit.state, limit.used) for limit in of(make_contract().usage_limits, Usage())][:2] == [
        ("within", 0),
        ("within", 0),
    ]


def test_trades_of_which_no_amount_is_known_are_no_data_for_a_limit_of_value() -> None:
    assert of_value("500", None).state == "no_data"


def test_what_the_log_does_not_tell_is_not_measured() -> None:
    found = of(UsageLimits(max_concurrent_trades=20), Usage(trades=5))
    assert [(limit.state, limit.limit, limit.used) for limit in found[2:]] == [
        ("not_measured", 20, None),
        ("unlimited", None, None),
    ]


# Crossings -----------------------------------------------------------------------------------------------


def test_a_limit_of_trades_was_crossed_on_the_day_whose_trades_went_over_it() -> None:
    days = (day(9, 1), day(2, 60), day(5, 40))
    assert of_trades(100, 101, *days).crosses_on == date(2026, 11, 9)
    assert of_trades(99, 101, *days).crosses_on == date(2026, 11, 5)


def test_a_limit_of_value_was_crossed_on_the_first_day_with_a_larger_trade() -> None:
    days = (day(20, 1, "900"), day(3, 1, "500"), day(4, 2), day(8, 1, "500.01"))
    assert of_value("500", "900", *days).crosses_on == date(2026, 11, 8)


def test_a_crossing_that_the_days_do_not_tell_has_no_day() -> None:
    assert (of_trades(100, 101).crosses_on, of_value("5", "6").crosses_on) == (None, None)


def test_trades_that_will_cross_their_limit_have_the_day() -> None:
    found = of_trades(150, 100, as_of=HALF)
    assert (found.state, found.projected, found.crosses_on) == ("within", 200, date(2026, 11, 23))


def test_a_limit_that_is_reached_at_midnight_is_crossed_on_the_day_that_begins() -> None:
    assert of_trades(140, 100, as_of=HALF).crosses_on == date(2026, 11, 22)


def test_a_limit_that_is_reached_and_not_passed_is_not_crossed() -> None:
    found = of_trades(200, 100, as_of=HALF)
    assert (found.projected, found.crosses_on) == (200, None)


def test_a_largest_trade_is_not_projected() -> None:
    found = of(UsageLimits(max_trade_value=Decimal(100)), Usage(trades=9, largest=Decimal(99)), HALF)[1]
    assert (found.state, found.projected, found.crosses_on) == ("near", None, None)


def test_a_crossing_lies_within_the_contract() -> None:
    terms = make_contract(end_date=date(2026, 11, 20), usage_limits=UsageLimits(max_monthly_trades=150))
    found = measured(terms, Usage(trades=100), month=NOVEMBER, as_of=HALF)[0]
    assert (found.projected, found.crosses_on) == (133, None)


TERMS = st.builds(
    lambda start, end, limit: Contract(
        start_date=start, end_date=end, usage_limits=UsageLimits(max_monthly_trades=limit)
    ),
    st.none() | st.dates(date(2026, 10, 25), date(2026, 12, 2)),
    st.none() | st.dates(date(2026, 10, 28), date(2026, 12, 5)),
    st.integers(0, 60),
)
MOMENTS = st.datetimes(datetime(2026, 10, 30), datetime(2026, 12, 2), timezones=st.just(UTC))


# Used on days that may lie before, in and after those in force.
SPENT = st.dictionaries(st.sampled_from(MONTH), st.integers(0, 30), max_size=3).map(
    lambda found: Usage(
        trades=sum(found.values()), days=tuple(day(when.day, trades) for when, trades in found.items())
    )
)


def day_by_day(terms: Contract, usage: Usage, as_of: datetime) -> date | None:
    """The first day in force at whose end the line has gone over the limit, unless it ends within, rounded."""
    days = [day for day in MONTH if (terms.start_date or day) <= day <= (terms.end_date or day)]
    elapsed = as_of - datetime.combine(days[0], datetime.min.time(), UTC)
    inside = sum(day.trades for day in usage.days if day.day in days)
    apart = usage.trades - inside
    growth = Fraction(inside * ONE_DAY // AN_HOUR, elapsed // AN_HOUR)
    line = [apart + growth * number for number in range(1, len(days) + 1)]
    limit = terms.usage_limits.max_monthly_trades or 0
    over = [day for day, reached in zip(days, line, strict=True) if reached > limit]
    return over[0] if line[-1] >= limit + Fraction(1, 2) else None


@often
@given(TERMS, SPENT, MOMENTS)
def test_a_crossing_to_come_is_found_day_by_day_too(terms: Contract, usage: Usage, as_of: datetime) -> None:
    found = measured(terms, usage, month=NOVEMBER, as_of=as_of)[0]
    if found.state != "over":
        is_told = found.projected is not None
        assert found.crosses_on == (day_by_day(terms, usage, as_of) if is_told else None)


@often
@given(TERMS, SPENT, MOMENTS)
def test_a_crossing_to_come_and_the_projection_say_the_same(terms: Contract, usage: Usage, as_of: datetime) -> None:
    found = measured(terms, usage, month=NOVEMBER, as_of=as_of)[0]
    ahead = projected(usage, terms=terms, month=NOVEMBER, as_of=as_of)
    assert found.projected == (ahead and ahead.trades)
    if found.crosses_on and found.state != "over":
        assert ahead is not None and ahead.trades > (terms.usage_limits.max_monthly_trades or 0)
        assert as_of.date() <= found.crosses_on <= min(terms.end_date or MONTH[-1], MONTH[-1])


@quick
@given(usages(NOVEMBER), st.integers(0, 2**53), AMOUNTS)
def test_a_crossing_that_was_is_the_first_day_by_whose_end_the_use_was_over(
    usage: Usage, trades: int, value: Decimal
) -> None:
    monthly, largest, *_ = of(UsageLimits(max_monthly_trades=trades, max_trade_value=value), usage)
    until = {last: [day for day in usage.days if day.day <= last] for last in MONTH}
    over = [last for last, days in until.items() if sum(day.trades for day in days) > trades]
    larger = [last for last, days in until.items() if any((day.largest or 0) > value for day in days)]
    assert monthly.crosses_on == min(over, default=None)
    assert largest.crosses_on == min(larger, default=None)


# The tightest --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trades", "name"), [(49, "max_trade_value"), (50, "max_monthly_trades"), (51, "max_monthly_trades")]
)
def test_the_tightest_limit_is_the_one_used_most(trades: int, name: str) -> None:
    limits = UsageLimits(max_monthly_trades=100, max_trade_value=Decimal(100), max_concurrent_trades=1)
    found = tightest(of(limits, Usage(trades=trades, largest=Decimal(50))))
    assert found is not None and found.name == name


def test_a_limit_of_zero_that_is_used_is_the_tightest_of_all() -> None:
    limits = UsageLimits(max_monthly_trades=1, max_trade_value=Decimal(0))
    found = tightest(of(limits, Usage(trades=10**9, largest=Decimal(1))))
    assert found is not None and found.name == "max_trade_value"


def test_a_limit_of_zero_that_is_not_used_is_the_loosest_of_all() -> None:
    unused, used = of_trades(0, 0), of_trades(1000, 1)
    assert tightest([unused, used]) == used


@pytest.mark.parametrize("usage", [None, Usage(trades=5, largest=Decimal(5))])
def test_where_nothing_is_measured_nothing_is_tightest(usage: Usage | None) -> None:
    assert tightest(of(UsageLimits(max_concurrent_trades=3), usage)) is None


# Any terms -----------------------------------------------------------------------------------------------

RANGES = {
    "within": lambda percent: 0 <= percent < NEAR,
    "near": lambda percent: NEAR <= percent <= FULL,
    "over": lambda percent: percent > FULL,
}


@quick
@given(contracts() | (PRICED | DOCUMENTS).map(as_read).map(from_document), st.none() | usages(NOVEMBER), MOMENTS)
def test_whatever_the_terms_say_every_limit_is_judged(
    terms: Contract, usage: Usage | None, as_of: datetime
) -> None:
    found = measured(terms, usage, month=NOVEMBER, as_of=as_of)
    assert [limit.limit for limit in found] == [getattr(terms.usage_limits, limit.name) for limit in found]
    assert [limit for limit in found if (limit.state == "unlimited") != (limit.limit is None)] == []
    shares = [limit for limit in found if limit.percent is not None]
    assert [limit for limit in shares if not RANGES[limit.state](limit.percent)] == []


@quick
@given(st.integers(0, 2**60), st.integers(0, 2**60), st.integers(1, 2**53))
def test_more_use_is_never_less_of_a_limit(one: int, other: int, limit: int) -> None:
    fewer, more = (of_trades(limit, trades) for trades in sorted([one, other]))
    assert tightest([more, fewer]) == more
