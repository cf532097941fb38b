"""Requests that may come again: what each Idempotency-Key was first sent with, kept for a day."""

import hashlib
from contextlib import suppress
from datetime import datetime

from pymongo import ReturnDocument

from mongo.client import Document, writing
from mongo.codec import truncated
from mongo.errors import Duplicate, MongoUnavailable, OutcomeUnknown
from mongo.indexes import index

ONE_DAY = 24 * 60 * 60
TRIES = 3
INDEXES = [index("idempotency_keys", "at", expire_after=ONE_DAY)]


class KeyReused(Exception):
    """A caller sent the key before, with another request."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was sent before, with another request. Choose a new one for this.")


def note(caller: str, key: str, asked: str, now: datetime) -> datetime:
    """Note that a caller uses a key for what is asked, and tell since when. Raises KeyReused, and MongoError.

    `asked` is a digest of the request. The key belongs to its caller; it says nothing of whether anything was done,
    so a note whose answer got lost leaves nothing in doubt.
    """
    name = hashlib.sha256(f"{caller}\n{key}".encode()).hexdigest()
    try:
        first = _first(name, asked, truncated(now))
    except OutcomeUnknown as error:
        raise MongoUnavailable("MongoDB did not answer in time, so nothing was done.") from error
    if first["asked"] != asked:
        raise KeyReused
    since: datetime = first["at"]
    return since


def _first(name: str, asked: str, now: datetime) -> Document:
    """What was asked for first under the name, and when; to take it for new is to do it twice."""
    for _ in range(TRIES):
        # Two at once: the other one was first, and this server finds it another time, whoever else knows of it yet.
        with suppress(Duplicate), writing() as db:
            found: Document | None = db.idempotency_keys.find_one_and_update(
                {"_id": name},
                {"$setOnInsert": {"asked": asked, "at": now}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
            if found is not None:
                return found
    raise MongoUnavailable("This Idempotency-Key cannot be looked up at present, so nothing was done.")
