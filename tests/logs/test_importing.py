"""Entries of a file reach the log once each, in the order of the file, whatever happens in between."""

import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pymongo
import pytest
from bson import Code, DBRef, ObjectId
from hypothesis import given
from hypothesis import strategies as st

from logs import importing
from logs.domain.entries import transaction as transaction_made
from logs.domain.values import LONGEST_TEXT
from logs.fields import KINDS
from logs.files import entries
from logs.importing import BATCH_SIZE
from logs.rows import read
from logs.services import record_audit
from mongo import client
from mongo.codec import canonical_json
from mongo.errors import Duplicate, MongoUnavailable, OutcomeUnknown
from mongo.extended import encoded
from tests.proxy import Proxy
from tests.strategies import AMOUNTS, CHARACTERS, NAMES, VALUES, served
from users.actor import CONSOLE

pytestmark = pytest.mark.usefixtures("mongo")

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OID, OTHER_OID = "5f43a1b2c3d4e5f6a7b8c9d0", "5f43a1b2c3d4e5f6a7b8c9d1"
MIDNIGHT = "2026-11-20T00:00:00Z"
RUN = {"agentId": "a-1", "agentName": "Reviewer", "action": "review", "status": "completed"}


def transaction(name="t1", **more):
    return {
        "transactionId": name,
        "userId": "a1",
        "type": "deposit",
        "amount": "12.30",
        "currency": "USD",
        "status": "completed",
        "timestamp": MIDNIGHT,
        **more,
    }


def audit(**more):
    return {"userId": "maya", "action": "contract.edited", "timestamp": MIDNIGHT, **more}


def run(*documents, kind="transactions", **options):
    lines = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in documents)
    stream = io.BytesIO(lines.encode())
    return list(importing.run(entries(stream, KINDS[kind]), KINDS[kind], now=NOW, **options))


def outcomes(*documents, **options):
    return [imported.outcome for imported in run(*documents, **options)]


def names(mongo):
    """The transactions in the order in which pages read them, the oldest first."""
    found = mongo.transaction_logs.find().sort([("timestamp", 1), ("_id", 1)])
    return [entry["transactionId"] for entry in found]


def brought_back(mongo, kind):
    """What becomes of all entries of a log once they are a file and gone, if they come back as they were."""
    log = mongo[KINDS[kind].collection]
    before = list(log.find().sort("_id"))
    log.delete_many({})
    found = outcomes(*(json.dumps(encoded(entry)) for entry in before), kind=kind)
    assert list(log.find().sort("_id")) == before
    return found


# What is stored -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "collection", "document"),
    [
        ("transactions", "transaction_logs", transaction()),
        ("agents", "ai_agent_logs", {"agentId": "a", "action": "b", "status": "c", "timestamp": MIDNIGHT}),
        ("audit", "audit_trails", audit()),
    ],
)
def test_an_entry_is_stored_in_its_log(mongo, kind, collection, document):
    assert outcomes(document, kind=kind) == ["new"]
    stored = mongo[collection].find_one({"timestamp": {"$type": "date"}, "createdAt": {"$type": "date"}})
    assert stored.keys() == {*document, "_id", "createdAt", "entryId"}


def test_money_is_stored_as_a_decimal(mongo):
    run(transaction())
    assert mongo.transaction_logs.find_one({"amount": {"$type": "decimal"}})["amount"] == Decimal("12.30")


def test_entries_of_one_time_keep_the_order_of_the_file(mongo):
    wanted = [f"t{number * 7 % 1009}" for number in range(BATCH_SIZE + 9)]
    run(*(transaction(name) for name in wanted))
    assert names(mongo) == wanted


def test_their_order_is_kept_also_where_the_drivers_counter_begins_anew(mongo, monkeypatch):
    monkeypatch.setattr(ObjectId, "_inc", 0xFFFFFF - 3)
    wanted = [f"t{number}" for number in range(9)]
    run(*(transaction(name) for name in wanted))
    assert names(mongo) == wanted


