"""The steps of a contract's life: what one would do is shown first, with a small form, then it is done."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contracts import presentation, previewing, revisions, saving, services
from contracts.documents import from_document
from contracts.domain import lifecycle
from contracts.domain.errors import ContractChanged, ContractInvalid, ContractNotFound
from contracts.domain.fields import label_of
from contracts.domain.model import Contract
from contracts.domain.words import one_line
from contracts.forms.step import StepForm
from contracts.previewing import Preview
from contracts.saving import Saved
from contracts.seen import Seen, seen_of
from contracts.shown.steps import BY_NAME, RENEW, Step, closed, gaps, offered
from contracts.views.access import changeable_or_404
from contracts.views.editing import form_id_for, form_id_of, not_done
from mongo.errors import MongoError
from users import kept
from users.access import requires
from users.actor import actor_of
from users.notices import Notice

BACK = Notice(tone="info", title="Your entries are back", text="Nothing is done yet.")
CHANGED = Notice(
    tone="warn",
    title="Nothing was done yet",
    text="Somebody changed the contract while this page was open. Look at it as it is now, then decide again.",
)
GONE = "Somebody deleted the contract while this page was open, so nothing was done."

Document = dict[str, Any]


@kept.keepable
@require_http_methods(["GET", "HEAD", "POST"])
@requires("contracts.change")
def step(request: HttpRequest, contract_id: str, name: str) -> HttpResponse:
    if name not in BY_NAME:
        raise Http404(f"A contract has no step “{name}”.")
    step = BY_NAME[name]
    if request.method == "POST":
        return _sent(request, step, contract_id)
    document = changeable_or_404(contract_id)
    contract = from_document(document)
    entries = kept.take(request)
    form = StepForm(entries, step=step, contract=contract, today=_today())
    status = 200 if step in offered(contract) else 409
    return _page(request, step, document, form, status=status, notice=BACK if entries is not None else None)


def _sent(request: HttpRequest, step: Step, contract_id: str) -> HttpResponse:
    try:
        document = changeable_or_404(contract_id)
        contract = from_document(document)
        is_open = step in offered(contract) or _was_sent_before(request, contract_id)
    except Http404:
        return _gone(request, contract_id)
    except MongoError as error:
        return _away(request, step, contract_id, error)
    form = StepForm(request.POST, step=step, contract=contract, today=_today())
    if not is_open:
        return _page(request, step, document, form, status=409)
    if not form.is_valid():
        return _page(request, step, document, form, status=422)
    try:
        saved = _taken(request, step, form)
    except ContractInvalid as refusal:
        form.add_problems(refusal.problems)
        return _page(request, step, document, form, status=422)
    except ContractChanged as changed:
        return _page(request, step, changed.live, form, status=409, notice=CHANGED)
    except ContractNotFound:
        return _gone(request, contract_id)
    except MongoError as error:
        return _page(request, step, document, form, status=503, notice=not_done(step.button, error))
    _tell(request, step, saved, contract)
    return redirect("contracts:detail", contract_id)


def _today() -> date:
    return datetime.now(UTC).date()


def _was_sent_before(request: HttpRequest, contract_id: str) -> bool:
    """Whether this form led to something already: then the service tells whether it was this step."""
    return revisions.version_of(saving.edit_id_of(form_id_of(request.POST), contract_id)) is not None


def _gone(request: HttpRequest, contract_id: str) -> HttpResponse:
    messages.error(request, GONE)
    return redirect("contracts:history", contract_id)


def _taken(request: HttpRequest, step: Step, form: StepForm) -> Saved:
    common: dict[str, Any] = {
        "contract_id": form.contract.contract_id,
        # The form tells by its digest alone which contract its sender saw.
        "seen": Seen(None, request.POST.get("digest", "")),
        "actor": actor_of(request),
        "form_id": form_id_of(request.POST),
        "reason": form.cleaned_data["reason"],
    }
    if step.name == RENEW:
        return services.renew(**common)
    return services.transition(step.to, last_day=form.cleaned_data.get("last_day"), **common)


def _tell(request: HttpRequest, step: Step, saved: Saved, read: Contract) -> None:
    """Say what was done; of what was done before, how the contract, as it was read, stands since."""
    if not saved.is_repeated:
        until = _until(saved.contract) if step.name == RENEW else ""
        messages.success(request, f"{saved.contract.title} {step.done}{until}.")
        return
    now = max(saved.contract, read, key=lambda one: one.version)
    stands = f"{now.title} is {_standing(now)}{_until(now)}."
    messages.info(request, f"That was done already, so nothing was done again. {stands}")


def _standing(contract: Contract) -> str:
    return one_line(contract.status.replace("_", " "))


def _until(contract: Contract) -> str:
    return f" until {contract.end_date:%-d %B %Y}" if contract.end_date else ""


def _page(
    request: HttpRequest,
    step: Step,
    document: Document,
    form: StepForm,
    *,
    status: int = 200,
    notice: Notice | None = None,
) -> HttpResponse:
    contract = from_document(document)
    now, steps = datetime.now(UTC), offered(contract)
    found, refusals = _looked_ahead(step, contract, now)
    is_early = step.name == RENEW and lifecycle.renews_early(contract, now.date())
    context = {
        "contract": contract,
        "digest": seen_of(document).digest,
        "is_open": step in steps,
        "standing": _standing(contract),
        "closed": closed(step, contract),
        "steps": steps,
        "notice_begins": lifecycle.notice_date(contract) if is_early else None,
        "refusals": refusals,
        "lines": presentation.lines(found.changed) if found else [],
        "gaps": list(gaps(contract)) if step.name == "activate" else [],
        "term_begins": contract.end_date + timedelta(days=1) if found and contract.end_date else None,
        "after": found.contract if found else None,
    }
    return _rendered(request, step, form, context, status=status, notice=notice)


def _away(request: HttpRequest, step: Step, contract_id: str, error: MongoError) -> HttpResponse:
    """The form as it was sent, without the contract, which cannot be read now."""
    contract = Contract(contract_id=contract_id, status="")
    form = StepForm(request.POST, step=step, contract=contract, today=_today())
    context = {"contract": contract, "digest": request.POST.get("digest", ""), "is_open": True}
    return _rendered(request, step, form, context, status=503, notice=not_done(step.button, error))


def _rendered(
    request: HttpRequest, step: Step, form: StepForm, context: Document, *, status: int, notice: Notice | None
) -> HttpResponse:
    form_id = form_id_for(request, status)
    context |= {"step": step, "form": form, "forms": [form], "form_id": form_id, "notice": notice}
    return render(request, "contracts/step.html", context, status=status)


def _looked_ahead(step: Step, contract: Contract, now: datetime) -> tuple[Preview | None, list[tuple[str, str]]]:
    """What the step would change, and what stands against it, as label and text, before anything is entered."""
    if "last_day" in step.asks or step not in offered(contract):
        return None, []
    try:
        if step.name == RENEW:
            wanted = previewing.renewed(contract, now.date())
        else:
            wanted = previewing.moved(contract, step.to)
        return previewing.preview(contract, wanted, now=now), []
    except ContractInvalid as refusal:
        return None, [(label_of(problem.path), problem.message) for problem in refusal.problems]
