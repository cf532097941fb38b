"""Deleting a contract: for administrators, with its id typed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contracts import services
from contracts.documents import from_document
from contracts.domain.errors import ContractChanged, ContractNotFound
from contracts.domain.model import Contract
from contracts.forms.typed import TypedIdForm
from contracts.seen import Seen, seen_of
from contracts.views.access import changeable_or_404
from contracts.views.editing import form_id_for, form_id_of, not_done
from contracts.views.step import BACK
from mongo.errors import MongoError
from users import kept
from users.access import requires
from users.actor import actor_of
from users.notices import Notice

BUTTON = "Delete for good"
CHANGED = Notice(
    tone="warn",
    title="Nothing was deleted",
    text="The contract was changed while this page was open. Look at it again before you delete it.",
)

Document = dict[str, Any]


@kept.keepable
@require_http_methods(["GET", "HEAD", "POST"])
@requires("contracts.delete")
def delete(request: HttpRequest, contract_id: str) -> HttpResponse:
    if request.method == "POST":
        return _sent(request, contract_id)
    document = changeable_or_404(contract_id)
    entries = kept.take(request)
    form = TypedIdForm(entries, contract=from_document(document))
    return _page(request, document, form, notice=BACK if entries is not None else None)


def _sent(request: HttpRequest, contract_id: str) -> HttpResponse:
    try:
        document = changeable_or_404(contract_id)
    except Http404:
        return _gone(request, contract_id)
    except MongoError as error:
        return _away(request, contract_id, error)
    form = TypedIdForm(request.POST, contract=from_document(document))
    if not form.is_valid():
        return _page(request, document, form, status=422)
    try:
        removed = services.delete(
            contract_id=contract_id,
            # The form tells by its digest alone which contract its sender saw.
            seen=Seen(None, request.POST.get("digest", "")),
            actor=actor_of(request),
            form_id=form_id_of(request.POST),
            reason=form.cleaned_data["reason"],
        )
    except ContractChanged as changed:
        return _page(request, changed.live, form, status=409, notice=CHANGED)
    except ContractNotFound:
        return _gone(request, contract_id)
    except MongoError as error:
        return _page(request, document, form, status=503, notice=not_done(BUTTON, error))
    messages.success(request, f"{removed.contract.title} was deleted. Its history stays.")
    return redirect("contracts:history", contract_id)


def _gone(request: HttpRequest, contract_id: str) -> HttpResponse:
    """Pressed twice, or somebody else was faster: what was asked for is so."""
    messages.info(request, "The contract is deleted already. Its history stays.")
    return redirect("contracts:history", contract_id)


def _page(
    request: HttpRequest,
    document: Document,
    form: TypedIdForm,
    *,
    status: int = 200,
    notice: Notice | None = None,
) -> HttpResponse:
    context = {"contract": from_document(document), "digest": seen_of(document).digest}
    return _rendered(request, form, context, status=status, notice=notice)


def _away(request: HttpRequest, contract_id: str, error: MongoError) -> HttpResponse:
    """The form as it was sent, without the contract, which cannot be read now."""
    contract = Contract(contract_id=contract_id, status="")
    form = TypedIdForm(request.POST, contract=contract)
    context = {"contract": contract, "digest": request.POST.get("digest", "")}
    return _rendered(request, form, context, status=503, notice=not_done(BUTTON, error))


def _rendered(
    request: HttpRequest, form: TypedIdForm, context: Document, *, status: int, notice: Notice | None
) -> HttpResponse:
    context |= {"form": form, "forms": [form], "form_id": form_id_for(request, status), "notice": notice}
    return render(request, "contracts/delete.html", context | {"button": BUTTON}, status=status)
