"""A bulk change under way, in slices that the page asks for.

A slice ends when its time is over; the next one, in whichever window or process, goes on from there. Every contract
is a save of its own, known by the run and the contract, so that a slice that comes again saves nothing twice.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

from contracts import repository as contracts
from contracts import revisions, slices
from contracts.bulk import planning, repository, rows, saves
from contracts.bulk.model import CHANGED, DONE, PLANNED, PLANNING, REFUSED, RUNNING, SAVED, WORKING, Run
from mongo import client
from mongo.claims import Claim
from mongo.errors import MongoError, MongoUnavailable
from users.actor import Actor

AT_ONCE = 50
PING_SECONDS = 1.0

Document = dict[str, Any]


def go_on(run_id: str, user: int, *, actor: Actor, seconds: float = slices.SLICE_SECONDS) -> bool:
    """Do a slice of what is to be done next; False where another window is at it. Raises MongoError."""
    until = time.monotonic() + seconds
    claim = repository.claim(run_id, user)
    if claim is None:
        return False
    with claim.released():
        run = repository.run_of(claim.document)
        while run.state in WORKING:
            run = _plan(run, claim, until) if run.state == PLANNING else _save(run, claim, until, actor)
            if time.monotonic() >= until:
                break
        return True
    return False


def settled(run: Run) -> Run:
    """A run that was stopped, with what a slice that broke off had saved and not noted. Raises MongoError."""
    if run.state != RUNNING or not run.stopped or run.is_claimed:
        return run
    claim = repository.claim(run.run_id, run.user, stopped=True)
    if claim is None:
        # Somebody was faster, and notes it.
        return repository.find(run.run_id, run.user)
    with claim.released():
        run = repository.run_of(claim.document)
        # The next slice would begin with these: none beyond them was saved.
        found = rows.pending(run.run_id, run.at, AT_ONCE)
        if outcomes := _saved(run, found):
            run = _counted(run, outcomes)
            claim.note(repository.noted(run), partial(_settle, run, found, outcomes))
    return replace(run, is_claimed=False)


def _saved(run: Run, found: Sequence[Mapping[str, Any]]) -> dict[int, Document]:
    """What became of those of the rows found that the history tells of, by their numbers."""
    numbers = {saves.edit_id(run, row): row["number"] for row in found}
    versions = revisions.versions_of(list(numbers))
    return {numbers[edit_id]: saves.saved(version) for edit_id, version in versions.items()}


def _plan(run: Run, claim: Claim, until: float) -> Run:
    found = rows.following(run.run_id, run.at, AT_ONCE)
    planned = dict(slices.in_time(planning.plan(run, found, datetime.now(UTC)), until))
    counts = Counter(run.counts)
    counts.update(known["outcome"] for known in planned.values())
    at = max(planned, default=run.contracts)
    run = replace(run, counts=dict(counts), at=at, state=PLANNED if at >= run.contracts else PLANNING)
    claim.note(repository.noted(run), partial(rows.settle, run.run_id, planned))
    return run


def _save(run: Run, claim: Claim, until: float, actor: Actor) -> Run:
    found = rows.pending(run.run_id, run.at, AT_ONCE)
    live = {contracts.exact(one["_id"]): one for one in contracts.documents_by_id([row["own"] for row in found])}
    results, error = slices.done(
        found, lambda row: saves.save(run, row, live.get(contracts.exact(row["own"])), actor), until
    )
    outcomes = {row["number"]: result for row, result in zip(found, results, strict=False)}
    tried: dict[int, Document] = {}
    if isinstance(error, MongoUnavailable) and _answers():
        stuck = found[len(results)]
        if stuck.get("tried"):
            outcomes[stuck["number"]], error = saves.given_up(run, stuck), None
        else:
            tried[stuck["number"]] = {"tried": True}
    is_over = len(outcomes) == len(found) < AT_ONCE
    run = replace(_counted(run, outcomes), at=max(outcomes, default=run.at), state=DONE if is_over else RUNNING)
    # What is saved is noted, also where MongoDB went away after it.
    claim.note(repository.noted(run), partial(_settle, run, found, {**outcomes, **tried}))
    if error is not None:
        raise error
    return run


def _settle(
    run: Run,
    found: Sequence[Document],
    outcomes: Mapping[int, Document],
    db: Database[Document],
    session: ClientSession,
) -> None:
    """Note what became of the rows found, here and in the runs that this one tries again."""
    rows.settle(run.run_id, outcomes, db, session)
    rows.mend([row for row in found if outcomes.get(row["number"], {}).get("outcome") == SAVED], db, session)


def _answers() -> bool:
    """Whether MongoDB is there, though it did not answer to something else."""
    try:
        client.ping(PING_SECONDS)
    except MongoError:
        return False
    return True


def _counted(run: Run, outcomes: Mapping[int, Document]) -> Run:
    """The run with these contracts saved, or left alone because somebody was faster."""
    counts = Counter(run.counts)
    for known in outcomes.values():
        counts.subtract([CHANGED])
        counts.update([SAVED] if known["outcome"] == SAVED else [REFUSED, "late"])
    return replace(run, counts=dict(counts))
