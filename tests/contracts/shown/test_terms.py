"""Which terms count: those at a month's end, on the contract's last day, or, while both go on, the live ones."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from contracts import repository, services
from contracts.seen import seen_of
from contracts.shown.terms import terms_of
from tests.factories import MAYA, TOM, make_contract

pytestmark = pytest.mark.usefixtures("mongo")

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def made(end, fee=100):
    """A contract of the first version, in force since January."""
    terms = make_contract(end_date=end, auto_renewal=False, base_monthly_fee=Decimal(fee))
    return services.create(terms, actor=MAYA, now=datetime(2026, 1, 1, tzinfo=UTC)).contract


def edited(contract, at, **terms):
    seen = seen_of(repository.document(contract.contract_id))
    wanted = replace(contract, **terms)
    return services.update(wanted, contract_id=contract.contract_id, seen=seen, actor=TOM, now=at).contract


def told(contract, month=NOVEMBER, now=NOW):
    """The fee, the last day and the version that count."""
    terms, revision = terms_of(contract, month, now=now)
    return int(terms.base_monthly_fee), terms.end_date, revision and revision.version


def november(day, hour=0):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_terms_changed_after_the_last_day_do_not_count_in_the_running_month():
    ended = edited(made(date(2026, 11, 10)), november(11), base_monthly_fee=Decimal(200))
    assert told(ended) == (100, date(2026, 11, 10), 1)


def test_terms_changed_on_the_last_day_count():
    ended = edited(made(date(2026, 11, 10)), november(10, hour=23), base_monthly_fee=Decimal(200))
    assert told(ended) == (200, date(2026, 11, 10), 2)


def test_a_last_day_that_was_brought_forward_afterwards_counts_with_the_terms_on_it():
    ended = edited(made(None), november(15), base_monthly_fee=Decimal(200), end_date=date(2026, 11, 10))
    assert told(ended) == (100, date(2026, 11, 10), 1)


@pytest.mark.parametrize("end", [None, date(2026, 10, 31), date(2026, 11, 21), date(2026, 12, 31)])
def test_the_live_terms_count_where_the_last_day_does_not_lie_behind_in_the_running_month(end):
    changed = edited(made(end), november(20), base_monthly_fee=Decimal(200))
    assert told(changed) == (200, end, None)


def test_a_contract_that_went_on_after_its_last_day_is_measured_by_the_live_terms():
    ended = made(date(2026, 11, 10))
    assert told(edited(ended, november(15), base_monthly_fee=Decimal(200), end_date=None)) == (200, None, None)


def test_where_no_terms_are_recorded_the_live_ones_count(mongo):
    ended = made(date(2026, 11, 10))
    mongo.contract_revisions.delete_many({})
    assert (told(ended), told(ended, OCTOBER)) == ((100, date(2026, 11, 10), None),) * 2


def test_of_a_past_month_those_at_its_end_count():
    changed = edited(made(None), november(2), base_monthly_fee=Decimal(200))
    assert told(changed, OCTOBER) == (100, None, 1)
