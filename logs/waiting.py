"""Entries of the audit trail that could not be written: kept in SQL until MongoDB takes them, each once."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pymongo
from bson import ObjectId
from django.db import DatabaseError, transaction

from logs.models import WaitingEntry
from logs.services import record_audit
from mongo.errors import Duplicate, MongoError
from users.actor import Actor

# While no MongoDB is configured they would gather without end; the process's log has all of them.
MOST = 10_000
MOST_AT_ONCE = 100
SECONDS = 1.0

log = logging.getLogger(__name__)


def keep(
    own: ObjectId, actor: Actor, action: str, entity: tuple[str, str], details: Mapping[str, Any], now: datetime
) -> None:
    """Keep an entry for later; where SQL cannot either, that is said in the process's log."""
    entry = {"actor": asdict(actor), "action": action, "entity": entity, "details": details, "at": now.isoformat()}
    try:
        with transaction.atomic():
            if WaitingEntry.objects.count() < MOST:
                WaitingEntry.objects.get_or_create(own=str(own), defaults={"entry": entry})
    except DatabaseError:
        log.exception("An entry of the audit trail could not be kept for later.")


def deliver() -> None:
    """Write what waits, oldest first, as far as MongoDB takes it within a second."""
    with suppress(MongoError), pymongo.timeout(SECONDS):
        for waiting in WaitingEntry.objects.order_by("pk")[:MOST_AT_ONCE]:
            _write(waiting)
            waiting.delete()


def _write(waiting: WaitingEntry) -> None:
    entry = waiting.entry
    # It may have been written although nobody learned of it.
    with suppress(Duplicate):
        record_audit(
            actor=Actor(**entry["actor"]),
            action=entry["action"],
            entity=(entry["entity"][0], entry["entity"][1]),
            details=entry["details"],
            now=datetime.fromisoformat(entry["at"]),
            own=ObjectId(waiting.own),
        )
