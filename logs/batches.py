"""Entries of other services, stored all or none, and each once however often they come."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from bson import ObjectId
from bson.datetime_ms import DatetimeMS
from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from logs.marks import mark_touched
from logs.repository import STORE_SECONDS, TRANSACTIONS
from mongo import transaction
from mongo.client import Document, reading, writing
from mongo.codec import AS_STORED, digest
from mongo.errors import DUPLICATE_KEY, MongoError, MongoUnavailable, OutcomeUnknown

TRIES = 3
MOST = 1_000
# An _id is the first thing in a document, after its length, a type and a name.
ID_AT = slice(9, 21)
# What is set here, or by people afterwards, tells nothing of whether two entries are the same.
OURS = frozenset({"_id", "createdAt", "label", "via"})


class Sent(NamedTuple):
    """An entry as it is to be stored, and as BSON with an _id that gives way; whether it came with its time."""

    document: Mapping[str, Any]
    encoded: bytes
    has_time: bool


class Stored(NamedTuple):
    """The ids of all entries in their order, and how many of them were not in the log before this request."""

    ids: tuple[ObjectId, ...]
    new: int


class EntryIdTaken(Exception):
    """Other entries have the entryId of these, which are told by their position."""

    def __init__(self, positions: Sequence[int]) -> None:
        self.positions = positions
        super().__init__("Another entry has this entryId. The same one again would have been taken.")


class _SomeAreThere(Exception):
    """Nothing was inserted, since some of the ids are taken."""


def ids(count: int, moment: datetime, of: str | None = None) -> list[ObjectId]:
    """The ids of a batch of so many, at most MOST, in ascending order, of this millisecond.

    They are always the same for the same `of`. Entries of one time are in the order of their ids, so that those of
    a batch keep their order, and batches theirs.
    """
    chance = hashlib.sha256(of.encode()).digest() if of is not None else secrets.token_bytes(8)
    seconds, milliseconds = divmod(int(DatetimeMS(moment)), 1000)
    # 32 bits of seconds, 10 of milliseconds, 44 that nobody else has, 10 of the position.
    first = (seconds << 64) | (milliseconds << 54) | (int.from_bytes(chance[:8], "big") >> 20 << 10)
    return [ObjectId((first + position).to_bytes(12, "big")) for position in range(count)]


def store(collection: str, entries: Sequence[Sent], own: Sequence[ObjectId]) -> Stored:
    """Store the entries under these ids, but those that are there already.

    It may be called again with the same ids. Raises EntryIdTaken and MongoError, and then nothing is stored; with
    OutcomeUnknown that is not known.
    """
    first = _first_of_each(entries)
    named = {position: own[position] for position in sorted(set(first))}
    there: dict[int, ObjectId] = {}
    with transaction.session() as session:
        for _ in range(TRIES):
            missing = {position: one for position, one in named.items() if position not in there}
            if _insert(collection, entries, missing, session):
                held = {**there, **missing}
                # What was found under its own id was stored by this very request, when it came before.
                new = sum(held[position] == named[position] for position in held)
                return Stored(tuple(held[position] for position in first), new)
            there = _there(collection, entries, named, session)
    raise MongoUnavailable("Others were storing the same entries, so nothing was stored.")


def _first_of_each(entries: Sequence[Sent]) -> list[int]:
    """Of each entry the position at which it came first; most came once. Raises EntryIdTaken."""
    seen: dict[str, int] = {}
    first = [
        seen.setdefault(one.document["entryId"], position) if "entryId" in one.document else position
        for position, one in enumerate(entries)
    ]
    _refuse(
        position
        for position, before in enumerate(first)
        if before != position and not is_same(entries[position], entries[before].document)
    )
    return first


def _refuse(taken: Iterable[int]) -> None:
    if positions := list(taken):
        raise EntryIdTaken(positions)


def is_same(sent: Sent, stored: Mapping[str, Any]) -> bool:
    """Whether a stored entry says what the sent one says."""
    passing = OURS if sent.has_time else OURS | {"timestamp"}
    return _said(sent.document, passing) == _said(stored, passing)


def _said(document: Mapping[str, Any], passing: frozenset[str]) -> str:
    return digest({name: value for name, value in document.items() if name not in passing})


def _insert(
    collection: str, entries: Sequence[Sent], named: Mapping[int, ObjectId], session: ClientSession
) -> bool:
    """Insert all of these, or none where one is there already."""
    if not named:
        return True
    if collection == TRANSACTIONS:
        _mark([entries[position].document for position in named])
    documents = [RawBSONDocument(with_id(entries[n].encoded, own), AS_STORED) for n, own in named.items()]

    def work(db: Database[Document], session: ClientSession) -> None:
        try:
            db[collection].insert_many(documents, session=session)
        except BulkWriteError as error:
            if all(problem["code"] == DUPLICATE_KEY for problem in error.details["writeErrors"]):
                raise _SomeAreThere from error
            raise

    try:
        transaction.run(work, seconds=STORE_SECONDS, within=session)
    except _SomeAreThere:
        return False
    except OutcomeUnknown:
        if not _are_there(collection, list(named.values())):
            raise
    return True


def with_id(encoded: bytes, own: ObjectId) -> bytes:
    """The document as BSON with this _id in the place of its own."""
    return encoded[: ID_AT.start] + own.binary + encoded[ID_AT.stop :]


def _mark(documents: Sequence[Mapping[str, Any]]) -> None:
    """Mark the days whose usage changes. A lost answer means that a mark is there which nobody needs."""
    try:
        with writing() as db:
            mark_touched(db, documents)
    except OutcomeUnknown as error:
        raise MongoUnavailable("MongoDB did not answer in time, so nothing was stored.") from error


def _are_there(collection: str, wanted: list[ObjectId]) -> bool:
    """Whether the entries are stored: asked where the answer to their commit was lost."""
    try:
        with reading(past_breaker=True) as db:
            return db[collection].count_documents({"_id": {"$in": wanted}}) == len(wanted)
    except MongoError:
        return False


def _there(
    collection: str, entries: Sequence[Sent], named: Mapping[int, ObjectId], session: ClientSession
) -> dict[int, ObjectId]:
    """The ids under which entries are in the log, by their positions. Raises EntryIdTaken and MongoError.

    What the insert of this session collided with is found, also where a majority of the servers is yet to have it.
    """
    by_name = {entries[n].document["entryId"]: n for n in named if "entryId" in entries[n].document}
    with reading(STORE_SECONDS) as db:
        log = db[collection]
        own_ids = {"_id": {"$in": list(named.values())}}
        found = {document["_id"] for document in log.find(own_ids, {"_id": True}, session=session)}
        there = {position: own for position, own in named.items() if own in found}
        wanted = [name for name, position in by_name.items() if position not in there]
        twins = list(log.find({"entryId": {"$in": wanted}}, session=session)) if wanted else []
    pairs = list(_pairs(by_name, twins))
    _refuse(sorted({position for position, twin in pairs if not is_same(entries[position], twin)}))
    return there | {position: twin["_id"] for position, twin in pairs}


def _pairs(by_name: Mapping[str, int], twins: Iterable[Document]) -> Iterator[tuple[int, Document]]:
    """Positions of entries and the stored ones that have their entryId, or have it in a list of them."""
    for twin in twins:
        held = twin["entryId"]
        for name in held if isinstance(held, list) else [held]:
            if isinstance(name, str) and name in by_name:
                yield by_name[name], twin
