"""Removing contracts."""

from dataclasses import replace
from datetime import datetime

from pymongo.client_session import ClientSession

from contracts import adopting, revisions, saving, writes
from contracts.documents import from_document
from contracts.saving import PYTHON, Db, Document, Saved
from contracts.seen import Seen
from users.actor import Actor


def delete(
    *,
    seen: Seen,
    contract_id: str | None = None,
    account_id: str | None = None,
    actor: Actor = PYTHON,
    now: datetime | None = None,
    form_id: str | None = None,
    reason: str = "",
) -> Saved:
    """Remove a contract, provided that it is still as it was seen; its history stays. Gives what was removed.

    Raises ContractNotFound, ContractChanged, OutcomeUnknown and other MongoErrors. `form_id` makes the call
    repeatable, as long as nobody has made the contract anew.
    """
    key = saving.key_of(contract_id, account_id)
    act = saving.act_of(actor, "deleted", now, reason, saving.edit_id_of(form_id, *key.values()))

    def earlier(db: Db, session: ClientSession | None = None) -> tuple[Saved | None, str]:
        is_gone = writes.live(db, key, session) is None
        return saving.made_before(db, act, lambda revision: _answer(revision) if is_gone else None, session)

    def work(db: Db, session: ClientSession) -> Saved:
        removed, edit_id = earlier(db, session)
        if removed:
            return replace(removed, is_repeated=True)
        live = saving.expected(db, key, seen, session)
        previous = adopting.adopted(db, live, act, session)
        writes.remove(db, live, session)
        version = revisions.version_after(previous)
        done = replace(act, edit_id=edit_id)
        saving.record(db, done, live, previous=previous, version=version, changed=(), session=session)
        return Saved(from_document(live), document=live)

    return saving.run(work, lambda db: earlier(db)[0])


def _answer(revision: Document) -> Saved | None:
    """The removal that a revision tells of, if it is one."""
    return saving.saved_of(revision) if revision["action"] == "deleted" else None
