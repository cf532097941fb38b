"""One lazy client per process, and the only doors to the database: `reading`, `writing` and `writing_aside`."""

import atexit
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pymongo
from django.conf import settings
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import PyMongoError
from pymongo.server_api import ServerApi

from mongo.breaker import Breaker
from mongo.codec import CODEC_OPTIONS
from mongo.errors import (
    MongoError,
    MongoNotConfigured,
    MongoRefused,
    MongoSlow,
    MongoUnavailable,
    translated,
)

Document = dict[str, Any]

# Budgets in seconds, for the operations of one block together.
READ_SECONDS = 2.0
WRITE_SECONDS = 5.0
JOB_SECONDS = 30.0
SELECTION_MS = 2_000

breaker = Breaker()

_lock = threading.Lock()
_client: MongoClient[Document] | None = None
_owner: int | None = None
_last_work: list[Callable[[], object]] = []


def _unlock() -> None:
    """A thread that held the lock when the process was forked is not there to let go of it."""
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_unlock)


def client() -> MongoClient[Document]:
    """The process's client, made at first use. A forked child makes its own and leaves its parent's alone."""
    global _client, _owner
    if not settings.MONGODB_URI:
        raise MongoNotConfigured
    with _lock:
        if _client is None or _owner != os.getpid():
            _client, _owner = _connect(settings.MONGODB_URI), os.getpid()
        return _client


def _connect(uri: str) -> MongoClient[Document]:
    try:
        return MongoClient(
            uri,
            connect=False,
            appname=f"counterpart/{settings.VERSION}",
            maxPoolSize=settings.WEB_THREADS + 4,
            maxIdleTimeMS=60_000,
            serverSelectionTimeoutMS=SELECTION_MS,
            connectTimeoutMS=2_000,
            timeoutMS=3_000,
            w="majority",
            journal=True,
            readConcernLevel="majority",
            server_api=ServerApi("1", strict=False, deprecation_errors=True),
        )
    except (PyMongoError, ValueError, TypeError) as error:
        # The driver's message may quote the address with its password, so it is not shown.
        raise MongoRefused(
            "MONGODB_URI cannot be read. It looks like mongodb+srv://user:password@host/?retryWrites=true."
        ) from error


def close() -> None:
    """Close this process's client, if it has one; the next use makes another."""
    global _client
    with _lock:
        if _client is not None and _owner == os.getpid():
            _client.close()
        _client = None
    breaker.succeeded()


def at_end(work: Callable[[], object]) -> None:
    """Have work done before the process ends, while it still has a client; it may be called more than once."""
    _last_work.append(work)
    atexit.register(work)


def finish() -> None:
    """Do what is to be done before the process ends."""
    for work in _last_work:
        work()


def database() -> Database[Document]:
    """The product's database, with our codec. Operations belong inside `reading` or `writing`."""
    return client().get_database(settings.MONGODB_DB_NAME, codec_options=CODEC_OPTIONS)


@contextmanager
def reading(seconds: float = READ_SECONDS, *, past_breaker: bool = False) -> Iterator[Database[Document]]:
    """A block of reads bounded in time; raises MongoNotConfigured, MongoUnavailable or MongoRefused.

    `past_breaker` asks even while the breaker is open: for a look-up that somebody's save hangs on.
    """
    with bounded(seconds, past_breaker=past_breaker), translated():
        yield database()


@contextmanager
def writing(seconds: float = WRITE_SECONDS) -> Iterator[Database[Document]]:
    """A block of writes bounded in time; raises OutcomeUnknown and Duplicate besides what `reading` does."""
    with bounded(seconds), translated(write=True):
        yield database()


@contextmanager
def reading_aside(seconds: float) -> Iterator[Database[Document]]:
    """What `reading` is, for what a page can do without. The breaker is asked and never told.

    What takes too long here is no reason to keep every page waiting.
    """
    if breaker.is_open:
        raise MongoUnavailable("MongoDB has not been answering.")
    with pymongo.timeout(seconds), translated():
        yield database()


@contextmanager
def writing_aside(seconds: float) -> Iterator[Database[Document]]:
    """What `writing` is, for a thread in the background. The breaker is neither asked nor told.

    Nobody waits for such a thread, so it may try although the breaker is open. And what a large batch meets says
    little about a page: a failure found out late would keep pages waiting although MongoDB is back.
    """
    with pymongo.timeout(seconds), translated(write=True):
        yield database()


def ping(seconds: float) -> None:
    """Ask whether MongoDB answers within the time. The breaker is neither asked nor told: a probe is no page."""
    with pymongo.timeout(seconds), translated():
        database().command("ping")


def is_gone(error: MongoError) -> bool:
    """Whether after this error there is no MongoDB to go on with: none is configured, or it answers no ping.

    For jobs, whose next piece of work may fare better; where MongoDB answers, the breaker lets that through.
    """
    if isinstance(error, MongoSlow) or not isinstance(error, MongoUnavailable | MongoNotConfigured):
        return False
    try:
        ping(WRITE_SECONDS)
    except MongoError:
        return True
    breaker.succeeded()
    return False


@contextmanager
def bounded(seconds: float, *, past_breaker: bool = False) -> Iterator[None]:
    """A block that ends in time and tells the breaker how it went; errors must be translated inside it."""
    if settings.MONGODB_URI and not past_breaker:
        breaker.check()
    try:
        with pymongo.timeout(seconds):
            yield
    except MongoError as error:
        # A server that refuses, or ends what takes too long, is a server that answers.
        if isinstance(error, MongoUnavailable) and not isinstance(error, MongoSlow):
            breaker.failed()
        else:
            breaker.succeeded()
        raise
    breaker.succeeded()
