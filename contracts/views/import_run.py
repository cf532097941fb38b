"""An import under way: its rows are compared, looked over, written and reported, on one page all the time."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from contracts.domain.filters import Span
from contracts.forms.uploads import CancelForm, ModeForm
from contracts.planning import CHANGED, NEW, OUTCOMES, REFUSED, UNCHANGED
from contracts.shown.imports import row_of, summary
from contracts.uploads import report, rows, running
from contracts.uploads.model import CHECKED, COLUMNS, DONE, RUNNING, Import
from contracts.uploads.pieces import FileGone
from contracts.views import slices
from contracts.views.access import import_or_404
from contracts.views.slices import Going
from mongo.client import JOB_SECONDS
from mongo.middleware import within
from users.access import requires
from users.actor import actor_of

TABS = {
    CHECKED: {NEW: "New", CHANGED: "Changed", UNCHANGED: "Unchanged", REFUSED: "Refused"},
    DONE: {NEW: "Added", CHANGED: "Changed", UNCHANGED: "Unchanged", REFUSED: "Refused"},
}
# What wants looking at comes first.
FIRST = {CHECKED: (REFUSED, CHANGED, NEW, UNCHANGED), DONE: (REFUSED, NEW, CHANGED, UNCHANGED)}


@require_safe
@requires("contracts.change")
def show(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    found = import_or_404(request, import_id)
    if found.state == COLUMNS:
        return redirect("contracts:import-columns", import_id)
    if found.state in RUNNING:
        return render(request, "contracts/import/progress.html", {"upload": found, "going": _going(found)})
    form = CancelForm(number=found.cancels) if found.state == CHECKED and found.cancels else None
    return _rows_page(request, found, form)


def _rows_page(request: HttpRequest, found: Import, form: CancelForm | None, status: int = 200) -> HttpResponse:
    """The preview, or the report, with one page of the rows of one outcome."""
    context = _listing(request, found) | {"form": form, "forms": [form] if form else []}
    return render(request, "contracts/import/rows.html", context, status=status)


def _listing(request: HttpRequest, found: Import) -> dict[str, Any]:
    counts = {name: found.counts.get(name, 0) for name in OUTCOMES}
    first = next((name for name in FIRST[found.state] if counts[name]), REFUSED)
    shown = request.GET.get("show", "")
    shown = shown if shown in counts else first
    span = Span.asked(request.GET.get("page", ""), counts[shown], rows.PAGE_SIZE)
    return {
        "upload": found,
        "counts": counts,
        "tabs": [(name, label, counts[name]) for name, label in TABS[found.state].items()],
        "shown": shown,
        "span": span,
        "rows": [row_of(row) for row in rows.page(found.plan, shown, span.skip)],
        "summary": summary(found),
        "mode_form": ModeForm(initial={"mode": found.mode}),
    }


@require_POST
@requires("contracts.change")
def go_on(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    try:
        return slices.answer(
            request,
            reverse("contracts:import-show", args=[import_id]),
            lambda: running.go_on(str(import_id), request.user.pk, actor=actor_of(request, "import")),
            lambda: _going(import_or_404(request, import_id)),
        )
    except FileGone:
        raise Http404("The file is gone: an import is kept for a day after its last step.") from None


def _going(found: Import) -> Going | None:
    """How far the import is, while there is nothing else to look at."""
    url = reverse("contracts:import-go-on", args=[found.import_id])
    return Going(url, *found.progress, "row") if found.is_going else None


@require_POST
@requires("contracts.change")
def check(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Compare the rows anew, because the contracts have changed or the file may do something else."""
    found = import_or_404(request, import_id)
    form = ModeForm(request.POST)
    if form.is_valid():
        running.check_again(found, columns=found.columns, mode=form.cleaned_data["mode"])
    return redirect("contracts:import-show", import_id)


# All rows are kept for longer before the first is written.
@within(JOB_SECONDS)
@require_POST
@requires("contracts.change")
def start(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Let the rows be written that the page showed. A second press finds it begun, and only shows how far it is."""
    found = import_or_404(request, import_id)
    plan, reason = request.POST.get("plan", ""), ""
    if found.cancels and found.state == CHECKED and found.plan == plan:
        form = CancelForm(request.POST, number=found.cancels)
        if not form.is_valid():
            return _rows_page(request, found, form, 422)
        reason = form.cleaned_data["reason"]
    if not running.start(found, plan, reason) and found.plan != plan:
        messages.info(request, "The rows were compared anew in another window. Look at them before you import.")
    return redirect("contracts:import-show", import_id)


@require_POST
@requires("contracts.change")
def stop(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    running.stop(import_or_404(request, import_id))
    return redirect("contracts:import-show", import_id)


@require_POST
@requires("contracts.change")
def resume(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    running.resume(import_or_404(request, import_id))
    return redirect("contracts:import-show", import_id)


@require_safe
@requires("contracts.change")
def rows_csv(request: HttpRequest, import_id: uuid.UUID) -> HttpResponseBase:
    """The rows of one outcome, or all of them, as a table to take away."""
    found = import_or_404(request, import_id)
    shown = request.GET.get("show", "")
    outcomes = (shown,) if shown in OUTCOMES else OUTCOMES
    name = f"import-{shown if shown in OUTCOMES else 'rows'}.csv"
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"}
    content_type = "text/csv; charset=utf-8"
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers=headers)
    pieces = report.pieces(rows.batches(found.plan, outcomes), is_done=found.state == DONE)
    return StreamingHttpResponse(pieces, content_type=content_type, headers=headers)
