"""Everything that changes a contract, one function a use case.

Each runs in one transaction: compare with what the editor saw, adopt what other services wrote, write the paths
that change, append a revision, append an audit entry. All of it happens, or nothing.
"""

import secrets
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from pymongo.client_session import ClientSession

from contracts import previewing, revisions, saving, writes
from contracts.documents import flat, from_document, to_document
from contracts.domain import diff, lifecycle, plans, rules
from contracts.domain.errors import AccountHasContract, ContractIdTaken
from contracts.domain.model import Contract
from contracts.saving import Changes, Db, Edit, Saved
from contracts.seen import Seen
from contracts.writes import Act
from mongo import codec
from mongo.errors import Duplicate
from users.actor import Actor

PYTHON = Actor(id="python", name="Python", via="job")


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
    edit_id = saving.edit_id_of(form_id, contract.contract_id or contract.account_id)
    act = saving.act_of(actor, action, now, reason, edit_id)
    previewing.check(rules.problems(contract))
    new = _completed(contract, act)

    def done(db: Db, session: ClientSession | None = None) -> Saved | None:
        return saving.answered(db, edit_id, lambda saved, _: _terms(saved.contract) == _terms(new), session)

    def work(db: Db, session: ClientSession) -> Saved:
        if saved := done(db, session):
            return saved
        previous = revisions.newest(db, new.contract_id, session)
        version = previous["version"] + 1 if previous else 1
        document = codec.stored(to_document(replace(new, version=version)))
        writes.insert(db, document, session)
        changed = tuple(change for change in diff.changes({}, flat(new)) if change.after not in ("", [], None))
        saving.record(db, act, document, previous=previous, version=version, changed=changed, session=session)
        return Saved(from_document(document), changed)

    try:
        return saving.run(work, done)
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
    key = saving.key_of(contract_id, account_id)
    act = saving.act_of(actor, action, now, reason, saving.edit_id_of(form_id, *key.values()))
    return saving.change(
        Edit(
            key=key,
            seen=seen,
            act=act,
            wanted=lambda before: previewing.edited(before, contract, act.now.date(), reason),
            answers=lambda saved, _: _has_terms(saved, contract),
            again=repr(_terms(contract)),
        )
    )


def transition(
    to: str,
    *,
    seen: Seen,
    contract_id: str | None = None,
    account_id: str | None = None,
    actor: Actor = PYTHON,
    now: datetime | None = None,
    form_id: str | None = None,
    reason: str = "",
    last_day: date | None = None,
) -> Saved:
    """Bring a contract to another status of the table in contracts.domain.lifecycle.

    Cancelling needs a reason and a last day, its own where none is given. Raises what `update` raises.
    """
    key = saving.key_of(contract_id, account_id)
    act = saving.act_of(actor, "status_changed", now, reason, saving.edit_id_of(form_id, *key.values()))

    def wanted(before: Contract) -> Contract:
        return previewing.edited(before, previewing.moved(before, to, last_day), act.now.date(), reason)

    def answers(saved: Saved, action: str) -> bool:
        same_day = last_day is None or saved.contract.end_date == last_day
        return action == act.action and saved.contract.status == to and same_day

    return saving.change(
        Edit(key=key, seen=seen, act=act, wanted=wanted, answers=answers, again=f"{to} {last_day}")
    )


def renew(
    *,
    seen: Seen,
    contract_id: str | None = None,
    account_id: str | None = None,
    actor: Actor = PYTHON,
    now: datetime | None = None,
    form_id: str | None = None,
    reason: str = "",
) -> Saved:
    """Move a contract's last day and renewal date on by one term, counted from its anchor.

    One that waited is active again, unless the new term has reached its notice window. Raises what `update` raises.
    """
    key = saving.key_of(contract_id, account_id)
    act = saving.act_of(actor, "renewed", now, reason, saving.edit_id_of(form_id, *key.values()))

    def wanted(before: Contract) -> Contract:
        today = act.now.date()
        return previewing.edited(before, previewing.renewed(before, today), today, reason)

    def answers(_: Saved, action: str) -> bool:
        return action == act.action

    return saving.change(Edit(key=key, seen=seen, act=act, wanted=wanted, answers=answers, again=act.action))


def restore(
    version: int,
    *,
    seen: Seen,
    contract_id: str,
    actor: Actor = PYTHON,
    now: datetime | None = None,
    form_id: str | None = None,
    reason: str = "",
) -> Saved:
    """Bring a contract back to the terms of an older revision, as a new one; status, ids and version stay.

    Raises RevisionNotFound, and what `update` raises.
    """
    act = saving.act_of(actor, "restored", now, reason, saving.edit_id_of(form_id, contract_id))
    document = revisions.document_of(revisions.get(contract_id, version))

    def answers(saved: Saved, action: str) -> bool:
        same = flat(previewing.restored(saved.contract, document)) == flat(saved.contract)
        return action == act.action and same

    return saving.change(
        Edit(
            key={"contract_id": contract_id},
            seen=seen,
            act=act,
            wanted=lambda before: previewing.with_terms_of(before, document, act.now.date()),
            answers=answers,
            again=str(version),
        )
    )


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
    key = saving.key_of(contract_id, account_id)
    edit_id = saving.edit_id_of(None)
    act = saving.act_of(actor, "deleted", now, reason, edit_id)

    def done(db: Db, session: ClientSession | None = None) -> Saved | None:
        return saving.answered(db, edit_id, lambda *_: True, session)

    def work(db: Db, session: ClientSession) -> Saved:
        if removed := done(db, session):
            return removed
        live = saving.expected(db, key, seen, session)
        previous = saving.adopted(db, live, act, session)
        writes.remove(db, live, session)
        version = previous["version"] + 1
        saving.record(db, act, live, previous=previous, version=version, changed=(), session=session)
        return Saved(from_document(live))

    return saving.run(work, done)


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


def _has_terms(saved: Saved, wanted: Contract) -> bool:
    terms = _terms(saved.contract)
    return _terms(wanted) in (terms, {**terms, **_asked_status(saved.changed)})


def _asked_status(changed: Changes) -> dict[str, Any]:
    """The status that was asked for where a later end returned the contract to active by itself."""
    before = {change.path: change.before for change in changed}
    waited = before.get("status") in lifecycle.WAITING and "end_date" in before
    return {"status": before["status"]} if waited else {}


def _terms(contract: Contract) -> dict[str, Any]:
    """What people decide of a contract: the compared fields but the account and what follows from others."""
    return {path: value for path, value in flat(contract).items() if path not in ("account_id", "renewal_date")}
