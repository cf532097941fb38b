"""Entries that come more than once: stored once, whoever sends them again, and whyever."""

import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from pymongo import monitoring

from mongo import client
from mongo.client import database
from tests.factories import MAYA
from tests.machines import Machine, errors_of
from tests.proxy import Proxy, through
from users import tokens
from users.models import ApiToken

TIMES = 16


def test_the_same_batch_under_the_same_key_is_stored_once(mongo, machine, trade):
    batch = [trade(number, timestamp=None) for number in range(5)]
    first, second = (machine.post("/logs/transactions", batch, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, first.json()["stored"]) == (201, 5)
    assert (second.status_code, second.json()) == (201, first.json())
    assert mongo.transaction_logs.count_documents({}) == 5


def test_another_body_under_the_same_key_is_refused(mongo, machine, trade):
    machine.post("/logs/transactions", [trade(1)], Idempotency_Key="k")
    refusal = machine.post("/logs/transactions", [trade(2)], Idempotency_Key="k")
    assert (refusal.status_code, list(errors_of(refusal))) == (422, ["Idempotency-Key"])
    assert mongo.transaction_logs.count_documents({}) == 1


def test_the_same_body_for_another_log_is_another_request(mongo, machine):
    run = {"agentId": "a", "agentName": "A", "action": "b", "status": "started"}
    machine.post("/logs/agents", run, Idempotency_Key="k")
    assert machine.post("/logs/audit", {"userId": "a", "action": "b"}, Idempotency_Key="k").status_code == 422


def test_a_key_belongs_to_its_token(mongo, machine, machine_with, trade):
    other = machine_with("logs:write", name="other")
    answers = [one.post("/logs/transactions", [trade()], Idempotency_Key="k").json() for one in (machine, other)]
    assert answers[0]["ids"] != answers[1]["ids"]
    assert mongo.transaction_logs.count_documents({}) == 2


def test_a_refused_body_does_not_use_up_its_key(mongo, machine, trade):
    assert machine.post("/logs/transactions", [trade(amount="x")], Idempotency_Key="k").status_code == 422
    assert machine.post("/logs/transactions", [trade()], Idempotency_Key="k").status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "é", "k" * 201])
def test_a_bad_key_is_refused(mongo, machine, trade, key):
    assert machine.post("/logs/transactions", trade(), Idempotency_Key=key).status_code == 422
    assert mongo.transaction_logs.count_documents({}) == 0


@pytest.mark.django_db(transaction=True)
def test_a_storm_of_the_same_request_stores_it_once(mongo, machine, trade):
    batch = [trade(number, entryId=f"e-{number}") for number in range(200)]
    together = threading.Barrier(TIMES)

    def send(_):
        together.wait()
        try:
            response = Machine(machine.secret).post("/logs/transactions", batch, Idempotency_Key="storm")
            return response.status_code, response.content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TIMES) as pool:
        answers = set(pool.map(send, range(TIMES)))
    assert [status for status, _ in answers] == [201]
    assert mongo.transaction_logs.count_documents({}) == 200


@pytest.mark.django_db(transaction=True)
def test_a_storm_without_a_key_stores_entries_with_ids_once(mongo, machine, trade):
    batch = [trade(number, entryId=f"e-{number}") for number in range(50)]
    together = threading.Barrier(TIMES)

    def send(_):
        together.wait()
        try:
            return Machine(machine.secret).post("/logs/transactions", batch).json()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(pool.map(send, range(TIMES)))
    assert len({tuple(answer["ids"]) for answer in answers}) == 1
    assert sum(answer["stored"] for answer in answers) == 50


def test_the_same_entry_again_is_already_there(mongo, machine, trade):
    first = machine.post("/logs/transactions", [trade(1, entryId="e-1")]).json()
    second = machine.post("/logs/transactions", [trade(2, entryId="e-2"), trade(1, entryId="e-1")]).json()
    assert (second["stored"], second["ids"][1]) == (1, first["ids"][0])
    assert mongo.transaction_logs.count_documents({}) == 2


def test_an_entry_without_a_time_is_the_same_whenever_it_comes(mongo, machine, trade):
    entry = trade(entryId="e-1", timestamp=None)
    first, second = (machine.post("/logs/transactions", entry).json() for _ in range(2))
    assert (second["stored"], second["ids"]) == (0, first["ids"])


def test_another_entry_with_the_same_id_is_named_and_its_batch_refused(mongo, machine, trade):
    machine.post("/logs/transactions", [trade(1, entryId="e-1")])
    refusal = machine.post("/logs/transactions", [trade(3), trade(1, entryId="e-1", amount="12.31")])
    assert (refusal.status_code, list(errors_of(refusal))) == (422, ["1.entryId"])
    assert mongo.transaction_logs.count_documents({}) == 1


def test_an_entry_sent_alone_is_named_without_a_position(mongo, machine, trade):
    machine.post("/logs/transactions", trade(1, entryId="e-1"))
    assert list(errors_of(machine.post("/logs/transactions", trade(2, entryId="e-1")))) == ["entryId"]


