"""What may be written into the logs, one function a use case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo.client_session import ClientSession

from logs import repository
from mongo.client import database, writing
from mongo.codec import truncated
from users.actor import Actor


def record_audit(
    *,
    actor: Actor,
    action: str,
    entity: tuple[str, str],
    details: Mapping[str, Any],
    now: datetime,
    session: ClientSession | None = None,
) -> None:
    """Write one entry of the audit trail: who did `action` (`noun.verb`) to `entity` (type, id).

    With the session of the change it records, the entry stands or falls with that change, and the driver's own
    errors pass so that the transaction can be run again. Without one it raises MongoError.
    """
    moment = truncated(now)
    entry = {
        "userId": actor.id,
        "action": action,
        "details": dict(details),
        "ipAddress": actor.ip_address,
        "userAgent": actor.user_agent,
        "timestamp": moment,
        "createdAt": moment,
        "entity": {"type": entity[0], "id": entity[1]},
        "requestId": actor.request_id,
        "via": actor.via,
    }
    if session is not None:
        repository.insert_audit(database(), entry, session)
        return
    with writing() as db:
        repository.insert_audit(db, entry)
