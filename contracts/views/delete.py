"""Deleting a contract: for administrators, with its id typed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contracts import services
from contracts.documents import from_document
from contracts.domain.errors import ContractChanged, ContractNotFound
from contracts.seen import seen_of
from contracts.views.access import changeable_or_404
from users.access import requires
from users.actor import actor_of

MOST_REASON = 500
CHANGED = "The contract was changed while this page was open. Look at it again before you delete it."


@require_http_methods(["GET", "HEAD", "POST"])
@requires("contracts.delete")
def delete(request: HttpRequest, contract_id: str) -> HttpResponse:
    try:
        document = changeable_or_404(contract_id)
    except Http404:
        if request.method != "POST":
            raise
        return _gone(request, contract_id)
    if request.method == "POST":
        return _sent(request, contract_id, document)
    return _page(request, document)


def _sent(request: HttpRequest, contract_id: str, document: dict[str, Any]) -> HttpResponse:
    seen, reason = seen_of(document), request.POST.get("reason", "")
    if request.POST.get("confirm", "").strip() != contract_id:
        return _page(request, document, "That is not the contract’s id. Type it exactly as it stands above.", 422)
    if len(reason) > MOST_REASON:
        return _page(request, document, f"Use {MOST_REASON} characters at most for the reason.", 422)
    if request.POST.get("digest") != seen.digest:
        return _page(request, document, CHANGED, 409)
    try:
        removed = services.delete(contract_id=contract_id, seen=seen, actor=actor_of(request), reason=reason)
    except ContractChanged as changed:
        return _page(request, changed.live, CHANGED, 409)
    except ContractNotFound:
        return _gone(request, contract_id)
    messages.success(request, f"{removed.contract.title} was deleted. Its history stays.")
    return redirect("contracts:history", contract_id)


def _gone(request: HttpRequest, contract_id: str) -> HttpResponse:
    """Pressed twice, or somebody else was faster: what was asked for is so."""
    messages.info(request, "The contract is deleted already. Its history stays.")
    return redirect("contracts:history", contract_id)


def _page(request: HttpRequest, document: dict[str, Any], problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "contract": from_document(document),
        "digest": seen_of(document).digest,
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "most_reason": MOST_REASON,
    }
    return render(request, "contracts/delete.html", context, status=status)
