"""One contract, as an account manager reads it."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contracts import presentation, repository, revisions
from contracts.documents import from_document
from contracts.domain import fields, lifecycle
from contracts.shown.steps import leading
from contracts.shown.terms import terms_of
from contracts.shown.usage import month_of
from contracts.views.access import document_or_404
from users.access import can, requires

TIERS = (fields.VOLUME_TIERS, fields.VALUE_TIERS)
SINGLE = [field for field in fields.ALL if "." not in field.path]


@require_safe
@requires("contracts.see")
def detail(request: HttpRequest, contract_id: str) -> HttpResponse:
    document = document_or_404(contract_id)
    contract = from_document(document)
    has_id = repository.key_of(document) == contract.contract_id
    recent = revisions.history(contract.contract_id, limit=4) if has_id else []
    now = datetime.now(UTC)
    today = now.date()
    month = today.replace(day=1)
    terms, revision = terms_of(contract, month, now=now) if has_id else (contract, None)
    odd = presentation.unreadable(contract)
    first_step, more_steps = leading(contract, today)
    context = {
        "contract": contract,
        "key": contract_id,
        "shown": month_of(terms, month, now=now),
        "revision": revision,
        "has_id": has_id,
        "notice_date": lifecycle.notice_date(contract),
        "is_over": contract.status in lifecycle.OVER,
        "notice_open": lifecycle.in_notice_window(contract, today),
        "overdue": lifecycle.is_overdue(contract, today),
        "service_level": presentation.facts(contract, fields.SERVICE_LEVEL),
        "tables": [(table, contract.at(table.path), odd.get(table.path, "")) for table in TIERS],
        "odd": {field.name: odd.get(field.path, "") for field in SINGLE},
        "recent": [presentation.revision(entry) for entry in recent],
        "can_change": can(request.user, "contracts.change") and has_id,
        "first_step": first_step,
        "more_steps": more_steps,
        "can_delete": can(request.user, "contracts.delete") and has_id,
        "sees_entries": can(request.user, "logs.of_account") and has_id and bool(contract.account_id),
        "sees_audit": can(request.user, "audit.see") and has_id,
    }
    return render(request, "contracts/detail.html", context)
