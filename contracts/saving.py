"""How a change is saved: one transaction, repeatable by its edit id, with its revision and its audit entry.

The services say what is to change; this module sees to it that all of it happens, or nothing.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

from contracts import revisions, writes
from contracts.documents import flat, from_document
from contracts.domain import diff, rules
from contracts.domain.diff import Change
from contracts.domain.errors import ContractChanged, ContractInvalid, ContractNotFound, Problem
from contracts.domain.model import Contract
from contracts.seen import Seen, seen_of
from contracts.writes import Act
from logs.services import record_audit
from mongo import codec, transaction
from mongo.client import reading
from mongo.errors import MongoError, OutcomeUnknown
from users.actor import Actor

Document = dict[str, Any]
Db = Database[Document]
Changes = tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save led to; `changed` is empty where there was nothing to save."""

    contract: Contract
    changed: Changes = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change of a contract that exists, provided that it is still as it was `seen`.

    `wanted` gives the contract as it is to be. `answers` tells whether a saved contract, with the action of its
    revision, is what this very change leads to; `again` tells it from another one asked for with the same form.
    """

    key: Mapping[str, str]
    seen: Seen
    act: Act
    wanted: Callable[[Contract], Contract]
    answers: Callable[[Saved, str], bool]
    again: str


def change(edit: Edit) -> Saved:
    """Save a change, once. Raises ContractNotFound, ContractChanged, ContractInvalid and MongoErrors."""
    first_id = str(edit.act.edit_id)
    later_id = str(uuid.uuid5(uuid.UUID(first_id), edit.again))

    def done(db: Db, session: ClientSession | None = None) -> Saved | None:
        found = (answered(db, edit_id, edit.answers, session) for edit_id in (first_id, later_id))
        return next(filter(None, found), None)

    def work(db: Db, session: ClientSession) -> Saved:
        if saved := done(db, session):
            return saved
        live = expected(db, edit.key, edit.seen, session)
        before = from_document(live)
        changed = diff.changes(flat(before), flat(edit.wanted(before)))
        if not changed:
            return Saved(before)
        previous = adopted(db, live, edit.act, session)
        version = previous["version"] + 1
        stamps = {"version": version, "updated_at": edit.act.now, "last_modified_by": edit.act.actor.id}
        document = writes.apply(db, live, changed, stamps, session)
        alone = edit.act.action == "edited" and [one.path for one in changed] == ["status"]
        act = replace(
            edit.act,
            action="status_changed" if alone else edit.act.action,
            edit_id=later_id if revisions.by_edit_id(db, first_id, session) else first_id,
        )
        record(db, act, document, previous=previous, version=version, changed=changed, session=session)
        return Saved(from_document(document), changed)

    return run(work, done)


def edit_id_of(form_id: str | None, *names: str) -> str:
    """The id of one save: the same for the same form and contract, a new one where there is no form."""
    return str(uuid.uuid5(uuid.UUID(form_id), ".".join(names))) if form_id else str(uuid.uuid4())


def act_of(actor: Actor, action: str, now: datetime | None, reason: str, edit_id: str) -> Act:
    moment = codec.truncated(now or datetime.now(UTC))
    return Act(actor=actor, action=action, now=moment, reason=reason, edit_id=edit_id)


def key_of(contract_id: str | None, account_id: str | None) -> dict[str, str]:
    """The one of both ids that was given, as a query."""
    if (contract_id is None) == (account_id is None):
        raise TypeError("Give contract_id or account_id.")
    return {"contract_id": contract_id} if contract_id is not None else {"account_id": str(account_id)}


def expected(db: Db, key: Mapping[str, str], seen: Seen, session: ClientSession) -> Document:
    """The live document, if it is the one that was seen."""
    live = writes.live(db, key, session)
    if live is None:
        raise ContractNotFound(next(iter(key.values())))
    if not isinstance(live.get("contract_id"), str):
        raise ContractInvalid((Problem("contract_id", "Another service wrote this contract without a usable id."),))
    if seen_of(live) != seen:
        raise ContractChanged(live["contract_id"], live)
    return live


def adopted(db: Db, live: Document, act: Act, session: ClientSession) -> Document:
    """The newest revision, after adding one of what another service wrote since, if any."""
    previous = revisions.newest(db, live["contract_id"], session)
    known = previous["document"] if previous and previous["action"] != "deleted" else None
    if previous and known and codec.digest(known) == codec.digest(live):
        return previous
    found = from_document(live)
    other = Actor(id=found.last_modified_by or "unknown", name="Another service", via="job")
    return writes.add_revision(
        db,
        Act(actor=other, action="adopted", now=act.now),
        live,
        previous=previous,
        version=max(previous["version"] + 1 if previous else 1, min(found.version, rules.MOST_COUNT - 1)),
        changed=diff.changes(flat(from_document(known)), flat(found)) if known else (),
        session=session,
    )


def record(
    db: Db,
    act: Act,
    document: Document,
    *,
    previous: Document | None,
    version: int,
    changed: Changes,
    session: ClientSession,
) -> None:
    """Append the revision and the audit entry of one change."""
    writes.add_revision(db, act, document, previous=previous, version=version, changed=changed, session=session)
    details = {
        "version": version,
        "account_id": document.get("account_id"),
        "reason": act.reason,
        "changes": [one.as_document() for one in changed],
    }
    record_audit(
        actor=act.actor,
        action=f"contract.{act.action}",
        entity=("contract", document["contract_id"]),
        details=codec.stored(details),
        now=act.now,
        session=session,
    )


def answered(
    db: Db, edit_id: str, answers: Callable[[Saved, str], bool], session: ClientSession | None = None
) -> Saved | None:
    """What this very save led to, if it has been made before."""
    revision = revisions.by_edit_id(db, edit_id, session)
    if revision is None:
        return None
    saved = Saved(from_document(revision["document"]), tuple(Change(**one) for one in revision["changes"]))
    return saved if answers(saved, revision["action"]) else None


def run(work: Callable[[Db, ClientSession], Saved], done: Callable[[Db], Saved | None]) -> Saved:
    """Run the transaction; where its answer was lost, look for what it led to before anybody is told."""
    try:
        return transaction.run(work)
    except OutcomeUnknown:
        if saved := _found_after_all(done):
            return saved
        raise


def _found_after_all(done: Callable[[Db], Saved | None]) -> Saved | None:
    try:
        with reading(past_breaker=True) as db:
            return done(db)
    except MongoError:
        return None