def test_an_entry_that_is_refused_does_not_keep_the_others_out(mongo):
    assert outcomes("{", transaction("t1"), transaction("t2", amount="much"), transaction("t3")) == [
        "refused",
        "new",
        "refused",
        "new",
    ]
    assert names(mongo) == ["t1", "t3"]


def fits(value):
    """Whether no name in the value is empty or has a meaning to MongoDB alone."""
    if isinstance(value, dict):
        return all(name and name[0] != "$" and fits(item) for name, item in value.items())
    if isinstance(value, list):
        return all(map(fits, value))
    return not (isinstance(value, DBRef) or (isinstance(value, Code) and value.scope is not None))


USUAL_MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
ENTRIES = st.fixed_dictionaries(
    {
        "_id": st.binary(min_size=12, max_size=12).map(ObjectId),
        **dict.fromkeys(("transactionId", "userId", "type", "currency", "status"), NAMES),
        "amount": AMOUNTS | AMOUNTS.map(Decimal.copy_negate),
        "timestamp": USUAL_MOMENTS,
        "createdAt": USUAL_MOMENTS,
    },
    optional={
        "metadata": st.dictionaries(st.text(CHARACTERS, min_size=1, max_size=5), VALUES, max_size=3),
        "entryId": NAMES,
        "risk": VALUES,
    },
).filter(fits)


@served
@given(ENTRIES)
def test_an_entry_that_was_exported_comes_back_as_it_was(mongo, entry):
    mongo.transaction_logs.delete_many({})
    assert run(canonical_json(entry))[0].problems == ()
    assert canonical_json(mongo.transaction_logs.find_one()) == canonical_json(entry)


def test_what_python_logged_comes_back_as_it_was(mongo):
    made = transaction_made(
        now=NOW,
        transaction_id=7,
        user_id="a1",
        type="deposit",
        amount=12.3,
        currency="USD",
        status="x" * LONGEST_TEXT,
        metadata={"a.b": 1.5, "at": NOW},
        entry_id="e1",
    )
    mongo.transaction_logs.insert_one(made)
    assert brought_back(mongo, "transactions") == ["new"]


def test_what_machines_sent_comes_back_as_it_was(mongo, machine):
    machine.post("/logs/transactions", transaction(metadata={"rate": 1.5}, entryId="e1"))
    machine.post("/logs/agents", RUN | {"input": ["q", None], "duration": 0.5, "runId": "r1"})
    machine.post("/logs/audit", {"userId": "ada", "action": "user.signed_in", "entity": {"type": "u", "id": "1"}})
    assert [brought_back(mongo, kind) for kind in KINDS] == [["new"]] * 3


def test_what_machines_are_answered_can_be_brought_in(mongo, machine):
    machine.post("/logs/agents", RUN | {"output": {"n": 1.5}, "timestamp": MIDNIGHT})
    (item,) = machine.get("/logs/agents?from=2026-11-01").json()["items"]
    assert outcomes(item, kind="agents") == ["already there"]
    mongo.ai_agent_logs.delete_many({})
    assert outcomes(item, kind="agents") == ["new"]


def test_what_was_audited_and_migrated_comes_back_as_it_was(mongo):
    record_audit(actor=CONSOLE, action="contract.edited", entity=("contract", "c1"), details={}, now=NOW)
    row = {"id": b"\1", "userId": 7, "action": "login", "details": "no JSON", "timestamp": NOW}
    migrated = read({**row, "ipAddress": None, "userAgent": ""}, line=1, size=1, now=NOW).entry.document
    mongo.audit_trails.insert_one(migrated)
    assert brought_back(mongo, "audit") == ["new", "new"]


# Each once ------------------------------------------------------------------------------------------------


def test_a_second_run_stores_nothing(mongo):
    file = [transaction(f"t{number}") for number in range(3)]
    assert outcomes(*file) == ["new"] * 3
    before = list(mongo.transaction_logs.find())
    assert outcomes(*file) == ["already there"] * 3
    assert list(mongo.transaction_logs.find()) == before


