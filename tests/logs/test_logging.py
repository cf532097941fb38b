"""Logging transactions and runs of agents: whatever the caller gives, it never raises and never waits."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from bson import ObjectId, Regex
from django.conf import settings as project
from hypothesis import given
from hypothesis import strategies as st
from pymongo import MongoClient
from pymongo.database import Database
from pytest_django import Settings

from config import gunicorn
from logs import services
from logs.buffer import Counters
from logs.services import log_agent_run, log_transaction
from mongo.client import Document
from tests.config.test_quickstart import free_port
from tests.strategies import served

MOMENT = datetime(2026, 11, 21, 12, 0, 0, 123_456, tzinfo=UTC)
IN_MILLISECONDS = datetime(2026, 11, 21, 12, 0, 0, 123_000, tzinfo=UTC)
PAYMENT: dict[str, Any] = {
    "transaction_id": "tx-1",
    "user_id": "acct-1",
    "type": "deposit",
    "amount": Decimal("10.50"),
    "currency": "USD",
    "status": "completed",
}
RUN: dict[str, Any] = {"agent_id": "a-1", "agent_name": "Reviewer", "action": "review", "status": "completed"}
LOGS_MANY = """
from logs.services import log_transaction
for number in range({count}):
    log_transaction(
        transaction_id="t", user_id="a", type="deposit", amount=number, currency="USD", status="completed"
    )
"""
CONNECTS = """
import django
django.setup()
from mongo import client
client.ping(5)
"""
APPLICATION = """
import config.wsgi
def application(environ, start_response):
    {body}
    start_response("200 OK", [])
    return [b"logged"]
"""


class Hostile:
    """Raises at whatever is asked of it."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__

    def __eq__(self, _: object) -> bool:
        raise ArithmeticError

    def __hash__(self) -> int:
        raise MemoryError

    def __bool__(self) -> bool:
        raise OSError


class HostileText(str):
    def __str__(self) -> str:
        raise RuntimeError

    def __bool__(self) -> bool:
        raise RuntimeError

    def __len__(self) -> int:
        raise RuntimeError


class HostileMapping(Mapping[str, Any]):
    def __getitem__(self, key: str) -> Any:
        raise RuntimeError

    def __iter__(self) -> Iterator[str]:
        yield "one"

    def __len__(self) -> int:
        return 1


class HostileZone(tzinfo):
    def utcoffset(self, _: datetime | None) -> timedelta:
        raise RuntimeError


def holding_itself() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["self"] = [value]
    return value


HOSTILE = (
    Hostile(),
    HostileText("x"),
    HostileMapping(),
    holding_itself(),
    object(),
    b"\xff",
    "\ud800",
    {"\0": 1},
    {1: 1},
    {Hostile.__name__: Hostile()},
    {"set": {1}},
    {"large": 2**64},
    {"precise": Decimal(1) / 3 * 10**40 + Decimal("1e-9")},
    {"text": "\ud800"},
    {"large": "x" * 17_000_000},
    Decimal("1." + "1" * 40),
    Decimal("1e99999"),
    10**5_000,
    float("nan"),
    datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
    datetime(2026, 1, 1, tzinfo=HostileZone()),
    date(2026, 1, 1),
    lambda: None,
    Exception,
    (value for value in [1]),
)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(st.characters())
    | st.binary()
    | st.datetimes(timezones=st.none() | st.timezones())
    | st.integers(0, len(HOSTILE) - 1).map(HOSTILE.__getitem__),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner, inner),
    max_leaves=6,
)


