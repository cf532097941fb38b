"""A month's usage goes on in a straight line, from the first day in force to the last."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.domain.model import Contract
from contracts.domain.usage import EXACT, Day, Usage, days_of, has_ended, in_force, projected
from tests.strategies import AMOUNTS, COUNTS, quick, usages

NOVEMBER = date(2026, 11, 1)
OPEN = Contract(start_date=date(2026, 1, 1))
USED = Usage(trades=100, value=Decimal("1234.56"), largest=Decimal(99))
ONE_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)
AN_INSTANT = timedelta(microseconds=1)
MONTHS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
NEARBY = st.none() | st.dates(date(2025, 12, 1), date(2029, 1, 31))
MOMENTS = st.datetimes(datetime(2025, 12, 1), datetime(2029, 1, 31), timezones=st.just(UTC))


def at(day: int, hour: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def ahead(usage: Usage, as_of: datetime, terms: Contract = OPEN, month: date = NOVEMBER) -> tuple[int, str] | None:
    """Trades and value at the end of the month; None where that cannot be told."""
    found = projected(usage, terms=terms, month=month, as_of=as_of)
    return found and (found.trades, str(found.value))


def test_half_a_month_leads_to_twice_as_much() -> None:
    assert ahead(USED, at(16)) == (200, "2469.120000")


def test_the_part_of_a_day_counts() -> None:
    assert ahead(Usage(trades=30, value=Decimal(75)), at(8, hour=12)) == (120, "300.000000")


@pytest.mark.parametrize(("trades", "rounded"), [(1, 2), (2, 3), (3, 5)])
def test_half_a_trade_is_rounded_up(trades: int, rounded: int) -> None:
    assert ahead(Usage(trades=trades), at(21)) == (rounded, "0.000000")


def test_value_is_rounded_to_six_places() -> None:
    assert ahead(Usage(value=Decimal(10)), at(8)) == (0, "42.857143")


def test_any_day_stands_for_its_month() -> None:
    assert ahead(USED, at(16), month=date(2026, 11, 30)) == ahead(USED, at(16))


def test_time_runs_from_the_start_of_a_contract_that_starts_within_the_month() -> None:
    assert ahead(USED, at(16), Contract(start_date=date(2026, 11, 11))) == (400, "4938.240000")


def spent(day: date, trades: int) -> Day:
    return Day(day=day, trades=trades, value=Decimal(trades), largest=Decimal(1))


def test_what_was_used_before_the_contract_counts_as_it_is() -> None:
    days = (spent(date(2026, 11, 3), 1000), spent(date(2026, 11, 16), 10))
    usage = Usage(trades=1010, value=Decimal(1010), days=days)
    terms = Contract(start_date=date(2026, 11, 15))
    assert ahead(usage, at(17), terms) == (1080, "1080.000000")


def test_what_lies_after_the_contract_counts_as_it_is() -> None:
    days = (spent(date(2026, 11, 3), 10), spent(date(2026, 11, 29), 1000))
    usage = Usage(trades=1010, value=Decimal(1010), days=days)
    assert ahead(usage, at(11), Contract(end_date=date(2026, 11, 20))) == (1020, "1020.000000")


def test_time_ends_with_a_contract_that_ends_within_the_month() -> None:
    assert ahead(USED, at(16), Contract(end_date=date(2026, 11, 18))) == (120, "1481.472000")


def test_a_moment_in_another_time_zone_is_the_moment_that_it_is() -> None:
    assert ahead(USED, at(16).astimezone(timezone(timedelta(hours=-9)))) == ahead(USED, at(16))


@pytest.mark.parametrize("start", [date(2026, 1, 1), date(2026, 11, 11)])
def test_within_the_first_day_it_is_too_early_to_tell(start: date) -> None:
    terms = Contract(start_date=start)
    tomorrow = at(start.day + 1)
    assert ahead(USED, tomorrow - AN_INSTANT, terms) is None
    assert ahead(USED, tomorrow, terms) is not None


@pytest.mark.parametrize("end", [None, date(2026, 11, 18)])
def test_when_all_is_over_nothing_is_left_to_tell(end: date | None) -> None:
    terms = Contract(end_date=end)
    over = at(19) if end else at(1, month=12)
    assert ahead(USED, over, terms) is None
    assert ahead(USED, over - AN_INSTANT, terms) == ahead(USED, over - AN_HOUR, terms) is not None


def test_what_is_expected_stays_the_same_until_the_next_hour() -> None:
    noon = at(8, hour=12)
    assert ahead(USED, noon + AN_HOUR - AN_INSTANT) == ahead(USED, noon) != ahead(USED, noon + AN_HOUR)


def test_a_month_that_has_not_begun_cannot_be_told() -> None:
    assert ahead(USED, at(31, month=10)) is None


@pytest.mark.parametrize(
    "terms",
    [
        Contract(start_date=date(2026, 12, 1)),
        Contract(end_date=date(2026, 10, 31)),
        Contract(start_date=date(2026, 11, 20), end_date=date(2026, 11, 10)),
    ],
    ids=["starts later", "ended before", "ends before it starts"],
)
def test_a_contract_that_is_in_force_on_no_day_has_no_future(terms: Contract) -> None:
    assert ahead(USED, at(16), terms) is None


def test_a_contract_of_one_day_is_over_before_it_can_be_told() -> None:
    terms = Contract(start_date=date(2026, 11, 10), end_date=date(2026, 11, 10))
    assert [ahead(USED, at(10) + hours * ONE_DAY / 4, terms) for hours in range(9)] == [None] * 9


def test_the_largest_trade_does_not_grow_and_the_days_are_not_told() -> None:
    day = Day(day=NOVEMBER, trades=100, value=Decimal("1234.56"), largest=Decimal(99))
    usage = Usage(trades=100, value=Decimal("1234.56"), largest=Decimal(99), days=(day,))
    found = projected(usage, terms=OPEN, month=NOVEMBER, as_of=at(16))
    assert found == Usage(trades=200, value=Decimal("2469.12"), largest=Decimal(99))


def test_a_month_is_over_with_its_last_moment_in_utc() -> None:
    over = at(1, month=12)
    assert has_ended(NOVEMBER, over) and has_ended(date(2026, 11, 30), over.astimezone(timezone(-9 * ONE_DAY / 24)))
    assert not has_ended(NOVEMBER, over - AN_INSTANT)


@pytest.mark.parametrize("month", [date.min, date.max])
def test_the_first_and_the_last_month_of_the_calendar_are_months(month: date) -> None:
    as_of = datetime(month.year, month.month, 16, 12, tzinfo=UTC)
    assert ahead(USED, as_of, Contract(), month) == (200, "2469.120000")


@quick
@given(COUNTS, AMOUNTS | AMOUNTS.map(Decimal.copy_negate), MONTHS, NEARBY, NEARBY, MOMENTS)
def test_it_is_never_below_what_is_used(
    trades: int, value: Decimal, month: date, start: date | None, end: date | None, as_of: datetime
) -> None:
    usage = Usage(trades=trades, value=value)
    found = projected(usage, terms=Contract(start_date=start, end_date=end), month=month, as_of=as_of)
    assert found is None or (found.trades >= usage.trades and found.value >= usage.value)


@quick
@given(st.data(), MONTHS, NEARBY, NEARBY)
def test_days_that_are_not_in_force_are_no_part_of_the_line(
    data: st.DataObject, month: date, start: date | None, end: date | None
) -> None:
    usage, terms = data.draw(usages(month)), Contract(start_date=start, end_date=end)
    as_of = datetime.combine(month, datetime.min.time(), UTC) + data.draw(st.integers(0, 31 * 24)) * ONE_DAY / 24
    inside = tuple(day for day in usage.days if (start or day.day) <= day.day <= (end or day.day))
    trades, value = sum(day.trades for day in inside), exact_sum(inside)
    line = projected(Usage(trades=trades, value=value, days=inside), terms=terms, month=month, as_of=as_of)
    found = projected(usage, terms=terms, month=month, as_of=as_of)
    assert (found is None) == (line is None)
    if found and line:
        assert (found.trades >= usage.trades, found.value >= usage.value) == (True, True)
        assert found.trades - line.trades == usage.trades - trades
        others = Fraction(usage.value) - Fraction(value)
        assert abs(Fraction(found.value) - Fraction(line.value) - others) <= Fraction(1, 10**6)


def exact_sum(days: tuple[Day, ...]) -> Decimal:
    with localcontext(EXACT):
        return sum((day.value for day in days), Decimal(0))


@quick
@given(MONTHS, NEARBY, NEARBY, st.integers(0, 10**6), AMOUNTS, st.floats(0, 1))
def test_it_is_what_a_line_drawn_with_fractions_gives(
    month: date, start: date | None, end: date | None, trades: int, value: Decimal, share: float
) -> None:
    days = [month.replace(day=day) for day in range(1, days_of(month) + 1)]
    days = [day for day in days if (start or day) <= day <= (end or day)]
    first = datetime.combine(days[0] if days else month, datetime.min.time(), UTC)
    elapsed = share * len(days) * ONE_DAY
    terms, usage = Contract(start_date=start, end_date=end), Usage(trades=trades, value=value)
    found = projected(usage, terms=terms, month=month, as_of=first + elapsed)
    if not ONE_DAY <= elapsed < len(days) * ONE_DAY:
        assert found is None
        return
    growth = Fraction(len(days) * ONE_DAY // AN_HOUR, elapsed // AN_HOUR)
    assert found is not None
    assert found.trades == floor(trades * growth + Fraction(1, 2))
    millionths = floor(Fraction(value) * growth * 10**6 + Fraction(1, 2))
    assert Fraction(found.value) == max(Fraction(millionths, 10**6), Fraction(value))


@quick
@given(MONTHS, NEARBY, NEARBY)
def test_days_in_force_are_those_of_the_month_between_start_and_end(
    month: date, start: date | None, end: date | None
) -> None:
    days = [month.replace(day=day) for day in range(1, days_of(month) + 1)]
    days = [day for day in days if (start or day) <= day <= (end or day)]
    assert in_force(Contract(start_date=start, end_date=end), month) == ((days[0], days[-1]) if days else None)
