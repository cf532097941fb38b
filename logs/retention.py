"""How long the audit trail is kept, and what of it goes next."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.conf import settings

from logs.kinds import LOGS
from mongo.paging import Total, counted
from mongo.searching import searching

# It is to be exported in time.
AHEAD = timedelta(days=7)
SECONDS = 1.5
STORED = "createdAt"


class Retention(NamedTuple):
    """Entries are kept for so many `days` after they were stored; None stands for the `oldest` of an empty trail.

    `leaving` of them go within AHEAD, those that were stored before `until`.
    """

    days: int
    oldest: datetime | None
    leaving: Total
    until: datetime


def retention(now: datetime) -> Retention:
    """What the audit trail loses next. Raises MongoSlow where that takes too long, and MongoError."""
    days = settings.AUDIT_RETENTION_DAYS
    # Addresses hold whole minutes.
    until = (now + AHEAD - timedelta(days=days)).replace(second=0, microsecond=0) + timedelta(minutes=1)
    dated = {"$gt": datetime.min.replace(tzinfo=UTC)}
    with searching(SECONDS) as db:
        trail = db[LOGS["audit"].collection]
        first = trail.find_one({STORED: dated}, {STORED: 1}, sort=[(STORED, 1)])
        leaving = counted(trail, [{"$match": {STORED: {**dated, "$lt": until}}}])
    oldest = first[STORED] if first else None
    return Retention(days, oldest if isinstance(oldest, datetime) else None, leaving, until)
