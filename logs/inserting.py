"""Entries with ids of their own put into a log, each once."""

from collections.abc import Hashable, Sequence

from bson import ObjectId
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

from logs.fields import Kind
from logs.repository import Touched
from mongo.client import JOB_SECONDS, Document, reading, writing
from mongo.errors import DUPLICATE_KEY, MongoUnavailable, OutcomeUnknown

TRIES = 3

# Entries by the line of the file that they stand on.
Lines = dict[int, Document]


def unknown(kind: Kind, wanted: Lines) -> Lines:
    """The entries that share no id with one that is there already. Raises MongoError."""
    known: set[tuple[str, object]] = set()
    with reading(JOB_SECONDS) as db:
        for name in kind.identity:
            if values := [document[name] for document in wanted.values() if name in document]:
                found = db[kind.collection].find({name: {"$in": values}}, {name: True})
                # Another service's list of ids is found by each of them, and is none.
                known |= {(name, document[name]) for document in found if isinstance(document[name], Hashable)}
    return {
        line: document
        for line, document in wanted.items()
        if not any((name, document.get(name)) in known for name in kind.identity)
    }


def store(kind: Kind, ready: Lines, touched: Touched | None) -> Lines:
    """Store the entries, and return those that were; the others somebody else stored in between.

    Raises MongoError; any part may be stored then, and storing them again does no harm.
    """
    documents = list(ready.values())
    if touched is not None:
        with writing(JOB_SECONDS) as db:
            touched(db, documents)
    taken = _insert_surely(kind, documents)
    return {line: document for line, document in ready.items() if document["_id"] not in taken}


def _insert_surely(kind: Kind, documents: Sequence[Document]) -> set[ObjectId]:
    """As `_insert`, once more where the answer was lost: ids make that harmless."""
    lost: OutcomeUnknown | None = None
    for _ in range(TRIES):
        try:
            return _insert(kind, documents, is_repeated=lost is not None)
        except OutcomeUnknown as error:
            lost = error
        except MongoUnavailable:
            # Nothing of this try is stored, but something of one before it may be.
            if lost is None:
                raise
    assert lost is not None
    raise lost


def _insert(kind: Kind, documents: Sequence[Document], *, is_repeated: bool) -> set[ObjectId]:
    """Insert all that can be, and return the ids of those that are there already; if repeated, not of our own."""
    with writing(JOB_SECONDS) as db:
        log = db[kind.collection]
        try:
            log.insert_many(documents, ordered=False)
            return set()
        except BulkWriteError as error:
            taken = {documents[number]["_id"] for number in _duplicates(error, kind)}
        ours = log.distinct("_id", {"_id": {"$in": list(taken)}}) if is_repeated else []
        return taken - set(ours)


def _duplicates(error: BulkWriteError, kind: Kind) -> list[int]:
    """The positions of entries that were there already. Raises whatever else went wrong."""
    if error.details["writeConcernErrors"]:
        raise OutcomeUnknown("It is not known whether a majority of the servers has the entries.") from error
    for problem in error.details["writeErrors"]:
        code, message = problem["code"], problem["errmsg"]
        if code != DUPLICATE_KEY:
            raise OperationFailure(message, code, problem) from error
        if not problem.get("keyPattern", {}).keys() <= set(kind.identity):
            raise DuplicateKeyError(message, code, problem) from error
    return [problem["index"] for problem in error.details["writeErrors"]]
