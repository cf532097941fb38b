"""Going back to the terms of an older version: what would change is shown first, then it is done."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contracts import presentation, repository, revisions, services
from contracts.domain.errors import ContractChanged, ContractInvalid, ContractNotFound
from contracts.domain.versions import MOST
from contracts.forms.restore import RestoreForm
from contracts.revisions import RevisionNotFound
from contracts.saving import Saved
from contracts.seen import Seen, seen_of
from contracts.shown.restoring import look_ahead
from contracts.views.editing import form_id_for, form_id_of, not_done
from contracts.views.step import BACK, CHANGED, GONE
from mongo.errors import MongoError
from users import kept
from users.access import requires
from users.actor import actor_of
from users.notices import Notice

Document = dict[str, Any]


@kept.keepable
@require_http_methods(["GET", "HEAD", "POST"])
@requires("contracts.change")
def restore(request: HttpRequest, contract_id: str, version: int) -> HttpResponse:
    version = min(version, MOST)
    if request.method == "POST" and "digest" not in request.POST:
        # An Undo of a message sends nothing but itself: what it would do is shown first.
        return redirect(request.path)
    try:
        if request.method == "POST":
            return _sent(request, contract_id, version)
        entries = kept.take(request)
        form, notice = RestoreForm(entries), BACK if entries is not None else None
        return _ahead(request, contract_id, version, form, notice=notice)
    except RevisionNotFound as missing:
        raise Http404(str(missing)) from None


def _sent(request: HttpRequest, contract_id: str, version: int) -> HttpResponse:
    form = RestoreForm(request.POST)
    if not form.is_valid():
        return _ahead(request, contract_id, version, form, status=422)
    try:
        saved = services.restore(
            version,
            contract_id=contract_id,
            # The form tells by its digest alone which contract its sender saw.
            seen=Seen(None, request.POST["digest"]),
            actor=actor_of(request),
            form_id=form_id_of(request.POST),
            reason=form.cleaned_data["reason"],
        )
    except ContractInvalid:
        return _ahead(request, contract_id, version, form, status=422)
    except ContractChanged as changed:
        return _ahead(request, contract_id, version, form, live=changed.live, status=409, notice=CHANGED)
    except ContractNotFound:
        messages.error(request, GONE)
        return redirect("contracts:history", contract_id)
    except MongoError as error:
        context = {"version": version, "contract_id": contract_id, "digest": request.POST["digest"]}
        notice = not_done(f"Restore the terms of version {version}", error)
        return _page(request, form, context, status=503, notice=notice)
    _tell(request, version, saved)
    return redirect("contracts:detail", contract_id)


def _tell(request: HttpRequest, version: int, saved: Saved) -> None:
    title, new = saved.contract.title, saved.contract.version
    if not saved.changed:
        messages.info(request, f"{title} has the terms of version {version} already, so nothing was saved.")
        return
    undo = reverse("contracts:restore", args=[saved.contract.contract_id, new - 1])
    text = f"{title} has the terms of version {version} again. This is version {new}."
    messages.success(request, text, extra_tags=undo)


def _ahead(
    request: HttpRequest,
    contract_id: str,
    version: int,
    form: RestoreForm,
    *,
    live: Document | None = None,
    status: int = 200,
    notice: Notice | None = None,
) -> HttpResponse:
    """The page with what would change of the live contract. Raises RevisionNotFound."""
    stored = revisions.get(contract_id, version)
    older = revisions.document_of(stored)
    context = {"version": version, "contract_id": contract_id, "revision": presentation.revision(stored)}
    try:
        document = live or repository.document(contract_id)
    except ContractNotFound:
        return render(request, "contracts/restore_gone.html", context, status=410)
    ahead = look_ahead(document, older, datetime.now(UTC).date())
    context |= {"ahead": ahead, "contract": ahead.contract, "digest": seen_of(document).digest}
    return _page(request, form, context, status=status, notice=notice)


def _page(
    request: HttpRequest, form: RestoreForm, context: dict[str, Any], *, status: int, notice: Notice | None
) -> HttpResponse:
    context |= {"form": form, "forms": [form], "form_id": form_id_for(request, status), "notice": notice}
    return render(request, "contracts/restore.html", context, status=status)