@pytest.fixture(autouse=True)
def emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test leaves an entry to the next."""
    yield
    services.writer.close()


@pytest.fixture
def fates(mongo: Database[Document]) -> Callable[[], Counters]:
    """What became of the entries since the test began."""
    services.writer.close()
    before = services.writer.counters

    def since() -> Counters:
        services.writer.close()
        now = services.writer.counters
        names = Counters.__dataclass_fields__
        return Counters(**{name: getattr(now, name) - getattr(before, name) for name in names})

    return since


def only(log: Any) -> Document:
    """The one entry of a log, without what is made for each."""
    services.writer.close()
    [found] = log.find()
    assert isinstance(found.pop("_id"), ObjectId)
    assert timedelta(0) <= datetime.now(UTC) - found.pop("createdAt") < timedelta(seconds=10)
    return found


def test_a_transaction_is_stored_as_other_services_store_it(mongo: Database[Document]) -> None:
    log_transaction(**PAYMENT, metadata={"channel": "api"}, timestamp=MOMENT, entry_id="e-1")
    assert only(mongo.transaction_logs) == {
        "transactionId": "tx-1",
        "userId": "acct-1",
        "type": "deposit",
        "amount": Decimal("10.50"),
        "currency": "USD",
        "status": "completed",
        "metadata": {"channel": "api"},
        "timestamp": IN_MILLISECONDS,
        "entryId": "e-1",
    }


def test_a_run_is_stored_as_other_services_store_it(mongo: Database[Document]) -> None:
    log_agent_run(**RUN, input={"q": "?"}, output=["a"], error="none", duration=120, run_id="r-1", timestamp=MOMENT)
    assert only(mongo.ai_agent_logs) == {
        "agentId": "a-1",
        "agentName": "Reviewer",
        "action": "review",
        "status": "completed",
        "input": {"q": "?"},
        "output": ["a"],
        "error": "none",
        "duration": 120,
        "timestamp": IN_MILLISECONDS,
        "runId": "r-1",
    }


def test_without_a_time_it_is_now(mongo: Database[Document]) -> None:
    log_transaction(**PAYMENT)
    services.writer.close()
    found = mongo.transaction_logs.find_one()
    assert found["timestamp"] == found["createdAt"]


def test_no_binary_float_is_stored_as_an_amount(mongo: Database[Document]) -> None:
    log_transaction(**PAYMENT | {"amount": 0.1 + 0.2})
    assert only(mongo.transaction_logs)["amount"] == Decimal("0.30000000000000004")


def test_it_is_stored_as_it_was_when_it_was_logged(mongo: Database[Document]) -> None:
    metadata = {"steps": [{"name": "first"}]}
    log_transaction(**PAYMENT)
    log_transaction(**PAYMENT | {"transaction_id": "tx-2"}, metadata=metadata)
    metadata["steps"][0]["name"] = "changed"
    metadata.clear()
    services.writer.close()
    found = mongo.transaction_logs.find_one({"transactionId": "tx-2"})
    assert found["metadata"] == {"steps": [{"name": "first"}]}


def test_the_same_entry_is_stored_once(mongo: Database[Document], fates: Callable[[], Counters]) -> None:
    for status in ("pending", "completed"):
        log_transaction(**PAYMENT | {"status": status}, entry_id="e-1")
    assert fates() == Counters(accepted=2, stored=2)
    assert only(mongo.transaction_logs)["status"] == "pending"


@pytest.mark.parametrize("field", [*PAYMENT, "metadata", "timestamp", "entry_id"])
def test_no_value_of_a_transaction_makes_it_raise(
    field: str, fates: Callable[[], Counters], mongo: Database[Document]
) -> None:
    for value in HOSTILE:
        log_transaction(**PAYMENT | {field: value})
    now = fates()
    assert now.accepted == now.stored + now.rejected == len(HOSTILE)
    assert mongo.transaction_logs.count_documents({}) == now.stored


@pytest.mark.parametrize("field", [*RUN, "input", "output", "error", "duration", "run_id", "timestamp", "entry_id"])
def test_no_value_of_a_run_makes_it_raise(
    field: str, fates: Callable[[], Counters], mongo: Database[Document]
) -> None:
    for value in HOSTILE:
        log_agent_run(**RUN | {field: value})
    now = fates()
    assert now.accepted == now.stored + now.rejected == len(HOSTILE)
    assert mongo.ai_agent_logs.count_documents({}) == now.stored


@served
@given(field=st.sampled_from([*PAYMENT, "metadata", "timestamp", "entry_id"]), value=ANYTHING)
def test_nothing_makes_it_raise_and_nothing_is_lost_from_count(
    field: str, value: object, fates: Callable[[], Counters]
) -> None:
    before = fates()
    log_transaction(**PAYMENT | {field: value})
    now = fates()
    assert now.accepted == before.accepted + 1 == now.stored + now.rejected


STORABLE = (Regex("a"), ObjectId(), {"$where": "1"}, {"a.b": {"": None}}, [[1, [2]]], datetime(1, 1, 1), b"1", 1.5)


@pytest.mark.parametrize("value", STORABLE)
def test_whatever_mongodb_holds_may_be_an_input(value: object, fates: Callable[[], Counters]) -> None:
    log_agent_run(**RUN, input=value)
    assert fates() == Counters(accepted=1, stored=1)


def test_one_that_cannot_be_stored_keeps_out_no_other(
    mongo: Database[Document], fates: Callable[[], Counters]
) -> None:
    for number in range(20):
        log_transaction(**PAYMENT, metadata={"number": number, "odd": object() if number % 4 == 0 else None})
    assert fates() == Counters(accepted=20, stored=15, rejected=5)


def test_what_is_rejected_is_noted_without_what_it_holds(
    mongo: Database[Document], caplog: pytest.LogCaptureFixture
) -> None:
    log_transaction(**PAYMENT | {"amount": "s3cret"})
    log_transaction(**PAYMENT, metadata={"s3cret": Hostile()})
    services.writer.close()
    assert services.writer.counters.rejected > 0
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize("unset", [{"MONGODB_LOGS_ENABLED": False}, {"MONGODB_URI": ""}])
def test_where_it_is_off_entries_are_dropped_and_counted(
    unset: dict[str, Any], fates: Callable[[], Counters], mongo: Database[Document], settings: Settings
) -> None:
    for name, value in unset.items():
        setattr(settings, name, value)
    log_transaction(**PAYMENT)
    log_agent_run(**RUN)
    assert fates() == Counters(accepted=2, dropped=2)
    assert mongo.transaction_logs.count_documents({}) == 0


@pytest.fixture
def environment(mongo: Database[Document], mongo_uri: str, mongo_name: str, tmp_path: Path) -> dict[str, str]:
    """Of a process of its own that logs into this test's database."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/users.sqlite3",
        "MONGODB_URI": mongo_uri,
        "MONGODB_DB_NAME": mongo_name,
        "PYTHONPATH": f"{project.BASE_DIR}{os.pathsep}{tmp_path}",
    }


