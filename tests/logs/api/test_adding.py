"""Entries taken in: all of a batch or none, stored before they are answered."""

import cProfile
import gc
import pstats
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from bson import ObjectId

from logs.api import bodies
from logs.batches import MOST
from logs.usage import usage_for
from tests.machines import errors_of
from users.api import RequestInvalid

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
RUN = {"agentId": "a-1", "agentName": "Reviewer", "action": "review", "status": "completed"}
LOGIN = {"userId": "ada", "action": "user.signed_in"}


def test_one_entry_is_stored_as_it_was_sent(mongo, machine, trade):
    response = machine.post("/logs/transactions", trade(metadata={"channel": "api", "rate": 1.5}))
    assert response.status_code == 201
    stored = mongo.transaction_logs.find_one()
    assert response.json() == {"stored": 1, "ids": [str(stored["_id"])]}
    assert datetime.now(UTC) - stored.pop("createdAt") < timedelta(minutes=1)
    assert stored == {
        "_id": stored["_id"],
        "transactionId": "tx-1",
        "userId": "acct-1",
        "type": "deposit",
        "amount": Decimal("12.30"),
        "currency": "USD",
        "status": "completed",
        "metadata": {"channel": "api", "rate": Decimal("1.5")},
        "timestamp": AT,
    }


def test_an_amount_is_kept_to_the_digit(mongo, machine, trade):
    machine.post("/logs/transactions", trade(amount="1234567890123456.789012345678901230"))
    assert str(mongo.transaction_logs.find_one()["amount"]) == "1234567890123456.789012345678901230"


def test_a_batch_is_stored_in_its_order(mongo, machine, trade):
    batch = [trade(number, timestamp=None) for number in range(MOST)]
    response = machine.post("/logs/transactions", batch)
    stored = list(mongo.transaction_logs.find(sort=[("timestamp", 1), ("_id", 1)]))
    assert [entry["transactionId"] for entry in stored] == [entry["transactionId"] for entry in batch]
    assert response.json() == {"stored": MOST, "ids": [str(entry["_id"]) for entry in stored]}


def test_ids_of_a_later_batch_are_higher(mongo, machine, trade):
    first, second = (machine.post("/logs/transactions", trade()).json()["ids"][0] for _ in range(2))
    assert ObjectId(first) < ObjectId(second)


def test_without_a_time_an_entry_is_of_now(mongo, machine):
    machine.post("/logs/agents", RUN)
    stored = mongo.ai_agent_logs.find_one()
    assert stored["timestamp"] == stored["createdAt"]


def test_a_run_holds_whatever_goes_in_and_out(mongo, machine):
    free = {
        "input": ["q", {"deep": [1, None, True]}],
        "output": "a",
        "error": None,
        "duration": 12.5,
        "runId": "r-1",
    }
    assert machine.post("/logs/agents", RUN | free).status_code == 201
    stored = mongo.ai_agent_logs.find_one()
    assert {name: stored.get(name) for name in free} == free | {"duration": Decimal("12.5")}
    assert "error" not in stored


def test_an_audit_entry_tells_the_token_that_sent_it(mongo, machine_with):
    machine = machine_with("logs:write", name="backend")
    entry = LOGIN | {"details": {"way": "sso"}, "entity": {"type": "user", "id": "ada"}, "ipAddress": "192.0.2.1"}
    assert machine.post("/logs/audit", entry).status_code == 201
    stored = mongo.audit_trails.find_one({"action": "user.signed_in"})
    assert {name: stored[name] for name in entry} == entry
    assert stored["via"] == "backend"


def test_no_token_may_speak_for_another(mongo, machine):
    refusal = machine.post("/logs/audit", LOGIN | {"via": "console"})
    assert errors_of(refusal) == {"via": "This is set to the name of the token. Leave it out."}


def test_days_whose_usage_changes_are_marked(mongo, machine, trade):
    machine.post("/logs/transactions", [trade(timestamp="2026-10-03T23:59:59.999Z")])
    marked = mongo.usage_dirty.find_one()
    assert (marked["account"], marked["day"].date()) == ("acct-1", date(2026, 10, 3))


def test_a_trade_of_the_past_is_counted_at_once(mongo, machine, trade):
    machine.post("/logs/transactions", [trade(1, timestamp="2026-10-03T12:00:00Z")])
    assert usage_for("acct-1", date(2026, 10, 1), now=AT).by_currency["USD"].value == Decimal("12.30")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"amount": 12.3}, "amount"),
        ({"amount": "12,30"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": " 1"}, "amount"),
        ({"amount": "1_000"}, "amount"),
        ({"amount": "1" * 35}, "amount"),
        ({"amount": "1e34"}, "amount"),
        ({"amount": "1e-7000"}, "amount"),
        ({"userId": ""}, "userId"),
        ({"userId": " "}, "userId"),
        ({"userId": 7}, "userId"),
        ({"userId": {"$ne": None}}, "userId"),
        ({"userId": None}, "userId"),
        ({"status": "x" * 501}, "status"),
        ({"timestamp": "2026-11-21"}, "timestamp"),
        ({"timestamp": "2026-11-21T12:00:00"}, "timestamp"),
        ({"timestamp": "2026-02-30T12:00:00Z"}, "timestamp"),
        ({"timestamp": "0000-01-01T00:00:00Z"}, "timestamp"),
        ({"timestamp": "0001-01-01T00:00:00+12:00"}, "timestamp"),
        ({"timestamp": "9999-12-31T23:59:59-12:00"}, "timestamp"),
        ({"timestamp": "2026-11-21T12:00:00+99:00"}, "timestamp"),
        ({"timestamp": 1_700_000_000}, "timestamp"),
        ({"metadata": []}, "metadata"),
        ({"metadata": {"$where": "1"}}, "metadata"),
        ({"metadata": {"a.b": 1}}, "metadata"),
        ({"metadata": {"in": [{"": 1}]}}, "metadata"),
        ({"metadata": {"k" * 501: 1}}, "metadata"),
        ({"metadata": {f"k{n}": n for n in range(1_001)}}, "metadata"),
        ({"_id": "6b0000000000000000000000"}, "_id"),
        ({"createdAt": "2026-11-21T12:00:00Z"}, "createdAt"),
        ({"label": {"value": "good"}}, "label"),
        ({"__proto__": 1}, "__proto__"),
        ({"entryId": ["e"]}, "entryId"),
    ],
)
def test_a_bad_entry_is_named_and_nothing_of_its_batch_is_stored(mongo, machine, trade, change, path):
    bad = trade(2) | change
    response = machine.post("/logs/transactions", [trade(1), bad, trade(3)])
    assert (response.status_code, list(errors_of(response))) == (422, [f"1.{path}"])
    assert mongo.transaction_logs.count_documents({}) == 0
    assert list(errors_of(machine.post("/logs/transactions", bad))) == [path]


