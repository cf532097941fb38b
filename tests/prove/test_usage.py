"""Pages that show usage cost the same with ten thousand transactions in the log and with half a million."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import median

import pytest
from bson import ObjectId

from contracts import services
from contracts.domain.model import UsageLimits
from logs import rollup
from mongo import indexes
from mongo.client import JOB_SECONDS, writing
from tests.factories import MAYAS_FILE, make_contract

FEW, MANY = 10_000, 500_000
# Few enough accounts that each trades on every day of both years: what a page shows is the same then.
ACCOUNTS, DAYS, BATCH = 20, 365, 5_000
ROUNDS = 60
# Two runs of the very same page differ by as much on a busy machine.
TOLERATED = 1.25


def fill(count):
    """Transactions spread evenly over accounts and the days of a year, and the contracts of the accounts."""
    now = datetime.now(UTC)
    for drift in indexes.drifts(indexes.declared()):
        indexes.mend(drift)
    for number in range(ACCOUNTS):
        agreed = UsageLimits(max_monthly_trades=count // ACCOUNTS // 12, max_trade_value=Decimal(1_000))
        contract = make_contract(
            contract_id=f"contract_{number}",
            account_id=f"a{number}",
            account_name=f"a{number}",
            usage_limits=agreed,
        )
        services.create(contract, actor=MAYAS_FILE)
    for start in range(0, count, BATCH):
        entries = [entry(number, count, now) for number in range(start, start + BATCH)]
        with writing(JOB_SECONDS) as db:
            db.transaction_logs.insert_many(entries, ordered=False)
    for _ in rollup.roll_up(rollup.all_days(now), now):
        pass


def entry(number, count, now):
    return {
        "_id": ObjectId(),
        "transactionId": f"t{number}",
        "userId": f"a{number % ACCOUNTS}",
        "type": "deposit",
        "amount": Decimal(number % 900) + 1,
        "currency": "USD",
        "status": "completed",
        "timestamp": now - timedelta(days=DAYS) * (number / count),
    }


def cost(browser, path):
    """CPU milliseconds of this process for the page, the median of many."""
    found = []
    for _ in range(ROUNDS):
        before = time.process_time()
        assert browser.get(path).status_code == 200
        found.append((time.process_time() - before) * 1000)
    return median(found)


@pytest.fixture
def logs_of_two_sizes(mongo_uri, mongo_name, settings):
    """The names of a small and of a large database, both with all usage computed."""
    settings.MONGODB_URI = mongo_uri
    names = [f"{mongo_name}_{count}" for count in (FEW, MANY)]
    for name, count in zip(names, (FEW, MANY), strict=True):
        settings.MONGODB_DB_NAME = name
        fill(count)
    yield names
    for name in names:
        with writing(JOB_SECONDS) as db:
            db.client.drop_database(name)


def test_a_contract_and_the_overview_cost_the_same_whatever_the_size_of_the_log(
    logs_of_two_sizes,
    viewer_client,
    counted,
    settings,
):
    for path in ("/contracts/contract_7/", "/"):
        costs, operations = [], []
        for name in logs_of_two_sizes:
            settings.MONGODB_DB_NAME = name
            with counted() as commands:
                page = viewer_client.get(path)
            operations.append(len(commands))
            costs.append(cost(viewer_client, path))
            assert b"%" in page.content
        print(f"{path}: {operations} operations, CPU {costs[0]:.1f} ms and {costs[1]:.1f} ms")
        assert operations[0] == operations[1]
        assert costs[1] <= costs[0] * TOLERATED
