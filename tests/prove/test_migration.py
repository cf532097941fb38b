"""A large audit table is migrated in little memory, and by however many runs that are killed, each row once."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from pymongo import MongoClient
from pytest_django import Settings

from mongo import client, indexes
from mongo.client import Document
from mongo.embedded import EmbeddedServer
from tests import postgres
from tests.logs.tables import postgres_table, row, sqlite_table

FEW, MANY = 10_000, 100_000
# What ten times the rows may take beyond what the few take.
MORE_MEGABYTES = 30
KILLS, BATCH, KILLED_ROWS = 5, 500, 30_000
PATIENCE_SECONDS = 300
DATABASE = "migration"


@pytest.fixture
def uri(tmp_path: Path, settings: Settings) -> Iterator[str]:
    """A server of its own, with its indexes."""
    settings.MONGODB_DB_NAME = DATABASE
    with EmbeddedServer(tmp_path / "mongo") as server:
        settings.MONGODB_URI = server.uri
        client.close()
        for drift in indexes.drifts(indexes.declared()):
            indexes.mend(drift)
        yield server.uri
    client.close()


def rows(count: int) -> Iterator[dict[str, object]]:
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    return (row(number, timestamp=str(now - timedelta(seconds=count - number))) for number in range(count))


def start(uri: str, place: str, *flags: str) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", "migrate_audit_logs", "--database", place, *flags]
    environment = os.environ | {"MONGODB_URI": uri, "MONGODB_DB_NAME": DATABASE}
    return subprocess.Popen(command, cwd=project.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> tuple[str, float]:
    """What a run says, and the megabytes that it took at most."""
    most = 0.0
    while True:
        most = max(most, megabytes_of(process.pid))
        with suppress(subprocess.TimeoutExpired):
            said, _ = process.communicate(timeout=0.1)
            break
    assert process.returncode == 0
    return said, most


def megabytes_of(pid: int) -> float:
    """The most that a process has taken; what `wait4` tells begins with the memory of whoever started it."""
    found = re.search(r"^VmHWM:\s*(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.M)
    return int(found[1]) / 1024 if found else 0.0


def migrated(uri: str) -> list[int]:
    with MongoClient[Document](uri) as plain:
        found = plain[DATABASE].audit_trails.find({"auditLogId": {"$gte": 0}}, {"auditLogId": True})
        return sorted(entry["auditLogId"] for entry in found)


def until_more_than(uri: str, count: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    with MongoClient[Document](uri) as plain:
        while plain[DATABASE].audit_trails.estimated_document_count() <= count:
            assert time.monotonic() < deadline


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "postgres" and not postgres.INITDB:
        pytest.skip("Postgres is not installed")
    return request.param


@pytest.fixture
def server(kind: str) -> Iterator[str]:
    """The address of a Postgres where one is needed."""
    if kind == "sqlite":
        yield ""
        return
    with postgres.running() as url:
        yield url


def table(server: str, folder: Path, count: int) -> str:
    return postgres_table(server, rows(count)) if server else sqlite_table(folder / f"{count}.db", rows(count))


def test_ten_times_the_rows_take_no_more_memory(uri: str, kind: str, server: str, tmp_path: Path) -> None:
    _, few = finish(start(uri, table(server, tmp_path, FEW), "--dry-run"))
    place = table(server, tmp_path, MANY)
    for what in (f"{MANY:,} migrated", f"{MANY:,} already there"):
        begun = time.monotonic()
        said, many = finish(start(uri, place))
        seconds = time.monotonic() - begun
        assert what in said
        assert many < few + MORE_MEGABYTES
        print(
            f"\n{kind}: {what} at {MANY / seconds:,.0f} rows a second in {many:.0f} MB ({few:.0f} MB for {FEW:,})"
        )
    assert migrated(uri) == list(range(MANY))


def test_runs_that_are_killed_store_each_row_once(uri: str, kind: str, server: str, tmp_path: Path) -> None:
    place = table(server, tmp_path, KILLED_ROWS)
    reached = []
    for _ in range(KILLS):
        process = start(uri, place, "--batch", str(BATCH))
        until_more_than(uri, len(migrated(uri)) + BATCH)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        reached.append(len(migrated(uri)))
    finish(start(uri, place, "--batch", str(BATCH)))
    assert migrated(uri) == list(range(KILLED_ROWS))
    print(f"\n{kind}: killed at {', '.join(f'{count:,}' for count in reached)} of {KILLED_ROWS:,}, each row once")
