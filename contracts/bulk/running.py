"""A bulk change under way, in slices of about a second that the page asks for.

A slice ends when its time is over; the next one, in whichever window or process, goes on from there. Every contract
is a save of its own, known by the run and the contract, so that a slice that comes again saves nothing twice.
"""

import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile
from typing import Any

from contracts import repository as contracts
from contracts import revisions, saving, services
from contracts.bulk import planning, repository, rows
from contracts.bulk.model import ACTIONS, CHANGED, DONE, PLANNED, PLANNING, REFUSED, RUNNING, SAVED, Run
from contracts.documents import from_document, from_flat
from contracts.domain.errors import ContractChanged, ContractInvalid, ContractNotFound, Problem
from contracts.seen import Seen
from mongo.errors import Duplicate, MongoRefused
from users.actor import Actor

SLICE_SECONDS = 1.0
PLANNED_AT_ONCE = 200
SAVED_AT_ONCE = 50
CHANGED_MEANWHILE = "Somebody changed the contract after the preview, so it was left alone."
DELETED_MEANWHILE = "Somebody deleted the contract after the preview."

Document = dict[str, Any]


def go_on(run_id: str, user: int, *, actor: Actor, seconds: float = SLICE_SECONDS) -> bool:
    """Do a slice of what is to be done next; False where another window is at it. Raises MongoError."""
    by = str(uuid.uuid4())
    run = repository.claim(run_id, user, by)
    if run is None:
        return False
    until = time.monotonic() + seconds
    with repository.released(run_id, by):
        if run.state == PLANNING:
            _plan(run, by, until)
        else:
            _save(run, by, until, actor)
        return True
    return False


def _plan(run: Run, by: str, until: float) -> None:
    while run.state == PLANNING:
        found = rows.following(run.run_id, run.at, PLANNED_AT_ONCE)
        planned = planning.plan(run, found, datetime.now(UTC))
        counts = Counter(run.counts)
        counts.update(known["outcome"] for known in planned.values())
        at = found[-1]["number"] if found else run.contracts
        run = replace(run, counts=dict(counts), at=at, state=PLANNED if at >= run.contracts else PLANNING)
        repository.note(run, by, partial(rows.settle, run.run_id, planned))
        if time.monotonic() > until:
            return


def _save(run: Run, by: str, until: float, actor: Actor) -> None:
    while run.state == RUNNING and time.monotonic() < until:
        found = rows.pending(run.run_id, run.at, SAVED_AT_ONCE)
        live = {
            contracts.exact(one["_id"]): one for one in contracts.documents_by_id([row["own"] for row in found])
        }
        in_time = takewhile(lambda _: time.monotonic() < until, found)
        outcomes = dict(_outcomes(run, in_time, live, actor))
        run = _advanced(run, outcomes, is_over=len(outcomes) == len(found) < SAVED_AT_ONCE)
        repository.note(run, by, partial(rows.settle, run.run_id, outcomes))


def _outcomes(
    run: Run, pending: Iterator[Mapping[str, Any]], live: Mapping[bytes, Document], actor: Actor
) -> Iterator[tuple[int, Document]]:
    for row in pending:
        yield row["number"], _saved(run, row, live.get(contracts.exact(row["own"])), actor)


def _saved(run: Run, row: Mapping[str, Any], live: Document | None, actor: Actor) -> Document:
    """Save one contract as it was previewed; what is to be noted of it."""
    if live is None:
        return _left_alone(Problem("contract_id", DELETED_MEANWHILE))
    form_id = str(uuid.uuid5(uuid.UUID(run.run_id), row["contract_id"]))
    try:
        saved = services.update(
            # What the preview changes, and nothing else: it is the same however often and whenever it is asked for.
            from_flat(from_document(live), {change["path"]: change["after"] for change in row["changes"]}),
            contract_id=row["contract_id"],
            # The digest covers the version.
            seen=Seen(None, row["digest"]),
            actor=actor,
            form_id=form_id,
            reason=run.reason,
            action=ACTIONS.get(type(run.order), "edited"),
        )
    except ContractInvalid as refusal:
        return _left_alone(*refusal.problems)
    except ContractChanged:
        return _saved_before(form_id, row) or _left_alone(Problem("version", CHANGED_MEANWHILE))
    except ContractNotFound:
        return _left_alone(Problem("contract_id", DELETED_MEANWHILE))
    except (MongoRefused, Duplicate) as refusal:
        # What MongoDB will not hold of this contract must not keep the others waiting.
        return _left_alone(Problem("", str(refusal)))
    return {"outcome": SAVED, "version": saved.contract.version}


def _saved_before(form_id: str, row: Mapping[str, Any]) -> Document | None:
    """What a save led to that was not noted any more, where somebody has changed the contract since."""
    version = revisions.version_of(saving.edit_id_of(form_id, row["contract_id"]))
    return None if version is None else {"outcome": SAVED, "version": version}


def _left_alone(*problems: Problem) -> Document:
    return {"outcome": REFUSED, "late": True, "problems": planning.problem_documents(problems)}


def _advanced(run: Run, outcomes: Mapping[int, Document], *, is_over: bool) -> Run:
    """The run after these contracts were saved, or left alone because somebody was faster."""
    counts = Counter(run.counts)
    for known in outcomes.values():
        counts.subtract([CHANGED])
        counts.update([SAVED] if known["outcome"] == SAVED else [REFUSED, "late"])
    at = max(outcomes, default=run.at)
    return replace(run, counts=dict(counts), at=at, state=DONE if is_over else RUNNING)
