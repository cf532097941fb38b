"""A large download: it comes whole, or is seen not to have, and its length costs no memory."""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import IncompleteRead
from pathlib import Path

import pymongo
import pytest

from tests.prove.site import Person, served
from tests.prove.test_migration import megabytes_of
from tests.proxy import Proxy

CONTRACTS = 20_000
URL = "/contracts/export.ndjson"

ENTRIES = 100_000
# By this much a worker may grow that was idle after a small download.
MORE_MEGABYTES = 50


@pytest.fixture
def many(mongo):
    mongo.contracts.insert_many(
        {"contract_id": f"c{number}", "account_id": f"a{number}", "notes": "x" * 1000}
        for number in range(CONTRACTS)
    )


def test_a_download_that_breaks_off_is_seen_to_be_broken(tmp_path, many, mongo_uri, mongo_name):
    with Proxy(mongo_uri) as proxy, served(tmp_path, proxy.uri, mongo_name, workers=1) as address:
        person = Person(address, "manager")
        with person.stream(URL) as whole:
            assert sum(1 for _ in whole) == CONTRACTS
        with person.stream(URL) as broken:
            broken.readline()
            proxy.fail("refuse")
            with pytest.raises(IncompleteRead):
                broken.read()
    log = (tmp_path / "gunicorn.log").read_text()
    assert log.count(f"A download of {CONTRACTS:,} contracts broke off.") == 1


@pytest.fixture
def logged(mongo):
    """Entries of the last day and a half, with much in each of them."""
    now = datetime.now(UTC)
    for first in range(0, ENTRIES, 1_000):
        mongo.transaction_logs.insert_many(
            {
                "transactionId": f"t{number}",
                "userId": f"a{number % 500}",
                "status": "completed",
                "timestamp": now - timedelta(seconds=number),
                "metadata": {"note": "x" * 500, "steps": [{"number": step} for step in range(10)]},
            }
            for number in range(first, first + 1_000)
        )
    yield
    with pymongo.timeout(60):
        mongo.transaction_logs.delete_many({})


def test_a_hundred_thousand_entries_take_little_more_memory_than_none(tmp_path, logged, mongo_uri, mongo_name):
    with served(tmp_path, mongo_uri, mongo_name, workers=1) as address:
        person, worker = Person(address, "admin"), worker_of(address)
        for form, header in (("ndjson", 0), ("csv", 1)):
            url = f"/logs/transactions/export.{form}"
            with person.stream(f"{url}?transactionId=t7") as one:
                one.read()
            idle, begun = megabytes_of(worker), time.monotonic()
            with person.stream(url) as all_of_them:
                assert sum(1 for _ in all_of_them) == ENTRIES + header
            seconds, most = time.monotonic() - begun, megabytes_of(worker)
            assert most < idle + MORE_MEGABYTES
            print(f"\n{form}: {ENTRIES:,} entries in {seconds:.1f} s, from {idle:.0f} to {most:.0f} MB")


def worker_of(address):
    """The process id of the only worker that serves at an address: the child of the one that has the same PORT."""
    port = f"PORT={address.rpartition(':')[2]}".encode()
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        # Others may end while they are looked at, or be none of ours to look at.
        with suppress(OSError):
            if port in (process / "environ").read_bytes().split(b"\0"):
                parents[process.name] = (process / "stat").read_text().rpartition(")")[2].split()[1]
    (worker,) = [process for process, parent in parents.items() if parent in parents]
    return int(worker)
