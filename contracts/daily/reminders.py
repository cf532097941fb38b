"""Which reminders were sent: each is claimed before it is sent, so that nobody gets it twice and none is lost.

A claim whose sender died is worth nothing after an hour. So a reminder may come twice in the worst case, and never
not at all.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.domain.reminding import Reminder
from mongo.client import JOB_SECONDS, reading, writing
from mongo.errors import Duplicate, MongoError
from mongo.expressions import midnight

CLAIMED, SENT, PASSED = "claimed", "sent", "passed"
CLAIM_HOLDS = timedelta(hours=1)
BATCH_SIZE = 1_000

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unsent:
    """What is to be sent; and until when each of those is claimed that another run is sending, or died with."""

    reminders: list[Reminder]
    held: tuple[datetime, ...]


def unsent(due: Sequence[Reminder], now: datetime) -> Unsent:
    """Those that nobody has sent, is sending or has passed over. Raises MongoError."""
    known: dict[str, Document] = {}
    for batch in _batches([one.id for one in due]):
        with reading(JOB_SECONDS) as db:
            found = db.reminders.find({"_id": {"$in": batch}, "$nor": [_stale(now)]}, {"state": 1, "claimed_at": 1})
            known |= {one["_id"]: one for one in found}
    held = (one["claimed_at"] + CLAIM_HOLDS for one in known.values() if one["state"] == CLAIMED)
    return Unsent([one for one in due if one.id not in known], tuple(held))


def claim(due: Iterable[Reminder], run: str, clock: Callable[[], datetime]) -> list[Reminder]:
    """Take these for a run, to be sent by it alone; gives those that nobody else was faster with.

    Where MongoDB fails on the way, none is kept if that can still be said. Raises MongoError.
    """
    wanted = list(due)
    try:
        return [one for one in wanted if _is_claimed(one, run, clock())]
    except MongoError:
        with suppress(MongoError):
            release(wanted, run)
        raise


def _is_claimed(reminder: Reminder, run: str, now: datetime) -> bool:
    claimed = {**_about(reminder), "lead": reminder.lead, "state": CLAIMED, "run": run, "claimed_at": now}
    try:
        with writing() as db:
            # One that is there, and no stale claim, does not match: inserting it again is refused.
            db.reminders.update_one({"_id": reminder.id, **_stale(now)}, {"$set": claimed}, upsert=True)
    except Duplicate:
        return False
    return True


def settle(sent: Sequence[Reminder], run: str, now: datetime) -> None:
    """Note that claimed reminders were sent, and that those they stand for need not be any more."""
    for batch in _batches([one.id for one in sent]):
        with writing(JOB_SECONDS) as db:
            db.reminders.update_many({"_id": {"$in": batch}, "run": run}, {"$set": {"state": SENT, "sent_at": now}})
    for one in sent:
        for lead, name in zip(one.passed, one.passed_ids, strict=True):
            passed = {**_about(one), "lead": lead, "state": PASSED, "run": run}
            with writing() as db:
                db.reminders.update_one({"_id": name}, {"$setOnInsert": passed}, upsert=True)


def release(claimed: Sequence[Reminder], run: str) -> None:
    """Give claimed reminders back, so that the next run sends them. Raises MongoError."""
    for batch in _batches([one.id for one in claimed]):
        with writing(JOB_SECONDS) as db:
            db.reminders.delete_many({"_id": {"$in": batch}, "state": CLAIMED, "run": run})


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[start : start + BATCH_SIZE] for start in range(0, len(names), BATCH_SIZE))


def _stale(now: datetime) -> Document:
    return {"state": CLAIMED, "claimed_at": {"$lt": now - CLAIM_HOLDS}}


def _about(reminder: Reminder) -> Document:
    return {"contract": reminder.key, "kind": reminder.kind, "target": midnight(reminder.target)}
