"""Currencies and the digits of their minor units, as ISO 4217 lists them."""

import pytest

from contracts.domain import currency


@pytest.mark.parametrize(
    ("code", "digits"),
    [("USD", 2), ("EUR", 2), ("JPY", 0), ("KRW", 0), ("XOF", 0), ("ISK", 0), ("KWD", 3), ("TND", 3), ("MGA", 2)],
)
def test_a_currency_has_the_digits_of_the_standard(code: str, digits: int) -> None:
    assert currency.digits(code) == digits


@pytest.mark.parametrize("code", ["", "usd", "BTC"])
def test_a_code_that_nobody_knows_has_two_digits(code: str) -> None:
    assert currency.digits(code) == 2


def test_every_code_is_three_capital_letters() -> None:
    assert [code for code in currency.CODES if not (len(code) == 3 and code.isascii() and code.isupper())] == []


def test_no_currency_has_other_than_0_2_or_3_digits() -> None:
    assert {currency.digits(code) for code in currency.CODES} == {0, 2, 3}


@pytest.mark.parametrize("code", ["XAU", "XTS", "XXX", "CHE", "CLF", "USN", "HRK", "SLL", "DEM"])
def test_metals_tests_funds_and_withdrawn_money_are_no_currencies(code: str) -> None:
    assert code not in currency.CODES