def test_an_entry_is_known_in_another_file_and_another_notation():
    run(transaction(metadata={"a": 1, "b": 2}))
    again = transaction(metadata={"b": 2, "a": {"$numberInt": "1"}}, timestamp={"$date": MIDNIGHT})
    assert outcomes(transaction("t0"), again) == ["new", "already there"]


def test_equal_lines_are_all_stored_and_told_apart(mongo):
    file = [transaction("t1"), transaction("t2"), transaction("t1"), transaction("t1")]
    assert outcomes(*file) == ["new"] * 4
    first, _, second, third = (entry["entryId"] for entry in mongo.transaction_logs.find().sort("_id"))
    assert (second, third) == (f"{first}:2", f"{first}:3")
    assert outcomes(*file) == ["already there"] * 4


def test_an_entry_id_is_made_of_what_the_entry_says_the_same_way_for_ever(mongo):
    run(transaction())
    # Made another way, all that was ever imported would be stored again.
    assert mongo.transaction_logs.find_one()["entryId"] == "import:85b26094a87239ca04bba9a12459132f"


def test_a_file_that_has_grown_brings_what_is_new_of_it():
    run(transaction("t1"))
    assert outcomes(transaction("t1"), transaction("t1"), transaction("t2")) == ["already there", "new", "new"]


def test_ids_of_the_file_are_kept_and_no_others_made(mongo):
    run(transaction(_id={"$oid": OID}), transaction(entryId="e1"))
    stored = {entry["transactionId"]: entry for entry in mongo.transaction_logs.find({"_id": ObjectId(OID)})}
    assert "entryId" not in stored["t1"]
    assert mongo.transaction_logs.count_documents({"entryId": "e1"}) == 1


@pytest.mark.parametrize(
    "ids",
    [
        {"_id": {"$oid": OID}},
        {"entryId": "e1"},
        {"auditLogId": 7},
        {"auditLogId": "7"},
        {"_id": {"$oid": OTHER_OID}, "auditLogId": 7, "entryId": "e1"},
    ],
)
def test_an_entry_is_known_by_any_id_whatever_else_it_says(ids):
    assert outcomes(audit(**ids), audit(**ids, details={}), kind="audit") == ["new", "already there"]
    assert outcomes(audit(**ids, details={"a": 1}), audit(), kind="audit") == ["already there", "new"]


def test_entries_with_ids_of_their_own_may_say_the_same():
    assert outcomes(transaction(_id=OID), transaction(_id=OTHER_OID)) == ["new", "new"]


def test_lists_of_ids_that_others_left_do_no_harm(mongo):
    mongo.transaction_logs.insert_many([{"entryId": ["e1", "e2"]}, {"entryId": None}, {"entryId": 5}, {}])
    assert outcomes(transaction(entryId="e3"), transaction()) == ["new", "new"]


# The audit trail's days -----------------------------------------------------------------------------------


def test_audit_entries_that_would_expire_at_once_are_left_out(mongo, settings):
    settings.AUDIT_RETENTION_DAYS = 90
    old, kept = NOW - timedelta(days=90, seconds=1), NOW - timedelta(days=90)
    file = [
        audit(timestamp=old.isoformat()),
        audit(timestamp=kept.isoformat()),
        audit(timestamp=old.isoformat(), createdAt=NOW.isoformat()),
    ]
    assert outcomes(*file, kind="audit") == ["too old", "new", "new"]
    assert mongo.audit_trails.count_documents({}) == 2


def test_other_entries_are_kept_however_old_they_are():
    assert outcomes(transaction(timestamp="1999-01-01")) == ["new"]


# Dry runs -------------------------------------------------------------------------------------------------


def test_a_dry_run_tells_the_same_and_writes_nothing(mongo):
    run(transaction("t1"), transaction("t2", entryId="e1"))
    file = [
        transaction("t1"),
        transaction("t1"),
        transaction("t3", entryId="e1"),
        transaction("t4", entryId="e4"),
        transaction("t5", entryId="e4"),
        transaction("t6", amount="much"),
    ]
    before = list(mongo.transaction_logs.find())
    dry = run(*file, dry_run=True)
    assert list(mongo.transaction_logs.find()) == before
    assert run(*file) == dry
    assert [each.outcome for each in dry] == [
        "already there",
        "new",
        "already there",
        "new",
        "already there",
        "refused",
    ]


