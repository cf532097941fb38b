"""How much of its tightest limit each contract uses this month, in lists and on the overview."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from bson import ObjectId

from contracts import repository, services
from contracts.domain.filters import ContractFilter
from contracts.domain.model import UsageLimits
from logs import rollup
from tests.factories import MAYA, NOW, TODAY, make_contract


def agreed(account, trades=None, value=None, **terms):
    limits = UsageLimits(max_monthly_trades=trades, max_trade_value=value)
    services.create(
        make_contract(account_id=account, account_name=account, usage_limits=limits, **terms), actor=MAYA, now=NOW
    )


def used(mongo, account, count, amount="10", currency="USD", at=NOW - timedelta(days=2)):
    mongo.transaction_logs.insert_many(
        {
            "transactionId": str(ObjectId()),
            "userId": account,
            "type": "deposit",
            "amount": Decimal(amount),
            "currency": currency,
            "status": "completed",
            "timestamp": at,
        }
        for _ in range(count)
    )


def roll(now=NOW):
    list(rollup.roll_up(rollup.all_days(now), now))


def listed(**terms):
    return repository.find_page(ContractFilter(**terms), today=TODAY)


def standing(**most):
    return repository.worklists_and_standing("maya", today=TODAY, **most)[1]


def shares(**terms):
    return {row.contract.account_id: row.share for row in listed(**terms).rows}


@pytest.mark.parametrize(
    ("trades", "value", "count", "share"),
    [
        (10, None, 5, 50),
        (1000, None, 999, 99),
        (3, None, 3, 100),
        (1000, None, 1001, 101),
        (10, Decimal(20), 2, 50),
        (2, Decimal(20), 2, 100),
        (None, Decimal(4), 1, 250),
        (1000, None, 4, Decimal("0.4")),
        (0, None, 1, 999_999),
        (None, None, 5, None),
        (5, Decimal(5), 0, None),
    ],
)
def test_the_share_is_that_of_the_tightest_limit(mongo, trades, value, count, share):
    agreed("a1", trades, value)
    if count:
        used(mongo, "a1", count)
    roll()
    assert shares() == {"a1": share}


def test_trades_in_other_currencies_count_and_their_amounts_do_not(mongo):
    agreed("a1", trades=10, value=Decimal(100))
    used(mongo, "a1", 4, amount="99999", currency="EUR")
    roll()
    assert shares() == {"a1": 40}


def test_last_month_is_not_this_month(mongo):
    agreed("a1", trades=10)
    used(mongo, "a1", 4, at=datetime(2026, 10, 31, 23, 59, tzinfo=UTC))
    roll()
    assert shares() == {"a1": None}


@pytest.mark.parametrize("limit", ["many", float("nan"), 10.5, -0.5, [3], True, {"a": 1}])
def test_a_limit_that_is_no_number_has_no_share(mongo, limit):
    agreed("a1", trades=10)
    used(mongo, "a1", 4)
    roll()
    mongo.contracts.update_one({}, {"$set": {"usage_limits.max_monthly_trades": limit}})
    assert shares() == {"a1": None}


def test_a_limit_in_a_text_is_understood(mongo):
    agreed("a1", trades=10)
    used(mongo, "a1", 4)
    roll()
    mongo.contracts.update_one({}, {"$set": {"usage_limits.max_monthly_trades": " 8 "}})
    assert shares() == {"a1": 50}


def test_only_contracts_in_force_are_near_or_over(mongo):
    agreed("a1", trades=1, status="draft")
    used(mongo, "a1", 5)
    roll()
    assert (shares(), shares(usage=80), listed(usage=80).span.total) == ({"a1": 500}, {}, 0)


def test_a_limit_below_zero_is_one_of_zero(mongo):
    agreed("a1", trades=10)
    used(mongo, "a1", 1)
    roll()
    mongo.contracts.update_one({}, {"$set": {"usage_limits.max_monthly_trades": -5}})
    assert shares() == {"a1": 999_999}


def test_the_value_of_one_trade_is_none_of_its_limit_while_no_trade_is_made(mongo):
    agreed("a1", value=Decimal(10))
    used(mongo, "a1", 1)
    mongo.transaction_logs.update_many({}, {"$set": {"status": "failed"}})
    roll()
    assert shares() == {"a1": 0}


def test_an_account_id_that_is_no_text_finds_no_usage_and_breaks_nothing(mongo):
    agreed("a1", trades=10)
    mongo.contracts.insert_one(mongo.contracts.find_one_and_delete({}) | {"account_id": 7})
    assert list(shares(sort="usage").values()) == [None]


def five_of(mongo, at, now):
    for number, count in enumerate((0, 5, 8, 10, 12)):
        agreed(f"a{number}", trades=10, status="draft" if count == 5 else "active")
        if count:
            used(mongo, f"a{number}", count, at=at)
    roll(now)


@pytest.fixture
def five(mongo):
    """Accounts that use nothing, half, 80 %, 100 % and 120 % of a limit of ten."""
    five_of(mongo, NOW - timedelta(days=2), NOW)


@pytest.fixture
def five_now(mongo):
    """The same this month, which pages show."""
    now = datetime.now(UTC)
    five_of(mongo, now, now)


def test_a_list_is_sorted_by_the_share_with_those_unknown_as_the_least(five):
    assert list(shares(sort="-usage")) == ["a4", "a3", "a2", "a1", "a0"]
    assert list(shares(sort="usage")) == ["a0", "a1", "a2", "a3", "a4"]


@pytest.mark.parametrize(("usage", "found"), [(80, ["a2", "a3", "a4"]), (100, ["a4"])])
def test_a_list_is_narrowed_to_those_near_or_over_a_limit_and_so_are_its_counts(five, usage, found):
    page = listed(usage=usage)
    assert ([row.contract.account_id for row in page.rows], page.span.total) == (found, len(found))


def test_rows_tell_when_the_share_was_computed(five):
    assert {row.as_of for row in listed(usage=80).rows} == {NOW}


def test_the_overview_counts_contracts_in_force_near_and_over(five):
    found = standing()
    assert (found.near, found.over) == (2, 1)
    assert [(row.contract.account_id, row.share) for row in found.rows] == [("a4", 120), ("a3", 100), ("a2", 80)]


def test_only_those_that_use_most_are_named(five):
    assert [row.contract.account_id for row in standing(most=1).rows] == ["a4"]


def test_drafts_are_near_nothing(mongo):
    agreed("a1", trades=1, status="draft")
    used(mongo, "a1", 5)
    roll()
    assert standing() == repository.Standing()


def test_the_list_shows_the_share_and_when_it_was_computed(five_now, viewer_client):
    page = viewer_client.get("/contracts/?sort=-usage").content.decode()
    assert "120\N{NO-BREAK SPACE}%" in page and "as of" in page


def test_the_list_tells_some_use_from_none(mongo, viewer_client):
    now = datetime.now(UTC)
    for account in ("a1", "a2"):
        agreed(account, trades=1000)
        used(mongo, account, 4, at=now)
    mongo.transaction_logs.update_many({"userId": "a2"}, {"$set": {"status": "failed"}})
    list(rollup.roll_up(rollup.all_days(now), now))
    page = viewer_client.get("/contracts/").content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert re.findall('class="share".*?<b>(.*?)</b>', page) == ["under 1 %", "0 %"]


@pytest.mark.parametrize("usage", ["81", "x", "-80", "80.0"])
def test_a_share_that_cannot_be_asked_for_is_named(mongo, viewer_client, usage):
    answer = viewer_client.get("/contracts/", {"usage": usage})
    assert (answer.status_code, "Usage:" in answer.content.decode()) == (400, True)


def test_the_overview_names_those_near_and_over_and_counts_the_days(five_now, viewer_client):
    context = viewer_client.get("/").context
    assert (context["standing"].near, context["standing"].over, context["days_sum"]) == (2, 1, (35, 35))


def test_the_overview_says_that_nothing_is_computed_yet(mongo, viewer_client):
    agreed("a1")
    page = viewer_client.get("/").content.decode()
    assert "Nothing is counted yet" in page and "Usage is not computed yet" in page


def test_days_after_the_last_run_are_said_to_be_not_counted(mongo, viewer_client):
    agreed("a1")
    week_ago = datetime.now(UTC) - timedelta(days=7)
    list(rollup.roll_up(rollup.all_days(week_ago), week_ago))
    words = [text for _, _, text in viewer_client.get("/").context["days"]]
    assert words[-7:] == ["not counted yet"] * 7
    assert words[-8].startswith("0 transactions so far")


def test_a_run_over_an_empty_log_is_a_run(mongo, viewer_client):
    agreed("a1")
    roll()
    assert "Nothing is counted yet" not in viewer_client.get("/").content.decode()
