"""Contracts as the daily job looks at them: all of a kind, a few fields of each, however many there are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.documents import from_document
from contracts.domain import fields
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
    """A contract of which the fields above are read; `own` is its _id, `key` what its address holds, or "".

    `share` is the percent of its tightest limit used this month, where that was asked for and is known.
    """

    own: Any
    key: str
    contract: Contract
    share: int | None = None

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


def in_force(today: date) -> list[Watched]:
    """Contracts in force, with what is used of their limits in today's month. Raises MongoError."""
    return _find([{"$match": IN_FORCE}, *share(today)])


def drafts() -> list[Watched]:
    """Contracts that are drafts. Raises MongoError."""
    return _find([{"$match": {"status": "draft"}}])


def expired(since: date, contract_ids: Collection[str] = ()) -> list[Watched]:
    """Expired contracts that ended on a day or after it, and those of these ids. Raises MongoError."""
    wanted = [{"end_date": {"$gte": midnight(since)}}, {"contract_id": {"$in": list(contract_ids)}}]
    return _find([{"$match": {"status": "expired", "$or": wanted}}])


def changes_by(actor_id: str, since: datetime) -> list[Document]:
    """Revisions that an actor made from a moment on: contract_id, action, and status and end of the document."""
    wanted = {"at": {"$gte": since}, "actor.id": actor_id}
    shown = dict.fromkeys(("contract_id", "action", "document.status", "document.end_date"), 1)
    with reading(SECONDS) as db:
        return list(db.contract_revisions.find(wanted, shown, batch_size=BATCH_SIZE))


def document(own: Any) -> Document | None:
    """The live document with this _id; None where it is gone."""
    with reading() as db:
        return db.contracts.find_one({"_id": own})


def _find(stages: Pipeline) -> list[Watched]:
    projection = dict.fromkeys([*(field.path for field in WATCHED), "share"], 1)
    with reading(SECONDS) as db:
        rows = db.contracts.aggregate([*stages, {"$project": projection}], batchSize=BATCH_SIZE)
        return [_watched(row) for row in rows]


def _watched(row: Document) -> Watched:
    return Watched(row["_id"], key_of(row), from_document(row, WATCHED), row.get("share"))
