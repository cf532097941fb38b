"""Questions to the logs: who did what, what it comes to, and pages of it."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pymongo
import pytest
from bson import ObjectId, json_util
from bson.json_util import JSONOptions
from django.conf import settings as project

from logs import repository
from logs.domain.analytics import ActionCount, AgentStatus, TypeTotals
from logs.domain.filters import LogFilter
from logs.fields import KINDS
from logs.indexes import declared
from logs.kinds import LOGS
from logs.repository import agent_stats, find_page, transaction_analytics, transactions_of
from tests.logs.entries import numbered

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
DATA = Path(project.BASE_DIR).parent / "shared" / "data"
FILES = {"transactions": "transaction_logs.ndjson", "agents": "ai_agent_logs.ndjson"}


def entry(number=0, **fields):
    return numbered(number, **{"timestamp": NOW - DAY, **fields})


def totals(type="deposit", currency="USD", *, user_id="acct-1", count, total, odd=0):
    return TypeTotals(user_id, type, currency, count, Decimal(total), odd)


def test_the_newest_entries_of_an_account_come_first(mongo):
    mongo.transaction_logs.insert_many([entry(n, timestamp=NOW - n * DAY) for n in range(5)])
    mongo.transaction_logs.insert_many([entry(9, userId="acct-2"), entry(10, timestamp="2026-11-21")])
    found = transactions_of("acct-1")
    assert [one["transactionId"] for one in found] == ["tx-0", "tx-1", "tx-2", "tx-3", "tx-4", "tx-10"]
    assert found[0]["amount"] == Decimal("10.10")


@pytest.mark.parametrize(("limit", "count"), [(2, 2), (100, 3), (0, 0), (-1, 0)])
def test_no_more_entries_are_given_than_asked_for(mongo, limit, count):
    mongo.transaction_logs.insert_many([entry(n) for n in range(3)])
    assert len(transactions_of("acct-1", limit=limit)) == count


def test_transactions_are_summed_up_by_type_and_currencies_never_mixed(mongo):
    mongo.transaction_logs.insert_many(
        [
            entry(1),
            entry(2, amount=Decimal("0.20")),
            entry(3, type="withdrawal", amount=5),
            entry(4, currency="EUR", amount=Decimal(7)),
            entry(5, userId="acct-2"),
            entry(6, timestamp=NOW - 31 * DAY),
            entry(7, timestamp=NOW + DAY),
        ]
    )
    assert transaction_analytics("acct-1", now=NOW) == [
        totals(count=2, total="10.30"),
        totals(currency="EUR", count=1, total=7),
        totals("withdrawal", count=1, total=5),
    ]


def test_a_transaction_with_several_entries_counts_once_with_its_latest(mongo):
    mongo.transaction_logs.insert_many(
        [
            entry(1, status="pending", timestamp=NOW - 40 * DAY),
            entry(1, status="pending", amount=Decimal(1), timestamp=NOW - 2 * DAY),
            entry(1, amount=Decimal(3), timestamp=NOW - DAY),
            entry(1, amount=Decimal(2), timestamp=NOW - DAY, _id=ObjectId("0" * 24)),
        ]
    )
    assert transaction_analytics("acct-1", now=NOW) == [totals(count=1, total=3)]


def test_entries_without_an_id_stand_for_themselves(mongo):
    mongo.transaction_logs.insert_many([entry(transactionId=value) for value in (None, "", [], ["tx-1"])])
    assert transaction_analytics("acct-1", now=NOW)[0].count == 4


def test_amounts_are_converted_and_those_that_cannot_be_are_odd(mongo):
    amounts = [Decimal("0.1"), 0.2, "0.3", 1, True, NOW, "ten", None, [1], Decimal("NaN"), {"$": 1}]
    mongo.transaction_logs.insert_many([entry(n, amount=amount) for n, amount in enumerate(amounts)])
    found = transaction_analytics("acct-1", now=NOW)[0]
    assert (found.count, found.odd, found.total, found.average) == (11, 7, Decimal("1.6"), Decimal("0.4"))


def test_odd_types_and_currencies_are_told_as_nothing(mongo):
    mongo.transaction_logs.insert_many([entry(1, type=None, currency=5), entry(2, type=["deposit"], currency={})])
    assert transaction_analytics("acct-1", now=NOW) == [totals("", "", count=2, total="20.20")]


def test_a_list_of_dates_is_no_date(mongo):
    mongo.transaction_logs.insert_one(entry(timestamp=[NOW - DAY]))
    assert transaction_analytics("acct-1", now=NOW) == []


def test_days_are_of_24_hours_and_end_now(mongo):
    moments = [NOW, NOW - 2 * DAY, NOW - 2 * DAY - timedelta(milliseconds=1), NOW + timedelta(milliseconds=1)]
    mongo.transaction_logs.insert_many([entry(n, timestamp=moment) for n, moment in enumerate(moments)])
    assert transaction_analytics("acct-1", days=2, now=NOW)[0].count == 2


@pytest.mark.parametrize(
    ("one", "average"),
    [
        (totals(count=3, total=10), "3.333333"),
        (totals(count=3, total=10, odd=1), "5"),
        (totals(count=1, total=0, odd=1), None),
        (totals(count=8, total="-1"), "-0.125"),
        (totals(count=2, total="9" * 34), "4999999999999999999999999999999999.5"),
    ],
)
def test_an_average_is_exact_to_six_decimals(one, average):
    assert one.average == (None if average is None else Decimal(average))


def run(status, duration=None, *, agent="a-1", **fields):
    timed = {} if duration is None else {"duration": duration}
    return {"agentId": agent, "status": status, "timestamp": NOW - DAY, **timed, **fields}


def test_runs_are_counted_by_agent_and_status_with_their_average_duration(mongo):
    durations = [100, 200.0, Decimal(300), "x"]
    mongo.ai_agent_logs.insert_many([run("completed", duration) for duration in durations])
    mongo.ai_agent_logs.insert_many([*(run("started") for _ in range(3)), run("failed", 5, agent="a-2")])
    assert agent_stats() == [
        AgentStatus("a-1", "completed", 4, 200.0, 1),
        AgentStatus("a-1", "started", 3, None, 0),
        AgentStatus("a-2", "failed", 1, 5.0, 0),
    ]
    assert agent_stats("a-2") == [AgentStatus("a-2", "failed", 1, 5.0, 0)]


def test_runs_may_be_those_of_some_days_only(mongo):
    old = [run("completed", timestamp=NOW - 40 * DAY), run("completed", timestamp="then")]
    mongo.ai_agent_logs.insert_many([run("completed"), *old])
    assert (agent_stats()[0].count, agent_stats(days=30, now=NOW)[0].count) == (3, 1)


def test_odd_agents_are_counted_too(mongo):
    mongo.ai_agent_logs.insert_many([run(None, agent=None), run(["x"], agent={}), {}])
    assert agent_stats() == [AgentStatus("", "", 3, None, 0)]


def test_actions_are_counted(mongo):
    actions = ["user.signed_in", "user.signed_in", "contract.edited", None]
    mongo.audit_trails.insert_many([{"action": action, "timestamp": NOW - DAY} for action in actions])
    assert repository.action_counts(now=NOW) == [
        ActionCount("user.signed_in", 2),
        ActionCount("", 1),
        ActionCount("contract.edited", 1),
    ]


def test_a_page_is_followed_by_its_cursor(mongo):
    mongo.transaction_logs.insert_many([entry(n, timestamp=NOW - n * DAY) for n in range(5)])
    log, wanted = LOGS["transactions"], LogFilter(fields={"userId": ("acct-1",)})
    first = find_page(log, wanted, limit=2, now=NOW)
    second = find_page(log, wanted, limit=2, after=first.after, now=NOW)
    back = find_page(log, wanted, limit=2, before=second.before, now=NOW)
    assert [one["transactionId"] for one in second.documents] == ["tx-2", "tx-3"]
    assert back.documents == first.documents


def test_the_oldest_may_come_first(mongo):
    mongo.transaction_logs.insert_many([entry(n, timestamp=NOW - n * DAY) for n in range(3)])
    found = find_page(LOGS["transactions"], LogFilter(), limit=2, oldest_first=True, now=NOW)
    assert [one["transactionId"] for one in found.documents] == ["tx-2", "tx-1"]


@pytest.mark.parametrize("log", LOGS.values(), ids=LOGS)
def test_every_leading_field_has_an_index(log):
    first = {index.keys[0][0] for index in declared() if index.collection == log.collection}
    assert set(log.leading) <= first


@pytest.mark.parametrize("log", LOGS.values(), ids=LOGS)
def test_facets_are_filters_and_the_log_lies_where_files_go(log):
    assert set(log.facets) <= set(log.filters)
    assert KINDS[log.name].collection == log.collection


def loaded(mongo, log):
    """The entries of the shared file of a log, which are stored; skips where it is not there."""
    path = DATA / FILES[log]
    if not path.is_file():
        pytest.skip(f"{path} is not there, so pages were tried with made entries only.")
    options = JSONOptions(tz_aware=True, tzinfo=UTC)
    entries = [json_util.loads(line, json_options=options) for line in path.read_text().splitlines()]
    with pymongo.timeout(60):
        mongo[LOGS[log].collection].insert_many(entries)
    return entries


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize("log", FILES)
def test_real_logs_are_paged_each_entry_once_both_ways(mongo, log, oldest_first):
    entries = loaded(mongo, log)
    on = [one := paged(log, oldest_first)]
    while one.after:
        on.append(one := paged(log, oldest_first, after=one.after))
    back = [one]
    while one.before:
        back.append(one := paged(log, oldest_first, before=one.before))
    ordered = sorted(entries, key=lambda entry: (entry["timestamp"], entry["_id"]), reverse=not oldest_first)
    assert ids(on) == ids(reversed(back)) == [entry["_id"] for entry in ordered]


def paged(log, oldest_first, **cursor):
    return find_page(LOGS[log], LogFilter(), limit=100, oldest_first=oldest_first, now=NOW, **cursor)


def ids(pages):
    return [document["_id"] for one in pages for document in one.documents]


def test_real_transactions_sum_up_as_python_counts_them(mongo):
    entries = loaded(mongo, "transactions")
    mine = Counter(one["userId"] for one in entries).most_common(1)[0][0]
    expected = defaultdict(list)
    for one in mongo.transaction_logs.find({"userId": mine}):
        if NOW - 366 * DAY <= one["timestamp"] <= NOW:
            expected[one["type"], one["currency"]].append(one["amount"])
    found = {(one.type, one.currency): (one.count, one.total) for one in transaction_analytics(mine, 366, now=NOW)}
    assert found == {key: (len(amounts), sum(amounts)) for key, amounts in expected.items()}
