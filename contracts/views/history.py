"""What became of a contract: its revisions, and any one of them whole."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from contracts import presentation, revisions
from contracts.documents import from_document
from contracts.domain import fields
from contracts.domain.model import is_addressable
from contracts.revisions import PAGE_SIZE, RevisionNotFound
from contracts.views.access import document_or_404
from users.access import requires


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
    shown = [presentation.revision(entry) for entry in found[:PAGE_SIZE]]
    context = {
        "contract_id": contract_id,
        "revisions": shown,
        "title": shown[0].account_name if shown else contract_id,
        "is_gone": bool(shown) and not before and shown[0].action == "deleted",
        "older": found[PAGE_SIZE - 1]["version"] if len(found) > PAGE_SIZE else None,
        "before": before,
    }
    return render(request, "contracts/history.html", context)


@require_safe
@requires("contracts.see")
def revision(request: HttpRequest, contract_id: str, version: int) -> HttpResponse:
    try:
        stored = revisions.get(contract_id, min(version, MOST_VERSION))
    except RevisionNotFound as missing:
        raise Http404(str(missing)) from None
    contract = from_document(stored.get("document") or {})
    context = {
        "contract_id": contract_id,
        "revision": presentation.revision(stored),
        "contract": contract,
        "groups": [(label, presentation.facts(contract, group)) for label, group in GROUPS],
        "tables": [(table, contract.at(table.path)) for table in TABLES],
        "hash": stored.get("hash", ""),
    }
    return render(request, "contracts/revision.html", context)


# What MongoDB holds as a whole number; no contract has come as far.
MOST_VERSION = 2**63 - 1
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
