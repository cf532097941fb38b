"""The three logs in MongoDB, one function a question."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import bson
from bson import ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from logs.buffer import Entry
from logs.domain.entries import LARGEST_BYTES, NotAnEntry
from mongo.client import writing_aside
from mongo.codec import CODEC_OPTIONS
from mongo.errors import DUPLICATE_KEY, MongoUnavailable, OutcomeUnknown

TRANSACTIONS, AGENT_RUNS = "transaction_logs", "ai_agent_logs"

# Nobody waits for a batch, and a large one may take its time.
STORE_SECONDS = 10.0
AS_STORED = CODEC_OPTIONS.with_options(document_class=RawBSONDocument)
OWN_KEYS = ({"_id": 1}, {"entryId": 1})
# Errors of one entry that tell of the server: no right, no room, too busy, stepping down or ending.
PASSING_CODES = {13, 50, 91, 112, 189, 262, 8000, 10107, 11600, 11602, 13435, 13436, 14031}

# What is to be done about entries of transactions before they are stored, of which it is given these fields.
ABOUT = ("userId", "transactionId", "timestamp")
Touched = Callable[[Database[dict[str, Any]], Sequence[Mapping[str, Any]]], None]


def insert_audit(db: Database[dict[str, Any]], entry: dict[str, Any], session: ClientSession | None = None) -> None:
    """Append one entry to the audit trail."""
    db.audit_trails.insert_one(entry, session=session)


def insert_many(db: Database[dict[str, Any]], collection: str, entries: Sequence[dict[str, Any]]) -> None:
    """Append entries to a log; one that cannot be stored does not keep out the others."""
    db[collection].insert_many(entries, ordered=False)


def frozen(collection: str, document: Mapping[str, Any]) -> Entry:
    """The document as it is now, under an id of its own. Raises NotAnEntry for one too large, and BSON's errors."""
    encoded = bson.encode({"_id": ObjectId(), **document}, codec_options=CODEC_OPTIONS)
    if len(encoded) > LARGEST_BYTES:
        raise NotAnEntry("An entry must be smaller than 16 MB.")
    return Entry(collection, encoded, {name: document.get(name) for name in ABOUT})


def store(entries: Sequence[Entry], touched: Touched | None = None) -> list[str]:
    """Append entries to their logs, and tell of each that MongoDB refuses for good why it does.

    It may be called again with the same entries: those that are there already are not stored twice. `touched` is
    called before entries of transactions are stored. Raises MongoError where another try may help.
    """
    logs: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        logs[entry.collection].append(entry)
    refusals: list[str] = []
    with writing_aside(STORE_SECONDS) as db:
        for name, own in logs.items():
            if touched is not None and name == TRANSACTIONS:
                touched(db, [entry.about for entry in own])
            refusals += _append(db[name], [RawBSONDocument(entry.document, AS_STORED) for entry in own])
    return refusals


def _append(log: Collection[Any], documents: Sequence[RawBSONDocument]) -> list[str]:
    try:
        log.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        return refusals_of(log.name, error)
    return []


def refusals_of(log: str, error: BulkWriteError) -> list[str]:
    """Why entries of a batch were refused for good. Raises MongoError where another try may help."""
    problems = [problem for problem in error.details["writeErrors"] if not _is_there(problem)]
    if any(problem["code"] in PASSING_CODES for problem in problems):
        raise MongoUnavailable("MongoDB takes no entries at present.") from error
    if error.details["writeConcernErrors"]:
        raise OutcomeUnknown("It is not known whether a majority of the servers has the entries.") from error
    return [f"MongoDB refuses an entry of {log} (code {problem['code']})." for problem in problems]


def _is_there(problem: Mapping[str, Any]) -> bool:
    """Whether an entry is refused because it was stored before."""
    return problem["code"] == DUPLICATE_KEY and problem.get("keyPattern") in OWN_KEYS
