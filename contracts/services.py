"""Everything that changes a contract, one function a use case.

Each runs in one transaction: compare with what the editor saw, adopt what other services wrote, write the paths
that change, append a revision, append an audit entry. All of it happens, or nothing.
"""

import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

from contracts import revisions, writes
from contracts.documents import flat, from_document, to_document
from contracts.domain import diff, lifecycle, plans, rules
from contracts.domain.diff import Change
from contracts.domain.errors import (
    AccountHasContract,
    ContractChanged,
    ContractIdTaken,
    ContractInvalid,
    ContractNotFound,
    Problem,
)
from contracts.domain.model import Contract
from contracts.seen import Seen, seen_of
from contracts.writes import Act
from logs.services import record_audit
from mongo import codec, transaction
from mongo.client import reading
from mongo.errors import Duplicate, MongoError, OutcomeUnknown
from users.actor import Actor

Document = dict[str, Any]
Db = Database[Document]
Changes = tuple[Change, ...]

PYTHON = Actor(id="python", name="Python", via="job")
# What no editor decides: identity and bookkeeping.
UNDECIDED = (
    "contract_id",
    "account_id",
    "created_at",
    "created_by",
    "updated_at",
    "last_modified_by",
    "version",
)


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save led to; `changed` is empty where there was nothing to save."""

    contract: Contract
    changed: Changes = ()


def create(
    contract: Contract,
    *,
    actor: Actor = PYTHON,
    now: datetime | None = None,
    form_id: str | None = None,
    reason: str = "",
    action: str = "created",
) -> Saved:
    """Store a new contract, as a draft unless it says otherwise.

    An id, dates and names that it carries are kept. Raises ContractInvalid, AccountHasContract, ContractIdTaken,
    OutcomeUnknown and other MongoErrors. `form_id` makes the call repeatable: asked again, it answers as before.
    """
    edit_id = edit_id_of(form_id, contract.contract_id or contract.account_id)
    act = _act(actor, action, now, reason, edit_id)
    _check(rules.problems(contract))
    new = _completed(contract, act)

    def work(db: Db, session: ClientSession) -> Saved:
        if done := _done(db, act.edit_id, new, session):
            return done
        previous = revisions.newest(db, new.contract_id, session)
        version = previous["version"] + 1 if previous else 1
        document = codec.stored(to_document(replace(new, version=version)))
        writes.insert(db, document, session)
        changed = tuple(change for change in diff.changes({}, flat(new)) if change.after not in ("", [], None))
        _record(db, act, document, previous=previous, version=version, changed=changed, session=session)
        return Saved(from_document(document), changed)

    try:
        return _run(work, lambda db: _done(db, act.edit_id, new))
    except Duplicate as taken:
        if "contract_id" in taken.fields:
            raise ContractIdTaken(new.contract_id) from taken
        raise AccountHasContract(new.account_id) from taken


def create_from_template(
    template: str, account_id: str, *, actor: Actor = PYTHON, now: datetime | None = None, **terms: Any
) -> Saved:
    """Store a draft made from a plan (basic, professional, enterprise), with `terms` replacing the plan's own.

    Raises KeyError for an unknown plan, and what `create` raises.
    """
    moment = now or datetime.now(UTC)
    draft = plans.start_from(template, account_id=account_id, start=moment.date())
    return create(replace(draft, **terms), actor=actor, now=moment)


def update(
    contract: Contract,
    *,
    seen: Seen,
    contract_id: str | None = None,
    account_id: str | None = None,
    actor: Actor = PYTHON,
    now: datetime | None = None,
    form_id: str | None = None,
    reason: str = "",
    action: str = "edited",
) -> Saved:
    """Bring a contract to the terms given, provided that it is still as the editor saw it.

    Ids, version and bookkeeping of `contract` are not looked at. Raises ContractNotFound, ContractChanged with the
    live document, ContractInvalid, OutcomeUnknown and other MongoErrors.
    """
    key = _key(contract_id, account_id)
    first_id = edit_id_of(form_id, *key.values())
    # One form can be sent again with other entries, after Back; that is a save of its own.
    later_id = str(uuid.uuid5(uuid.UUID(first_id), repr(_terms(contract))))
    act = _act(actor, action, now, reason, first_id)

    def done(db: Db, session: ClientSession | None = None) -> Saved | None:
        return _done(db, first_id, contract, session) or _done(db, later_id, contract, session)

    def work(db: Db, session: ClientSession) -> Saved:
        if saved := done(db, session):
            return saved
        live = _expected(db, key, seen, session)
        before = from_document(live)
        after = _edited(before, contract, act.now, reason)
        changed = diff.changes(flat(before), flat(after))
        if not changed:
            return Saved(before)
        previous = _adopted(db, live, act, session)
        version = previous["version"] + 1
        stamps = {"version": version, "updated_at": act.now, "last_modified_by": actor.id}
        document = writes.apply(db, live, changed, stamps, session)
        own = replace(
            act,
            action="status_changed" if [change.path for change in changed] == ["status"] else action,
            edit_id=later_id if revisions.by_edit_id(db, first_id, session) else first_id,
        )
        _record(db, own, document, previous=previous, version=version, changed=changed, session=session)
        return Saved(from_document(document), changed)

    return _run(work, done)


def delete(
    *,
    seen: Seen,
    contract_id: str | None = None,
    account_id: str | None = None,
    actor: Actor = PYTHON,
    now: datetime | None = None,
    reason: str = "",
) -> Saved:
    """Remove a contract, provided that it is still as it was seen; its history stays. Gives what was removed.

    Raises ContractNotFound, ContractChanged, OutcomeUnknown and other MongoErrors.
    """
    key = _key(contract_id, account_id)
    act = _act(actor, "deleted", now, reason, edit_id_of(None))

    def done(db: Db, session: ClientSession | None = None) -> Saved | None:
        revision = revisions.by_edit_id(db, act.edit_id, session)
        return Saved(from_document(revision["document"])) if revision else None

    def work(db: Db, session: ClientSession) -> Saved:
        if removed := done(db, session):
            return removed
        live = _expected(db, key, seen, session)
        previous = _adopted(db, live, act, session)
        writes.remove(db, live, session)
        _record(db, act, live, previous=previous, version=previous["version"] + 1, changed=(), session=session)
        return Saved(from_document(live))

    return _run(work, done)


def preview(before: Contract, wanted: Contract, *, now: datetime | None = None, reason: str = "") -> Saved:
    """What `update` would make of `before`, without writing anything. Raises ContractInvalid."""
    after = _edited(before, wanted, now or datetime.now(UTC), reason)
    return Saved(after, diff.changes(flat(before), flat(after)))


def edit_id_of(form_id: str | None, *names: str) -> str:
    """The id of one save: the same for the same form and contract, a new one where there is no form."""
    return str(uuid.uuid5(uuid.UUID(form_id), ".".join(names))) if form_id else str(uuid.uuid4())


def _act(actor: Actor, action: str, now: datetime | None, reason: str, edit_id: str) -> Act:
    moment = codec.truncated(now or datetime.now(UTC))
    return Act(actor=actor, action=action, now=moment, reason=reason, edit_id=edit_id)


def _key(contract_id: str | None, account_id: str | None) -> dict[str, str]:
    if (contract_id is None) == (account_id is None):
        raise TypeError("Give contract_id or account_id.")
    return {"contract_id": contract_id} if contract_id is not None else {"account_id": str(account_id)}


def _completed(contract: Contract, act: Act) -> Contract:
    """A new contract with an id and its bookkeeping."""
    stamp = act.now.strftime("contract_%Y%m%d_%H%M%S_")
    new = replace(
        contract,
        contract_id=contract.contract_id or stamp + secrets.token_hex(3),
        created_at=contract.created_at or act.now,
        updated_at=contract.updated_at or act.now,
        created_by=contract.created_by or act.actor.id,
        last_modified_by=contract.last_modified_by or act.actor.id,
    )
    return lifecycle.with_renewal_date(new)


def _edited(before: Contract, wanted: Contract, now: datetime, reason: str) -> Contract:
    """The contract as wanted, with what no editor decides taken from before. Raises ContractInvalid."""
    kept = {name: getattr(before, name) for name in UNDECIDED}
    after = replace(wanted, **kept)
    # What another service left broken, and nobody touched, does not keep the rest from being changed.
    left = set(rules.problems(before))
    broken = (problem for problem in rules.problems(after) if problem not in left)
    _check((*_forbidden(before, after, reason), *broken))
    return lifecycle.settled(before, after, now.date())


def _forbidden(before: Contract, wanted: Contract, reason: str) -> tuple[Problem, ...]:
    """Changes that the rules of a single state cannot see."""
    found = []
    if wanted.status != before.status and wanted.status not in lifecycle.allowed(before.status):
        found.append(Problem("status", f"{before.status} cannot become {wanted.status}."))
    if wanted.status == "cancelled" != before.status and not reason.strip():
        found.append(Problem("reason", "Say why the contract is cancelled."))
    if before.status != "draft" and before.start_date and wanted.start_date != before.start_date:
        found.append(Problem("start_date", "The start never moves once the contract has left draft."))
    return tuple(found)


def _check(problems: tuple[Problem, ...]) -> None:
    if problems:
        raise ContractInvalid(problems)


def _expected(db: Db, key: Mapping[str, str], seen: Seen, session: ClientSession) -> Document:
    """The live document, if it is the one that was seen."""
    live = writes.live(db, key, session)
    if live is None:
        raise ContractNotFound(next(iter(key.values())))
    if not isinstance(live.get("contract_id"), str):
        raise ContractInvalid((Problem("contract_id", "Another service wrote this contract without a usable id."),))
    if seen_of(live) != seen:
        raise ContractChanged(live["contract_id"], live)
    return live


def _adopted(db: Db, live: Document, act: Act, session: ClientSession) -> Document:
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


def _record(
    db: Db,
    act: Act,
    document: Document,
    *,
    previous: Document | None,
    version: int,
    changed: Changes,
    session: ClientSession,
) -> None:
    """The revision and the audit entry of one change."""
    writes.add_revision(db, act, document, previous=previous, version=version, changed=changed, session=session)
    details = {
        "version": version,
        "account_id": document.get("account_id"),
        "reason": act.reason,
        "changes": [change.as_document() for change in changed],
    }
    record_audit(
        actor=act.actor,
        action=f"contract.{act.action}",
        entity=("contract", document["contract_id"]),
        details=codec.stored(details),
        now=act.now,
        session=session,
    )


def _done(db: Db, edit_id: str | None, wanted: Contract, session: ClientSession | None = None) -> Saved | None:
    """What this very save led to, if it has been made before."""
    revision = revisions.by_edit_id(db, edit_id, session) if edit_id else None
    if revision is None:
        return None
    saved = from_document(revision["document"])
    changed = tuple(Change(**change) for change in revision["changes"])
    terms = _terms(saved)
    return Saved(saved, changed) if _terms(wanted) in (terms, {**terms, **_asked_status(changed)}) else None


def _asked_status(changed: Changes) -> dict[str, Any]:
    """The status that was asked for where a later end returned the contract to active by itself."""
    before = {change.path: change.before for change in changed}
    waited = before.get("status") in lifecycle.WAITING and "end_date" in before
    return {"status": before["status"]} if waited else {}


def _terms(contract: Contract) -> dict[str, Any]:
    """What people decide of a contract: the compared fields but the account and what follows from others."""
    return {path: value for path, value in flat(contract).items() if path not in ("account_id", "renewal_date")}


def _run(work: Callable[[Db, ClientSession], Saved], done: Callable[[Db], Saved | None]) -> Saved:
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
