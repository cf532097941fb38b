"""Contracts as the daily job looks at them: all of a kind, a few fields of each, however many there are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.documents import from_document
from contracts.domain import fields
from contracts.domain.limits import NEAR
from contracts.domain.model import Contract
from contracts.queries import key_of
from contracts.queries.matching import IN_FORCE
from contracts.queries.shares import share
from mongo.client import reading
from mongo.expressions import midnight

Document = dict[str, Any]
Pipeline = Sequence[Mapping[str, Any]]

# What the calendar and a list in words need of a contract.
WATCHED = tuple(
    fields.BY_PATH[path]
    for path in (
        "contract_id account_id account_name account_manager status end_date notice_days auto_renewal created_at"
    ).split()
)
# In seconds, for all of a kind: a hundred thousand contracts take a few.
SECONDS = 120.0
BATCH_SIZE = 1_000
# Begins the name of a contract that no address leads to, and never a key.
UNREACHABLE = "?"


@dataclass(frozen=True, slots=True)
class Watched:
    """A contract of which the fields above are read; `own` is its _id, `key` what its address holds, or ""."""

    own: Any
    key: str
    contract: Contract

    @property
    def name(self) -> str:
        """What tells the contract from all others."""
        return self.key or f"{UNREACHABLE}{self.own}"


def ending() -> list[Watched]:
    """Contracts in force whose end is not open, in the order of their ends. Raises MongoError.

    Also those whose end another service wrote as a text, which no comparison of dates would find.
    """
    found = _find([{"$match": {**IN_FORCE, "end_date": {"$ne": None}}}])
    return sorted(found, key=lambda one: (one.contract.end_date or date.max, one.key))


def in_force() -> list[Watched]:
    """Contracts in force. Raises MongoError."""
    return _find([{"$match": IN_FORCE}])


def near_limits(month: date) -> dict[str, int]:
    """Percent of the tightest limit used in a month, by name, of contracts in force near or over it.

    Raises MongoError.
    """
    rows = _rows([{"$match": IN_FORCE}, *share(month), {"$match": {"share": {"$gte": NEAR}}}], "share")
    return {_watched(row).name: row["share"] for row in rows}


def drafts() -> list[Watched]:
    """Contracts that are drafts. Raises MongoError."""
    return _find([{"$match": {"status": "draft"}}])


def expired(since: date, contract_ids: Collection[str] = ()) -> list[Watched]:
    """Expired contracts that ended on a day or after it, and those of these ids. Raises MongoError."""
    wanted = [{"end_date": {"$gte": midnight(since)}}, {"contract_id": {"$in": list(contract_ids)}}]
    return _find([{"$match": {"status": "expired", "$or": wanted}}])


def reopened(contract_ids: Sequence[str]) -> dict[str, date]:
    """The day on which each of these contracts became a draft again, by its id; none of those that always were one.

    Raises MongoError.
    """
    again = {"path": "status", "after": "draft", "before": {"$ne": None}}
    found: dict[str, date] = {}
    for start in range(0, len(contract_ids), BATCH_SIZE):
        wanted = {"contract_id": {"$in": contract_ids[start : start + BATCH_SIZE]}, "at": {"$type": "date"}}
        stages = [
            {"$match": wanted | {"changes": {"$elemMatch": again}}},
            {"$group": {"_id": "$contract_id", "at": {"$max": "$at"}}},
        ]
        with reading(SECONDS) as db:
            rows = db.contract_revisions.aggregate(stages, batchSize=BATCH_SIZE)
            found |= {row["_id"]: row["at"].date() for row in rows}
    return found


def last_change_by(actor_id: str, contract_id: str, action: str) -> Document | None:
    """The newest revision of a contract by an actor and of a kind; None where there is none. Raises MongoError."""
    wanted = {"contract_id": contract_id, "action": action, "actor.id": actor_id}
    with reading() as db:
        return db.contract_revisions.find_one(wanted, sort=[("version", -1)])


def changes_by(actor_id: str, since: datetime) -> list[Document]:
    """Revisions that an actor made from a moment on: contract_id, action, and status and end of the document.

    Not those of what others wrote meanwhile, which carry the name of whoever wrote last. Raises MongoError.
    """
    wanted = {"at": {"$gte": since}, "actor.id": actor_id, "action": {"$ne": "adopted"}}
    shown = dict.fromkeys(("contract_id", "action", "document.status", "document.end_date"), 1)
    with reading(SECONDS) as db:
        return list(db.contract_revisions.find(wanted, shown, batch_size=BATCH_SIZE))


def document(own: Any) -> Document | None:
    """The live document with this _id; None where it is gone."""
    with reading() as db:
        return db.contracts.find_one({"_id": own})


def _find(stages: Pipeline) -> list[Watched]:
    return [_watched(row) for row in _rows(stages)]


def _rows(stages: Pipeline, *more: str) -> Iterator[Document]:
    projection = dict.fromkeys([*(field.path for field in WATCHED), *more], 1)
    with reading(SECONDS) as db:
        yield from db.contracts.aggregate([*stages, {"$project": projection}], batchSize=BATCH_SIZE)


def _watched(row: Document) -> Watched:
    return Watched(row["_id"], key_of(row), from_document(row, WATCHED))
