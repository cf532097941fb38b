"""Transactions bounded in time: all of a change, or nothing of it."""

from collections.abc import Callable
from typing import TypeVar

from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from mongo.client import WRITE_SECONDS, Document, bounded, client, database
from mongo.errors import translated

Result = TypeVar("Result")
Work = Callable[[Database[Document], ClientSession], Result]


def run(work: Work[Result], *, seconds: float = WRITE_SECONDS) -> Result:
    """Run `work(database, session)` in one transaction and return what it returns.

    The driver runs `work` again after a write conflict, for `seconds` at most instead of its own 120 s; so
    `work` must not read anew what its caller expects, and uses the database it is given, not `reading` or
    `writing`, which would hide the conflict from the driver. Errors of `work` abort the transaction and pass
    through. Raises OutcomeUnknown where the answer to the commit was lost.
    """
    with bounded(seconds), translated(transaction=True), client().start_session() as session:
        return session.with_transaction(
            lambda current: work(database(), current),
            read_concern=ReadConcern("snapshot"),
            write_concern=WriteConcern("majority", j=True),
        )
