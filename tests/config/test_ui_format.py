"""Numbers, money and times in words."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from config.ui.format import (
    format_day,
    format_moment,
    format_money,
    format_number,
    format_percent,
    initials,
    relative_day,
    relative_moment,
    short_number,
    status_words,
)

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 14, 2, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.5", "USD", "1,234.50 USD"),
        ("0", "EUR", "0.00 EUR"),
        ("-1234567", "JPY", "-1,234,567 JPY"),
        ("1.5", "KWD", "1.500 KWD"),
        ("0.0125", "USD", "0.0125 USD"),
        ("10.5000", "USD", "10.50 USD"),
        ("1E+3", "JPY", "1,000 JPY"),
    ],
)
def test_money_has_at_least_its_currencys_digits(amount: str, currency: str, shown: str) -> None:
    assert format_money(Decimal(amount), currency).replace("\xa0", " ") == shown


def test_money_is_exact_for_34_digits() -> None:
    amount = Decimal("99999999999999999999999999999999.99")

    assert format_money(amount, "USD").replace(",", "") == f"{amount}\xa0USD"


def test_money_that_nobody_could_read_is_shown_in_scientific_notation() -> None:
    assert format_money(Decimal("1E+6144"), "USD") == "1E+6144\xa0USD"


@pytest.mark.parametrize("odd", ["NaN", "sNaN", "Infinity"])
def test_money_that_is_no_number_is_shown_as_it_is(odd: str) -> None:
    assert format_money(Decimal(odd), "USD") == f"{odd}\xa0USD"


def test_nothing_is_a_dash() -> None:
    assert format_money(None, "USD") == format_number(None) == format_percent(None) == "–"


def test_numbers_have_separators_and_no_needless_zeros() -> None:
    assert format_number(1234567) == "1,234,567"
    assert format_number(Decimal("1234.500")) == "1,234.5"
    assert format_percent(Decimal("99.950")) == "99.95\xa0%"


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (12, "in 12 days"),
        (-59, "59 days ago"),
        (60, "in 2 months"),
        (-365, "12 months ago"),
        (731, "in 2 years"),
    ],
)
def test_days_are_told_relative_to_today(days: int, shown: str) -> None:
    assert relative_day(TODAY + timedelta(days=days), TODAY) == shown


def test_the_last_day_of_the_calendar_is_still_a_day() -> None:
    assert relative_day(date.max, TODAY) == "in 7,973 years"
    assert format_day(date.max) == "31 Dec 9999"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "just now"),
        (-59, "just now"),
        (-120, "2 min ago"),
        (3600, "in 1 hour"),
        (-7 * 3600, "7 hours ago"),
        (-3 * 86400, "3 days ago"),
        (-400 * 86400, "13 months ago"),
    ],
)
def test_moments_are_told_relative_to_now(seconds: int, shown: str) -> None:
    assert relative_moment(NOW + timedelta(seconds=seconds), NOW) == shown


def test_moments_are_told_in_utc() -> None:
    assert format_moment(NOW) == "21 Nov 2026 14:02 UTC"
    assert format_moment(NOW.astimezone(timezone(timedelta(hours=11)))) == "21 Nov 2026 14:02 UTC"
    assert format_moment(NOW.replace(tzinfo=None)) == "21 Nov 2026 14:02 UTC"


def test_statuses_are_told_in_words() -> None:
    assert status_words("pending_renewal") == "Pending renewal"
    assert status_words("frozen") == "frozen"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Northwind Logistics", "NL"),
        ("maya", "MA"),
        ("Juniper & Vale APAC", "JA"),
        ("łódź", "ŁÓ"),
        ("", "?"),
        ("–", "?"),
    ],
)
def test_initials_are_two_letters(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_axes_have_short_numbers() -> None:
    assert [short_number(value) for value in (0, 950, 12_500, 38_000_000)] == ["0", "950", "12.5k", "38M"]
