"""What an account used in one month, measured by the terms at its end or on the contract's last day."""

import re
from datetime import UTC, date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contracts import repository
from contracts.documents import from_document
from contracts.shown.terms import terms_of
from contracts.shown.usage import EARLIEST, month_of
from contracts.views.access import document_or_404
from users.access import requires

MONTH = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])", re.ASCII)


class BadMonth(ValueError):
    """The address asks for a month that cannot be shown; the message says why."""


@require_safe
@requires("contracts.see")
def usage(request: HttpRequest, contract_id: str) -> HttpResponse:
    now = datetime.now(UTC)
    try:
        month = _month(request.GET.get("month"), now.date())
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


def _month(asked: str | None, today: date) -> date:
    """The first day of the month that is asked for, by default the running one. Raises BadMonth."""
    if asked is None:
        return today.replace(day=1)
    found = MONTH.fullmatch(asked)
    if found is None:
        raise BadMonth(f"“{asked[:40]}” is no month; one is written as in {today:%Y-%m}.")
    month = date(int(found[1]), int(found[2]), 1)
    if month > today:
        raise BadMonth(f"{asked} has not begun, so nothing can have been used in it.")
    if month < EARLIEST:
        raise BadMonth(f"{asked} lies before {EARLIEST.year}, where nothing is counted.")
    return month
