"""The contracts of a bulk change in MongoDB, a document each: what is to become of it, and what became of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from pymongo import UpdateOne
from pymongo.client_session import ClientSession
from pymongo.database import Database

from contracts.bulk.model import CHANGED, REFUSED, RETRIED, SAVED
from mongo.client import JOB_SECONDS, reading, writing

Document = dict[str, Any]
Db = Database[Document]

PAGE_SIZE = 50
INSERTED_AT_ONCE = 2_000


def store(run_id: str, contracts: Iterable[Mapping[str, Any]], created_at: datetime) -> None:
    """Store the contracts of a new run, numbered from 1; each comes with `own`, its _id, and what else is known."""
    rows = (
        {"run": run_id, "number": number, "created_at": created_at, **contract}
        for number, contract in enumerate(contracts, start=1)
    )
    with writing(JOB_SECONDS) as db:
        while batch := list(islice(rows, INSERTED_AT_ONCE)):
            db.bulk_rows.insert_many(batch, ordered=False)


def following(run_id: str, at: int, limit: int) -> list[Document]:
    """The next contracts after a number."""
    with reading() as db:
        return list(db.bulk_rows.find({"run": run_id, "number": {"$gt": at}}).sort("number", 1).limit(limit))


def pending(run_id: str, at: int, limit: int) -> list[Document]:
    """The next contracts after a number that are to be changed."""
    wanted = {"run": run_id, "outcome": CHANGED, "number": {"$gt": at}}
    with reading() as db:
        return list(db.bulk_rows.find(wanted).sort("number", 1).limit(limit))


def page(run_id: str, outcome: str, skip: int) -> list[Document]:
    """One page of the contracts of an outcome."""
    with reading() as db:
        found = db.bulk_rows.find({"run": run_id, "outcome": outcome}).sort("number", 1)
        return list(found.skip(skip).limit(PAGE_SIZE))


def refused(run_id: str) -> list[Document]:
    """The contracts that were left as they were for a reason, as `store` takes them.

    `left` are the rows that they come from: this run's, and if it is a retry itself, those of the runs before it.
    """
    found = _again(run_id, REFUSED, {"_id": 0, "own": 1, "of": 1, "left": 1, "number": 1})
    for row in found:
        row["left"] = [*row.get("left", ()), {"run": run_id, "number": row.pop("number")}]
    return found


def saved(run_id: str) -> list[Document]:
    """The contracts that were changed: their _id and the version that this led to."""
    return _again(run_id, SAVED, {"_id": 0, "own": 1, "version": 1})


def settle(run_id: str, outcomes: Mapping[int, Document], db: Db, session: ClientSession) -> None:
    """Note what is known of contracts, by their numbers, in a transaction."""
    updates = [UpdateOne({"run": run_id, "number": number}, {"$set": known}) for number, known in outcomes.items()]
    if updates:
        db.bulk_rows.bulk_write(updates, ordered=False, session=session)


def mend(changed: Iterable[Mapping[str, Any]], db: Db, session: ClientSession) -> None:
    """Note of contracts that a retry has changed, where they had been left alone, in a transaction."""
    left = [place for row in changed for place in row.get("left", ())]
    if left:
        updates = [UpdateOne({**place, "outcome": REFUSED}, {"$set": {"outcome": RETRIED}}) for place in left]
        db.bulk_rows.bulk_write(updates, ordered=False, session=session)
    for run_id, number in Counter(place["run"] for place in left).items():
        db.bulk_runs.update_one({"_id": run_id}, {"$inc": {"mended": number}}, session=session)


def _again(run_id: str, outcome: str, fields: Mapping[str, int]) -> list[Document]:
    with reading(JOB_SECONDS) as db:
        return list(db.bulk_rows.find({"run": run_id, "outcome": outcome}, fields).sort("number", 1))