# What is told before entries are stored --------------------------------------------------------------------


class Touched:
    """Remembers what it was told of, and how much was stored by then."""

    def __init__(self):
        self.calls = []

    def __call__(self, db, documents):
        self.calls.append(
            ([entry["transactionId"] for entry in documents], db.transaction_logs.count_documents({}))
        )


def test_entries_are_told_of_before_they_are_stored():
    touched = Touched()
    run(*(transaction(f"t{number}") for number in range(BATCH_SIZE + 1)), touched=touched)
    assert [(len(told), stored) for told, stored in touched.calls] == [(BATCH_SIZE, 0), (1, BATCH_SIZE)]


def test_of_entries_that_are_not_stored_nothing_is_told():
    run(transaction("t1"))
    touched = Touched()
    run(transaction("t1"), transaction("t2", amount="much"), touched=touched)
    run(transaction("t3"), touched=touched, dry_run=True)
    run(transaction("t1"), transaction("t4"), touched=touched)
    assert touched.calls == [(["t4"], 1)]


# Large files ----------------------------------------------------------------------------------------------


def test_large_entries_are_stored_a_few_at_a_time():
    touched = Touched()
    run(*(transaction(f"t{number}", note="x" * 900_000) for number in range(10)), touched=touched)
    assert [len(told) for told, _ in touched.calls] == [9, 1]


# When MongoDB fails ---------------------------------------------------------------------------------------


@pytest.fixture
def proxy(mongo, mongo_uri, settings):
    with Proxy(mongo_uri) as between:
        settings.MONGODB_URI = between.uri
        client.close()
        yield between
        between.heal()
        client.close()


def test_a_batch_whose_answer_was_lost_is_stored_once(mongo, proxy):
    def lose_the_next_answer(*_):
        proxy.lose_answer = 0

    file = [transaction("t1"), transaction("t2", _id=OID), transaction("t3", entryId="e3")]
    assert outcomes(*file, touched=lose_the_next_answer) == ["new"] * 3
    assert proxy.lose_answer is None
    assert names(client.database()) == ["t2", "t1", "t3"]


def test_where_the_answer_stays_away_nobody_says_that_nothing_was_stored(proxy):
    with pytest.raises(OutcomeUnknown), pymongo.timeout(1):
        run(transaction(), touched=lambda *_: proxy.fail("blackhole"))


def test_what_was_told_of_is_stored_where_mongodb_goes_away(mongo, proxy):
    def read():
        kind = KINDS["transactions"]
        lines = (json.dumps(transaction(f"t{number}")).encode() + b"\n" for number in range(BATCH_SIZE + 1))
        for entry in entries(io.BytesIO(b"".join(lines)), kind):
            if entry.line > BATCH_SIZE:
                proxy.fail("refuse")
            yield entry

    told = []
    with pytest.raises(MongoUnavailable), pymongo.timeout(2):
        told.extend(importing.run(read(), KINDS["transactions"], now=NOW))
    assert len(told) == BATCH_SIZE


def test_entries_that_somebody_else_stores_in_between_are_already_there(mongo):
    def be_faster(db, documents):
        db.transaction_logs.insert_one({**documents[0], "_id": ObjectId(OID)})

    assert outcomes(transaction("t1"), transaction("t2"), touched=be_faster) == ["already there", "new"]
    assert mongo.transaction_logs.count_documents({}) == 2


def test_an_index_that_others_made_refuses_what_is_not_there_in_plain_words(mongo):
    mongo.transaction_logs.create_index("reference", unique=True, sparse=True)
    try:
        with pytest.raises(Duplicate, match="The value of reference is taken already"):
            run(transaction("t1", reference=1), transaction("t2", reference=1))
    finally:
        mongo.transaction_logs.drop_index("reference_1")
