"""The history of contracts in MongoDB: revisions chained by their hashes, one function a question."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

from mongo import codec
from mongo.client import JOB_SECONDS, reading

Document = dict[str, Any]

# Enough of a revision for a list of changes: of the whole document, what it is called and counted in.
SUMMARY = dict.fromkeys(
    "contract_id account_id version at actor action reason changes document.account_name document.currency".split(),
    1,
)
CHAINED: Document = {"contract_id": {"$type": "string"}, "version": {"$type": "number"}}
# MongoDB counts on from any version below; infinity is a number, too.
MOST_VERSIONS = 2**62
PAGE_SIZE = 25
BATCH_SIZE = 200
BATCH_SECONDS = 5.0


class RevisionNotFound(Exception):
    """The contract has no revision of this version."""


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain of revisions does not hold, and why."""

    contract_id: str
    version: Any
    reason: str


def newest(db: Database[Document], contract_id: str, session: ClientSession) -> Document | None:
    """The end of a contract's chain; what other services put there under a version that is none does not count."""
    query = {"contract_id": contract_id, "version": {"$type": "number", "$lt": MOST_VERSIONS}}
    return db.contract_revisions.find_one(query, sort=[("version", -1)], session=session)


def version_after(previous: Document | None) -> int:
    return int(previous["version"]) + 1 if previous else 1


def day_of(revision: Document) -> date:
    """The day that the calendar was asked about when the revision was made."""
    return (revision.get("as_of") or revision["at"]).date()


def by_edit_id(db: Database[Document], edit_id: str, session: ClientSession | None = None) -> Document | None:
    return db.contract_revisions.find_one({"edit_id": edit_id}, session=session)


def version_of(edit_id: str) -> Any:
    """The version that a save led to, by its edit id; None where there is no such revision."""
    found = saved_by(edit_id)
    return found["version"] if found else None


def versions_of(edit_ids: Sequence[str]) -> dict[str, Any]:
    """Edit id → the version that the save led to, of those that have a revision."""
    with reading() as db:
        found = db.contract_revisions.find({"edit_id": {"$in": list(edit_ids)}}, {"edit_id": 1, "version": 1})
        return {revision["edit_id"]: revision["version"] for revision in found}


def saved_by(edit_id: str) -> Document | None:
    """The whole revision that a save led to, by its edit id; None where there is none."""
    with reading() as db:
        return by_edit_id(db, edit_id)


def history(contract_id: str, *, before: int | None = None, limit: int = PAGE_SIZE) -> list[Document]:
    """Revisions of a contract, deleted or not, newest first; `before` is the version the last page ended with."""
    query: Document = {"contract_id": contract_id}
    if before is not None:
        query["version"] = {"$lt": before}
    with reading() as db:
        return list(db.contract_revisions.find(query, SUMMARY).sort("version", -1).limit(limit))


def versions(contract_id: str, *, whole: Sequence[int] = (), limit: int) -> list[Document]:
    """The newest revisions of a contract without their changes, those of the versions in `whole` with documents."""
    fields: Document = dict.fromkeys(("contract_id", "version", "at", "actor", "action", "reason"), 1)
    fields["document"] = {"$cond": [{"$in": ["$version", list(whole)]}, "$document", "$$REMOVE"]}
    stages = [
        {"$match": {"contract_id": contract_id}},
        {"$sort": {"version": -1}},
        {"$limit": limit},
        {"$project": fields},
    ]
    with reading() as db:
        # All of them at once: the last of a batch that is full would have to be asked for.
        return list(db.contract_revisions.aggregate(stages, batchSize=limit + 1))


def get(contract_id: str, version: int) -> Document:
    """One revision with its whole document. Raises RevisionNotFound."""
    with reading() as db:
        found = db.contract_revisions.find_one({"contract_id": contract_id, "version": version})
    if found is None:
        raise RevisionNotFound(f"Contract {contract_id} has no version {version}.")
    return found


def documents_at(wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], Document]:
    """The whole documents of revisions, by contract_id and version: of all that are wanted, and there, at once."""
    # Both lists bound the index, where an $or of pairs would be many look-ups.
    either = {
        "contract_id": {"$in": list({contract_id for contract_id, _ in wanted})},
        "version": {"$in": list({version for _, version in wanted})},
    }
    with reading(BATCH_SECONDS) as db:
        found = list(db.contract_revisions.find(either, {"contract_id": 1, "version": 1, "document": 1}))
    return {(entry["contract_id"], entry["version"]): entry["document"] for entry in found if _holds(entry)}


