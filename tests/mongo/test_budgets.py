"""However the server hangs, nobody waits longer than the budget says."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pymongo.client_session import ClientSession
from pymongo.database import Database

from mongo import client, transaction
from mongo.client import Document
from mongo.errors import MongoUnavailable, OutcomeUnknown
from tests.proxy import Proxy

# The driver looks every half second whether a server has come back.
GRACE = 0.6


@contextmanager
def within(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started <= seconds + GRACE


def find(db: Database[Document]) -> None:
    db.contracts.find_one()


def insert(db: Database[Document], session: ClientSession | None = None) -> None:
    # The server may keep a transaction open for a while, so no other test may want these ids.
    db.contracts.insert_one({"contract_id": "hangs", "account_id": "hangs"}, session=session)


@pytest.fixture
def warm(proxy: Proxy) -> Proxy:
    """A proxy that connections of the pool go through already."""
    with client.reading() as db:
        find(db)
    return proxy


@pytest.mark.parametrize("mode", ["blackhole", "refuse", "reset"])
def test_a_read_on_an_open_connection_ends_in_time(warm: Proxy, mode: str) -> None:
    warm.fail(mode)
    with within(1), pytest.raises(MongoUnavailable), client.reading(1) as db:
        find(db)


@pytest.mark.parametrize("mode", ["blackhole", "refuse", "reset"])
def test_a_read_on_a_new_connection_ends_in_time(proxy: Proxy, mode: str) -> None:
    proxy.fail(mode)
    with within(1), pytest.raises(MongoUnavailable), client.reading(1) as db:
        find(db)


def test_a_slow_server_is_given_no_more_than_the_budget(warm: Proxy) -> None:
    warm.latency = 5
    with within(1), pytest.raises(MongoUnavailable), client.reading(1) as db:
        find(db)


def test_a_budget_is_for_all_operations_of_a_block_together(warm: Proxy) -> None:
    warm.latency = 0.2
    with within(1), pytest.raises(MongoUnavailable), client.reading(1) as db:
        for _ in range(10):
            find(db)


def test_a_write_whose_answer_is_lost_has_an_unknown_outcome(warm: Proxy) -> None:
    warm.fail("blackhole")
    with within(1), pytest.raises(OutcomeUnknown), client.writing(1) as db:
        insert(db)


def test_a_write_that_reached_no_server_was_not_made(proxy: Proxy) -> None:
    proxy.fail("refuse")
    with within(1), pytest.raises(MongoUnavailable) as outage, client.writing(1) as db:
        insert(db)
    assert not isinstance(outage.value, OutcomeUnknown)


def hanging_at_commit(proxy: Proxy) -> Callable[[Database[Document], ClientSession], None]:
    def work(db: Database[Document], session: ClientSession) -> None:
        insert(db, session)
        proxy.fail("blackhole")

    return work


def test_a_commit_whose_answer_is_lost_has_an_unknown_outcome(warm: Proxy) -> None:
    with within(1), pytest.raises(OutcomeUnknown):
        transaction.run(hanging_at_commit(warm), seconds=1)


def test_a_transaction_that_hangs_before_its_commit_changes_nothing(warm: Proxy, mongo: Database[Document]) -> None:
    warm.fail("blackhole")
    with within(1), pytest.raises(MongoUnavailable) as outage:
        transaction.run(insert, seconds=1)
    assert not isinstance(outage.value, OutcomeUnknown)


def test_it_works_again_as_soon_as_the_server_is_back(warm: Proxy) -> None:
    warm.fail("refuse")
    with pytest.raises(MongoUnavailable), client.reading(0.5) as db:
        find(db)
    warm.heal()
    with client.reading() as db:
        find(db)
