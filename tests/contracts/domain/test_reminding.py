"""Of what people are reminded, on which day, and what it is known by."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.domain import reminding
from contracts.domain.lifecycle import EXPIRE, RENEW
from contracts.domain.model import STATUSES
from contracts.domain.reminding import ENDS, NOTICE, Reminder
from tests.factories import TODAY, make_contract
from tests.strategies import contracts, quick


def due(
    *,
    today: date = TODAY,
    share: int | None = None,
    lately: tuple[str, ...] = (),
    reopened: date | None = None,
    **terms: object,
) -> list[Reminder]:
    contract = make_contract(**{"auto_renewal": True, "notice_days": 60} | terms)
    shares = {} if share is None else {today.replace(day=1): share}
    return list(reminding.reminders(contract, "c1", today, shares=shares, lately=lately, reopened=reopened))


def ids(**terms: object) -> list[str]:
    return [reminder.id for reminder in due(**terms)]


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "lead", "passed"),
    [
        (31, None, ()),
        (30, 30, ()),
        (8, 30, ()),
        (7, 7, (30,)),
        (1, 7, (30,)),
        (0, 0, (7, 30)),
        (-20, 0, (7, 30)),
        (-60, 0, (7, 30)),
    ],
)
def test_of_notice_the_shortest_lead_begun_is_said(days: int, lead: int | None, passed: tuple[int, ...]) -> None:
    found = due(end_date=in_days(days + 60))
    assert [(one.kind, one.target, one.lead, one.passed) for one in found] == (
        [] if lead is None else [(NOTICE, in_days(days), lead, passed)]
    )


@pytest.mark.parametrize(("days", "lead"), [(31, None), (30, 30), (7, 7), (2, 7), (1, 1), (0, 1)])
def test_of_an_end_the_shortest_lead_begun_is_said(days: int, lead: int | None) -> None:
    found = [one.lead for one in due(end_date=in_days(days), auto_renewal=False) if one.kind == ENDS]
    assert found == ([] if lead is None else [lead])


def test_the_end_of_what_renews_by_itself_is_none() -> None:
    assert [one.kind for one in due(end_date=TODAY)] == [NOTICE]


def test_a_reminder_is_known_by_contract_kind_date_and_lead() -> None:
    assert ids(end_date=in_days(67)) == ["c1|notice|2026-11-28|7"]


def test_it_is_another_one_when_the_date_moves() -> None:
    assert ids(end_date=in_days(66)) != ids(end_date=in_days(67)) != ids(end_date=in_days(67), notice_days=61)


@pytest.mark.parametrize("status", ["active", "pending_renewal"])
def test_what_is_overdue_is_that_alone(status: str) -> None:
    assert ids(status=status, end_date=in_days(-1), auto_renewal=False) == ["c1|overdue|2026-11-20|0"]


@pytest.mark.parametrize(("days", "is_said"), [(0, True), (-1, True), (-30, True), (-31, False), (1, False)])
def test_what_has_ended_is_said_for_thirty_days(days: int, is_said: bool) -> None:
    assert bool(ids(status="expired", end_date=in_days(days))) == is_said


def test_what_ended_long_ago_and_expired_lately_is_said() -> None:
    assert ids(status="expired", end_date=date(2020, 1, 1), lately=(EXPIRE,)) == ["c1|ended|2020-01-01|0"]


def test_what_renewed_by_itself_lately_is_said() -> None:
    assert ids(end_date=date(2027, 11, 20), lately=(RENEW,)) == ["c1|renewed|2027-11-20|0"]


@pytest.mark.parametrize(("days", "is_said"), [(14, False), (15, True), (400, True)])
def test_a_draft_is_said_once_it_is_older_than_two_weeks(days: int, is_said: bool) -> None:
    made = datetime(2026, 11, 21, 23, 59, tzinfo=UTC) - timedelta(days=days)
    assert bool(ids(status="draft", created_at=made)) == is_said


@pytest.mark.parametrize(("days", "expected"), [(14, []), (15, ["c1|draft|2026-11-06|14"])])
def test_the_age_of_a_draft_counts_from_when_it_became_one_again(days: int, expected: list[str]) -> None:
    made = datetime(2025, 1, 1, tzinfo=UTC)
    assert ids(status="draft", created_at=made, reopened=in_days(-days)) == expected


def test_a_draft_of_which_nobody_knows_when_it_was_made_is_not_said() -> None:
    assert ids(status="draft", created_at=None) == []


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (None, []),
        (79, []),
        (80, ["c1|limit|2026-11-01|80"]),
        (100, ["c1|limit|2026-11-01|80"]),
        (101, ["c1|limit|2026-11-01|100"]),
    ],
)
def test_a_limit_is_said_from_80_percent_on_and_beyond_100(share: int | None, expected: list[str]) -> None:
    assert ids(end_date=None, auto_renewal=False, share=share) == expected


def test_beyond_a_limit_its_nearness_is_passed_over() -> None:
    [reminder] = due(end_date=None, auto_renewal=False, share=140)
    assert reminder.passed_ids == ("c1|limit|2026-11-01|80",)


@pytest.mark.parametrize("status", ["cancelled", "on hold"])
def test_of_what_is_over_nothing_is_said(status: str) -> None:
    assert ids(status=status, end_date=TODAY, share=200) == []


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (date(2026, 12, 1), (date(2026, 11, 1), date(2026, 12, 1))),
        (date(2027, 1, 7), (date(2026, 12, 1), date(2027, 1, 1))),
        (date(2026, 12, 8), (date(2026, 12, 1),)),
        (date(2026, 12, 31), (date(2026, 12, 1),)),
    ],
)
def test_the_month_before_is_looked_at_for_a_week(day: date, months: tuple[date, ...]) -> None:
    assert reminding.months(day) == months


@pytest.mark.parametrize(("share", "ids"), [(100, []), (101, ["c1|limit|2026-10-01|100"])])
def test_of_a_month_that_is_over_only_a_limit_that_was_crossed_is_said(share: int, ids: list[str]) -> None:
    contract = make_contract(end_date=None, auto_renewal=False)
    found = reminding.reminders(contract, "c1", TODAY, shares={date(2026, 10, 1): share})
    assert [reminder.id for reminder in found] == ids


@quick
@given(contracts(), st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 300))
def test_of_each_kind_one_reminder_at_most_is_due_for_a_date(contract: object, today: date, share: int) -> None:
    shares = dict.fromkeys(reminding.months(today), share)
    due = list(reminding.reminders(contract, "c1", today, shares=shares, lately=(RENEW,)))
    assert len(due) == len({(one.kind, one.target) for one in due})


@quick
@given(st.sampled_from(STATUSES), st.dates(), st.none() | st.integers(), st.dates())
def test_whatever_others_wrote_it_is_said_or_not(status: str, end: date, notice: int | None, today: date) -> None:
    for reminder in due(status=status, end_date=end, notice_days=notice, today=today):
        assert reminder.id.startswith("c1|")


@quick
@given(st.integers(0, 60), st.integers(61, 200))
@example(60, 61)
def test_a_date_that_comes_nearer_is_said_once_a_lead(notice: int, ahead: int) -> None:
    end = in_days(ahead)
    said: dict[str, None] = {}
    for offset in range(ahead + 1):
        for reminder in due(end_date=end, notice_days=notice, today=in_days(offset)):
            said |= dict.fromkeys([reminder.id])
    target = end - timedelta(days=notice)
    # A lead is passed over where the next one has begun on the first day already.
    leads = [lead for lead, shorter in (("30", 7), ("7", 0), ("0", -1)) if (target - TODAY).days > shorter]
    assert [name.rpartition("|")[2] for name in said if "|notice|" in name] == leads
