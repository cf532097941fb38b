"""An account's month measured by the terms of its contract."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from contracts.domain.model import UsageLimits
from contracts.usage import of_month
from tests.factories import make_contract
from tests.logs.test_usage import NOVEMBER, NOW, OCTOBER, entry, roll, store

ENDED = datetime(2026, 12, 1, tzinfo=UTC)


def terms(**other):
    return make_contract(account_id="a1", **other)


def trades(count, **more):
    return [entry(f"t{number}", **more) for number in range(count)]


def test_trades_of_all_currencies_count_and_amounts_of_the_contracts_own(mongo):
    store(mongo, *trades(3), entry("e1", currency="EUR", amount=Decimal(999)), entry("n1", currency=None))
    found = of_month(terms(), NOVEMBER, now=NOW)
    assert (found.usage.trades, found.usage.value, found.usage.largest) == (5, 30, 10)
    assert {code: (totals.trades, totals.value) for code, totals in found.others.items()} == {
        "EUR": (1, 999),
        "": (1, 10),
    }
    assert found.by_type == {"deposit": 5}


def test_another_currency_without_a_trade_is_not_told(mongo):
    store(mongo, entry("t1"), entry("t2", currency="EUR", status="failed"))
    assert of_month(terms(), NOVEMBER, now=NOW).others == {}


def test_an_account_that_nothing_is_logged_of_has_no_data(mongo):
    store(mongo, entry(userId="a2"))
    found = of_month(terms(), NOVEMBER, now=NOW)
    assert (found.usage, found.limits[0].state, found.invoice.total) == (None, "no_data", Decimal("348.50"))


def test_a_month_of_nothing_in_a_year_of_something_is_a_month_of_nothing(mongo):
    store(mongo, entry(at=datetime(2026, 2, 3, tzinfo=UTC)))
    found = of_month(terms(), NOVEMBER, now=NOW)
    assert (found.usage.trades, found.limits[0].state, found.months[2].month.trades) == (0, "within", 1)


@pytest.mark.parametrize("is_rolled", [False, True])
def test_a_month_that_is_over_leads_nowhere(mongo, is_rolled):
    store(mongo, *trades(4, at=datetime(2026, 10, 30, tzinfo=UTC)))
    if is_rolled:
        roll()
    found = of_month(terms(), OCTOBER, now=NOW)
    assert (found.is_past, found.expected, found.expected_invoice, found.usage.trades) == (True, None, None, 4)
    assert (found.rolled_at is not None) == is_rolled


def test_a_running_month_leads_to_its_end(mongo):
    store(mongo, *trades(41))
    found = of_month(terms(usage_limits=UsageLimits(max_monthly_trades=50)), NOVEMBER, now=NOW)
    assert (found.is_past, found.expected.trades, found.limits[0].crosses_on) == (False, 60, date(2026, 11, 26))
    assert found.expected_invoice.total > found.invoice.total


def test_a_currency_without_digits_is_billed_in_whole_units(mongo):
    store(mongo, *trades(3, currency="JPY", amount=Decimal("1000.5")))
    found = of_month(terms(currency="JPY"), NOVEMBER, now=ENDED)
    assert [str(line.amount) for line in found.invoice.lines] == ["299", "50", "0", "8"]
    assert (found.usage.value, str(found.invoice.total)) == (Decimal("3001.5"), "357")


def test_trades_with_an_amount_that_is_no_number_are_told_over_all_currencies(mongo):
    store(mongo, entry("t1", amount="ten"), entry("t2", amount=None, currency="EUR"), entry("t3"))
    found = of_month(terms(), NOVEMBER, now=NOW)
    assert (found.odd, found.usage.trades, found.usage.largest) == (2, 3, 10)


def test_the_last_moment_of_a_month_is_not_past(mongo):
    assert not of_month(terms(), NOVEMBER, now=ENDED - timedelta(microseconds=1)).is_past
    assert of_month(terms(), NOVEMBER, now=ENDED).is_past
