"""Entries are stored in the background, whatever happens to MongoDB, and every one is accounted for."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

import pymongo
import pytest
from django.conf import settings as project
from pymongo.database import Database
from pymongo.errors import BulkWriteError
from pytest_django import Settings

from logs import repository
from logs.buffer import BATCH_SIZE, Buffer, Counters, Entry
from logs.writer import FULL, BufferedWriter, Store, pauses
from mongo import client
from mongo.client import Document
from mongo.errors import MongoUnavailable, OutcomeUnknown
from tests.proxy import Proxy

PATIENCE_SECONDS = 10.0
# Longer than any test takes: nothing is stored because of the time.
NEVER = 1_000.0
LOG = "transaction_logs"
FORKING = """
import os, django
django.setup()
from logs import repository
from logs.writer import BufferedWriter
writer = BufferedWriter(repository.store, interval=1_000)
def log(*names):
    for name in names:
        writer.accept(repository.frozen("transaction_logs", {"name": name}))
log("parent 1", "parent 2", "parent 3")
if os.fork() == 0:
    assert writer.counters.accepted == 0, writer.counters
    log("child 1", "child 2")
    writer.close(5)
    assert writer.counters.stored == 2, writer.counters
    os._exit(0)
assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
log("parent 4")
writer.close(5)
assert writer.counters.stored == 4, writer.counters
"""

MakeWriter = Callable[..., BufferedWriter]


@pytest.fixture
def make_writer(mongo: Database[Document]) -> Iterator[MakeWriter]:
    """`make_writer(store, interval=…, buffer=…)`; it stores in MongoDB unless told otherwise."""
    made: list[BufferedWriter] = []

    def make(store: Store = repository.store, **options: Any) -> BufferedWriter:
        made.append(BufferedWriter(store, **{"interval": 0.02} | options))
        return made[-1]

    yield make
    for writer in made:
        writer.close()


@pytest.fixture
def proxy(mongo: Database[Document], mongo_uri: str, settings: Settings) -> Iterator[Proxy]:
    """The product reaches MongoDB through this proxy alone, over a connection that is there already."""
    with Proxy(mongo_uri) as between:
        settings.MONGODB_URI = between.uri
        client.close()
        client.ping(5)
        yield between
        between.heal()
        client.close()


class Recorder:
    """A store that keeps what it is given, once it no longer has to fail."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.batches: list[list[Entry]] = []

    def __call__(self, entries: Sequence[Entry]) -> list[str]:
        if self.failures:
            raise self.failures.pop(0)
        self.batches.append(list(entries))
        return []


def entry(number: int, log: str = LOG, **fields: object) -> Entry:
    return repository.frozen(log, {"number": number, **fields})


