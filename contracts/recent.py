"""What happened lately: the newest revisions, and as one those that a bulk change or an import made in one go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from pymongo.database import Database

from contracts.revisions import SUMMARY
from mongo.client import Document, reading_aside
from mongo.errors import MongoUnavailable

SECONDS = 1.5
# How far a run of thousands goes back may take longer than it is worth.
REST_SECONDS = 0.7
AT_ONCE = 24
# What somebody does by hand is told one by one: nobody saves so many contracts, one so soon after the other.
FEW = 3
GAP = timedelta(seconds=10)
MOST_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Happening:
    """The newest of some revisions that belong together, and of how many contracts these are, or more."""

    revision: Document
    contracts: int = 1
    or_more: bool = False


def happenings(most: int = 8) -> list[Happening]:
    """The newest first: one operation, two more for each run that is longer than AT_ONCE. Raises MongoError."""
    with reading_aside(SECONDS) as db:
        return list(islice(_all(db), most))


def _all(db: Database[Document]) -> Iterator[Happening]:
    older: Document = {}
    seen: list[Any] = []
    for _ in range(MOST_ROUNDS):
        batch = list(db.contract_revisions.find(older, SUMMARY).sort("at", -1).limit(AT_ONCE))
        *whole, last = _runs(batch) or [[]]
        for run in whole:
            yield from _told(run)
        if len(batch) < AT_ONCE or not isinstance(last[-1].get("at"), datetime):
            yield from _told(last)
            return
        seen += [entry["_id"] for entry in batch]
        older = {"at": {"$lte": last[-1]["at"]}, "_id": {"$nin": seen}}
        if len(last) < FEW:
            yield from _told(last)
            continue
        try:
            rest, older = _rest(last[-1], older)
        except MongoUnavailable:
            yield Happening(last[0], len(last), or_more=True)
            return
        yield Happening(last[0], len(last) + rest)


def _runs(batch: Sequence[Document]) -> list[list[Document]]:
    """Neighbours that belong together, each so in a list of its own."""
    found: list[list[Document]] = []
    for entry in batch:
        if found and _belongs(entry, found[-1][-1]):
            found[-1].append(entry)
        else:
            found.append([entry])
    return found


def _belongs(entry: Document, newer: Document) -> bool:
    times = newer.get("at"), entry.get("at")
    is_close = all(isinstance(at, datetime) for at in times) and times[0] - times[1] <= GAP
    return is_close and _kind(entry) == _kind(newer)


def _kind(entry: Document) -> Document:
    """Who did what and why, as a query."""
    actor = entry.get("actor")
    who = actor.get("id") if isinstance(actor, dict) else None
    return {"actor.id": who, "action": entry.get("action"), "reason": entry.get("reason")}


def _told(run: Sequence[Document]) -> Iterator[Happening]:
    if len(run) < FEW:
        yield from map(Happening, run)
    else:
        yield Happening(run[0], len(run))


def _rest(last: Document, older: Document) -> tuple[int, Document]:
    """How many more belong to a run that goes on after the last that was read, and the query for what is older."""
    kind = _kind(last)
    with reading_aside(REST_SECONDS) as db:
        before = db.contract_revisions.find_one(older | {"$nor": [kind]}, {"at": 1}, sort=[("at", -1)])
        since = {"$gt": before["at"]} if before and isinstance(before.get("at"), datetime) else {}
        rest = db.contract_revisions.count_documents({**kind, **older, "at": older["at"] | since})
    return rest, {**older, "at": {"$lte": before["at"]}} if since and before else {"_id": None}
