"""The life of a contract: the table of transitions, and the calendar of its term."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from contracts.domain import lifecycle, rules
from contracts.domain.model import STATUSES, Contract
from tests.factories import make_contract
from tests.strategies import contracts, quick

TODAY = date(2026, 11, 21)
DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))
ANY_NUMBER = st.none() | st.integers()
ONE_DAY = timedelta(days=1)
TERMS = st.integers(1, 120)
# Days at which calendars go wrong, more often than chance would have it.
EDGES = ("2028-02-28", "2028-02-29", "2027-02-28", "2026-01-30", "2026-01-31", "2026-12-31")
ENDS = st.dates(date(2024, 1, 1), date(2029, 12, 31)) | st.sampled_from(EDGES).map(date.fromisoformat)


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


# Renewals, against a calendar that is walked day by day ----------------------------------------------------


def day_in(month: date, anchor: int) -> date:
    """The anchor's day in a month, else the last day that there is."""
    first = month.replace(day=1)
    days = [first + timedelta(days=offset) for offset in range(anchor)]
    return max(day for day in days if day.month == first.month)


def is_whole_months(start: date, renewal: date) -> bool:
    """Whether the renewal is one of the days on which a month after the start is full."""
    month, count = start.replace(day=1), 0
    while month <= renewal:
        if months_later(start, count) == renewal:
            return True
        month, count = (month + timedelta(days=31)).replace(day=1), count + 1
    return False