def test_an_entry_twice_in_a_batch_is_stored_once(mongo, machine, trade):
    answer = machine.post("/logs/transactions", [trade(1, entryId="e"), trade(2), trade(1, entryId="e")]).json()
    assert (answer["stored"], answer["ids"][0] == answer["ids"][2]) == (2, True)
    assert mongo.transaction_logs.count_documents({}) == 2


def test_two_entries_of_a_batch_cannot_share_an_id(mongo, machine, trade):
    refusal = machine.post("/logs/transactions", [trade(1, entryId="e"), trade(2), trade(3, entryId="e")])
    assert list(errors_of(refusal)) == ["2.entryId"]
    assert mongo.transaction_logs.count_documents({}) == 0


def test_a_label_given_later_makes_no_other_entry(mongo, machine):
    run = {"agentId": "a", "agentName": "A", "action": "b", "status": "failed", "entryId": "e"}
    machine.post("/logs/agents", run)
    mongo.ai_agent_logs.update_one({}, {"$set": {"label": {"value": "bad"}}})
    assert machine.post("/logs/agents", run).json()["stored"] == 0


def test_an_id_in_another_services_list_is_taken(mongo, machine, trade):
    mongo.transaction_logs.insert_one({"entryId": ["e-0", "e-1"]})
    assert list(errors_of(machine.post("/logs/transactions", [trade(1, entryId="e-1")]))) == ["0.entryId"]


def test_a_repeated_request_counts_what_it_stored_at_first(mongo, machine, trade):
    machine.post("/logs/transactions", trade(1, entryId="e-1"))
    batch = [trade(1, entryId="e-1"), trade(2), trade(3)]
    first, second = (machine.post("/logs/transactions", batch, Idempotency_Key="k").json() for _ in range(2))
    assert (first["stored"], second) == (2, first)


class _Sessions(monitoring.CommandListener):
    """Sessions in which commands on the log were sent."""

    def __init__(self) -> None:
        self.found: dict[str, set[bytes]] = defaultdict(set)

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command.get(event.command_name) == "transaction_logs":
            self.found[event.command_name].add(bytes(event.command["lsid"]["id"]))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Gathered when it started."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Gathered when it started."""


def test_what_an_insert_collided_with_is_looked_for_in_its_own_session(mongo, machine, trade):
    """So the read waits until a majority of the servers has it."""
    machine.post("/logs/transactions", trade(1, entryId="e-1"))
    listener = _Sessions()
    monitoring.register(listener)
    client.close()
    try:
        assert machine.post("/logs/transactions", trade(1, entryId="e-1")).json()["stored"] == 0
    finally:
        monitoring._LISTENERS.command_listeners.remove(listener)
        client.close()
    assert len(listener.found["insert"]) == 1
    assert listener.found["find"] == listener.found["insert"]


def test_a_key_of_an_older_token_of_the_same_number_is_another(mongo, machine, trade):
    """Numbers begin anew with a new database, and keys do not."""
    first = machine.post("/logs/transactions", [trade()], Idempotency_Key="k").json()
    number = ApiToken.objects.get().pk
    ApiToken.objects.all().delete()
    anew = Machine(tokens.issue("anew", ["logs:write"], MAYA)[1])
    ApiToken.objects.update(id=number)
    second = anew.post("/logs/transactions", [trade()], Idempotency_Key="k").json()
    assert (second["stored"], second["ids"] == first["ids"]) == (1, False)


@pytest.mark.parametrize("lost", range(8))
def test_whichever_answer_is_lost_another_try_stores_everything_once(
    mongo, machine, trade, mongo_uri, settings, lost
):
    batch = [trade(number, timestamp=None) for number in range(5)]
    with Proxy(mongo_uri) as proxy, through(proxy, settings):
        assert machine.get("/logs/transactions").status_code == 200
        proxy.lose_answer = lost
        first = machine.post("/logs/transactions", batch, Idempotency_Key="k")
        proxy.lose_answer = None
        second = machine.post("/logs/transactions", batch, Idempotency_Key="k")
    assert first.status_code == 503 or first.content == second.content
    assert (second.status_code, second.json()["stored"]) == (201, 5)
    assert database().transaction_logs.count_documents({}) == 5


@pytest.mark.parametrize("lost", range(6))
def test_whichever_answer_is_lost_what_is_said_to_be_stored_is(mongo, machine, trade, mongo_uri, settings, lost):
    with Proxy(mongo_uri) as proxy, through(proxy, settings):
        assert machine.get("/logs/transactions").status_code == 200
        proxy.lose_answer = lost
        response = machine.post("/logs/transactions", [trade(1), trade(2)])
    stored = database().transaction_logs.count_documents({})
    assert stored == 2 if response.status_code == 201 else (response.status_code == 503 and stored in (0, 2))


def test_entries_that_were_stored_by_a_dead_process_are_answered_for(mongo, machine, trade):
    """A first try noted the key and went no further: the next one stores under the same ids."""
    batch = [trade(number) for number in range(3)]
    first = machine.post("/logs/transactions", batch, Idempotency_Key="k").json()
    mongo.transaction_logs.delete_many({})
    assert machine.post("/logs/transactions", batch, Idempotency_Key="k").json() == first
    assert mongo.transaction_logs.count_documents({}) == 3
