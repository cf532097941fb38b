"""Looking at the audit trail, which is an entry of the audit trail: one an hour for each that looks."""

import hashlib
from datetime import datetime

from bson import ObjectId

from logs.services import record_audit
from mongo.errors import Duplicate
from users.actor import Actor

HOUR = 60 * 60


def audit_viewed(actor: Actor, viewer: str, now: datetime) -> None:
    """Record that the viewer looks, unless that is recorded for this hour. Raises MongoError."""
    try:
        record_audit(
            actor=actor, action="audit.viewed", entity=("log", "audit"), details={}, now=now, own=_own(viewer, now)
        )
    except Duplicate:
        return


def _own(viewer: str, now: datetime) -> ObjectId:
    """The one id of this hour: no entry that comes from outside can have it."""
    hour = int(now.timestamp()) // HOUR * HOUR
    rest = hashlib.sha256(f"audit.viewed\n{viewer}\n{hour}".encode()).digest()[:8]
    return ObjectId(hour.to_bytes(4, "big") + rest)
