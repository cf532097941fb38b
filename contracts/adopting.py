"""What other services wrote becomes a part of the history before anything of ours follows on it."""

from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

from contracts import revisions, writes
from contracts.documents import flat, from_document
from contracts.domain import diff, rules
from contracts.writes import Act
from mongo import codec
from users.actor import Actor

Document = dict[str, Any]
Db = Database[Document]


def adopted(db: Db, live: Document, act: Act, session: ClientSession) -> Document:
    """The newest revision, after adding one of what another service wrote since, if any."""
    previous = revisions.newest(db, live["contract_id"], session)
    known = _known(previous)
    if previous and known and codec.digest(known) == codec.digest(live):
        return previous
    found, before = from_document(live), from_document(known) if known else None
    # A service that does not say who it is leaves the name of whoever saved last.
    is_new = before is None or found.last_modified_by != before.last_modified_by
    named = found.last_modified_by if is_new else ""
    return writes.add_revision(
        db,
        Act(actor=Actor(id=named or "unknown", name="Another service", via="job"), action="adopted", now=act.now),
        live,
        previous=previous,
        version=max(revisions.version_after(previous), min(found.version, rules.MOST_COUNT - 1)),
        changed=diff.changes(flat(before), flat(found)) if before else (),
        session=session,
    )


def _known(previous: Document | None) -> Document | None:
    """The contract as its newest revision left it; None where that removed it, or holds none."""
    if previous is None or previous.get("action") == "deleted":
        return None
    document = previous.get("document")
    return document if isinstance(document, dict) else None
