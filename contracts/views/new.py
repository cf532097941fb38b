"""A new contract, from one of the plans or from nothing."""

from dataclasses import replace
from datetime import UTC, datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from contracts import services
from contracts.domain import plans
from contracts.domain.errors import AccountHasContract, ContractInvalid
from contracts.domain.model import Contract
from contracts.forms.bundle import ContractForms
from contracts.views.editing import Editing, form_id_of
from mongo.errors import MongoError, MongoNotConfigured
from users import kept
from users.access import requires
from users.actor import actor_of

PLANS = list(plans.PLANS.items())


@kept.keepable
@require_http_methods(["GET", "HEAD", "POST"])
@requires("contracts.change")
def new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _sent(request)
    if not settings.MONGODB_URI:
        # Better said before a long form is filled in than after.
        raise MongoNotConfigured
    entries = kept.take(request)
    if entries is not None:
        editing = Editing(forms=ContractForms(Contract(), entries), form_id=form_id_of(entries), dirty=True)
        return _answer(request, editing.with_notice("info", "Your entries are back", "Nothing is saved yet."))
    plan = request.GET.get("plan", "")
    start = plans.start_from(plan if plan in plans.PLANS else None, start=datetime.now(UTC).date())
    account = request.GET.get("account_id", "")[:100]
    start = replace(start, account_id=account, account_manager=request.user.get_username())
    return _answer(request, Editing(forms=ContractForms(Contract(), shown=start)))


def _answer(request: HttpRequest, editing: Editing, status: int = 200) -> HttpResponse:
    return editing.answer(request, status, plans=PLANS, plan=request.GET.get("plan", ""), creating=True)


def _sent(request: HttpRequest) -> HttpResponse:
    forms = ContractForms(Contract(), request.POST)
    editing = Editing(forms=forms, form_id=form_id_of(request.POST), dirty=True)
    if "add" in request.POST:
        more = ContractForms.with_one_more_row(Contract(), request.POST, request.POST["add"])
        return _answer(request, replace(editing, forms=more))
    if not forms.is_valid():
        forms.add_broken_rules()
        return _answer(request, editing, 422)
    try:
        saved = services.create(
            forms.contract(),
            actor=actor_of(request),
            form_id=editing.form_id,
            reason=forms.main.cleaned_data["reason"],
        )
    except ContractInvalid as refusal:
        forms.add_problems(refusal.problems)
        return _answer(request, editing, 422)
    except AccountHasContract as taken:
        forms.main.add_error("account_id", f"{taken} Open that one instead, or give another account.")
        return _answer(request, editing, 409)
    except MongoError as error:
        return _answer(request, editing.not_saved(error), 503)
    messages.success(request, f"{saved.contract.title} is saved as version {saved.contract.version}.")
    return redirect("contracts:detail", saved.contract.contract_id)
