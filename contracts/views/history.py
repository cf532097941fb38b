"""What became of a contract: its revisions, and any one of them whole."""

from itertools import zip_longest

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from contracts import presentation, revisions
from contracts.documents import from_document
from contracts.domain import fields
from contracts.domain.model import is_addressable
from contracts.domain.versions import MOST
from contracts.revisions import PAGE_SIZE, RevisionNotFound
from contracts.shown import versions
from contracts.views.access import document_or_404
from users.access import can, requires


@require_safe
@requires("contracts.see")
def history(request: HttpRequest, contract_id: str) -> HttpResponse:
    before = request.GET.get("before", "")
    if before and not (before.isdecimal() and before.isascii() and len(before) < 19):
        return render(request, "contracts/history_bad.html", {"before": before}, status=400)
    found = revisions.history(contract_id, before=int(before) if before else None, limit=PAGE_SIZE + 1)
    if not found and not before:
        by_account = revisions.contract_of_account(contract_id)
        if by_account and is_addressable(by_account):
            return redirect("contracts:history", by_account)
        # Another service wrote it and nobody has changed it here: no history, but no mistake either.
        document_or_404(contract_id)
    everything = [presentation.revision(entry) for entry in found]
    shown = everything[:PAGE_SIZE]
    is_gone = bool(shown) and not before and shown[0].action == "deleted"
    # The newest version has the terms in force; only the first page begins with it.
    older = shown if before else shown[1:]
    may_restore = can(request.user, "contracts.change") and not is_gone
    options = versions.options(shown)
    context = {
        "contract_id": contract_id,
        "revisions": shown,
        "entries": list(zip_longest(shown, everything[1:])),
        "restorable": [entry.version for entry in older if entry.url] if may_restore else [],
        "options": options,
        "names": [name for name, _ in options[1::-1]],
        "title": shown[0].account_name if shown else contract_id,
        "is_gone": is_gone,
        "older": found[PAGE_SIZE - 1]["version"] if len(found) > PAGE_SIZE else None,
        "before": before,
    }
    return render(request, "contracts/history.html", context)


@require_safe
@requires("contracts.see")
def revision(request: HttpRequest, contract_id: str, version: int) -> HttpResponse:
    try:
        stored = revisions.get(contract_id, min(version, MOST))
    except RevisionNotFound as missing:
        raise Http404(str(missing)) from None
    document = stored.get("document")
    contract = from_document(document if isinstance(document, dict) else {})
    newest = presentation.revision(revisions.versions(contract_id, limit=1)[0])
    is_newest = newest.version == version
    may_restore = can(request.user, "contracts.change") and newest.action != "deleted"
    context = {
        "contract_id": contract_id,
        "revision": presentation.revision(stored),
        "newest": newest,
        "is_newest": is_newest,
        "can_restore": may_restore and not is_newest,
        "contract": contract,
        "groups": [(label, presentation.facts(contract, group)) for label, group in GROUPS],
        "tables": [(table, contract.at(table.path)) for table in TABLES],
        "hash": stored.get("hash", ""),
    }
    return render(request, "contracts/revision.html", context)


TABLES = (fields.ADD_ONS, fields.VOLUME_TIERS, fields.VALUE_TIERS)
GROUPS = (
    ("Parties", (*fields.IDENTITY, *fields.PARTIES)),
    ("Term", (*fields.TERM, *fields.DERIVED)),
    ("Price", fields.PRICE),
    ("Limits", fields.LIMITS),
    ("Service level", fields.SERVICE_LEVEL),
    ("Notes", fields.NOTES),
    ("Record", fields.BOOKKEEPING),
)
