"""Connections to MongoDB break at random while people save: what was acknowledged is there, once."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from pymongo.database import Database
from pytest_django import Settings

from contracts import repository, revisions, services
from contracts.domain.model import Contract
from mongo import client
from mongo.client import Document, reading
from mongo.errors import MongoUnavailable
from tests.factories import MAYA, NOW, make_contract
from tests.html import fields_of
from tests.prove.site import Person, served
from tests.proxy import Proxy

EDITORS, SAVES = 6, 15
OUTAGES = 20
PATIENCE_SECONDS = 0.2
SAVED, CONFLICT, UNAVAILABLE = 302, 409, 503


@pytest.fixture
def contract(mongo: Database[Document]) -> Contract:
    return services.create(make_contract(), actor=MAYA, now=NOW).contract


@contextmanager
def breaking(proxy: Proxy, chance: random.Random) -> Iterator[None]:
    """Every now and then all connections are reset, and new ones for a moment."""
    over = Event()

    def work() -> None:
        while not over.wait(chance.uniform(0.05, 1.5)):
            proxy.fail("reset")
            over.wait(chance.uniform(0, 0.1))
            proxy.heal()

    breaker = Thread(target=work)
    breaker.start()
    try:
        yield
    finally:
        over.set()
        breaker.join()
        proxy.heal()


def patiently(person: Person, path: str, entries: Document | None = None) -> tuple[int, str]:
    """Ask until there is another answer than that MongoDB is away."""
    status, page = UNAVAILABLE, ""
    while status == UNAVAILABLE:
        status, page = person.get(path) if entries is None else person.post(path, entries)
        Event().wait(PATIENCE_SECONDS if status == UNAVAILABLE else 0)
    return status, page


def saves(person: Person, path: str, number: int) -> list[tuple[int, str]]:
    """One editor's saves. Where an answer leaves it open, the same form is sent again, as people are told to."""
    outcomes = []
    for save in range(SAVES):
        status, page = patiently(person, path)
        text = f"editor {number} save {save}"
        status, page = patiently(person, path, fields_of(page) | {"notes": text})
        assert status != CONFLICT or fields_of(page)["notes"] == [text]
        outcomes.append((status, text))
    return outcomes


def test_what_was_acknowledged_is_there_once(
    tmp_path: Path, mongo: Database[Document], mongo_uri: str, mongo_name: str, contract: Contract
) -> None:
    path = f"/contracts/{contract.contract_id}/edit/"
    with Proxy(mongo_uri) as proxy, served(tmp_path, proxy.uri, mongo_name) as address:
        people = [Person(address, ("manager", "admin")[number % 2]) for number in range(EDITORS)]
        with breaking(proxy, random.Random(7)), ThreadPoolExecutor(EDITORS) as pool:
            runs = list(pool.map(saves, people, [path] * EDITORS, range(EDITORS)))
    answers = [answer for run in runs for answer in run]
    assert {status for status, _ in answers} <= {SAVED, CONFLICT}
    saved = sorted(text for status, text in answers if status == SAVED)
    history = revisions.history(contract.contract_id, limit=1_000)
    changes = [change for entry in history[:-1] for change in entry["changes"]]
    assert sorted(change["after"] for change in changes if change["path"] == "notes") == saved
    assert [entry["version"] for entry in history] == list(range(len(saved) + 1, 0, -1))
    assert repository.get(contract.contract_id).version == len(saved) + 1
    assert mongo.audit_trails.count_documents({"action": "contract.edited"}) == len(saved)
    assert list(revisions.breaks()) == []
    print(f"{proxy.connections} connections, {len(saved)} saves acknowledged, each made once")


def test_outages_leave_no_thread_and_no_connection_behind(
    mongo: Database[Document], mongo_uri: str, settings: Settings
) -> None:
    with Proxy(mongo_uri) as proxy:
        settings.MONGODB_URI = proxy.uri
        client.close()
        before = None
        for outage in range(OUTAGES):
            proxy.fail(("refuse", "reset")[outage % 2])
            with pytest.raises(MongoUnavailable), reading(0.3) as db:
                db.contracts.find_one()
            proxy.heal()
            client.breaker.succeeded()
            with reading() as db:
                db.contracts.find_one()
            before = before or held()
        assert [now <= then + 2 for now, then in zip(held(), before, strict=True)] == [True, True]
    client.close()


def held() -> tuple[int, int]:
    """How many threads run here, and how many files and connections are open."""
    return threading.active_count(), len(list(Path("/dev/fd").iterdir()))
