"""What an account used in one month, measured by the terms at its end or on the contract's last day."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contracts import repository
from contracts.documents import from_document
from contracts.domain.months import BadMonth, month_named
from contracts.shown.terms import terms_of
from contracts.shown.usage import month_of
from contracts.views.access import document_or_404
from users.access import requires


@require_safe
@requires("contracts.see")
def usage(request: HttpRequest, contract_id: str) -> HttpResponse:
    now = datetime.now(UTC)
    try:
        month = month_named(request.GET.get("month"), now.date())
    except BadMonth as complaint:
        context = {"key": contract_id, "complaint": complaint}
        return render(request, "contracts/usage_bad.html", context, status=400)
    document = document_or_404(contract_id)
    contract = from_document(document)
    has_id = repository.key_of(document) == contract.contract_id
    terms, revision = terms_of(contract, month, now=now) if has_id else (contract, None)
    shown = month_of(terms, month, now=now)
    context = {"contract": contract, "key": contract_id, "shown": shown, "revision": revision}
    return render(request, "contracts/usage.html", context, status=503 if shown.problem else 200)
