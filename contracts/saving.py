"""How a change is saved: one transaction, repeatable by its edit id, with its revision and its audit entry.

The services say what is to change; this module sees to it that all of it happens, or nothing.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

from contracts import adopting, revisions, writes
from contracts.documents import flat, from_document, from_flat
from contracts.domain import diff
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

# Who acts where nobody is named.
PYTHON = Actor(id="python", name="Python", via="job")
# Makes the edit id that follows on one which another save of the same form has taken.
NEXT = "next"


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save led to, and the whole document; `changed` is empty where there was nothing to save.

    `is_repeated` tells that an earlier call made it: the live contract may have gone on since.
    """

    contract: Contract
    changed: Changes = ()
    document: Document = field(default_factory=dict, compare=False, repr=False)
    is_repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change of a contract that exists, provided that it is still as it was `seen`.

    `wanted` gives the contract as it is to be, as of a day. Asked again of the same contract and day it gives the
    same, by which a save that was made before is recognised.
    """

    key: Mapping[str, str]
    seen: Seen
    act: Act
    wanted: Callable[[Contract, date], Contract]


def change(edit: Edit) -> Saved:
    """Save a change, once. Raises ContractNotFound, ContractChanged, ContractInvalid and MongoErrors."""

    def earlier(db: Db, session: ClientSession | None = None) -> tuple[Saved | None, str]:
        return made_before(db, edit.act, partial(_answer, edit), session)

    def work(db: Db, session: ClientSession) -> Saved:
        saved, edit_id = earlier(db, session)
        if saved:
            return replace(saved, is_repeated=True)
        live = expected(db, edit.key, edit.seen, session)
        before = from_document(live)
        changed = diff.changes(flat(before), flat(edit.wanted(before, edit.act.day)))
        if not changed:
            return Saved(before, document=live)
        previous = adopting.adopted(db, live, edit.act, session)
        version = revisions.version_after(previous)
        stamps = {"version": version, "updated_at": edit.act.now, "last_modified_by": edit.act.actor.id}
        document = writes.apply(db, live, changed, stamps, session)
        act = replace(edit.act, action=_action_of(edit.act, changed), edit_id=edit_id)
        record(db, act, document, previous=previous, version=version, changed=changed, session=session)
        return Saved(from_document(document), changed, document)

    return run(work, lambda db: earlier(db)[0])


def _answer(edit: Edit, revision: Document) -> Saved | None:
    """The save that a revision tells of, if it is this one: made of what was there before, it gives the same."""
    saved = saved_of(revision)
    if saved is None or revision["action"] != _action_of(edit.act, saved.changed):
        return None
    before = from_flat(saved.contract, {one.path: one.before for one in saved.changed})
    try:
        wanted = edit.wanted(before, revisions.day_of(revision))
    except ContractInvalid:
        return None
    return None if diff.changes(flat(wanted), flat(saved.contract)) else saved


def _action_of(act: Act, changed: Changes) -> str:
    """What the history calls a change: an edit of the status alone is no edit of terms."""
    alone = act.action == "edited" and [one.path for one in changed] == ["status"]
    return "status_changed" if alone else act.action


def edit_id_of(form_id: str | None, *names: str) -> str:
    """The id of one save: the same for the same form and contract, a new one where there is no form."""
    return str(uuid.uuid5(uuid.UUID(form_id), ".".join(names))) if form_id else str(uuid.uuid4())


def edit_id_of_new(contract: Contract, form_id: str | None) -> str:
    """The id of the save that stores a new contract; the same for the same form."""
    return edit_id_of(form_id, contract.contract_id or contract.account_id)


def act_of(
    actor: Actor, action: str, now: datetime | None, reason: str, edit_id: str, today: date | None = None
) -> Act:
    moment = codec.truncated(now or datetime.now(UTC))
    return Act(actor=actor, action=action, now=moment, reason=reason, edit_id=edit_id, today=today)


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


def made_before(
    db: Db, act: Act, answer: Callable[[Document], Saved | None], session: ClientSession | None = None
) -> tuple[Saved | None, str]:
    """What this very save led to, if `answer` finds it in a revision; else None, and the edit id it is to have."""
    edit_id = act.edit_id
    while revision := revisions.by_edit_id(db, edit_id, session):
        if saved := answer(revision):
            return saved, edit_id
        edit_id = str(uuid.uuid5(uuid.UUID(edit_id), NEXT))
    return None, edit_id


def saved_of(revision: Document) -> Saved | None:
    """What a revision says that a save led to; None where it holds no contract."""
    document = revision.get("document")
    if not isinstance(document, dict):
        return None
    return Saved(from_document(document), tuple(Change(**one) for one in revision["changes"]), document)


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
