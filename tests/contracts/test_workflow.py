"""The contract of an account inside a Temporal activity."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta

import pytest
from temporalio import activity
from temporalio.converter import DataConverter
from temporalio.testing import ActivityEnvironment

from contracts import services
from contracts.workflow import ContractData, CurrentUsage, contract_of, fetch_contract
from logs import rollup
from mongo import client
from mongo.errors import MongoNotConfigured, MongoUnavailable
from mongo.extended import iso
from tests.factories import MAYA, NOW, make_contract
from tests.logs.test_usage import entry

# In so few seconds nothing is counted.
NO_TIME = 1e-6

fetch = activity.defn(fetch_contract)


def fetched(account_id):
    """What the activity answers, as a worker runs it."""
    return in_a_loop(ActivityEnvironment().run(fetch, account_id))


def in_a_loop(work):
    """Run it in an event loop of its own, also where this thread has one, as after tests in a browser."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@pytest.fixture
def contract(mongo):
    return services.create(make_contract(), actor=MAYA, now=NOW).contract


def test_an_activity_gets_the_contract(contract):
    found = fetched("acct-1")
    assert (found.account_id, found.current_plan, found.contract_id) == (
        "acct-1",
        "professional",
        contract.contract_id,
    )
    assert (found.status, found.auto_renewal) == ("active", True)
    assert (found.contract_start_date, found.contract_end_date) == ("2026-01-01", "2026-12-31")
    assert (found.base_monthly_fee, found.currency) == ("299.00", "USD")
    assert found.features == ["api_access", "priority_support"]
    assert found.sla_terms["uptime_guarantee"] == "99.9"
    assert found.primary_contact["email"] == "ana@example.com"
    assert found.current_usage is None


def test_an_open_end_is_none(mongo):
    services.create(make_contract(end_date=None, auto_renewal=False), actor=MAYA, now=NOW)
    assert fetched("acct-1").contract_end_date is None


def test_an_account_without_a_contract_gets_none(mongo):
    assert fetched("acct-7") is None


def test_the_usage_of_the_running_month_comes_along(contract, mongo):
    now = datetime.now(UTC)
    mongo.transaction_logs.insert_one(entry(at=now - timedelta(seconds=1), userId="acct-1"))
    found = contract_of("acct-1", now=now).current_usage
    assert (found.month, found.trades, found.value, found.largest) == (f"{now:%Y-%m}", 1, "10.00", "10.00")
    assert (found.computed_at, found.days_computed_at) == (iso(now), None)


def test_it_tells_how_old_the_figures_of_days_gone_by_are(contract, mongo):
    rolled = datetime.now(UTC)
    mongo.transaction_logs.insert_one(entry(at=rolled, userId="acct-1"))
    list(rollup.roll_up(rollup.all_days(rolled), rolled))
    now = rolled + timedelta(seconds=1)
    found = contract_of("acct-1", now=now).current_usage
    assert (found.computed_at, found.days_computed_at) == (iso(now), iso(rolled))


def test_it_goes_between_activity_and_workflow_unchanged(contract, mongo):
    mongo.transaction_logs.insert_one(entry(at=datetime.now(UTC) - timedelta(seconds=1), userId="acct-1"))
    found, converter = fetched("acct-1"), DataConverter.default.payload_converter
    (back,) = converter.from_payloads(converter.to_payloads([found]), [ContractData])
    assert back == found
    assert isinstance(back.current_usage, CurrentUsage)


def test_it_cannot_be_changed(contract):
    found = fetched("acct-1")
    with pytest.raises(FrozenInstanceError):
        found.status = "cancelled"


def test_an_outage_is_an_error_and_no_answer(contract, settings):
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?directConnection=true"
    client.close()
    with pytest.raises(MongoUnavailable):
        fetched("acct-1")
    client.close()


def test_without_mongodb_it_says_so(settings):
    settings.MONGODB_URI = ""
    with pytest.raises(MongoNotConfigured):
        fetched("acct-1")


def test_the_loop_goes_on_while_it_waits(contract):
    ticks = []

    async def tick(done):
        while not done.done():
            ticks.append(1)
            await asyncio.sleep(0)

    async def both():
        work = asyncio.ensure_future(ActivityEnvironment().run(fetch, "acct-1"))
        await asyncio.gather(work, tick(work))

    in_a_loop(both())
    assert len(ticks) > 10


def test_a_contract_is_told_though_its_usage_takes_too_long(contract, mongo):
    found = contract_of("acct-1", now=NOW, seconds=NO_TIME)
    assert (found.contract_id, found.current_usage) == (contract.contract_id, None)
    assert not found.is_usage_known


def test_whether_usage_is_known_is_told_in_any_case(contract, mongo):
    assert contract_of("acct-1", now=NOW).is_usage_known