def test_a_command_that_ends_has_stored_everything(environment: dict[str, str], mongo: Database[Document]) -> None:
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", LOGS_MANY.format(count=1)]
    subprocess.run(command, cwd=project.BASE_DIR, env=environment, check=True)
    assert mongo.transaction_logs.count_documents({}) == 1


def test_a_script_that_ends_has_stored_everything(environment: dict[str, str], mongo: Database[Document]) -> None:
    # Python 3.12.1 lets nothing connect any more once it is ending.
    script = CONNECTS + LOGS_MANY.format(count=1_200)
    subprocess.run([sys.executable, "-c", script], cwd=project.BASE_DIR, env=environment, check=True)
    assert mongo.transaction_logs.count_documents({}) == 1_200


def test_a_worker_of_gunicorn_stores_everything_before_it_ends(
    environment: dict[str, str], mongo: Database[Document], tmp_path: Path
) -> None:
    body = LOGS_MANY.format(count=300).replace("\n", "\n    ")
    (tmp_path / "logging_application.py").write_text(APPLICATION.format(body=body))
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "logging_application"],
        cwd=project.BASE_DIR,
        env=environment | {"PORT": str(port)},
    )
    try:
        answers = [asked(f"http://127.0.0.1:{port}/", process) for _ in range(2)]
    finally:
        process.send_signal(signal.SIGTERM)
        ended = process.wait(40)
    assert (answers, ended) == ([b"logged"] * 2, 0)
    assert mongo.transaction_logs.count_documents({}) == 600


def test_a_worker_stores_what_is_buffered_before_it_closes_its_connections(
    mongo_uri: str, mongo: Database[Document]
) -> None:
    for _ in range(3):
        log_transaction(**PAYMENT)
    gunicorn.worker_exit(None, None)
    with MongoClient[Document](mongo_uri) as other:
        assert other[mongo.name].transaction_logs.count_documents({}) == 3


def asked(address: str, process: subprocess.Popen[bytes]) -> bytes:
    """The answer of a server as soon as it is up."""
    for _ in range(100):
        try:
            with urlopen(address, timeout=10) as answer:
                return bytes(answer.read())
        except URLError:
            assert process.poll() is None
            threading.Event().wait(0.1)
    raise AssertionError(address)
