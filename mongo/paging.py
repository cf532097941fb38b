"""Logs page by page, newest or oldest first: nothing twice and nothing missed, whatever is written meanwhile.

Entries stand in the order of `timestamp`, then `_id`. Those whose timestamp is missing or no date cannot be
compared with the others, and are a list of their own, in the order of `_id`.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import bson
from bson.datetime_ms import DatetimeMS
from bson.raw_bson import RawBSONDocument
from pymongo.collection import Collection

from mongo.client import Document, reading_aside
from mongo.codec import CODEC_OPTIONS
from mongo.cursors import Place
from mongo.errors import MongoUnavailable
from mongo.searching import searching
from mongo.stretches import DATED, Query, Stages, stretches, whole

SECONDS = 2.0
COUNT_SECONDS = 0.5
MOST_COUNTED = 10_000
# A page ends before it is as large as this, however few entries it holds then.
MOST_BYTES = 8_000_000
AS_STORED = CODEC_OPTIONS.with_options(document_class=RawBSONDocument)


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
) -> Page:
    """The entries after a place, or with `backwards` those before it, at most `limit`. Raises MongoError.

    Without a place it is the first page, or with `backwards` the last.
    """
    descending = oldest_first == backwards
    with searching(SECONDS) as db:
        log = db[collection].with_options(codec_options=AS_STORED)
        parts = stretches(query, place, descending=descending, now=now)
        fields = ("_id",) if query.is_undated else ("timestamp", "_id")
        order = dict.fromkeys(fields, -1 if descending else 1)
        with closing(_entries(log, parts, order, limit + 1)) as entries:
            found, is_more = _fitting(entries, limit)
    ahead = _place_of(found[-1]) if found and is_more else None
    behind = _place_of(found[0]) if found and place else None
    if backwards:
        return Page(tuple(reversed(found)), before=ahead, after=behind)
    return Page(tuple(found), before=behind, after=ahead)


def count(collection: str, query: Query) -> Total:
    """How many entries there are, as far as it is known in time; of a log as a whole about how many.

    A page can do without, so only other errors than MongoUnavailable are raised.
    """
    try:
        with reading_aside(COUNT_SECONDS) as db:
            if query == Query():
                return Total(db[collection].estimated_document_count(), is_estimate=True)
            counted = [*whole(query), {"$limit": MOST_COUNTED + 1}, {"$count": "number"}]
            return Total(sum(row["number"] for row in db[collection].aggregate(counted)))
    except MongoUnavailable:
        return Total(None)


def _entries(
    log: Collection[Any], parts: Iterable[Stages], order: Document, most: int
) -> Generator[RawBSONDocument, None, None]:
    # A range is met by any date of a list, which is no date itself.
    dated = [DATED] if "timestamp" in order else []
    for stages in parts:
        with log.aggregate([*stages, {"$sort": order}, *dated, {"$limit": most}]) as cursor:
            for entry in cursor:
                most -= 1
                yield entry
        if not most:
            return


def _fitting(entries: Iterator[RawBSONDocument], limit: int) -> tuple[list[Document], bool]:
    """As many entries as fit into a page, and whether there are more."""
    found: list[Document] = []
    size = 0
    for entry in entries:
        size += len(entry.raw)
        if len(found) == limit or (found and size > MOST_BYTES):
            return found, True
        found.append(bson.decode(entry.raw, codec_options=CODEC_OPTIONS))
    return found, False


def _place_of(document: Document) -> Place:
    moment = document.get("timestamp")
    if isinstance(moment, datetime):
        moment = DatetimeMS(moment)
    return Place(int(moment) if isinstance(moment, DatetimeMS) else None, document["_id"])
