"""Entries are logged while MongoDB is killed or away: none is lost, none is doubled, and the counts are true."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings as project
from pymongo import MongoClient
from pymongo.database import Database
from pytest_django import Settings

from logs import services
from logs.buffer import Counters
from logs.services import log_agent_run, log_transaction
from mongo import client, indexes
from mongo.client import Document
from mongo.embedded import EmbeddedServer
from tests.proxy import Proxy

CALLERS = 4
KILLS, SECONDS_BETWEEN = 5, 1.5
OUTAGE_SECONDS = 60.0
# Eight thousand entries a minute, which the buffer holds.
PACE_SECONDS = 0.06
SAMPLE_SECONDS = 0.002
# The longest pause between two tries, and some for what has piled up.
RECOVERY_SECONDS = 30.0 + 15.0
LOGS = ("transaction_logs", "ai_agent_logs")


class Ingest:
    """Callers that log transactions and runs at a pace, while somebody watches the counters."""

    def __init__(self, pace: float) -> None:
        self.pace = pace
        self.samples: list[Counters] = []
        self.logged = [0] * CALLERS
        self.slowest = 0.0
        self._over = threading.Event()

    @contextmanager
    def under_way(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._log, args=(caller,)) for caller in range(CALLERS)]
        threads.append(threading.Thread(target=self._watch))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _log(self, caller: int) -> None:
        while not self._over.wait(self.pace):
            name = f"{caller}-{self.logged[caller]}"
            begun = time.monotonic()
            log_transaction(
                transaction_id=name, user_id="acct", type="deposit", amount="1.10", currency="USD", status="pending"
            )
            log_agent_run(agent_id=name, agent_name="Agent", action="review", status="started")
            self.slowest = max(self.slowest, time.monotonic() - begun)
            self.logged[caller] += 1

    def _watch(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self.samples.append(services.writer.counters)

    @property
    def names(self) -> list[str]:
        return sorted(f"{caller}-{number}" for caller in range(CALLERS) for number in range(self.logged[caller]))


@pytest.fixture
def server(tmp_path: Path, settings: Settings) -> Iterator[EmbeddedServer]:
    """A server of which every acknowledged write outlives its being killed."""
    settings.MONGODB_DB_NAME = "ingest"
    with EmbeddedServer(tmp_path / "mongo", "--sync-on-commit") as running:
        settings.MONGODB_URI = running.uri
        client.close()
        for drift in indexes.drifts(indexes.declared()):
            indexes.mend(drift)
        yield running
    client.close()


def stored(uri: str) -> dict[str, list[str]]:
    """The names in each log, as a client of its own finds them."""
    with MongoClient[Document](uri) as plain:
        db = plain[project.MONGODB_DB_NAME]
        transactions = [found["transactionId"] for found in db.transaction_logs.find({}, {"transactionId": 1})]
        return {LOGS[0]: transactions, LOGS[1]: [found["agentId"] for found in db.ai_agent_logs.find()]}


def since(before: Counters) -> Counters:
    now = services.writer.counters
    return Counters(**{name: getattr(now, name) - getattr(before, name) for name in Counters.__dataclass_fields__})


def until_all_is_stored(before: Counters) -> float:
    """Seconds until nothing is queued any more."""
    begun = time.monotonic()
    while since(before).queued:
        assert time.monotonic() - begun < RECOVERY_SECONDS
        threading.Event().wait(0.05)
    return time.monotonic() - begun


def assert_all_is_there_once(ingest: Ingest, before: Counters, uri: str) -> None:
    total = 2 * len(ingest.names)
    assert since(before) == Counters(accepted=total, stored=total)
    for name, found in stored(uri).items():
        assert sorted(found) == ingest.names, name
    odd = [now for now in ingest.samples if now.accepted != now.stored + now.queued + now.dropped + now.rejected]
    assert odd == []


def test_what_counts_as_stored_outlives_kills_and_is_there_once(server: EmbeddedServer) -> None:
    services.writer.close()
    before = services.writer.counters
    ingest = Ingest(pace=0.002)
    with ingest.under_way():
        for _ in range(KILLS):
            threading.Event().wait(SECONDS_BETWEEN)
            server.kill()
            counted = since(before).stored
            server.start()
            found = [name for names in stored(server.uri).values() for name in names]
            assert len(found) >= counted
            assert max(Counter(found).values()) <= len(LOGS)
    until_all_is_stored(before)
    assert_all_is_there_once(ingest, before, server.uri)
    print(f"\n{KILLS} kills, {2 * len(ingest.names):,} entries, {len(ingest.samples):,} samples that add up")


def test_a_minute_without_mongodb_loses_nothing(
    mongo: Database[Document], mongo_uri: str, settings: Settings
) -> None:
    services.writer.close()
    before = services.writer.counters
    ingest = Ingest(pace=PACE_SECONDS)
    with Proxy(mongo_uri) as proxy:
        settings.MONGODB_URI = proxy.uri
        client.close()
        client.ping(5)
        with ingest.under_way():
            threading.Event().wait(1)
            for fault in ("blackhole", "refuse"):
                proxy.fail(fault)
                threading.Event().wait(OUTAGE_SECONDS / 2)
            queued = since(before).queued
            proxy.heal()
        seconds = until_all_is_stored(before)
        assert_all_is_there_once(ingest, before, mongo_uri)
        client.close()
    print(
        f"\n{OUTAGE_SECONDS:g} s without MongoDB: {queued:,} entries queued, all stored {seconds:.1f} s after it "
        f"was back, the slowest of {len(ingest.names):,} pairs of calls took {ingest.slowest * 1000:.1f} ms"
    )
