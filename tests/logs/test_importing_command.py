"""`import_logs` tells of each entry that it refuses, sums up, and brings nothing in twice."""

import io
import json
from datetime import UTC, datetime

import pymongo
import pytest
from django.conf import settings as project
from django.core.management import CommandError

from logs.importing import BATCH_SIZE
from mongo import client
from tests.commands import Command, Cut
from tests.proxy import Proxy

pytestmark = pytest.mark.usefixtures("mongo")

REAL = project.BASE_DIR.parent / "shared" / "data"
AUDIT = {"userId": "maya", "action": "contract.edited", "timestamp": "2026-11-20T00:00:00Z"}


def transaction(name="t1", **more):
    return {
        "transactionId": name,
        "userId": "a1",
        "type": "deposit",
        "amount": "12.30",
        "currency": "USD",
        "status": "completed",
        "timestamp": "2026-11-20T00:00:00Z",
        **more,
    }


@pytest.fixture
def command():
    return Command("import_logs")


@pytest.fixture
def file(tmp_path):
    def write(*documents):
        path = tmp_path / "entries.ndjson"
        path.write_text("\n".join(json.dumps(document) for document in documents))
        return path

    return write


def test_it_sums_up(command, file, mongo):
    command("transactions", file(transaction("t1"), transaction("t2")))
    assert command.said[0] == "2 new, 0 already there, 0 refused"
    assert mongo.transaction_logs.count_documents({}) == 2


def test_the_audit_trail_tells_of_it_first(command, file, mongo):
    command("audit", file(AUDIT))
    command("audit", "--dry-run", file(AUDIT))
    [entry] = mongo.audit_trails.find({"action": "log.imported"})
    assert (entry["userId"], entry["entity"]) == ("console", {"type": "log", "id": "audit"})
    assert entry["details"] == {"file": "entries.ndjson"}


def test_usage_is_computed_of_the_days_that_new_transactions_touch(command, file, mongo):
    path = file(transaction("t1"), transaction("t2"))
    command("transactions", path)
    command("transactions", path)
    assert [line.startswith("Computed") for line in command.said] == [False, True, False]
    assert mongo.usage_daily.find_one({})["trades"] == 2


def test_it_says_what_is_already_there(command, file):
    path = file(transaction("t1"), transaction("t2"))
    command("transactions", path)
    command("transactions", path)
    assert command.said[-1] == "0 new, 2 already there, 0 refused"


def test_it_names_line_and_field_of_what_it_refuses_and_fails(command, file):
    with pytest.raises(CommandError, match=r"Entries refused: 1\. Nothing of them is stored\."):
        command("transactions", file(transaction("t1"), transaction("t2", amount=None)))
    assert command.warned == ["line 2: amount: This is missing."]
    assert command.said[0] == "1 new, 0 already there, 1 refused"


def test_a_dry_run_says_that_it_is_one(command, file, mongo):
    command("transactions", file(transaction()), "--dry-run")
    assert command.said == ["1 new, 0 already there, 0 refused", "This was a dry run: nothing was written."]
    assert mongo.transaction_logs.count_documents({}) == 0


def test_it_says_how_many_entries_the_audit_trail_no_longer_keeps(command, file, settings):
    settings.AUDIT_RETENTION_DAYS = 90
    now = datetime.now(UTC).isoformat()
    command("audit", file({**AUDIT, "timestamp": "1999-01-01"}, {**AUDIT, "timestamp": now}))
    assert command.said == [
        "1 new, 0 already there, 0 refused",
        "1 too old and left out: the audit trail keeps entries for 90 days.",
    ]


def test_it_reads_standard_input(command, mongo, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(transaction()).encode())))
    command("transactions", "-")
    assert mongo.transaction_logs.count_documents({}) == 1


def test_an_empty_file_brings_nothing(command, file):
    command("agents", file())
    assert command.said == ["0 new, 0 already there, 0 refused"]


def test_a_file_that_it_cannot_read_is_an_error(command, tmp_path):
    with pytest.raises(CommandError, match=r"missing.ndjson cannot be read: No such file or directory\. Nothing"):
        command("transactions", tmp_path / "missing.ndjson")


def test_a_log_that_there_is_not_is_an_error(command, file):
    with pytest.raises(CommandError, match="invalid choice: 'trades'"):
        command("trades", file())


def test_without_a_mongodb_it_says_so(command, file, settings):
    settings.MONGODB_URI = ""
    with pytest.raises(CommandError, match=r"MongoDB is not configured.* Nothing was imported\."):
        command("transactions", file(transaction()))


def test_where_mongodb_goes_away_it_says_how_far_it_came(command, file, mongo, mongo_uri, settings):
    names = [f"t{number}" for number in range(BATCH_SIZE)]
    path = file({}, *map(transaction, names))
    with Proxy(mongo_uri) as proxy:
        settings.MONGODB_URI = proxy.uri
        client.close()
        command.err = Cut(proxy)
        with pytest.raises(CommandError, match="The 1,000 entries before are done"), pymongo.timeout(3):
            command("transactions", path)
        proxy.heal()
        client.close()
    settings.MONGODB_URI = mongo_uri
    assert client.database().transaction_logs.count_documents({}) == BATCH_SIZE - 1


@pytest.mark.skipif(not REAL.is_dir(), reason="the real entries are not there: ../shared/data")
@pytest.mark.parametrize(
    ("kind", "collection", "count"), [("transactions", "transaction_logs", 6919), ("agents", "ai_agent_logs", 2328)]
)
def test_real_entries_are_all_imported_and_once(command, mongo, kind, collection, count):
    path = REAL / f"{collection}.ndjson"
    for _ in range(2):
        command(kind, path)
    assert [line for line in command.said if not line.startswith("Computed")] == [
        f"{count:,} new, 0 already there, 0 refused",
        f"0 new, {count:,} already there, 0 refused",
    ]
    assert mongo[collection].count_documents({}) == count
