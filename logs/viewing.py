"""Looking at the audit trail, which is an entry of the audit trail itself."""

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from bson import ObjectId

from logs import waiting
from logs.services import digest_of, record_audit
from mongo.errors import Duplicate
from users.actor import Actor

VIEWED = "audit.viewed"
HOUR = 60 * 60
ID_BYTES, TIME_BYTES = 12, 4
# What this process knows to be in the trail: a page asks for several of its parts at once.
MOST_KNOWN = 1_000
_known: OrderedDict[ObjectId, None] = OrderedDict()


def viewed_this_hour(actor: Actor, viewer: str, now: datetime) -> None:
    """Record that a machine looks, once an hour. Raises MongoError."""
    hour = int(now.timestamp()) // HOUR * HOUR
    # Its time is that of the hour, so that no entry which comes from outside can have it.
    own = hour.to_bytes(TIME_BYTES, "big") + digest_of(VIEWED, viewer, str(hour))[: ID_BYTES - TIME_BYTES]
    _record(ObjectId(own), actor, {}, now)


def viewed_in_session(actor: Actor, session: str, asked: str, now: datetime) -> None:
    """Record that a person looks at what they asked for, once a session. Raises MongoError."""
    _record(ObjectId(digest_of(VIEWED, actor.id, session, asked)[:ID_BYTES]), actor, {"asked": asked}, now)


def forget() -> None:
    """Forget what this process knows, as one does that has just been started."""
    _known.clear()


def _record(own: ObjectId, actor: Actor, details: Mapping[str, Any], now: datetime) -> None:
    """Write the entry, unless it is there."""
    if own in _known:
        return
    with suppress(Duplicate):
        record_audit(actor=actor, action=VIEWED, entity=("log", "audit"), details=details, now=now, own=own)
    _known[own] = None
    # Who looks sees what has waited, too.
    waiting.deliver()
    while len(_known) > MOST_KNOWN:
        _known.popitem(last=False)