def _holds(revision: Document) -> bool:
    return isinstance(revision.get("document"), dict)


def document_of(revision: Document) -> Document:
    """The whole document of a revision. Raises RevisionNotFound where another service put none there."""
    if not isinstance(document := revision.get("document"), dict):
        raise RevisionNotFound(f"Version {revision.get('version')} holds no contract.")
    return document


def before(contract_id: str, moment: datetime) -> Document | None:
    """The newest revision of a contract from before a moment, with its whole document; None where there is none."""
    query = {"contract_id": contract_id, "at": {"$lt": moment}, "document": {"$type": "object"}}
    with reading() as db:
        return db.contract_revisions.find_one(query, sort=[("version", -1)])


def contract_of_account(account_id: str) -> str | None:
    """The id of the contract that an account had last, deleted or not; None where nothing is recorded of it."""
    with reading() as db:
        found = db.contract_revisions.find_one({"account_id": account_id}, {"contract_id": 1}, sort=[("at", -1)])
    return str(found["contract_id"]) if found and found.get("contract_id") else None


def newest_documents(contract_ids: Sequence[Any]) -> dict[Any, Document]:
    """The document of each contract's newest revision, by contract_id; none where that tells of a deletion."""
    stages: list[Document] = [
        {"$match": {"contract_id": {"$in": list(contract_ids)}}},
        {"$sort": {"contract_id": 1, "version": 1}},
        {"$group": {"_id": "$contract_id", "action": {"$last": "$action"}, "document": {"$last": "$document"}}},
    ]
    with reading(JOB_SECONDS) as db:
        newest = list(db.contract_revisions.aggregate(stages))
    return {found["_id"]: found["document"] or {} for found in newest if found["action"] != "deleted"}


def tally() -> tuple[int, int]:
    """How many revisions there are, and of how many contracts."""
    stages: list[Document] = [
        {"$group": {"_id": "$contract_id", "n": {"$sum": 1}}},
        {"$group": {"_id": None, "revisions": {"$sum": "$n"}, "contracts": {"$sum": 1}}},
    ]
    with reading(JOB_SECONDS) as db:
        found = next(db.contract_revisions.aggregate(stages), {"revisions": 0, "contracts": 0})
    return found["revisions"], found["contracts"]


def hash_of(revision: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of all fields but `hash` and `_id`, in hexadecimal."""
    return codec.digest({key: value for key, value in revision.items() if key != "hash"})


def breaks() -> Iterator[Break]:
    """Every place where a contract's chain of revisions does not hold, in the order of contracts and versions."""
    yield from _nameless()
    previous: Document | None = None
    for revision in _all():
        same = previous is not None and previous.get("contract_id") == revision.get("contract_id")
        reason = _broken(previous if same else None, revision)
        if reason:
            yield Break(str(revision.get("contract_id")), revision.get("version"), reason)
        previous = revision


def _nameless() -> Iterator[Break]:
    """Revisions that no chain can hold, since MongoDB compares values of one type only."""
    with reading(JOB_SECONDS) as db:
        found = list(db.contract_revisions.find({"$nor": [CHAINED]}, {"contract_id": 1, "version": 1}))
    for entry in found:
        yield Break(str(entry.get("contract_id")), entry.get("version"), "its contract or version is no such thing")


def _broken(previous: Document | None, revision: Document) -> str | None:
    if revision.get("hash") != hash_of(revision):
        return "its content does not agree with its hash"
    if revision.get("prev_hash") != (previous.get("hash") if previous else None):
        return "it does not follow the revision before it"
    return None


def _all() -> Iterator[Document]:
    """All that chains hold, by contract and version, read in batches so that none outlives its time bound."""
    after: tuple[Any, Any] | None = None
    while True:
        query: Document = dict(CHAINED)
        if after:
            contract_id, version = after
            same = {"contract_id": contract_id, "version": {"$gt": version}}
            query = {"$or": [same, {"contract_id": {"$gt": contract_id}, "version": CHAINED["version"]}]}
        with reading(JOB_SECONDS) as db:
            order = [("contract_id", 1), ("version", 1)]
            batch = list(db.contract_revisions.find(query).sort(order).limit(BATCH_SIZE))
        yield from batch
        if len(batch) < BATCH_SIZE:
            return
        after = (batch[-1].get("contract_id"), batch[-1].get("version"))
