"""Changing contracts that exist: their terms, their status, their term."""

from datetime import date, datetime

from contracts import previewing, revisions, saving
from contracts.domain.model import Contract
from contracts.saving import PYTHON, Edit, Saved
from contracts.seen import Seen
from users.actor import Actor


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

    def wanted(before: Contract, today: date) -> Contract:
        return previewing.edited(before, contract, today, reason)

    return saving.change(Edit(key=key, seen=seen, act=act, wanted=wanted))


def transition(
    to: str,
    *,
    seen: Seen,
    contract_id: str | None = None,
    account_id: str | None = None,
    actor: Actor = PYTHON,
    now: datetime | None = None,
    today: date | None = None,
    form_id: str | None = None,
    reason: str = "",
    last_day: date | None = None,
) -> Saved:
    """Bring a contract to another status of the table in contracts.domain.lifecycle.

    Cancelling needs a reason and a last day, its own where none is given; expiring needs a last day that is not
    ahead. `today` is the day by which the calendar decides, that of `now` where none is given. Raises what `update`
    raises.
    """
    key = saving.key_of(contract_id, account_id)
    act = saving.act_of(actor, "status_changed", now, reason, saving.edit_id_of(form_id, *key.values()), today)

    def wanted(before: Contract, today: date) -> Contract:
        return previewing.edited(before, previewing.moved(before, to, last_day), today, reason)

    return saving.change(Edit(key=key, seen=seen, act=act, wanted=wanted))


def renew(
    *,
    seen: Seen,
    contract_id: str | None = None,
    account_id: str | None = None,
    actor: Actor = PYTHON,
    now: datetime | None = None,
    today: date | None = None,
    form_id: str | None = None,
    reason: str = "",
) -> Saved:
    """Move a contract's last day and renewal date on by one term, counted from its anchor.

    One that waited is active again, unless the new term has reached its notice window. `today` is the day by which
    the calendar decides, that of `now` where none is given. Raises what `update` raises.
    """
    key = saving.key_of(contract_id, account_id)
    act = saving.act_of(actor, "renewed", now, reason, saving.edit_id_of(form_id, *key.values()), today)

    def wanted(before: Contract, today: date) -> Contract:
        return previewing.edited(before, previewing.renewed(before, today), today, reason)

    return saving.change(Edit(key=key, seen=seen, act=act, wanted=wanted))


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
    key = saving.key_of(contract_id, None)
    act = saving.act_of(actor, "restored", now, reason, saving.edit_id_of(form_id, contract_id))
    document = revisions.document_of(revisions.get(contract_id, version))

    def wanted(before: Contract, today: date) -> Contract:
        return previewing.with_terms_of(before, document, today)

    return saving.change(Edit(key=key, seen=seen, act=act, wanted=wanted))
