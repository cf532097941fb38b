"""The demo is the same each time, obeys the rules, and shows something on every page."""

import io
from calendar import monthrange
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta

import pytest
from bson import Decimal128
from django.core.management import CommandError, call_command

from config.demo import accounts as demo_accounts
from config.demo import agents, audit, lives, transactions
from config.demo.accounts import accounts
from config.demo.chance import draws
from contracts import repository, revisions, services
from contracts.documents import from_document
from contracts.domain import rules
from mongo import codec
from tests.factories import MAYA, NOW, make_contract

TODAY = date(2026, 11, 21)
MIDNIGHT = datetime.combine(TODAY, time(), UTC)
DAYS = pytest.mark.parametrize("today", [TODAY, date(2024, 2, 29), date(2027, 1, 1), date(2026, 3, 31)])
IN_FORCE = ("running", "ending", "pending", "open")
COMPLETED = {"completed", "succeeded", "settled"}


def load(*options, today=TODAY, scale="0.01"):
    out = io.StringIO()
    call_command("load_demo", "--today", str(today), "--scale", scale, *options, stdout=out)
    return out.getvalue().splitlines()


def entries(found, today=TODAY):
    traders = transactions.traders(found, today, 7)
    return [entry for month in transactions.months(traders, today, 7) for entry in month]


@pytest.fixture(scope="module")
def full():
    """The accounts of a whole demo, and their year of entries."""
    found = accounts(7, TODAY, 1)
    return found, entries(found)


def completed(found):
    """How many trades each account completed in each month, by their first entries."""
    trades = defaultdict(list)
    for entry in found:
        trades[entry["userId"], entry["transactionId"]].append(entry)
    count = defaultdict(Counter)
    for (account, _), told in trades.items():
        if told[-1]["status"].lower() in COMPLETED and isinstance(moment := told[0].get("timestamp"), datetime):
            count[account][f"{moment:%Y-%m}"] += 1
    return count


# What is made up ------------------------------------------------------------------------------------------


def test_accounts_have_ids_and_names_of_their_own():
    found = accounts(7, TODAY, 4)
    assert len({account.id for account in found}) == len(found) == 640
    assert len({account.draft.account_name for account in found}) == len(found)


@DAYS
def test_contracts_stand_as_they_should_on_that_day(today):
    for account in accounts(7, today, 1):
        if account.standing in demo_accounts.AHEAD:
            least, most = demo_accounts.AHEAD[account.standing]
            assert least - 3 <= (account.end - today).days <= most


@DAYS
def test_the_first_drafts_keep_the_rules(today):
    assert [found for account in accounts(7, today, 1) for found in rules.problems(account.draft)] == []


@DAYS
def test_all_that_happened_lies_in_the_past_and_after_the_draft(today):
    midnight = datetime.combine(today, time(), UTC)
    for number, account in enumerate(accounts(7, today, 1)):
        rng = draws("test", number)
        moments = [lives.created(account, today, rng).at]
        moments += [event.at for event in lives.events(number, account, today, rng)]
        assert moments == sorted(moments)
        assert moments[-1] < midnight


def test_a_draft_can_be_older_than_two_weeks():
    drafts = [account for account in accounts(7, TODAY, 1) if account.standing == "draft"]
    ages = [(TODAY - lives.created(account, TODAY, draws(account.id)).at.date()).days for account in drafts]
    assert min(ages) <= 14 < max(ages)


def test_a_year_holds_about_thirty_thousand_entries_in_the_order_of_time(full):
    moments = [entry["createdAt"] for entry in full[1]]
    assert 25_000 < len(moments) < 35_000
    assert moments == sorted(moments)
    assert MIDNIGHT - timedelta(days=365) <= moments[0] < moments[-1] < MIDNIGHT


@DAYS
def test_nobody_trades_before_or_after_the_contract(today):
    found = {account.id: account for account in accounts(7, today, 0.3)}
    for entry in entries(list(found.values()), today):
        account = found.get(entry["userId"])
        day = entry["createdAt"].date()
        assert account is None or account.start <= day <= (account.end or today)


