"""An import under way: the rows are compared, looked over, written and reported, on one page that says where it is.

The page asks for slices of the work one by one. Closed in the middle, it goes on when it is opened again.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh, reswap, retarget

from contracts.domain.filters import Span
from contracts.forms.uploads import ModeForm
from contracts.planning import CHANGED, NEW, OUTCOMES, REFUSED, UNCHANGED
from contracts.shown.imports import row_of, summary
from contracts.uploads import report, rows, running
from contracts.uploads.model import CHECKED, COLUMNS, DONE, RUNNING, Import
from contracts.uploads.pieces import FileGone
from contracts.views.access import import_or_404
from mongo.client import JOB_SECONDS
from mongo.errors import MongoError
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
        return render(request, "contracts/import/progress.html", {"upload": found})
    return render(request, "contracts/import/rows.html", _listing(request, found))


def _listing(request: HttpRequest, found: Import) -> dict[str, Any]:
    counts = {name: found.counts.get(name, 0) for name in OUTCOMES}
    first = next((name for name in FIRST[found.state] if counts[name]), REFUSED)
    shown = request.GET.get("show", "")
    shown = shown if shown in counts else first
    page = request.GET.get("page", "")
    span = Span.of(int(page) if page.isdecimal() and len(page) < 7 else 1, counts[shown], rows.PAGE_SIZE)
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
    """Do the next slice, and say how far it has got; without htmx, on the whole page."""
    try:
        running.go_on(str(import_id), request.user.pk, actor=actor_of(request, "import"))
        found = import_or_404(request, import_id)
    except FileGone:
        raise Http404("The file is gone: an import is kept for a day.") from None
    except MongoError as error:
        if not request.htmx:
            raise
        # What is there stays on the page, which asks again by itself.
        answer = render(request, "contracts/import/_stalled.html", {"error": error})
        return reswap(retarget(answer, "#stalled"), "innerHTML")
    if not request.htmx:
        return redirect("contracts:import-show", import_id)
    if found.state in RUNNING:
        return render(request, "contracts/import/_progress.html", {"upload": found})
    return HttpResponseClientRefresh()


@require_POST
@requires("contracts.change")
def check(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Compare the rows anew, because the contracts have changed or the file may do something else."""
    found = import_or_404(request, import_id)
    form = ModeForm(request.POST)
    if form.is_valid():
        running.check_again(found, columns=found.columns, mode=form.cleaned_data["mode"])
    return redirect("contracts:import-show", import_id)


@require_POST
@requires("contracts.change")
def start(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Let the rows be written that the page showed. A second press finds it begun, and only shows how far it is."""
    found = import_or_404(request, import_id)
    plan = request.POST.get("plan", "")
    if not running.start(found, plan) and found.plan != plan:
        messages.info(request, "The rows were compared anew in another window. Look at them before you import.")
    return redirect("contracts:import-show", import_id)


@within(JOB_SECONDS)
@require_safe
@requires("contracts.change")
def rows_csv(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """The rows of one outcome, or all of them, as a table to take away."""
    found = import_or_404(request, import_id)
    shown = request.GET.get("show", "")
    outcomes = (shown,) if shown in OUTCOMES else OUTCOMES
    name = f"import-{shown if shown in OUTCOMES else 'rows'}.csv"
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"}
    text = "\ufeff" + report.text(rows.each(found.plan, outcomes))
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
