"""A contract's history over HTTP, whatever other services put into it."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from contracts import repository, walking
from contracts.api import schemas
from contracts.api.documents import Document, changed
from contracts.telling import told
from mongo.cursors import CursorUnreadable
from mongo.extended import iso
from users.api import After, Limit, RequestInvalid, answer, documented
from users.bearer import needs

router = Router(tags=["contracts"])


@router.get(
    "/contracts/{contract_id}/revisions",
    auth=needs("contracts:read"),
    **documented("listRevisions", "Read a contract's history", schemas.Revisions, 404),
)
def list_revisions(request: HttpRequest, contract_id: str, after: After = None, limit: Limit = 50) -> HttpResponse:
    try:
        found = walking.history(contract_id, after, limit=limit)
    except CursorUnreadable as problem:
        raise RequestInvalid(("after", str(problem))) from problem
    if not found.documents and after is None:
        # It may be there without a history: another service made it.
        repository.document(contract_id)
    return answer({"items": [_revision(document) for document in found.documents], "next": found.next})


def _revision(stored: Document) -> dict[str, Any]:
    found = told(stored)
    return {
        "contract_id": found.contract_id,
        "account_id": found.account_id,
        "version": found.version if found.is_numbered else None,
        "at": iso(found.at) if isinstance(found.at, datetime) else None,
        "actor": {"id": found.actor_id, "name": found.actor_name, "via": found.via},
        "action": found.action,
        "reason": found.reason,
        "changes": [changed(one) for one in found.changes],
    }
