"""Work in slices: whoever goes on with a document claims it for a moment, and what is written carries the claim.

Two windows never do the same work, and one whose claim has run out writes nothing. The document keeps its claim in
`claim`, which is None while nobody is at it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database

from mongo import transaction
from mongo.client import Document, writing
from mongo.errors import MongoError

Store = Callable[[Database[Document], ClientSession], None]

# No request lasts as long.
CLAIM = timedelta(seconds=10)


class Overtaken(Exception):
    """The claim on a document has ended, and somebody else may go on with it."""


def take(collection: str, wanted: Mapping[str, Any], by: str, now: datetime) -> Document | None:
    """The document that matches, for this claim alone; None where there is none, or another has it."""
    free = {"$or": [{"claim": None}, {"claim.until": {"$lt": now}}]}
    with writing() as db:
        return db[collection].find_one_and_update(
            {**wanted, **free},
            {"$set": {"claim": {"by": by, "until": now + CLAIM}}},
            return_document=ReturnDocument.AFTER,
        )


@contextmanager
def released(collection: str, key: str, by: str) -> Iterator[None]:
    """A block at whose end others may go on with a claimed document.

    Where the claim was lost meanwhile, what the block did is not noted, nobody needs it, and the block just ends.
    """
    try:
        with suppress(Overtaken):
            yield
    finally:
        # Where MongoDB has gone away, the claim ends by itself.
        with suppress(MongoError), writing() as db:
            db[collection].update_one({"_id": key, "claim.by": by}, {"$set": {"claim": None}})


def note(collection: str, key: str, by: str, changes: Mapping[str, Any], store: Store) -> None:
    """Write down how far a claimed document has got, and `store` what was done: both, or neither.

    Raises Overtaken and MongoError.
    """

    def work(db: Database[Document], session: ClientSession) -> None:
        mine = {"_id": key, "claim.by": by}
        if not db[collection].update_one(mine, {"$set": changes}, session=session).matched_count:
            raise Overtaken
        store(db, session)

    transaction.run(work)
