"""`migrate_audit_logs` brings each row of a table into the audit trail once, and accounts for every one."""

import io
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pymongo
import pytest
from django.core.management import CommandError
from pymongo.database import Database
from pytest_django import Settings

from logs.migrating import ACTION
from mongo import client
from mongo.client import Document
from tests.commands import Command, Cut
from tests.logs.tables import COLUMNS, postgres_table, row, sqlite_table
from tests.proxy import Proxy

pytestmark = pytest.mark.usefixtures("mongo")

NOW = datetime.now(UTC).replace(microsecond=0)
YESTERDAY = (NOW - timedelta(days=1)).isoformat()
ANY_ID = f"id, {COLUMNS}"
ALL_MIGRATED = "3 rows read: 3 migrated, 0 already there, 0 too old, 0 before --since, 0 failed"


@pytest.fixture
def command() -> Command:
    return Command("migrate_audit_logs")


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., list[object]]:
    """Makes the table in SQLite; gives the arguments that name it."""

    def made(rows: Iterable[dict[str, Any]], **options: Any) -> list[object]:
        return ["--database", sqlite_table(tmp_path / "app.sqlite3", rows, **options)]

    return made


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], None]:
    """Runs SQL over the table in SQLite."""

    def run(sql: str) -> None:
        with closing(sqlite3.connect(tmp_path / "app.sqlite3")) as connection, connection:
            connection.execute(sql)

    return run


class Interrupting(io.StringIO):
    """A stream that lets something happen at its first line."""

    def __init__(self, happening: Callable[[], None]) -> None:
        super().__init__()
        self._happening = happening

    def write(self, text: str) -> int:
        if not self.tell():
            self._happening()
        return super().write(text)


def rows(count: int, **more: Any) -> Iterator[dict[str, Any]]:
    return (row(number, **{"timestamp": YESTERDAY, **more}) for number in range(1, count + 1))


def migrated(mongo: Database[Document]) -> list[Document]:
    return list(mongo.audit_trails.find({"auditLogId": {"$exists": True}}).sort("auditLogId"))


def recorded(mongo: Database[Document]) -> Document:
    [entry] = mongo.audit_trails.find({"action": ACTION}).sort("_id", -1).limit(1)
    return entry


# Once ------------------------------------------------------------------------------------------------------


def test_every_row_becomes_an_entry(command, table, mongo):
    command(*table(rows(3)))
    assert command.said == [ALL_MIGRATED]
    assert [entry["auditLogId"] for entry in migrated(mongo)] == [1, 2, 3]
    at = datetime.fromisoformat(YESTERDAY)
    assert {name: value for name, value in migrated(mongo)[0].items() if name != "_id"} == {
        "userId": "maya",
        "action": "user.signed_in",
        "details": {"ok": True},
        "ipAddress": "203.0.113.7",
        "userAgent": "Firefox",
        "timestamp": at,
        "createdAt": at,
        "auditLogId": 1,
    }


def test_postgres_gives_the_same_entries(command, table, postgres_url, mongo):
    command("--database", postgres_table(postgres_url, rows(3, timestamp=YESTERDAY.removesuffix("+00:00"))))
    from_postgres = [{**entry, "_id": None} for entry in migrated(mongo)]
    mongo.audit_trails.delete_many({})
    command(*table(rows(3)))
    assert command.said == [ALL_MIGRATED] * 2
    assert [{**entry, "_id": None} for entry in migrated(mongo)] == from_postgres


def test_a_second_run_stores_nothing(command, table, mongo):
    place = table(rows(3))
    command(*place)
    before = migrated(mongo)
    command(*place)
    assert command.said[-1] == "3 rows read: 0 migrated, 3 already there, 0 too old, 0 before --since, 0 failed"
    assert migrated(mongo) == before


def test_a_table_that_has_grown_brings_what_is_new_of_it(command, table, write):
    place = table(rows(3))
    command(*place)
    write(f"INSERT INTO \"AuditLog\" (id, action, \"timestamp\") VALUES (0, 'a', '{YESTERDAY}')")
    command(*place)
    assert command.said[-1].startswith("4 rows read: 1 migrated, 3 already there")


def test_small_batches_do_the_same(command, table, mongo):
    command(*table(rows(25)), "--batch", 4)
    assert [entry["auditLogId"] for entry in migrated(mongo)] == list(range(1, 26))


