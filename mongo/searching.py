"""Reads that may have to look through a lot, which is no sign that MongoDB is away."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.database import Database

from mongo.client import Document, breaker, reading, reading_aside
from mongo.errors import MongoSlow, MongoUnavailable

PROBE_SECONDS = 1.0


@contextmanager
def searching(seconds: float) -> Iterator[Database[Document]]:
    """A block of reads bounded in time. Raises MongoSlow where time is up while MongoDB answers others.

    Not every server ends an operation in time by itself, so a ping tells the one from the other; only what comes
    of that counts for the breaker. Raises what `reading` does besides.
    """
    if breaker.is_open:
        ask_whether_it_answers()
    try:
        with reading_aside(seconds) as db:
            yield db
    except MongoSlow:
        raise
    except MongoUnavailable as error:
        ask_whether_it_answers()
        raise MongoSlow("This took MongoDB too long. Ask for less, for example for fewer days.") from error


def ask_whether_it_answers() -> None:
    """Raises MongoError at once where a search would wait for a server as long as it may search."""
    with reading(PROBE_SECONDS) as db:
        db.command("ping")