def until(is_so: Callable[[], bool]) -> None:
    """Wait for the background."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)


def numbers(log: str = LOG) -> list[int]:
    """What is stored, in order."""
    with client.reading() as db:
        return [found["number"] for found in db[log].find(sort=[("_id", 1)])]


def balances(now: Counters) -> bool:
    return now.accepted == now.stored + now.queued + now.dropped + now.rejected


def test_entries_of_all_logs_are_stored_in_order(make_writer: MakeWriter) -> None:
    writer = make_writer()
    for number in range(1_200):
        writer.accept(entry(number, (LOG, "ai_agent_logs")[number % 2]))
    writer.close()
    assert writer.counters == Counters(accepted=1_200, stored=1_200)
    assert numbers() == list(range(0, 1_200, 2))
    assert numbers("ai_agent_logs") == list(range(1, 1_200, 2))


def test_the_first_is_stored_at_once_and_others_wait_until_they_fill_a_batch(make_writer: MakeWriter) -> None:
    store = Recorder()
    writer = make_writer(store, interval=NEVER)
    writer.accept(entry(0))
    until(lambda: writer.counters.stored == 1)
    for number in range(BATCH_SIZE - 1):
        writer.accept(entry(number))
    assert writer.counters.queued == BATCH_SIZE - 1
    writer.accept(entry(BATCH_SIZE))
    until(lambda: writer.counters.queued == 0)
    assert [len(batch) for batch in store.batches] == [1, BATCH_SIZE]


def test_others_do_not_wait_longer_than_the_interval(make_writer: MakeWriter) -> None:
    writer = make_writer(interval=0.1)
    for number in range(3):
        writer.accept(entry(number))
        until(lambda: writer.counters.queued == 0)
    assert numbers() == [0, 1, 2]


def test_nothing_runs_before_the_first_entry(make_writer: MakeWriter) -> None:
    before = threading.active_count()
    make_writer().discard()
    assert threading.active_count() == before


def test_a_batch_whose_answer_was_lost_is_stored_once(proxy: Proxy, make_writer: MakeWriter) -> None:
    writer = make_writer(interval=NEVER)
    proxy.lose_answer = 0
    for number in range(50):
        writer.accept(entry(number))
    writer.close()
    assert proxy.lose_answer is None
    assert writer.counters == Counters(accepted=50, stored=50)
    assert numbers() == list(range(50))


@pytest.mark.parametrize("fault", ["refuse", "reset", "blackhole"])
def test_an_outage_loses_nothing_and_doubles_nothing(fault: str, proxy: Proxy, make_writer: MakeWriter) -> None:
    writer = make_writer()
    writer.accept(entry(0))
    until(lambda: writer.counters.stored == 1)
    proxy.fail(fault)
    for number in range(1, 1_000):
        writer.accept(entry(number))
    assert writer.counters == Counters(accepted=1_000, stored=1, queued=999)
    proxy.heal()
    until(lambda: writer.counters.stored == 1_000)
    assert numbers() == list(range(1_000))


def test_nobody_waits_during_an_outage(proxy: Proxy, make_writer: MakeWriter) -> None:
    writer = make_writer()
    proxy.fail("blackhole")
    started = time.monotonic()
    for number in range(2_000):
        writer.accept(entry(number))
    assert time.monotonic() - started < 1
    proxy.heal()


def test_a_full_buffer_drops_its_oldest_and_counts_them(proxy: Proxy, make_writer: MakeWriter) -> None:
    proxy.fail("refuse")
    writer = make_writer(buffer=lambda: Buffer(capacity=BATCH_SIZE + 200))
    for number in range(2_000):
        writer.accept(entry(number))
    assert writer.counters == Counters(accepted=2_000, queued=700, dropped=1_300)
    proxy.heal()
    until(lambda: writer.counters.stored == 700)
    # A batch that was under way when the buffer filled keeps its place.
    assert numbers()[-200:] == list(range(1_800, 2_000))


def test_the_counters_add_up_at_every_moment(proxy: Proxy, make_writer: MakeWriter) -> None:
    writer = make_writer(buffer=lambda: Buffer(capacity=700))
    over = threading.Event()
    seen: list[Counters] = []

    def watch() -> None:
        while not over.wait(0.001):
            seen.append(writer.counters)

    def log() -> None:
        for number in range(1_000):
            (writer.reject("no entry") if number % 10 == 0 else writer.accept(entry(number)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    for fault in ("blackhole", "reset"):
        threads = [threading.Thread(target=log) for _ in range(2)]
        for thread in threads:
            thread.start()
        proxy.fail(fault)
        for thread in threads:
            thread.join()
        proxy.heal()
    until(lambda: writer.counters.queued == 0)
    over.set()
    watcher.join()
    assert len(seen) > 10
    assert [now for now in seen if not balances(now)] == []
    last = writer.counters
    assert (last.accepted, last.rejected) == (4_000, 400)
    # What gave way may have reached MongoDB before its answer was lost.
    assert last.stored <= len(numbers()) <= last.stored + last.dropped


@pytest.fixture
def choosy(mongo: Database[Document]) -> Iterator[str]:
    """A log that takes numbers below 100 alone, each once."""
    log = mongo.create_collection("choosy", validator={"number": {"$lt": 100}})
    log.create_index("number", unique=True)
    yield log.name
    log.drop()


def test_what_mongodb_refuses_is_rejected_alone(choosy: str, make_writer: MakeWriter) -> None:
    writer = make_writer(interval=NEVER)
    for number in (1, 2, 100, 3, 3, 4):
        writer.accept(entry(number, choosy))
    writer.close()
    assert writer.counters == Counters(accepted=6, stored=4, rejected=2)
    assert numbers(choosy) == [1, 2, 3, 4]


def test_an_entry_that_is_there_already_counts_as_stored(make_writer: MakeWriter) -> None:
    writer = make_writer(interval=NEVER)
    again = entry(1)
    for each in (again, again, entry(2, entryId="same"), entry(3, entryId="same")):
        writer.accept(each)
    writer.close()
    assert writer.counters == Counters(accepted=4, stored=4)
    assert numbers() == [1, 2]


def write_error(code: int) -> BulkWriteError:
    return BulkWriteError({"writeErrors": [{"index": 0, "code": code}], "writeConcernErrors": []})


@pytest.mark.parametrize("code", [91, 8000, 14031])
def test_an_error_of_one_entry_that_tells_of_the_server_is_tried_again(code: int) -> None:
    with pytest.raises(MongoUnavailable):
        repository.refusals_of(LOG, write_error(code))


def test_other_errors_of_one_entry_are_for_good() -> None:
    assert repository.refusals_of(LOG, write_error(121)) == [f"MongoDB refuses an entry of {LOG} (code 121)."]


def test_a_batch_that_may_not_be_with_a_majority_is_tried_again() -> None:
    with pytest.raises(OutcomeUnknown):
        repository.refusals_of(LOG, BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 64}]}))


def test_a_server_that_refuses_everything_is_tried_again(make_writer: MakeWriter, settings: Settings) -> None:
    usual, settings.MONGODB_DB_NAME = settings.MONGODB_DB_NAME, "not a name"
    writer = make_writer()
    writer.accept(entry(1))
    writer.close(0.2)
    assert writer.counters == Counters(accepted=1, queued=1)
    settings.MONGODB_DB_NAME = usual
    writer.accept(entry(2))
    until(lambda: writer.counters.stored == 2)
    assert numbers() == [1, 2]


def test_pages_do_not_notice_that_it_fails(proxy: Proxy) -> None:
    proxy.fail("refuse")
    for _ in range(2):
        with pytest.raises(MongoUnavailable), pymongo.timeout(0.1):
            repository.store([entry(1)])
    assert not client.breaker.is_open


def test_it_does_not_wait_for_a_page_to_find_that_mongodb_is_back(make_writer: MakeWriter) -> None:
    client.breaker.failed()
    client.breaker.failed()
    writer = make_writer()
    writer.accept(entry(1))
    until(lambda: writer.counters.stored == 1)
    assert client.breaker.is_open


def test_transactions_are_shown_before_they_are_stored(make_writer: MakeWriter) -> None:
    shown: list[list[tuple[str, int]]] = []

    def touched(db: Database[Document], entries: Sequence[Mapping[str, Any]]) -> None:
        shown.append([(entry["userId"], db[LOG].count_documents({})) for entry in entries])
        if len(shown) == 1:
            raise MongoUnavailable("at the first time")

    writer = make_writer(partial(repository.store, touched=touched), interval=NEVER)
    writer.accept(repository.frozen(LOG, {"userId": "a1", "amount": 5}))
    writer.accept(entry(2, "ai_agent_logs"))
    until(lambda: writer.counters.stored == 2)
    assert [each for each in shown if each] == [[("a1", 0)]] * 2


def test_an_error_that_nobody_thought_of_does_not_end_it(
    make_writer: MakeWriter, caplog: pytest.LogCaptureFixture
) -> None:
    store = Recorder(KeyError("what"))
    writer = make_writer(store)
    writer.accept(entry(1))
    until(lambda: writer.counters.stored == 1)
    assert "KeyError" in caplog.text


def test_what_cannot_be_stored_is_noted_once_in_a_while(
    make_writer: MakeWriter, caplog: pytest.LogCaptureFixture
) -> None:
    writer = make_writer(Recorder(), buffer=lambda: Buffer(capacity=0))
    writer.reject("amount must be a decimal number.")
    until(lambda: len(caplog.messages) == 1)
    for number in range(100):
        writer.accept(entry(number))
    writer.close()
    [line] = caplog.messages
    assert line.startswith("Not all log entries are stored. amount must be a decimal number. Counters(accepted=1,")
    assert FULL not in line


def test_pauses_grow_up_to_half_a_minute() -> None:
    longest = (0.5, 1, 2, 4, 8, 16, 30, 30)
    waits = list(islice(pauses(), len(longest)))
    assert all(0.8 * most <= wait <= most for wait, most in zip(waits, longest, strict=True))


def test_closing_stores_what_is_queued(make_writer: MakeWriter) -> None:
    writer = make_writer(interval=NEVER)
    for number in range(BATCH_SIZE * 2 + 7):
        writer.accept(entry(number))
    writer.close()
    assert len(numbers()) == writer.counters.stored == BATCH_SIZE * 2 + 7


def test_closing_tries_again_while_there_is_time(make_writer: MakeWriter) -> None:
    writer = make_writer(Recorder(MongoUnavailable("once")), interval=NEVER)
    writer.accept(entry(1))
    writer.close(2)
    assert writer.counters == Counters(accepted=1, stored=1)


def test_closing_does_not_wait_longer_than_it_may(
    proxy: Proxy, make_writer: MakeWriter, caplog: pytest.LogCaptureFixture
) -> None:
    proxy.fail("blackhole")
    writer = make_writer()
    writer.accept(entry(1))
    started = time.monotonic()
    writer.close(0.3)
    assert time.monotonic() - started < 0.8
    assert writer.counters == Counters(accepted=1, queued=1)
    assert "1 log entries could not be stored before the end." in caplog.messages
    proxy.heal()


def test_an_entry_after_closing_is_stored(make_writer: MakeWriter) -> None:
    writer = make_writer()
    for number in range(3):
        writer.accept(entry(number))
        writer.close()
    assert numbers() == [0, 1, 2]


def test_a_forked_child_stores_its_own_entries_alone(
    mongo: Database[Document], mongo_uri: str, mongo_name: str
) -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MONGODB_URI": mongo_uri,
        "MONGODB_DB_NAME": mongo_name,
    }
    ran = subprocess.run(
        [sys.executable, "-c", FORKING], cwd=project.BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    names = sorted(found["name"] for found in mongo[LOG].find())
    assert names == ["child 1", "child 2", "parent 1", "parent 2", "parent 3", "parent 4"]
