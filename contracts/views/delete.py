"""Deleting a contract: for administrators, with its id typed."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contracts import services
from contracts.documents import from_document
from contracts.domain.errors import ContractChanged
from contracts.seen import seen_of
from contracts.views.access import document_or_404
from users.access import requires
from users.actor import actor_of


@require_http_methods(["GET", "HEAD", "POST"])
@requires("contracts.delete")
def delete(request: HttpRequest, contract_id: str) -> HttpResponse:
    document = document_or_404(contract_id)
    contract = from_document(document)
    seen = seen_of(document)
    context = {"contract": contract, "digest": seen.digest, "form_id": str(uuid.uuid4())}
    if request.method != "POST":
        return render(request, "contracts/delete.html", context)
    problem = _problem(request, contract.contract_id, seen.digest)
    if problem:
        return render(request, "contracts/delete.html", context | {"problem": problem}, status=422)
    try:
        services.delete(
            contract_id=contract_id, seen=seen, actor=actor_of(request), reason=request.POST.get("reason", "")[:500]
        )
    except ContractChanged:
        return render(request, "contracts/delete.html", context | {"problem": CHANGED}, status=409)
    messages.success(request, f"{contract.title} was deleted. Its history stays.")
    return redirect("contracts:history", contract_id)


CHANGED = "The contract was changed while this page was open. Look at it again before you delete it."


def _problem(request: HttpRequest, contract_id: str, digest: str) -> str:
    if request.POST.get("confirm", "").strip() != contract_id:
        return "That is not the contract’s id. Type it exactly as it stands above."
    return "" if request.POST.get("digest") == digest else CHANGED
