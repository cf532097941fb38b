"""Logs page by page, newest or oldest first: nothing twice and nothing missed, whatever is written meanwhile.

Entries stand in the order of `timestamp`, then `_id`. Those whose timestamp is missing or no date cannot be
compared with the others, and are a list of their own, in the order of `_id`.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from bson.datetime_ms import DatetimeMS
from bson.raw_bson import RawBSONDocument
from pymongo.collection import Collection

from mongo import cursors
from mongo.client import Document, reading_aside
from mongo.codec import AS_STORED, decoded
from mongo.cursors import Place
from mongo.errors import MongoRefused, MongoUnavailable, translated
from mongo.searching import ask_whether_it_answers, searching
from mongo.stretches import DATED, Query, Stages, stretches, whole

SECONDS = 2.0
COUNT_SECONDS = 0.5
# Who reads all of a log waits for it anyway.
WALK_SECONDS = 30.0
WALKED_AT_ONCE = 1_000
MOST_COUNTED = 10_000
# A page ends before it is as large as this, however few entries it holds then.
MOST_BYTES = 8_000_000


class Page(NamedTuple):
    """Entries in the order asked for, and from where the pages beside them go on; None where there is none."""

    documents: tuple[Document, ...]
    before: Place | None
    after: Place | None


@dataclass(frozen=True, slots=True)
class Total:
    """How many entries: exactly up to MOST_COUNTED, one more stands for more, None for what takes too long."""

    number: int | None
    is_estimate: bool = False

    def __str__(self) -> str:
        if self.number is None:
            return "many"
        if self.is_estimate:
            return f"about {self.number:,}"
        return f"{self.number:,}" if self.number <= MOST_COUNTED else f"{MOST_COUNTED:,}+"


def page(
    collection: str,
    query: Query,
    *,
    now: datetime,
    limit: int,
    place: Place | None = None,
    backwards: bool = False,
    oldest_first: bool = False,
    goes_on: bool = True,
) -> Page:
    """The entries after a place, or with `backwards` those before it, at most `limit`. Raises MongoError.

    Without a place it is the first page, or with `backwards` the last. Who goes nowhere from it gets all of them,
    also those that no cursor can go on after.
    """
    descending = oldest_first == backwards
    with searching(SECONDS) as db:
        raw, is_more = _beyond(db[collection], query, place, descending=descending, now=now, limit=limit)
    found = [_decoded(entry) for entry in raw]
    ahead = _end(found) if goes_on and found and is_more else None
    behind = place_of(found[0]) if found and place and cursors.fits(place_of(found[0])) else None
    if backwards:
        return Page(tuple(reversed(found)), before=ahead, after=behind)
    return Page(tuple(found), before=behind, after=ahead)


def walk(
    collection: str, query: Query, *, now: datetime, oldest_first: bool = False, at_once: int = WALKED_AT_ONCE
) -> Iterator[Document]:
    """All entries in the order asked for, read `at_once`, so that their number costs no memory. Raises MongoError.

    It goes on from the place of the last one, and keeps nothing open at MongoDB while that is being looked at.
    """
    place: Place | None = None
    is_more = True
    # Once begun it waits for a server that comes back; who has nothing yet is told at once that there is none.
    ask_whether_it_answers()
    while is_more:
        with searching(WALK_SECONDS) as db:
            found, is_more = _beyond(
                db[collection], query, place, descending=not oldest_first, now=now, limit=at_once
            )
        for entry in found:
            document = _decoded(entry)
            yield document
        if is_more:
            place = place_of(document)


def count(collection: str, query: Query) -> Total:
    """How many entries there are, as far as it is known in time; of a log as a whole about how many.

    A page can do without, so only other errors than MongoUnavailable are raised.
    """
    try:
        with reading_aside(COUNT_SECONDS) as db:
            if query == Query():
                return Total(db[collection].estimated_document_count(), is_estimate=True)
            return counted(db[collection], whole(query))
    except MongoUnavailable:
        return Total(None)


def counted(collection: Collection[Any], stages: Stages) -> Total:
    """How many entries the stages find, up to one more than MOST_COUNTED."""
    rows = collection.aggregate([*stages, {"$limit": MOST_COUNTED + 1}, {"$count": "number"}])
    return Total(sum(row["number"] for row in rows))


def _beyond(
    collection: Collection[Any], query: Query, place: Place | None, *, descending: bool, now: datetime, limit: int
) -> tuple[list[RawBSONDocument], bool]:
    """The entries beyond a place, as many as are asked for and fit, and whether there are more."""
    log = collection.with_options(codec_options=AS_STORED)
    parts = stretches(query, place, descending=descending, now=now)
    fields = ("_id",) if query.is_undated else ("timestamp", "_id")
    order = dict.fromkeys(fields, -1 if descending else 1)
    with closing(_entries(log, parts, order, limit + 1)) as entries:
        return fitting(entries, limit)


def _entries(
    log: Collection[Any], parts: Iterable[Stages], order: Document, most: int
) -> Generator[RawBSONDocument, None, None]:
    # A range is met by any date of a list, which is no date itself.
    dated = [DATED] if "timestamp" in order else []
    for stages in parts:
        # One answer holds them all where they are small: the driver asks again where an answer gets lost, but not
        # where the next part of one does.
        with log.aggregate([*stages, {"$sort": order}, *dated, {"$limit": most}], batchSize=most) as cursor:
            for entry in cursor:
                most -= 1
                yield entry
        if not most:
            return


def fitting(entries: Iterable[RawBSONDocument], limit: int) -> tuple[list[RawBSONDocument], bool]:
    """As many entries as fit into a page, fewer than `limit` where they are large, and whether there are more."""
    found: list[RawBSONDocument] = []
    size = 0
    for entry in entries:
        size += len(entry.raw)
        if len(found) == limit or (found and size > MOST_BYTES):
            return found, True
        found.append(entry)
    return found, False


def _end(found: list[Document]) -> Place:
    """Where the next page goes on: after the last entry whose cursor can be read again; others wait for it."""
    if (place := cursors.end_of(found, place_of)) is None:
        raise MongoRefused("An entry has an _id that is too long to go on after it. Ask for another time.")
    return place


def _decoded(entry: RawBSONDocument) -> Document:
    with translated():
        return decoded(bytes(entry.raw))


def place_of(document: Document) -> Place:
    """Where an entry stands in the order of its log."""
    moment = document.get("timestamp")
    if isinstance(moment, datetime):
        moment = DatetimeMS(moment)
    return Place(int(moment) if isinstance(moment, DatetimeMS) else None, document["_id"])
