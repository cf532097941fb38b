"""What the logs come to, over HTTP."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from logs.queries.sums import MOST_GROUPS
from tests.machines import errors_of
from tests.proxy import Proxy, through

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def test_transactions_are_summed_up_by_account_type_and_currency(mongo, machine, trade):
    now = [trade(n, timestamp=None, **fields) for n, fields in enumerate([{}, {"amount": "0.10"}, {"userId": "b"}])]
    machine.post("/logs/transactions", [*now, trade(9, timestamp="2020-01-01T00:00:00Z")])
    mongo.transaction_logs.insert_many(
        [{"amount": "odd"}, {"userId": "b", "amount": "odd", "timestamp": YESTERDAY}]
    )
    assert machine.get("/logs/transactions/stats").json() == {
        "days": 30,
        "undated": 1,
        "items": [
            totals("acct-1", count=2, total="12.40", average="6.2"),
            totals("b", "", "", count=1, total="0", average=None, odd=1),
            totals("b", count=1, total="12.30", average="12.3"),
        ],
        "is_cut": False,
    }


def totals(account, kind="deposit", currency="USD", *, odd=0, **sums):
    return {"userId": account, "type": kind, "currency": currency, **sums, "odd": odd}


def test_a_round_average_is_written_as_people_write_it(mongo, machine, trade):
    machine.post("/logs/transactions", [trade(n, timestamp=None, amount="1000.00") for n in range(2)])
    assert machine.get("/logs/transactions/stats").json()["items"][0]["average"] == "1000"


def test_transactions_of_one_account_are_summed_up_alone(mongo, machine, trade):
    machine.post("/logs/transactions", [trade(1, timestamp=None), trade(2, timestamp=None, userId="b")])
    items = machine.get("/logs/transactions/stats?userId=b&days=1").json()["items"]
    assert items == [totals("b", count=1, total="12.30", average="12.3")]


def test_entries_without_a_date_are_those_of_whom_is_asked_for(mongo, machine):
    mongo.transaction_logs.insert_many([{"userId": "a"}, {"userId": "a", "timestamp": "x"}, {"userId": "b"}, {}])
    mongo.ai_agent_logs.insert_many([{"agentId": "a"}, {"agentId": "b"}])
    asked = [
        "transactions/stats",
        "transactions/stats?userId=a",
        "transactions/stats?userId=c",
        "agents/stats?agentId=b",
    ]
    assert [machine.get(f"/logs/{path}").json()["undated"] for path in asked] == [4, 2, 0, 1]


def test_runs_are_summed_up_by_agent_and_status(mongo, machine):
    run = {"agentId": "a", "agentName": "A", "action": "review"}
    ends = [run | {"status": "completed", "duration": ms} for ms in (100, 150.5)]
    machine.post("/logs/agents", [run | {"status": "started"}, *ends, run | {"agentId": "b", "status": "failed"}])
    stats = machine.get("/logs/agents/stats").json()
    assert stats["items"][0] == {
        "agentId": "a",
        "status": "completed",
        "count": 2,
        "average_duration": 125.25,
        "odd": 0,
    }
    assert [item["average_duration"] for item in stats["items"][1:]] == [None, None]
    assert len(machine.get("/logs/agents/stats?agentId=b").json()["items"]) == 1


def test_audited_actions_are_counted(mongo, machine):
    machine.post("/logs/audit", [{"userId": "ada", "action": "user.signed_in"}] * 2)
    items = machine.get("/logs/audit/stats").json()["items"]
    assert items == [{"action": "user.signed_in", "count": 2}, {"action": "audit.viewed", "count": 1}]


def test_of_very_many_groups_the_largest_are_told(mongo, machine):
    few = [{"userId": f"a-{n}", "amount": Decimal(1), "timestamp": YESTERDAY} for n in range(MOST_GROUPS)]
    mongo.transaction_logs.insert_many([*few, *({**few[0], "_id": n, "userId": "most"} for n in range(2))])
    stats = machine.get("/logs/transactions/stats").json()
    assert (len(stats["items"]), stats["is_cut"], stats["items"][0]["userId"]) == (MOST_GROUPS, True, "most")


@pytest.mark.parametrize("query", ["days=0", "days=367", "days=x", "userId=", "agentId=a"])
def test_a_parameter_that_cannot_be_taken_is_named(mongo, machine, query):
    response = machine.get(f"/logs/transactions/stats?{query}")
    assert (response.status_code, list(errors_of(response))) == (422, [query.partition("=")[0]])


def test_sums_that_take_too_long_are_no_outage_and_not_worth_another_try(machine, mongo, mongo_uri, settings):
    with Proxy(mongo_uri) as proxy, through(proxy, settings):
        proxy.swallowed = b"ai_agent_logs"
        answer = machine.get("/logs/agents/stats")
    assert (answer.status_code, "Retry-After" in answer) == (503, False)
    assert answer.json()["type"] == "urn:problem-type:counterpart:too-much"