@quick
@given(ENDS, st.integers(0, 800) | st.integers(0, 3).map(lambda years: 365 * years))
@example(date(2026, 1, 31), 27)
@example(date(2028, 2, 29), 365)
def test_the_anchor_is_the_starts_day_where_the_term_is_whole_months(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    renewal = end + ONE_DAY
    expected = start.day if is_whole_months(start, renewal) else renewal.day
    assert lifecycle.anchor_of(start, end) == expected


@quick
@given(ENDS, st.integers(0, 800), TERMS, st.none() | st.integers(1, 31))
def test_a_renewed_term_ends_on_the_day_before_the_anchor(
    start: date, days: int, months: int, anchor: int | None
) -> None:
    end = start + timedelta(days=days)
    renewal = end + ONE_DAY
    expected = day_in(months_later(renewal.replace(day=1), months), anchor or lifecycle.anchor_of(start, end))
    assert lifecycle.renewed_end(start, end, months, anchor) == expected - ONE_DAY


@quick
@given(ENDS, TERMS, TERMS)
@example(date(2026, 1, 31), 1, 1)
@example(date(2028, 2, 29), 12, 12)
def test_a_term_of_whole_months_is_followed_by_whole_months_from_the_start(
    start: date, first: int, months: int
) -> None:
    end = months_later(start, first) - ONE_DAY
    assert lifecycle.renewed_end(start, end, months) == months_later(start, first + months) - ONE_DAY


@quick
@given(ENDS, TERMS, st.none() | st.integers(1, 31))
def test_a_renewed_term_is_longer_whatever_the_anchor(end: date, months: int, anchor: int | None) -> None:
    assert lifecycle.renewed_end(end, end, months, anchor) > end


def renewed_often(contract: Contract, times: int) -> Contract:
    for _ in range(times):
        contract = lifecycle.renewed(contract, TODAY)
    return contract


@quick
@given(ENDS, TERMS, st.integers(1, 12), st.integers(1, 24))
@example(date(2026, 1, 31), 1, 1, 24)
@example(date(2028, 2, 29), 12, 12, 8)
@example(date(2027, 12, 31), 2, 1, 24)
def test_many_renewals_do_not_drift(start: date, first: int, months: int, times: int) -> None:
    end = months_later(start, first) - ONE_DAY
    contract = make_contract(start_date=start, end_date=end, renewal_term_months=months)
    assert renewed_often(contract, times).end_date == months_later(start, first + times * months) - ONE_DAY


@quick
@given(ENDS, st.integers(0, 800), st.integers(1, 12), st.integers(1, 24))
@example(date(2026, 1, 15), 15, 1, 24)
def test_a_term_of_odd_length_keeps_the_day_of_its_first_renewal(
    start: date, days: int, months: int, times: int
) -> None:
    end = start + timedelta(days=days)
    anchor = lifecycle.anchor_of(start, end)
    contract = make_contract(start_date=start, end_date=end, renewal_term_months=months)
    month = months_later((end + ONE_DAY).replace(day=1), times * months)
    assert renewed_often(contract, times).renewal_date == day_in(month, anchor)


@quick
@given(ENDS, st.integers(1, 31), st.integers(1, 12), st.integers(1, 24))
def test_a_given_anchor_is_kept(end: date, anchor: int, months: int, times: int) -> None:
    contract = make_contract(end_date=end, anchor_day=anchor, renewal_term_months=months)
    after = renewed_often(contract, times)
    assert (after.anchor_day, after.renewal_date) == (anchor, day_in(after.renewal_date, anchor))


@quick
@given(ENDS, TERMS, st.integers(-1000, 0) | st.integers(32, 1000))
def test_an_anchor_that_is_no_day_of_a_month_counts_as_none(end: date, months: int, anchor: int) -> None:
    contract = make_contract(end_date=end, renewal_term_months=months)
    odd = lifecycle.renewed(replace(contract, anchor_day=anchor), TODAY)
    assert odd == lifecycle.renewed(contract, TODAY)


def test_a_contract_without_a_start_keeps_the_day_of_its_first_renewal() -> None:
    contract = make_contract(start_date=None, end_date=date(2026, 1, 30), renewal_term_months=1)
    found = [renewed_often(contract, times).renewal_date for times in range(1, 4)]
    assert found == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


@pytest.mark.parametrize(
    ("status", "end", "after"),
    [
        ("active", date(2026, 12, 31), "active"),
        ("pending_renewal", date(2026, 12, 31), "active"),
        ("pending_renewal", date(2024, 12, 31), "pending_renewal"),
        ("expired", date(2026, 10, 31), "active"),
        ("expired", date(2024, 10, 31), "active"),
    ],
)
def test_a_renewed_contract_is_active_unless_it_waits_again(status: str, end: date, after: str) -> None:
    contract = make_contract(status=status, end_date=end, renewal_term_months=12)
    assert lifecycle.renewed(contract, TODAY).status == after


@quick
@given(contracts(), ENDS, st.integers(0, 800), st.sampled_from(["active", "pending_renewal", "expired"]), DAYS)
def test_what_can_be_renewed_breaks_no_rule_afterwards(
    contract: Contract, start: date, days: int, status: str, today: date
) -> None:
    before = replace(contract, start_date=start, end_date=start + timedelta(days=days), status=status)
    after = lifecycle.renewed(before, today)
    assert lifecycle.is_renewable(before)
    assert (rules.problems(after), after.renewal_date) == ((), after.end_date + ONE_DAY)


# What the calendar asks ------------------------------------------------------------------------------------


@quick
@given(
    st.sampled_from(STATUSES),
    st.none() | ENDS,
    st.none() | st.integers(0, 400),
    st.booleans(),
    st.integers(-500, 60),
)
@example("active", TODAY, 0, True, 0)
@example("pending_renewal", TODAY, 30, False, 1)
@example("active", TODAY, 30, False, -30)
@example("active", TODAY, 30, False, -31)
def test_the_calendar_asks_as_the_days_say(
    status: str, end: date | None, notice: int | None, renews: bool, offset: int
) -> None:
    today = (end or TODAY) + timedelta(days=offset)
    contract = replace(ending(end, notice, status), auto_renewal=renews)
    in_force = end is not None and status in ("active", "pending_renewal")
    if in_force and offset > 0:
        expected = "renew" if renews else "expired"
    elif in_force and status == "active" and -(notice or 0) <= offset:
        expected = "pending_renewal"
    else:
        expected = None
    assert lifecycle.due(contract, today) == expected
    assert lifecycle.is_overdue(contract, today) == (in_force and offset > 0)


@quick
@given(ANY_NUMBER, st.none() | st.dates(), st.dates(), st.sampled_from(STATUSES))
def test_the_calendar_asks_something_whatever_other_services_wrote(
    notice: int | None, end: date | None, today: date, status: str
) -> None:
    assert lifecycle.due(ending(end, notice, status), today) in (None, "pending_renewal", "expired", "renew")


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


@quick
@given(ENDS, ENDS, st.none() | st.integers(1, 31))
def test_an_anchor_that_a_new_end_does_not_lie_on_is_forgotten(end: date, later: date, anchor: int | None) -> None:
    assume(end != later)
    moved = lifecycle.settled(
        make_contract(end_date=end, anchor_day=anchor), make_contract(end_date=later, anchor_day=anchor), TODAY
    )
    lies = anchor is not None and day_in(later + ONE_DAY, anchor) == later + ONE_DAY
    assert moved.anchor_day == (anchor if lies else None)


def test_an_anchor_that_the_same_change_sets_stands() -> None:
    moved = after(make_contract(end_date=TODAY), end_date=date(2026, 12, 31), anchor_day=15)
    assert moved.anchor_day == 15


@pytest.mark.parametrize("status", ["pending_renewal", "expired"])
def test_without_a_new_end_the_status_stays(status: str) -> None:
    assert after(ending(date(2027, 12, 31), 30, status), notes="x").status == status
