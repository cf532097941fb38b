"""What the pages of a log ask MongoDB besides its entries, one function a question, each bounded in time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bson import MaxKey
from bson.datetime_ms import DatetimeMS
from pymongo.collection import Collection

from logs.domain.filters import LogFilter
from logs.domain.ranges import FURTHEST, pieces
from logs.kinds import Log
from logs.queries import parts
from logs.queries.matching import mark, query_of
from mongo import cursors, paging
from mongo.client import Document, reading
from mongo.codec import AS_STORED, decoded
from mongo.cursors import Place
from mongo.searching import searching
from mongo.stretches import LEAST_MS, Query

# Nobody waits longer for what stands beside the entries.
SECONDS = 1.5
# A writer's clock, or its way to MongoDB, may be late by this; what comes later is on the page when it is reloaded.
OVERLAP_MS = 10_000
MOST_AT_ONCE = 200
NEIGHBOURS = 5

Documents = tuple[Document, ...]


class Bar(NamedTuple):
    """A piece of time, how many entries lie in it, and how many of them tell of a failure."""

    start: datetime
    end: datetime
    count: int
    alarming: int


class Histogram(NamedTuple):
    """At least one bar; `beyond` are entries that match and lie in none of them."""

    bars: tuple[Bar, ...]
    beyond: int


@dataclass(frozen=True, slots=True)
class Values:
    """The most frequent values of a field, most first, with how many entries have each; "" is for all others.

    `is_cut`: there are more of them.
    """

    counts: tuple[tuple[str, int], ...]
    is_cut: bool


class News(NamedTuple):
    """What has come since, oldest first. `cursor` is where to ask from the next time; `on` goes on right after
    these entries where there are more already, and is None where there are not.
    """

    documents: Documents
    cursor: str
    on: str | None


def histogram(log: Log, wanted: LogFilter, zone: ZoneInfo, *, now: datetime) -> Histogram | None:
    """How many entries match in each piece of the time asked for, or of that in which there are any.

    None where there is no entry at all. Raises MongoSlow where that takes too long, and MongoError.
    """
    with searching(SECONDS) as db:
        entries, query = db[log.collection], query_of(log, wanted)
        start = wanted.start or _oldest(entries, query, now)
        if start is None:
            return None
        bounds = pieces(start, max(start, wanted.end or now), zone)
        found = {row["_id"]: row for row in entries.aggregate(parts.histogram(log, query, bounds))}
    none = {"count": 0, "alarming": 0}
    bars = tuple(
        Bar(
            max(low, wanted.start or low),
            min(high, wanted.end or high),
            *(found.get(low, none)[name] for name in ("count", "alarming")),
        )
        for low, high in pairwise(bounds)
    )
    return Histogram(bars, found.get(parts.BEYOND, none)["count"])


def _oldest(entries: Collection[Document], query: Query, now: datetime) -> datetime | None:
    """When the first of the entries happened, whatever else is asked of them; None without any."""
    dated = {**query.leading, "timestamp": {"$gt": DatetimeMS(LEAST_MS)}}
    found = entries.find_one(dated, {"timestamp": 1}, sort=[("timestamp", 1)])
    moment = found["timestamp"] if found else None
    # A year that no calendar of ours knows is further away than a chart reaches.
    return moment if isinstance(moment, datetime) or moment is None else now - FURTHEST


def values_of(log: Log, wanted: LogFilter, name: str) -> Values:
    """The values of a field among the entries that match but for what is asked of this very field.

    Raises MongoSlow where that takes too long, and MongoError.
    """
    with searching(SECONDS) as db:
        rows = list(db[log.collection].aggregate(parts.values_of(query_of(log, wanted.beside(name)), name)))
    counts = tuple((row["_id"], row["count"]) for row in rows)
    return Values(counts[: parts.MOST_VALUES], is_cut=len(counts) > parts.MOST_VALUES)


def get(log: Log, own: Any, *, account: str | None = None) -> Document | None:
    """The entry with this id, if there is one, and it is of the account where one is named. Raises MongoError."""
    query = query_of(log, LogFilter(account=account))
    with reading() as db:
        entries = db[log.collection].with_options(codec_options=AS_STORED)
        # The id is a value, whatever it looks like.
        found = entries.find_one({**query.leading, **query.rest, "_id": {"$eq": own}})
    return None if found is None else decoded(found.raw)


def neighbours(log: Log, entry: Document, wanted: LogFilter, *, now: datetime) -> tuple[Documents, Documents]:
    """Those that match right before an entry in time, and right after it, newest first. Raises MongoError."""
    older, newer = (
        paging.page(
            log.collection,
            query_of(log, wanted),
            now=now,
            limit=NEIGHBOURS,
            place=paging.place_of(entry),
            backwards=backwards,
            goes_on=False,
        )
        for backwards in (False, True)
    )
    return older.documents, newer.documents


def newest(log: Log, wanted: LogFilter, *, most: int, now: datetime) -> Documents:
    """The newest entries that match. Raises MongoSlow where that takes too long, and MongoError."""
    return paging.page(log.collection, query_of(log, wanted), now=now, limit=most, goes_on=False).documents


def cursor_at(log: Log, wanted: LogFilter, newest: Document | None, *, now: datetime) -> str:
    """From where news of a list is read whose newest entry this is; None stands for an empty one."""
    return _cursor(log, wanted, paging.place_of(newest).at if newest else None, now)


def _cursor(log: Log, wanted: LogFilter, at: int | None, now: datetime) -> str:
    """A cursor at this time, but not beyond now: a writer whose clock is ahead makes nobody else's entries late."""
    latest = int(DatetimeMS(now))
    # No entry's _id stands in it, which may be too long for an address.
    return cursors.written(Place(latest if at is None else min(at, latest), MaxKey()), mark(log, wanted))


def news(log: Log, wanted: LogFilter, cursor: str, *, on: str = "", now: datetime) -> News:
    """What has come since the cursor, and what may have been late for it, so that entries come twice.

    `on` is that of the answer before, where it was not all. Raises CursorUnreadable, and MongoError.
    """
    own = mark(log, wanted)
    since = cursors.read(cursor, own).at or 0
    place = cursors.read(on, own) if on else Place(since - OVERLAP_MS, MaxKey())
    end = now + timedelta(milliseconds=OVERLAP_MS)
    query = query_of(log, replace(wanted, end=min(wanted.end or end, end)))
    found = paging.page(log.collection, query, now=now, limit=MOST_AT_ONCE, place=place, oldest_first=True)
    rest = cursors.written(found.after, own) if found.after else None
    if on or not found.documents:
        return News(found.documents, cursor, rest)
    # What is written while the rest is being read may be late for any of it, but not for the time it began.
    at = None if rest else paging.place_of(found.documents[-1]).at
    return News(found.documents, _cursor(log, wanted, at, now), rest)
