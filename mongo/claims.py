"""Work in slices: whoever goes on with a document claims it for a moment, and what is written carries the claim.

Two windows never do the same work, and one whose claim has run out writes nothing. The document keeps its claim in
`claim`, which is None while nobody is at it.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Claim:
    """A document, as it was when it was taken, that nobody else goes on with until the claim ends."""

    collection: str
    document: Document
    by: str

    @contextmanager
    def released(self) -> Iterator[None]:
        """A block at whose end others may go on with the document.

        Where the claim was lost meanwhile, what the block did is not noted: nobody needs it, and it just ends.
        """
        try:
            with suppress(Overtaken):
                yield
        finally:
            # Where MongoDB has gone away, the claim ends by itself.
            with suppress(MongoError), writing() as db:
                db[self.collection].update_one(self._mine, {"$set": {"claim": None}})

    def note(self, changes: Mapping[str, Any], store: Store) -> None:
        """Write down how far the document has got, and `store` what was done: both, or neither.

        Raises Overtaken and MongoError.
        """

        def work(db: Database[Document], session: ClientSession) -> None:
            if not db[self.collection].update_one(self._mine, {"$set": changes}, session=session).matched_count:
                raise Overtaken
            store(db, session)

        transaction.run(work)

    @property
    def _mine(self) -> Document:
        return {"_id": self.document["_id"], "claim.by": self.by}


def take(collection: str, wanted: Mapping[str, Any], now: datetime) -> Claim | None:
    """A claim on the document that matches; None where there is none, or another has it. Raises MongoError."""
    by = str(uuid.uuid4())
    with writing() as db:
        found = db[collection].find_one_and_update(
            {**wanted, **free(now)},
            {"$set": {"claim": {"by": by, "until": now + CLAIM}}},
            return_document=ReturnDocument.AFTER,
        )
    return Claim(collection, found, by) if found else None


def free(now: datetime) -> Document:
    """What selects documents that nobody is at."""
    return {"$or": [{"claim": None}, {"claim.until": {"$lt": now}}]}


def is_taken(document: Mapping[str, Any], now: datetime) -> bool:
    """Whether somebody is at the document."""
    claim = document["claim"]
    return claim is not None and bool(claim["until"] >= now)