def test_some_accounts_come_near_their_limit_and_some_go_over_it(full):
    count = completed(full[1])
    month, share = f"{TODAY:%Y-%m}", (TODAY.day - 1) / monthrange(TODAY.year, TODAY.month)[1]
    projected = [
        count[account.id][month] / share / account.draft.usage_limits.max_monthly_trades
        for account in full[0]
        if account.standing in IN_FORCE and account.draft.usage_limits.max_monthly_trades
    ]
    assert sum(0.8 <= used <= 1 for used in projected) >= 5
    assert sum(1 < used <= 1.35 for used in projected) >= 5
    assert sum(used == 0 for used in projected) >= 5


def test_the_logs_hold_what_other_services_write(full):
    found = full[1]
    assert {type(entry["amount"]) for entry in found} == {Decimal128, str, float}
    assert {type(entry.get("timestamp")) for entry in found} == {datetime, str, type(None)}
    assert any(entry["status"].isupper() for entry in found)
    assert {"pending", "completed", "settled", "failed", "reversed"} <= {entry["status"] for entry in found}
    assert {entry["type"] for entry in found} == set(transactions.TYPES)


def test_transactions_without_a_contract_are_there_too():
    found = accounts(7, TODAY, 0.1)
    assert {entry["userId"] for entry in entries(found)} - {account.id for account in found}


def test_agents_start_end_fail_and_are_judged():
    found = [entry for day in agents.entries(["acct_1"], TODAY, 7, 1.0) for entry in day]
    status = Counter(entry["status"] for entry in found)
    assert 3_500 < len(found) < 4_800
    assert status["started"] > status["completed"] > status["failed"] > 50
    assert {entry["label"]["value"] for entry in found if "label" in entry} == {"good", "bad"}
    assert any("runId" not in entry for entry in found)


def test_the_audit_trail_is_the_same_for_the_same_day():
    assert audit.deeds(90, TODAY, 7) == audit.deeds(90, TODAY, 7) != audit.deeds(90, TODAY, 8)


def test_the_audit_trail_stays_within_its_retention():
    found = audit.deeds(90, TODAY, 7)
    assert found[0].at >= MIDNIGHT - timedelta(days=90)
    assert {"user.signed_in", "user.sign_in_failed", "export.downloaded"} <= {deed.action for deed in found}


# What is stored -------------------------------------------------------------------------------------------


def test_the_same_seed_and_day_give_the_same_documents(mongo):
    def digests():
        # The server deletes old entries of the audit trail while this runs.
        names = ("contracts", "contract_revisions", "transaction_logs", "ai_agent_logs")
        return {name: sorted(map(codec.digest, mongo[name].find())) for name in names}

    load()
    first = digests()
    load("--force")
    assert digests() == first
    load("--force", "--seed", "8")
    assert digests() != first


def test_contracts_are_made_by_the_services_and_their_histories_hold(mongo):
    load()
    stored = [from_document(found) for found in repository.all_documents()]
    assert [rules.problems(contract) for contract in stored] == [()] * demo_accounts.FEWEST
    assert {contract.status for contract in stored} >= {"active", "draft", "pending_renewal"}
    assert list(revisions.breaks()) == []
    assert mongo.contract_revisions.count_documents({"action": "adopted"}) == 1


def test_it_says_what_it_loaded(mongo):
    assert load()[0] == f"Loaded contracts: {demo_accounts.FEWEST}."


def test_it_refuses_a_database_that_holds_something(mongo):
    services.create(make_contract(), actor=MAYA, now=NOW)
    with pytest.raises(CommandError, match=r"holds contracts, contract_revisions already.*--force"):
        load()
    assert repository.count() == 1


def test_a_sign_in_before_there_is_any_data_is_no_reason_to_refuse(mongo):
    mongo.audit_trails.insert_one({"action": "user.signed_in"})
    load()
    assert mongo.audit_trails.count_documents({"details": {"$exists": False}}) == 1


def test_by_force_it_deletes_what_it_fills_and_nothing_else(mongo):
    services.create(make_contract(), actor=MAYA, now=NOW)
    mongo.saved_views.insert_one({"name": "mine"})
    said = load("--force")
    assert said[0].startswith("Deleting everything in contracts, contract_revisions, transaction_logs")
    assert mongo.contracts.count_documents({"account_id": "acct-1"}) == 0
    assert mongo.saved_views.count_documents({}) == 1


@pytest.mark.parametrize("scale", ["0", "-1", "much", "nan"])
def test_a_scale_that_is_none_is_refused(scale):
    with pytest.raises(CommandError, match="give a number above 0"):
        load(scale=scale)
