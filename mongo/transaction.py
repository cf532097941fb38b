"""Transactions bounded in time: all of a change, or nothing of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from mongo.client import WRITE_SECONDS, Document, bounded, client, database
from mongo.errors import translated

Result = TypeVar("Result")
Work = Callable[[Database[Document], ClientSession], Result]


@contextmanager
def session() -> Iterator[ClientSession]:
    """A session in which a read waits for what went before in it, so that it finds what a write collided with."""
    with client().start_session(causal_consistency=True) as made:
        yield made


def run(work: Work[Result], *, seconds: float = WRITE_SECONDS, within: ClientSession | None = None) -> Result:
    """Run `work(database, session)` in one transaction and return what it returns.

    The driver runs `work` again after a write conflict, for `seconds` at most instead of its own 120 s; so
    `work` must not read anew what its caller expects, and uses the database it is given, not `reading` or
    `writing`, which would hide the conflict from the driver. Errors of `work` abort the transaction and pass
    through. It is in a session of its own, or `within` one that other operations are in, too. Raises OutcomeUnknown
    where the answer to the commit was lost.
    """
    with bounded(seconds), translated(transaction=True), _in(within) as current:
        return current.with_transaction(
            lambda session: work(database(), session),
            read_concern=ReadConcern("snapshot"),
            write_concern=WriteConcern("majority", j=True),
        )


def _in(within: ClientSession | None) -> AbstractContextManager[ClientSession]:
    return session() if within is None else nullcontext(within)