def test_entries_are_in_the_order_of_their_rows(command, table, mongo):
    command(*table(rows(25)), "--batch", 4)
    found = mongo.audit_trails.find({"action": "user.signed_in"}).sort([("timestamp", 1), ("_id", 1)])
    assert [entry["auditLogId"] for entry in found] == list(range(1, 26))


def test_two_runs_at_once_store_each_row_once(table, mongo):
    place = table(rows(500))
    commands = [Command("migrate_audit_logs"), Command("migrate_audit_logs")]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda one: one(*place, "--batch", 20), commands))
    assert [entry["auditLogId"] for entry in migrated(mongo)] == list(range(1, 501))
    assert sum(int(one.said[-1].split(": ")[1].split(" ")[0]) for one in commands) == 500


def test_ids_of_another_kind_are_other_rows(command, table, mongo):
    ids = [5, "5", "a", b"5", 5.5, "é"]
    place = table((row(id, timestamp=YESTERDAY) for id in ids), columns=ANY_ID)
    command(*place)
    command(*place)
    assert command.said[-1].startswith("6 rows read: 0 migrated, 6 already there")
    assert sorted(map(repr, (entry["auditLogId"] for entry in migrated(mongo)))) == sorted(map(repr, ids))


def test_a_dry_run_tells_the_same_and_writes_nothing(command, table, mongo):
    place = table([*rows(3), row(4, details="{", timestamp=YESTERDAY)])
    command(*place, "--dry-run")
    assert mongo.audit_trails.count_documents({}) == 0
    command(*place)
    dry, wet = command.said[:3], command.said[3:]
    assert dry == [*wet, "This was a dry run: nothing was written."]


# What is left out, odd or fails ----------------------------------------------------------------------------


def test_rows_that_would_expire_at_once_are_left_out_and_counted(command, table, mongo, settings: Settings):
    settings.AUDIT_RETENTION_DAYS = 90
    ages = (timedelta(days=89), timedelta(days=91), timedelta(days=10_000))
    command(*table(row(id, timestamp=(NOW - age).isoformat()) for id, age in enumerate(ages)))
    assert command.said == [
        "3 rows read: 1 migrated, 0 already there, 2 too old, 0 before --since, 0 failed",
        "The audit trail keeps entries for 90 days.",
    ]
    assert [entry["auditLogId"] for entry in migrated(mongo)] == [0]


def test_rows_before_a_time_can_be_left_out_and_those_without_one_are_not(command, table, mongo):
    times = ["2026-11-01", "2026-11-02", "2026-11-02T00:00:01+02:00", None]
    command(*table(row(id, timestamp=at) for id, at in enumerate(times)), "--since", "2026-11-02")
    assert command.said[0] == "4 rows read: 2 migrated, 0 already there, 0 too old, 2 before --since, 0 failed"
    assert [entry["auditLogId"] for entry in migrated(mongo)] == [1, 3]


def test_what_is_odd_is_migrated_counted_and_named(command, table, mongo):
    odd = [
        row(1, details="{"),
        row(2, timestamp=None),
        row(3, details="[", timestamp="soon"),
        row(4, timestamp="9999-12-31"),
    ]
    command(*table([*odd, row(5, timestamp=YESTERDAY)]))
    assert command.said == [
        "5 rows read: 5 migrated, 0 already there, 0 too old, 0 before --since, 0 failed",
        "4 of those migrated are odd: timestamp 3, details 2.",
    ]
    assert [line.split(": ")[:2] for line in command.warned] == [
        ["id 1", "details"],
        ["id 2", "timestamp"],
        ["id 3", "details"],
        ["id 3", "timestamp"],
        ["id 4", "timestamp"],
    ]
    assert [entry["timestamp"] for entry in migrated(mongo)[1:4]] == [None, "soon", "9999-12-31"]


def test_a_row_that_cannot_be_stored_is_named_and_keeps_no_other_out(command, table, mongo):
    with pytest.raises(CommandError, match=r"Rows that failed: 1\. Nothing of them is stored\."):
        command(*table([*rows(2), row(3, userAgent="x" * 2**24), row(4, timestamp=YESTERDAY)]))
    assert command.warned == ["id 3: MongoDB cannot hold this: it is larger than 16 MB."]
    assert [entry["auditLogId"] for entry in migrated(mongo)] == [1, 2, 4]
    assert recorded(mongo)["details"]["failed"] == 1


