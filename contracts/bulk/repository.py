"""Bulk changes in MongoDB, one document each: what is asked, of how many contracts, and how far it has got."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.bulk.model import (
    CHOOSING,
    LIFETIME,
    OPEN,
    PLANNED,
    PLANNING,
    RUNNING,
    WORKING,
    Order,
    Run,
    order_document,
    order_of,
)
from mongo import claims
from mongo.claims import Store
from mongo.client import JOB_SECONDS, reading, writing
from mongo.indexes import index

Document = dict[str, Any]

INDEXES = [
    # A person's runs, newest first.
    index("bulk_runs", "user", "-created_at"),
    # A run's contracts in the order of the list, and those of one outcome.
    index("bulk_rows", "run", "number", unique=True),
    index("bulk_rows", "run", "outcome", "number"),
    *(index(name, "created_at", expire_after=int(LIFETIME.total_seconds())) for name in ("bulk_runs", "bulk_rows")),
]
MOST_LISTED = 100
# What nobody has begun to carry out by then is forgotten.
UNUSED = timedelta(days=1)


class RunNotFound(Exception):
    """There is no such bulk change, not any more, or it is somebody else's."""


def add(run: Run) -> None:
    """Store a new run. Raises MongoError."""
    with writing() as db:
        db.bulk_runs.insert_one(
            {
                "_id": run.run_id,
                "user": run.user,
                "who": run.who,
                "contracts": run.contracts,
                "created_at": run.created_at,
                "stopped": run.stopped,
                "claim": None,
                **_asked(run.order, run.reason, run.plan),
                **_noted(run),
            }
        )


def find(run_id: str, user: int | None, *, now: datetime | None = None) -> Run:
    """A person's run, anybody's where no user is given. Raises RunNotFound."""
    with reading() as db:
        found = db.bulk_runs.find_one({"_id": run_id, **_living(user, now)})
    if found is None:
        raise RunNotFound
    return _run(found)


def of_user(user: int | None, *, now: datetime | None = None) -> list[Run]:
    """A person's runs that have an order, newest first; everybody's where no user is given."""
    wanted = _living(user, now) | {"state": {"$ne": CHOOSING}}
    with reading() as db:
        return [_run(found) for found in db.bulk_runs.find(wanted).sort("created_at", -1).limit(MOST_LISTED)]


def plan_again(run: Run, order: Order, reason: str, plan: str) -> bool:
    """Give a run an order and have its preview made; False where it is being carried out already."""
    fresh = _asked(order, reason, plan) | {"state": PLANNING, "at": 0, "counts": {}, "claim": None}
    with writing() as db:
        open_run = {"_id": run.run_id, "user": run.user, "state": {"$in": list(OPEN)}}
        return db.bulk_runs.update_one(open_run, {"$set": fresh}).matched_count == 1


def begin(run: Run, plan: str) -> bool:
    """Let this very preview be carried out; False where it is not, or not any more, to be."""
    planned = {"_id": run.run_id, "user": run.user, "state": PLANNED, "plan": plan}
    with writing() as db:
        return db.bulk_runs.update_one(planned, {"$set": {"state": RUNNING, "at": 0}}).matched_count == 1


def set_stopped(run: Run, *, stopped: bool) -> None:
    """Stop a run after its present slice, or let it go on."""
    with writing() as db:
        db.bulk_runs.update_one(
            {"_id": run.run_id, "user": run.user, "state": RUNNING}, {"$set": {"stopped": stopped}}
        )


def claim(run_id: str, user: int, by: str, *, now: datetime | None = None) -> Run | None:
    """Take a run that has something to do, for this claim alone; None where another has it."""
    moment = now or datetime.now(UTC)
    wanted = {"_id": run_id, **_living(user, moment), "state": {"$in": list(WORKING)}, "stopped": False}
    found = claims.take("bulk_runs", wanted, by, moment)
    return _run(found) if found else None


def released(run_id: str, by: str) -> AbstractContextManager[None]:
    """A block at whose end others may go on with a run."""
    return claims.released("bulk_runs", run_id, by)


def note(run: Run, by: str, store: Store) -> None:
    """Write down how far a claimed run has got, and `store` its rows: both, or neither. Raises Overtaken."""
    claims.note("bulk_runs", run.run_id, by, _noted(run), store)


def forget_unused(user: int, now: datetime) -> None:
    """Remove a person's runs of past days that were never carried out."""
    unused = {"user": user, "created_at": {"$lt": now - UNUSED}, "state": {"$in": list(OPEN)}}
    with writing(JOB_SECONDS) as db:
        ids = [found["_id"] for found in db.bulk_runs.find(unused, {"_id": 1})]
        if ids:
            db.bulk_rows.delete_many({"run": {"$in": ids}})
            db.bulk_runs.delete_many({"_id": {"$in": ids}})


def _living(user: int | None, now: datetime | None) -> Document:
    """What selects runs that have not expired; MongoDB may keep them for a minute more."""
    mine = {} if user is None else {"user": user}
    return {**mine, "created_at": {"$gt": (now or datetime.now(UTC)) - LIFETIME}}


def _asked(order: Order | None, reason: str, plan: str) -> Document:
    return {"what": order_document(order), "reason": reason, "plan": plan}


def _noted(run: Run) -> Document:
    known = {"state": run.state, "at": run.at, "counts": dict(run.counts)}
    return {**known, "done": run.saved, "failed": run.failed}


def _run(found: Mapping[str, Any]) -> Run:
    names = ("user", "who", "contracts", "created_at", "reason", "plan", "stopped", "state", "at", "counts")
    return Run(run_id=found["_id"], order=order_of(found["what"]), **{name: found[name] for name in names})
