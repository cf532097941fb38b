"""What this month would cost by a contract's form as it is being typed. Asking saves nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from contracts import seen
from contracts.documents import from_document
from contracts.domain import fields, rules
from contracts.domain.errors import Problem
from contracts.domain.model import Contract
from contracts.forms.bundle import ContractForms
from contracts.forms.contract import name_of
from contracts.seen import SeenUnreadable
from contracts.trial import trial
from mongo.errors import MongoError
from users import kept
from users.access import requires

# All that the price of a month hangs on. Whatever else the form says, and may have wrong, does not matter here.
PRICED = (*(field.path for field in fields.PRICE), "start_date", "end_date")

SIGNED_OUT = "Sign in again to see the price: your entries stay here and are kept when you save."
UNREADABLE = "What this form was made from cannot be read any more, so there is no price to show. Save, to compare."
AWAY = "What was used this month cannot be read just now, so there is no price to show. Your entries stay here."


def _signed_out(request: HttpRequest) -> HttpResponse:
    return _said(request, SIGNED_OUT)


@kept.background(_signed_out)
@require_POST
@requires("contracts.change")
def price(request: HttpRequest, contract_id: str) -> HttpResponse:
    """The price beside that by the saved terms, which are those that the form was made from."""
    try:
        saved = from_document(seen.unpack(request.POST.get("seen", "")))
    except SeenUnreadable:
        return _said(request, UNREADABLE)
    if saved.contract_id != contract_id:
        return _said(request, UNREADABLE)
    return _priced(request, ContractForms(saved, request.POST), saved.account_id, saved)


@kept.background(_signed_out)
@require_POST
@requires("contracts.change")
def price_new(request: HttpRequest) -> HttpResponse:
    """The price for the account that is typed; by example, while that is none that there can be."""
    account_id = request.POST.get("account_id", "").strip()
    if any(rules.shapes(Contract(account_id=account_id), fields.IDENTITY)):
        account_id = ""
    return _priced(request, ContractForms(Contract(), request.POST), account_id, None)


def _priced(request: HttpRequest, forms: ContractForms, account_id: str, saved: Contract | None) -> HttpResponse:
    if not _is_readable(forms):
        return render(request, "contracts/_price.html", {"forms": [forms.main], "formsets": forms.formsets})
    typed = replace(forms.contract(), account_id=account_id)
    comparable = saved if saved and not any(_in_the_way(saved)) else None
    try:
        found = trial(typed, saved=comparable, now=datetime.now(UTC))
    except MongoError:
        return _said(request, AWAY)
    return render(request, "contracts/_price.html", {"trial": found})


def _is_readable(forms: ContractForms) -> bool:
    """Whether the terms as typed have a price; if not, the forms hold what is in its way, and nothing else."""
    for name in {*forms.main.fields} - {name_of(path) for path in PRICED}:
        del forms.main.fields[name]
    forms.is_valid()
    forms.add_problems(_in_the_way(forms.contract()))
    return forms.is_valid()


def _in_the_way(contract: Contract) -> Iterator[Problem]:
    for problem in rules.problems(contract):
        if any(problem.path == path or problem.path.startswith(f"{path}.") for path in PRICED):
            yield problem


def _said(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "contracts/_price.html", {"said": sentence})