@pytest.mark.parametrize("batch", [1, 2, 3, 10])
def test_rows_that_share_an_id_are_named_at_each_run(command, table, mongo, batch):
    place = table((row(id, timestamp=YESTERDAY) for id in ("a", "a", "b")), columns=ANY_ID)
    for _ in range(2):
        with pytest.raises(CommandError, match=r"Rows that failed: 1\."):
            command(*place, "--batch", batch)
    assert command.warned == ["id a: A row before it has the same id, and only that one counts."] * 2
    assert [line.split(", 0 too")[0] for line in command.said] == [
        "3 rows read: 2 migrated, 0 already there",
        "3 rows read: 0 migrated, 2 already there",
    ]


def test_rows_without_an_id_are_counted_as_failed(command, table):
    with pytest.raises(CommandError, match=r"Rows that failed: 2\."):
        command(*table((row(id, timestamp=YESTERDAY) for id in (None, None, 1)), columns=ANY_ID))
    assert command.warned == ["Rows without an id cannot be told apart: 2."]
    assert command.said[0].startswith("3 rows read: 1 migrated")


def test_ids_are_shown_on_one_line(command, table):
    command(*table([row("a\n\x1b[2J" + "x" * 500, details="{", timestamp=YESTERDAY)], columns=ANY_ID))
    [line] = command.warned
    assert line.startswith(r"id 'a\n\x1b[2Jxx") and len(line) < 250


# What the audit trail tells of it ---------------------------------------------------------------------------


def test_the_audit_trail_tells_of_the_migration(command, table, mongo):
    command(*table(rows(3)), "--since", "2020-01-01")
    entry = recorded(mongo)
    assert (entry["userId"], entry["via"], entry["entity"]) == (
        "console",
        "console",
        {"type": "table", "id": "AuditLog"},
    )
    assert entry["details"] == {
        "read": 3,
        "migrated": 3,
        "alreadyThere": 0,
        "tooOld": 0,
        "beforeSince": 0,
        "failed": 0,
        "odd": 0,
        "complete": True,
        "since": datetime(2020, 1, 1, tzinfo=UTC),
    }


# What gets in the way --------------------------------------------------------------------------------------


def test_where_mongodb_goes_away_it_says_how_far_it_came_and_another_run_goes_on(
    command, table, mongo, mongo_uri, settings
):
    place = table(
        [
            *rows(39),
            row(40, details="{", timestamp=YESTERDAY),
            *(row(n, timestamp=YESTERDAY) for n in range(41, 99)),
        ]
    )
    with Proxy(mongo_uri) as proxy:
        settings.MONGODB_URI = proxy.uri
        client.close()
        command.err = Cut(proxy)
        with (
            pytest.raises(CommandError, match=r"The 40 rows up to id 40 are done\. Run the same again"),
            pymongo.timeout(3),
        ):
            command(*place, "--batch", 10)
        proxy.heal()
        client.close()
        settings.MONGODB_URI = mongo_uri
        again = Command("migrate_audit_logs")
        again(*place)
    assert again.said[0].startswith("98 rows read: 58 migrated, 40 already there")
    assert [entry["auditLogId"] for entry in migrated(client.database())] == list(range(1, 99))


def test_where_the_table_breaks_off_what_was_done_is_recorded(command, table, write, mongo):
    command.err = Interrupting(lambda: write('ALTER TABLE "AuditLog" RENAME TO "Other"'))
    with pytest.raises(CommandError, match=r"no such table: main\.AuditLog\. The 2 rows up to id 2 are done\."):
        command(*table([row(1, timestamp=YESTERDAY), row(2, timestamp=None), row(3)]), "--batch", 2)
    details = recorded(mongo)["details"]
    assert (details["migrated"], details["complete"]) == (2, False)


def test_without_a_mongodb_it_says_so(command, table, settings):
    settings.MONGODB_URI = ""
    with pytest.raises(CommandError, match=r"MongoDB is not configured.* Nothing is known to have been migrated"):
        command(*table(rows(3)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--database", "nowhere"], "There is no database “nowhere”"),
        (["--table", "auditlog"], "There is no table “auditlog”. Do you mean “AuditLog”"),
        (["--columns", "userId=user"], "no column “user” for userId"),
        (["--batch", "0"], "give a number from 1 to 100,000"),
        (["--batch", "many"], "give a number from 1 to 100,000"),
        (["--since", "yesterday"], "such as 2026-11-21"),
    ],
)
def test_what_is_said_wrongly_is_told(command, table, arguments, message):
    with pytest.raises(CommandError, match=message):
        command(*table(rows(1)), *arguments)