@pytest.mark.parametrize(
    "change", [{"duration": -1}, {"duration": "5"}, {"duration": True}, {"input": {"$ref": 1}}]
)
def test_a_bad_run_is_named(mongo, machine, change):
    assert list(errors_of(machine.post("/logs/agents", RUN | change))) == list(change)


@pytest.mark.parametrize(
    "entity", [{"type": "user"}, {"type": "user", "id": 1}, "user", {"type": "a", "id": "b", "c": 1}]
)
def test_a_bad_entity_is_named(mongo, machine, entity):
    assert list(errors_of(machine.post("/logs/audit", LOGIN | {"entity": entity}))) == ["entity"]


def test_everything_that_is_wrong_is_named_at_once(mongo, machine, trade):
    response = machine.post("/logs/transactions", [trade(amount=1.5, when="now"), trade(), {"type": "deposit"}, 7])
    assert list(errors_of(response)) == [
        "0.amount",
        "0.when",
        "2.transactionId",
        "2.userId",
        "2.amount",
        "2.currency",
        "2.status",
        "3",
    ]


@pytest.mark.parametrize("body", [[], {}, [[]], 7, "x", None, True])
def test_what_holds_no_entry_is_refused(mongo, machine, body):
    assert machine.post("/logs/transactions", body).status_code == 422


def test_a_batch_has_a_largest_size(mongo, machine, trade):
    response = machine.post("/logs/transactions", [trade(number) for number in range(MOST + 1)])
    assert errors_of(response) == {"": "Send 1,000 entries at most."}


def test_an_entry_has_a_largest_size(mongo, machine, trade):
    response = machine.post("/logs/transactions", [trade(1), trade(2, metadata={"text": "x" * 1_000_000})])
    assert (response.status_code, list(errors_of(response))) == (422, ["1"])
    assert machine.post("/logs/transactions", trade(metadata={"text": "x" * 999_000})).status_code == 201


def test_a_body_has_a_largest_size(mongo, machine, trade):
    large = [trade(number, metadata={"text": "x" * 900_000}) for number in range(10)]
    assert machine.post("/logs/transactions", large[:8]).status_code == 201
    assert machine.post("/logs/transactions", large).status_code == 413


def test_a_thousand_problems_are_told_in_part(mongo, machine):
    assert len(machine.post("/logs/transactions", [7] * MOST).json()["errors"]) == 100


def work(sent):
    """How many calls it takes to refuse a body."""
    profile = cProfile.Profile()
    # What cleans up after other tests would be counted where it comes by.
    gc.disable()
    try:
        with pytest.raises(RequestInvalid):
            profile.runcall(bodies.read, sent, "transactions", now=AT, via="billing")
    finally:
        gc.enable()
    return pstats.Stats(profile).total_calls


def test_a_thousand_bad_entries_take_no_more_work_than_those_that_are_told():
    entry = {f"unknown {n}": 0 for n in range(90)}
    assert work([entry] * MOST) == work([entry] * 2)


def test_an_entry_of_very_many_fields_is_refused_as_a_whole(mongo, machine):
    refusal = machine.post("/logs/transactions", [{f"unknown {n}": 0 for n in range(10_000)}])
    assert errors_of(refusal) == {"0": "An entry has 100 fields at most; this one has 10,000."}


def test_logs_that_are_off_take_entries_and_keep_none(mongo, machine, trade, settings):
    settings.MONGODB_LOGS_ENABLED = False
    response = machine.post("/logs/transactions", [trade()], Idempotency_Key="k")
    assert (response.status_code, response.json()) == (201, {"stored": 0, "ids": []})
    assert mongo.transaction_logs.count_documents({}) == 0
    assert machine.post("/logs/transactions", {}).status_code == 422


def test_the_audit_trail_is_never_off(mongo, machine, settings):
    settings.MONGODB_LOGS_ENABLED = False
    assert machine.post("/logs/audit", LOGIN).json()["stored"] == 1


def test_logs_need_their_scope(mongo, machine_with, trade):
    reader = machine_with("logs:read")
    assert reader.post("/logs/transactions", trade()).status_code == 403
    assert mongo.transaction_logs.count_documents({}) == 0


def test_without_mongodb_nothing_is_said_to_be_stored(machine, trade):
    assert machine.post("/logs/transactions", trade()).status_code == 503
