"""The life of a contract: the table of transitions, and the calendar of its term."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.domain import lifecycle
from contracts.domain.model import STATUSES, Contract
from tests.factories import make_contract
from tests.strategies import quick

TODAY = date(2026, 11, 21)
DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))
ANY_NUMBER = st.none() | st.integers()


# The table -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "following"),
    [
        ("draft", {"active", "cancelled"}),
        ("active", {"pending_renewal", "expired", "cancelled"}),
        ("pending_renewal", {"active", "expired", "cancelled"}),
        ("expired", {"active"}),
        ("cancelled", {"draft"}),
    ],
)
def test_a_status_is_followed_by_those_of_the_table(status: str, following: set[str]) -> None:
    assert set(lifecycle.allowed(status)) == following


def test_the_table_knows_every_status_and_no_other() -> None:
    assert set(lifecycle.TRANSITIONS) == set(STATUSES)
    assert {after for following in lifecycle.TRANSITIONS.values() for after in following} <= set(STATUSES)


def test_no_status_follows_itself() -> None:
    assert [status for status in STATUSES if status in lifecycle.allowed(status)] == []


def test_every_status_can_be_reached_from_a_draft() -> None:
    reached = {"draft"}
    for _ in STATUSES:
        reached |= {after for status in reached for after in lifecycle.allowed(status)}
    assert reached == set(STATUSES)


def test_a_status_that_another_service_made_up_can_become_any() -> None:
    assert lifecycle.allowed("on hold") == STATUSES


# Months --------------------------------------------------------------------------------------------------


def months_later(anchor: date, months: int) -> date:
    """Month by month on the calendar, then back from the anchor's day to one that exists."""
    first = anchor.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=31)).replace(day=1)
    days = [first + timedelta(days=offset) for offset in range(anchor.day)]
    return max(day for day in days if day.month == first.month)


@quick
@given(DAYS, st.integers(0, 150))
@example(date(2026, 1, 31), 1)
@example(date(2028, 1, 31), 1)
@example(date(2026, 12, 31), 2)
@example(date(2028, 2, 29), 12)
@example(date(2099, 12, 31), 2)
def test_months_are_added_as_on_a_calendar(anchor: date, months: int) -> None:
    assert lifecycle.add_months(anchor, months) == months_later(anchor, months)


@quick
@given(DAYS, st.integers(0, 150))
def test_months_taken_away_lead_back_to_the_month(anchor: date, months: int) -> None:
    back = lifecycle.add_months(lifecycle.add_months(anchor, months), -months)
    assert (back.year, back.month) == (anchor.year, anchor.month)


def test_the_anchor_is_counted_from_never_a_clamped_date() -> None:
    found = [lifecycle.add_months(date(2026, 1, 31), months) for months in range(5)]
    assert [day.isoformat()[5:] for day in found] == ["01-31", "02-28", "03-31", "04-30", "05-31"]


# Notice and renewal --------------------------------------------------------------------------------------


def ending(end: date | None, notice: int | None = 30, status: str = "active") -> Contract:
    return make_contract(end_date=end, notice_days=notice, status=status)


def test_notice_is_due_its_days_before_the_last_day() -> None:
    assert lifecycle.notice_date(ending(date(2026, 12, 31), 30)) == date(2026, 12, 1)
    assert lifecycle.notice_date(ending(date(2026, 12, 31), 0)) == date(2026, 12, 31)
    assert lifecycle.notice_date(ending(date(2026, 12, 31), None)) == date(2026, 12, 31)


def test_an_open_end_has_no_notice() -> None:
    assert lifecycle.notice_date(ending(None)) is None


@quick
@given(st.none() | st.dates(), ANY_NUMBER)
@example(date.max, -(2**63))
@example(date.min, 2**63)
def test_a_notice_date_exists_whatever_other_services_wrote(end: date | None, notice: int | None) -> None:
    assert (lifecycle.notice_date(ending(end, notice)) is None) == (end is None)


@quick
@given(st.none() | st.dates(), ANY_NUMBER, st.dates())
def test_the_notice_window_is_open_from_the_notice_date_to_the_last_day(
    end: date | None, notice: int | None, today: date
) -> None:
    contract = ending(end, notice)
    begins = lifecycle.notice_date(contract)
    expected = end is not None and begins is not None and begins <= today <= end
    assert lifecycle.in_notice_window(contract, today) == expected


@pytest.mark.parametrize("status", STATUSES)
def test_only_a_contract_in_force_has_a_notice_window(status: str) -> None:
    is_open = lifecycle.in_notice_window(ending(TODAY, 30, status), TODAY)
    assert is_open == (status in ("active", "pending_renewal"))


def test_a_contract_renews_on_the_day_after_its_last() -> None:
    renewing = lifecycle.with_renewal_date(ending(date(2028, 2, 28)))
    assert renewing.renewal_date == date(2028, 2, 29)


def test_a_contract_without_a_last_day_never_renews() -> None:
    open_ended = replace(ending(None), renewal_date=TODAY)
    assert lifecycle.with_renewal_date(open_ended).renewal_date is None


def test_after_the_last_day_of_the_calendar_there_is_none_to_renew_on() -> None:
    assert lifecycle.with_renewal_date(ending(date.max)).renewal_date is None


# What follows from a change of the end -------------------------------------------------------------------


def after(before: Contract, **terms: object) -> Contract:
    return lifecycle.settled(before, replace(before, **terms), TODAY)


def test_the_renewal_date_follows_the_last_day() -> None:
    before = lifecycle.with_renewal_date(ending(date(2026, 12, 31)))
    assert after(before, end_date=date(2027, 6, 30)).renewal_date == date(2027, 7, 1)
    assert after(before, end_date=None).renewal_date is None


def test_another_change_leaves_the_renewal_date_as_it_is() -> None:
    before = replace(ending(date(2026, 12, 31)), renewal_date=date(2030, 1, 1))
    assert after(before, notes="x", renewal_date=None).renewal_date == date(2030, 1, 1)


@pytest.mark.parametrize("status", ["pending_renewal", "expired"])
@pytest.mark.parametrize("end", [date(2027, 12, 31), None, TODAY + timedelta(days=31)])
def test_an_end_beyond_the_notice_window_returns_it_to_active(status: str, end: date | None) -> None:
    assert after(ending(TODAY, 30, status), end_date=end).status == "active"


@pytest.mark.parametrize("status", ["pending_renewal", "expired"])
def test_an_end_within_the_notice_window_does_not(status: str) -> None:
    assert after(ending(TODAY, 30, status), end_date=TODAY + timedelta(days=30)).status == status


@pytest.mark.parametrize("status", ["draft", "active", "cancelled", "on hold"])
def test_no_other_status_changes_by_itself(status: str) -> None:
    assert after(ending(TODAY, 30, status), end_date=date(2027, 12, 31)).status == status


@pytest.mark.parametrize(("before", "wanted"), [("pending_renewal", "cancelled"), ("pending_renewal", "expired")])
def test_a_status_that_the_same_change_sets_stands(before: str, wanted: str) -> None:
    assert after(ending(TODAY, 30, before), status=wanted, end_date=date(2027, 12, 31)).status == wanted


@pytest.mark.parametrize("status", ["pending_renewal", "expired"])
def test_without_a_new_end_the_status_stays(status: str) -> None:
    assert after(ending(date(2027, 12, 31), 30, status), notes="x").status == status
