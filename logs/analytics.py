"""What the pages of transactions ask MongoDB, one function a question, each bounded in time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from logs import exploring
from logs.domain.analytics import Analytics, Part, Piece, Sum, day_bounds
from logs.domain.filters import LogFilter
from logs.kinds import Log
from logs.queries import analysing
from logs.queries.analysing import MOST_NAMED
from logs.queries.matching import query_of
from logs.queries.sums import BEYOND, MOST_GROUPS
from mongo import paging
from mongo.client import Document
from mongo.errors import MongoSlow
from mongo.searching import searching
from mongo.stretches import whole

# Every entry of the time is looked at, and a page waits for it.
SECONDS = 5.0
MOST_FAILURES = 10

Asked = TypeVar("Asked")


class Latest(NamedTuple):
    """Entries, latest first; `is_cut`: there are more."""

    documents: tuple[Document, ...]
    is_cut: bool


def in_time(ask: Callable[[], Asked]) -> Asked | None:
    """What is asked, or None where that is too much: then a card says so, and the rest of the page stays.

    Raises MongoError where MongoDB does not answer at all.
    """
    try:
        return ask()
    except MongoSlow:
        return None


def analytics(log: Log, wanted: LogFilter, zone: ZoneInfo, *, by_account: bool, now: datetime) -> Analytics:
    """What the transactions come to that have an entry that matches; days are those of the zone.

    `wanted` must have a start. Raises MongoSlow where it takes too long, and MongoError.
    """
    if wanted.start is None:
        raise ValueError("Analytics are of some days.")
    bounds = day_bounds(wanted.start, max(wanted.start, wanted.end or now), zone)
    failing = log.alarming[1]
    pipeline = analysing.analytics(query_of(log, wanted), bounds, failing, by_account=by_account)
    with searching(SECONDS) as db:
        found = next(iter(db[log.collection].aggregate(pipeline)))
    return _read(found, bounds, wanted)


def failures(log: Log, wanted: LogFilter, *, now: datetime) -> tuple[Document, ...]:
    """The latest entries that tell of a failure. Raises MongoSlow where it takes too long, and MongoError."""
    field, values = log.alarming
    failed = replace(wanted, fields={**wanted.fields, field: values})
    return exploring.newest(log, failed, most=MOST_FAILURES, now=now)


def entries_of(log: Log, wanted: LogFilter, fields: Sequence[str], *, most: int) -> Latest:
    """The latest entries of one transaction, with some of their fields; undated ones in the order of their ids.

    They are few as a rule, so they are found by their id and then put in order: not every server uses the index of
    ids where a time is asked for as well. Raises MongoSlow where there are too many, and MongoError.
    """
    order = {"_id": -1} if wanted.is_undated else {"timestamp": -1, "_id": -1}
    shown: Document = {"$project": dict.fromkeys(fields, 1)}
    stages = [*whole(query_of(log, wanted)), shown, {"$sort": order}, {"$limit": most + 1}]
    with searching(paging.SECONDS) as db:
        found = tuple(db[log.collection].aggregate(stages))
    return Latest(found[:most], is_cut=len(found) > most)


def _read(found: Document, bounds: Sequence[datetime], wanted: LogFilter) -> Analytics:
    counts = {row["_id"]: (row["count"], row["failed"]) for row in found["pieces"]}
    later, failed_later = counts.get(BEYOND, (0, 0))
    return Analytics(
        pieces=tuple(
            Piece(max(start, wanted.start or start), min(end, wanted.end or end), *counts.get(start, (0, 0)))
            for start, end in pairwise(bounds)
        ),
        later=later,
        failed_later=failed_later,
        sums=tuple(_sum(row) for row in found["sums"][:MOST_GROUPS]),
        is_cut=len(found["sums"]) > MOST_GROUPS,
        statuses=_parts(found["statuses"]),
        accounts=_parts(found.get("accounts", [])),
    )


def _sum(row: Mapping[str, Any]) -> Sum:
    own = row["_id"]
    return Sum(own["type"], own["currency"], row["count"], row["failed"], row["total"], row["odd"])


def _parts(rows: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    return tuple(
        Part(row["_id"], row["count"], row["failed"], bool(row["_id"]) and row.get("can_be_listed", True))
        for row in rows[:MOST_NAMED]
    )
