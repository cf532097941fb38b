"""The three logs in MongoDB, one function a question."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import bson
from bson import ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from logs.buffer import Entry
from logs.domain.analytics import ActionCount, AgentStatus, TypeTotals
from logs.domain.filters import LogFilter
from logs.domain.values import LARGEST_BYTES, NotAnEntry
from logs.kinds import Log
from logs.queries import sums
from logs.queries.matching import mark, query_of
from mongo import cursors, paging
from mongo.client import Document, reading, writing_aside
from mongo.codec import AS_STORED, CODEC_OPTIONS
from mongo.errors import DUPLICATE_KEY, MongoUnavailable, OutcomeUnknown
from mongo.searching import searching

TRANSACTIONS, AGENT_RUNS, AUDIT = "transaction_logs", "ai_agent_logs", "audit_trails"

# Nobody waits for a batch, and a large one may take its time.
STORE_SECONDS = 10.0
OWN_KEYS = ({"_id": 1}, {"entryId": 1})
# Errors of one entry that tell of the server: no right, no room, too busy, stepping down or ending.
PASSING_CODES = {13, 50, 91, 112, 189, 262, 8000, 10107, 11600, 11602, 13435, 13436, 14031}

# Sums look at every entry of the time.
SUM_SECONDS = 5.0

# What is to be done about entries of transactions before they are stored, of which it is given these fields.
ABOUT = ("userId", "transactionId", "timestamp")
Touched = Callable[[Database[dict[str, Any]], Sequence[Mapping[str, Any]]], None]


class Found(NamedTuple):
    """Entries in the order asked for, and the cursors of the pages beside them; None where there is none."""

    documents: tuple[Document, ...]
    before: str | None
    after: str | None


def find_page(
    log: Log,
    wanted: LogFilter,
    *,
    limit: int,
    after: str | None = None,
    before: str | None = None,
    oldest_first: bool = False,
    now: datetime | None = None,
) -> Found:
    """A page of the entries that match: the first one, or that after or before a cursor.

    Raises CursorUnreadable where that is none of this list, and MongoError.
    """
    own, cursor = mark(log, wanted), before if after is None else after
    page = paging.page(
        log.collection,
        query_of(log, wanted),
        now=now or datetime.now(UTC),
        limit=limit,
        place=None if cursor is None else cursors.read(cursor, own),
        backwards=after is None and before is not None,
        oldest_first=oldest_first,
    )
    before, after = (cursors.written(place, own) if place else None for place in (page.before, page.after))
    return Found(page.documents, before, after)


def count(log: Log, wanted: LogFilter) -> paging.Total:
    """How many entries match, as far as it can be told quickly."""
    return paging.count(log.collection, query_of(log, wanted))


def transactions_of(user: str, limit: int = 100) -> list[Document]:
    """The newest entries of the transactions of an account; those without a date come last. Raises MongoError."""
    newest = [("timestamp", -1), ("_id", -1)]
    with reading() as db:
        return list(db[TRANSACTIONS].find({"userId": user}, sort=newest, limit=limit)) if limit > 0 else []


def transaction_analytics(user: str | None, days: int = 30, *, now: datetime | None = None) -> list[TypeTotals]:
    """What the transactions of an account come to that had an entry in the last days; most frequent first.

    None is for all accounts, and then at most MOST_GROUPS and one are told. Raises MongoError.
    """
    matching: Document = {} if user is None else {"userId": user}
    matching["timestamp"] = sums.since(days, now or datetime.now(UTC))
    return [
        TypeTotals(
            user_id=row["_id"]["user"],
            type=row["_id"]["type"],
            currency=row["_id"]["currency"],
            count=row["count"],
            total=Decimal(row["total"]),
            odd=row["odd"],
        )
        for row in _summed(TRANSACTIONS, sums.by_type(matching))
    ]


def agent_stats(
    agent: str | None = None, *, days: int | None = None, now: datetime | None = None
) -> list[AgentStatus]:
    """How often an agent, or every agent, logged each status, and how long that took; most frequent first.

    Of all time unless told. Raises MongoError.
    """
    matching: Document = {} if agent is None else {"agentId": agent}
    if days is not None:
        matching["timestamp"] = sums.since(days, now or datetime.now(UTC))
    return [
        AgentStatus(
            agent_id=row["_id"]["agent"],
            status=row["_id"]["status"],
            count=row["count"],
            average_duration=None if row["average"] is None else float(row["average"]),
            odd=row["odd"],
        )
        for row in _summed(AGENT_RUNS, sums.by_agent(matching))
    ]


def action_counts(days: int = 30, *, now: datetime | None = None) -> list[ActionCount]:
    """How often each action is in the audit trail of the last days; most frequent first. Raises MongoError."""
    pipeline = sums.by_action({"timestamp": sums.since(days, now or datetime.now(UTC))})
    return [ActionCount(row["_id"]["action"], row["count"]) for row in _summed(AUDIT, pipeline)]


def _summed(collection: str, pipeline: list[Document]) -> list[Document]:
    with searching(SUM_SECONDS) as db:
        return list(db[collection].aggregate(pipeline))


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
