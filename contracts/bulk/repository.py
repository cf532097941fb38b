"""Bulk changes in MongoDB, one document each: what is asked, of how many contracts, and how far it has got."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

from contracts.bulk.model import (
    CHOOSING,
    LIFETIME,
    OPEN,
    PLANNED,
    PLANNING,
    RUNNING,
    UNUSED,
    WORKING,
    Order,
    Run,
    Successor,
    Undo,
    order_document,
    order_of,
)
from mongo import claims, transaction
from mongo.claims import Claim
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
PAGE_SIZE = 50


class RunNotFound(Exception):
    """There is no such bulk change, not any more, or it is somebody else's."""


class RetriedAlready(Exception):
    """Another run has tried again already what this one wants to try again."""


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
                "used_at": run.created_at,
                "stopped": run.stopped,
                "retries": run.retries,
                "claim": None,
                **_asked(run.order, run.reason, run.plan),
                **noted(run),
            }
        )


def find(run_id: str, user: int | None, *, now: datetime | None = None) -> Run:
    """A person's run, anybody's where no user is given. Raises RunNotFound."""
    with reading() as db:
        found = db.bulk_runs.find_one({"_id": run_id, **_living(user, now)})
    if found is None:
        raise RunNotFound
    return run_of(found, now=now)


def count(user: int | None) -> int:
    """How many runs `page` shows in all."""
    with reading() as db:
        return db.bulk_runs.count_documents(_ordered(user))


def page(user: int | None, skip: int) -> list[Run]:
    """A page of a person's runs that have an order, newest first; of everybody's where no user is given."""
    with reading() as db:
        found = db.bulk_runs.find(_ordered(user)).sort("created_at", -1)
        return [run_of(entry) for entry in found.skip(skip).limit(PAGE_SIZE)]


def plan_again(run: Run, order: Order, reason: str, plan: str) -> bool:
    """Give a run an order and have its preview made; False where it is being carried out already."""
    fresh = _asked(order, reason, plan) | {"state": PLANNING, "at": 0, "counts": {}, "claim": None}
    with writing() as db:
        open_run = {"_id": run.run_id, "user": run.user, "state": {"$in": list(OPEN)}}
        changed = db.bulk_runs.update_one(open_run, {"$set": {**fresh, "used_at": datetime.now(UTC)}})
    return changed.matched_count == 1


def begin(run: Run, plan: str) -> bool:
    """Let this very preview be carried out; False where it is not, or not any more, to be. Raises RetriedAlready.

    A run that is taken back or tried again knows from then on by which other one.
    """
    planned = {"_id": run.run_id, "user": run.user, "state": PLANNED, "plan": plan}

    def work(db: Database[Document], session: ClientSession) -> bool:
        begun = db.bulk_runs.update_one(planned, {"$set": {"state": RUNNING, "at": 0}}, session=session)
        if begun.matched_count and run.retries and not _succeed(run, run.retries, "retried", db, session):
            raise RetriedAlready
        if begun.matched_count and isinstance(run.order, Undo):
            _succeed(run, run.order.run_id, "undone", db, session)
        return begun.matched_count == 1

    return transaction.run(work)


def _succeed(run: Run, first: str, how: str, db: Database[Document], session: ClientSession) -> bool:
    """Note of another run that this one undoes or retries it; False where one does so already."""
    successor = asdict(Successor(run.run_id, run.user, run.who))
    noted = db.bulk_runs.update_one({"_id": first, how: None}, {"$set": {how: successor}}, session=session)
    return noted.matched_count == 1


def set_stopped(run: Run, *, stopped: bool) -> None:
    """Stop a run after its present slice, or let it go on."""
    with writing() as db:
        db.bulk_runs.update_one(
            {"_id": run.run_id, "user": run.user, "state": RUNNING}, {"$set": {"stopped": stopped}}
        )


def claim(run_id: str, user: int, *, stopped: bool = False, now: datetime | None = None) -> Claim | None:
    """A claim on a run that has something to do, and is or is not stopped; None where another has it."""
    moment = now or datetime.now(UTC)
    wanted = {"_id": run_id, **_living(user, moment), "state": {"$in": list(WORKING)}, "stopped": stopped}
    return claims.take("bulk_runs", wanted, moment)


def noted(run: Run) -> Document:
    """What is written down of a run by those that go on with it."""
    known = {"state": run.state, "at": run.at, "counts": dict(run.counts)}
    return {**known, "done": run.saved, "failed": run.failed}


def forget_unused(user: int, now: datetime) -> None:
    """Remove a person's runs that were never carried out and have not been used for days."""
    unused = {"user": user, "used_at": {"$lt": now - UNUSED}, "state": {"$in": list(OPEN)}}
    with writing(JOB_SECONDS) as db:
        for found in list(db.bulk_runs.find(unused, {"_id": 1})):
            # Somebody may use it just now, and then it is not unused any more.
            if db.bulk_runs.delete_one({**unused, **found}).deleted_count:
                db.bulk_rows.delete_many({"run": found["_id"]})


def _ordered(user: int | None) -> Document:
    return _living(user, None) | {"state": {"$ne": CHOOSING}}


def _living(user: int | None, now: datetime | None) -> Document:
    """What selects runs that have not expired; MongoDB may keep them for a minute more."""
    mine = {} if user is None else {"user": user}
    return {**mine, "created_at": {"$gt": (now or datetime.now(UTC)) - LIFETIME}}


def _asked(order: Order | None, reason: str, plan: str) -> Document:
    return {"what": order_document(order), "reason": reason, "plan": plan}


def run_of(found: Mapping[str, Any], *, now: datetime | None = None) -> Run:
    """The run that a document tells of."""
    names = ("user", "who", "contracts", "created_at", "reason", "plan", "stopped", "state", "at", "counts")
    successors = {how: Successor(**found[how]) for how in ("undone", "retried") if found.get(how)}
    return Run(
        run_id=found["_id"],
        order=order_of(found["what"]),
        is_claimed=claims.is_taken(found, now or datetime.now(UTC)),
        retries=found.get("retries", ""),
        mended=found.get("mended", 0),
        **successors,
        **{name: found[name] for name in names},
    )
