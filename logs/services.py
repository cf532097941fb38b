"""What may be written into the logs, one function a use case."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from bson import ObjectId
from django.conf import settings
from pymongo.client_session import ClientSession

from logs import repository
from logs.domain import entries
from logs.domain.values import NotAnEntry
from logs.marks import mark_touched
from logs.writer import BufferedWriter
from mongo.client import at_end, database, writing
from mongo.codec import truncated
from users.actor import Actor

# Of this process; nothing of it starts before the first entry.
writer = BufferedWriter(partial(repository.store, touched=mark_touched))
at_end(writer.close)


def log_transaction(
    *,
    transaction_id: str,
    user_id: str,
    type: str,
    amount: Decimal | int | str | float,
    currency: str,
    status: str,
    metadata: Mapping[str, Any] | None = None,
    timestamp: datetime | None = None,
    entry_id: str | None = None,
) -> None:
    """Log that a transaction of the account `user_id` has a status. Never raises, and waits for nothing.

    A timestamp without a zone is in UTC; without one it is now. An entry whose `entry_id` is in the log already is
    not stored twice. What cannot be an entry is counted by `writer.counters`, and noted in the process's log.
    """
    _log(
        repository.TRANSACTIONS,
        entries.transaction,
        transaction_id=transaction_id,
        user_id=user_id,
        type=type,
        amount=amount,
        currency=currency,
        status=status,
        metadata=metadata,
        timestamp=timestamp,
        entry_id=entry_id,
    )


def log_agent_run(
    *,
    agent_id: str,
    agent_name: str,
    action: str,
    status: str,
    input: Any = None,
    output: Any = None,
    error: Any = None,
    duration: float | None = None,
    run_id: str | None = None,
    timestamp: datetime | None = None,
    entry_id: str | None = None,
) -> None:
    """Log that a run of an agent started, completed or failed, as `log_transaction` does.

    `duration` is in milliseconds; the same `run_id` joins a start with its end.
    """
    _log(
        repository.AGENT_RUNS,
        entries.agent_run,
        agent_id=agent_id,
        agent_name=agent_name,
        action=action,
        status=status,
        input=input,
        output=output,
        error=error,
        duration=duration,
        run_id=run_id,
        timestamp=timestamp,
        entry_id=entry_id,
    )


def _log(collection: str, document: Callable[..., dict[str, Any]], **values: Any) -> None:
    try:
        if settings.MONGODB_LOGS_ENABLED and settings.MONGODB_URI:
            writer.accept(repository.frozen(collection, document(now=datetime.now(UTC), **values)))
        else:
            writer.discard()
    except NotAnEntry as problem:
        writer.reject(f"{collection}: {problem}")
    except Exception as error:  # noqa: BLE001
        # Whatever the values did when they were looked at; the message might tell what they hold.
        writer.reject(f"{collection}: {type(error).__name__} while an entry was made.")


def digest_of(*parts: str) -> bytes:
    """What an `own` id is made of, for an entry that is to be there once: the same of the same action and parts."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).digest()


def record_audit(
    *,
    actor: Actor,
    action: str,
    entity: tuple[str, str],
    details: Mapping[str, Any],
    now: datetime,
    session: ClientSession | None = None,
    own: ObjectId | None = None,
) -> None:
    """Write one entry of the audit trail: who did `action` (`noun.verb`) to `entity` (type, id).

    With the session of the change it records, the entry stands or falls with that change, and the driver's own
    errors pass so that the transaction can be run again. Without one it raises MongoError. An `own` id, for what is
    to be there once, raises Duplicate where it is taken.
    """
    moment = truncated(now)
    entry: dict[str, Any] = {
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
    if own is not None:
        entry["_id"] = own
    if session is not None:
        repository.insert_audit(database(), entry, session)
        return
    with writing() as db:
        repository.insert_audit(db, entry)
