"""Making contracts."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pymongo.client_session import ClientSession

from contracts import previewing, revisions, saving, writes
from contracts.documents import flat, from_document, to_document
from contracts.domain import diff, lifecycle, plans, rules
from contracts.domain.errors import AccountHasContract, ContractIdTaken
from contracts.domain.model import Contract
from contracts.saving import PYTHON, Db, Document, Saved
from contracts.writes import Act
from mongo import codec
from mongo.errors import Duplicate
from users.actor import Actor

# What of a contract does not tell whether another is the same one, asked for again.
_FOLLOWING = ("account_id", "renewal_date")


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
    OutcomeUnknown and other MongoErrors. `form_id` makes the call repeatable: asked again, it answers as before, as
    long as the contract is there.
    """
    act = saving.act_of(actor, action, now, reason, saving.edit_id_of_new(contract, form_id))
    previewing.check((*rules.problems(contract), *previewing.unmade(contract, act.day, actor.via)))
    new = _completed(contract, act)

    def earlier(db: Db, session: ClientSession | None = None) -> tuple[Saved | None, str]:
        return saving.made_before(db, act, lambda revision: _answer(db, revision, new, session), session)

    def work(db: Db, session: ClientSession) -> Saved:
        saved, edit_id = earlier(db, session)
        if saved:
            return replace(saved, is_repeated=True)
        return _stored(db, new, replace(act, edit_id=edit_id), session)

    try:
        return saving.run(work, lambda db: earlier(db)[0])
    except Duplicate as taken:
        if taken.fields == ("contract_id",):
            raise ContractIdTaken(new.contract_id) from taken
        if taken.fields == ("account_id",):
            raise AccountHasContract(new.account_id) from taken
        raise


def create_from_template(
    template: str, account_id: str, *, actor: Actor = PYTHON, now: datetime | None = None, **terms: Any
) -> Saved:
    """Store a draft made from a plan (basic, professional, enterprise), with `terms` replacing the plan's own.

    Raises KeyError for an unknown plan, and what `create` raises.
    """
    moment = now or datetime.now(UTC)
    draft = plans.start_from(template, account_id=account_id, start=moment.date())
    return create(replace(draft, **terms), actor=actor, now=moment)


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


def _answer(db: Db, revision: Document, new: Contract, session: ClientSession | None) -> Saved | None:
    """The save that a revision tells of, if it made this very contract and nobody has deleted that since."""
    saved = saving.saved_of(revision)
    if saved is None or _terms(saved.contract) != _terms(new):
        return None
    live = writes.live(db, {"contract_id": saved.contract.contract_id}, session)
    return saved if live else None


def _terms(contract: Contract) -> Document:
    return {path: value for path, value in flat(contract).items() if path not in _FOLLOWING}


def _stored(db: Db, new: Contract, act: Act, session: ClientSession) -> Saved:
    previous = revisions.newest(db, new.contract_id, session)
    version = revisions.version_after(previous)
    document = codec.stored(to_document(replace(new, version=version)))
    writes.insert(db, document, session)
    changed = tuple(change for change in diff.changes({}, flat(new)) if change.after not in ("", [], None))
    saving.record(db, act, document, previous=previous, version=version, changed=changed, session=session)
    return Saved(from_document(document), changed, document)
