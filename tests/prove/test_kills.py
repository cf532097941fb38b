"""The server is killed while contracts are written: what was acknowledged is there, and everything is whole."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from contracts import repository, revisions, services
from contracts.seen import seen_of
from mongo import client, indexes
from mongo.embedded import EmbeddedServer
from mongo.errors import MongoError
from tests.factories import MAYA, NOW, make_contract

WRITERS, KILLS, SECONDS_BETWEEN = 4, 5, 1.0


@pytest.fixture
def server(tmp_path, settings):
    settings.MONGODB_DB_NAME = "kills"
    with EmbeddedServer(tmp_path / "mongo", "--sync-on-commit") as running:
        point_at(settings, running)
        for drift in indexes.drifts(indexes.declared()):
            indexes.mend(drift)
        yield running
    client.close()


def point_at(settings, server):
    client.close()
    settings.MONGODB_URI = server.uri


def keep_editing(number, contract_id, stopped, acknowledged):
    """Save again and again; remember what was acknowledged."""
    save = 0
    while not stopped.is_set():
        save += 1
        text = f"writer {number} save {save}"
        try:
            live = repository.document(contract_id)
            wanted = replace(repository.get(contract_id), notes=text)
            services.update(wanted, contract_id=contract_id, seen=seen_of(live), actor=MAYA)
        except MongoError:
            continue
        acknowledged.append((contract_id, text))


def test_acknowledged_writes_outlive_kills_and_nothing_is_half_done(server, settings):
    contracts = [
        services.create(make_contract(account_id=f"acct-{number}"), actor=MAYA, now=NOW).contract.contract_id
        for number in range(WRITERS)
    ]
    acknowledged = []
    for _ in range(KILLS):
        stopped = Event()
        with ThreadPoolExecutor(WRITERS) as pool:
            for number, contract_id in enumerate(contracts):
                pool.submit(keep_editing, number, contract_id, stopped, acknowledged)
            stopped.wait(SECONDS_BETWEEN)
            server.kill()
            stopped.set()
        server.start()
        point_at(settings, server)
        for contract_id in contracts:
            assert_whole(contract_id)
    texts = {contract_id: written(contract_id) for contract_id in contracts}
    assert all(text in texts[contract_id] for contract_id, text in acknowledged)
    assert list(revisions.breaks()) == []
    print(f"{KILLS} kills, {len(acknowledged)} acknowledged writes, none lost")


def assert_whole(contract_id):
    """The contract, its revisions and its audit entries tell the same."""
    history = revisions.history(contract_id, limit=100_000)
    versions = [entry["version"] for entry in history]
    assert versions == list(range(len(versions), 0, -1))
    assert repository.get(contract_id).version == versions[0]
    entries = client.database().audit_trails.find({"entity.id": contract_id})
    assert sorted(entry["details"]["version"] for entry in entries) == sorted(versions)


def written(contract_id):
    changes = (change for entry in revisions.history(contract_id, limit=100_000) for change in entry["changes"])
    return {change["after"] for change in changes if change["path"] == "notes"}
