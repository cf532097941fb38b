"""How long the audit trail is kept, and what of it goes next."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import NamedTuple

from django.conf import settings

from logs.kinds import LOGS
from mongo import paging
from mongo.client import Document
from mongo.paging import Total, counted
from mongo.searching import searching
from mongo.stretches import Query

# It is to be exported in time.
AHEAD = timedelta(days=7)
SECONDS = 1.5
STORED = "createdAt"
DATED = {"$gt": datetime.min.replace(tzinfo=UTC)}


class Retention(NamedTuple):
    """Entries are kept for so many `days` after they were stored; None stands for the `oldest` of an empty trail.

    `leaving` of them go within AHEAD.
    """

    days: int
    oldest: datetime | None
    leaving: Total


def retention(now: datetime) -> Retention:
    """What the audit trail loses next. Raises MongoSlow where that takes too long, and MongoError."""
    with searching(SECONDS) as db:
        trail = db[LOGS["audit"].collection]
        first = trail.find_one({STORED: DATED}, {STORED: 1}, sort=[(STORED, 1)])
        leaving = counted(trail, [{"$match": _leaving(now)}])
    oldest = first[STORED] if first else None
    return Retention(settings.AUDIT_RETENTION_DAYS, oldest if isinstance(oldest, datetime) else None, leaving)


def leaving(now: datetime) -> Iterator[Document]:
    """Those that go within AHEAD, newest first, then those of them without a usable date. Raises MongoError."""
    collection, wanted = LOGS["audit"].collection, Query(rest=_leaving(now))
    return chain(
        paging.walk(collection, wanted, now=now), paging.walk(collection, replace(wanted, is_undated=True), now=now)
    )


def _leaving(now: datetime) -> Document:
    """MongoDB looks at when an entry was stored, whatever it says of when it happened."""
    return {STORED: {**DATED, "$lt": now + AHEAD - timedelta(days=settings.AUDIT_RETENTION_DAYS)}}
