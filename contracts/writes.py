"""What the services write inside their transaction: a contract and the revision that tells of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database

from contracts import revisions
from contracts.domain.diff import Change
from mongo import codec
from mongo.expressions import midnight
from users.actor import Actor

Document = dict[str, Any]
Db = Database[Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does what, when and why; `edit_id` makes it recognisable when it is asked for again.

    `today` is the day that the calendar is asked about, where that is another than the day of `now`.
    """

    actor: Actor
    action: str
    now: datetime
    reason: str = ""
    edit_id: str | None = None
    today: date | None = None

    @property
    def day(self) -> date:
        return self.today or self.now.date()


def live(db: Db, key: Mapping[str, str], session: ClientSession) -> Document | None:
    return db.contracts.find_one(key, session=session)


def insert(db: Db, document: Document, session: ClientSession) -> None:
    db.contracts.insert_one(dict(document), session=session)


def remove(db: Db, found: Document, session: ClientSession) -> None:
    db.contracts.delete_one({"_id": found["_id"]}, session=session)


def apply(
    db: Db, found: Document, changed: Sequence[Change], stamps: Mapping[str, Any], session: ClientSession
) -> Document:
    """Write only the paths that changed, so that fields we do not know survive; gives the document after it."""
    values = {change.path: change.after for change in changed}
    return db.contracts.find_one_and_update(
        {"_id": found["_id"]},
        {"$set": {**_settable(found, values), **stamps}},
        return_document=ReturnDocument.AFTER,
        session=session,
    )


def _settable(found: Document, values: Mapping[str, Any]) -> Document:
    """Paths whose group is missing or no group are set as a whole group: MongoDB cannot reach into a text."""
    result: Document = {}
    for path, value in values.items():
        group, _, name = path.rpartition(".")
        if not group or isinstance(found.get(group), Mapping):
            result[path] = value
        else:
            result.setdefault(group, {})[name] = value
    return result


def add_revision(
    db: Db,
    act: Act,
    document: Mapping[str, Any],
    *,
    previous: Document | None,
    version: int,
    changed: Sequence[Change],
    session: ClientSession,
) -> Document:
    """Append a revision to a contract's chain and give it back with its hash."""
    as_of = {} if act.day == act.now.date() else {"as_of": midnight(act.day)}
    revision = codec.stored(
        {
            "contract_id": document.get("contract_id"),
            "account_id": document.get("account_id"),
            "version": version,
            "at": act.now,
            "actor": {"id": act.actor.id, "name": act.actor.name, "via": act.actor.via},
            "action": act.action,
            "reason": act.reason,
            "changes": [change.as_document() for change in changed],
            "document": {key: value for key, value in document.items() if key != "_id"},
            "edit_id": act.edit_id,
            "prev_hash": previous.get("hash") if previous else None,
            **as_of,
        }
    )
    revision["hash"] = revisions.hash_of(revision)
    db.contract_revisions.insert_one(dict(revision), session=session)
    return revision
