"""A bulk change under way: previewed, looked over, carried out and reported, on one page that says where it is."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from contracts.bulk import beginning, rows, running
from contracts.bulk.model import (
    CHANGED,
    CHOOSING,
    PLANNED,
    REFUSED,
    RETRIED,
    SAVED,
    UNCHANGED,
    Run,
    Successor,
    Undo,
)
from contracts.bulk.repository import RetriedAlready
from contracts.domain.filters import Span
from contracts.forms.bulk import ConfirmForm
from contracts.shown.bulk import row_of, unchanged_in_words, words
from contracts.views import slices
from contracts.views.access import own_run_or_404, run_or_404, sees_all_runs
from contracts.views.slices import Going
from mongo.client import JOB_SECONDS
from mongo.middleware import within
from users.access import requires
from users.actor import actor_of

PREVIEW = {CHANGED: "Changes", UNCHANGED: "Unchanged", REFUSED: "Refused"}
# What wants looking at comes first where nobody has chosen a tab.
RESULT = {
    REFUSED: "Left alone",
    SAVED: "Changed",
    CHANGED: "Still to do",
    RETRIED: "Changed by a retry",
    UNCHANGED: "Unchanged",
}
ANOTHER = "The preview was made anew in another window. Look at it before you carry it out."
TRIED = "What was left alone has been tried again already, so this retry was not started."
NOTHING_LEFT = "There is nothing of this change left to do that for."
STOPPING = "The last contracts before the stop are still being saved. Try again in a moment."


@require_safe
@requires("contracts.change")
def show(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    run = running.settled(run_or_404(request, run_id))
    if run.state == CHOOSING:
        return redirect("contracts:bulk-choose", run_id)
    if run.is_working:
        return render(request, "contracts/bulk/progress.html", _context(request, run))
    form = ConfirmForm(number=run.counts.get(CHANGED, 0)) if run.cancels else None
    return _rows_page(request, run, form)


def _rows_page(request: HttpRequest, run: Run, form: ConfirmForm | None, status: int = 200) -> HttpResponse:
    """The preview, or the result, with one page of the contracts of one outcome."""
    labels = PREVIEW if run.state == PLANNED else RESULT
    counts = {**run.counts, REFUSED: run.failed, RETRIED: run.mended}
    tabs = [(name, label, counts.get(name, 0)) for name, label in labels.items()]
    tabs = [tab for tab in tabs if tab[0] not in (CHANGED, RETRIED) or tab[2] or run.state == PLANNED]
    first = next((name for name, _, count in tabs if count), tabs[0][0])
    shown = request.GET.get("show", "")
    shown = shown if shown in labels else first
    span = Span.asked(request.GET.get("page", ""), counts.get(shown, 0), rows.PAGE_SIZE)
    listing = {
        "tabs": tabs,
        "shown": shown,
        "span": span,
        "rows": [row_of(row) for row in rows.page(run.run_id, shown, span.skip)],
        "unchanged_words": unchanged_in_words(run),
        "form": form,
        "forms": [form] if form else [],
    }
    return render(request, "contracts/bulk/rows.html", _context(request, run) | listing, status=status)


def _context(request: HttpRequest, run: Run) -> dict[str, Any]:
    return {
        "run": run,
        "words": words(run.order),
        "is_mine": run.user == request.user.pk,
        "is_undo": isinstance(run.order, Undo),
        "sees_undoing": _sees(request, run.undone),
        "sees_retry": _sees(request, run.retried),
        "going": _going(run),
    }


def _sees(request: HttpRequest, run: Successor | None) -> bool:
    return run is not None and (run.user == request.user.pk or sees_all_runs(request.user))


def _going(run: Run) -> Going | None:
    """How far the run is, while there is nothing else to look at."""
    url = reverse("contracts:bulk-go-on", args=[run.run_id])
    return Going(url, *run.progress, "contract") if run.is_working else None


@require_POST
@requires("contracts.change")
def go_on(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    return slices.answer(
        request,
        reverse("contracts:bulk-run", args=[run_id]),
        lambda: running.go_on(str(run_id), request.user.pk, actor=actor_of(request, "bulk")),
        lambda: _going(own_run_or_404(request, run_id)),
    )


@require_POST
@requires("contracts.change")
def start(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Carry out the preview that the page showed. A second press finds it begun, and only shows how far it is."""
    run, plan = own_run_or_404(request, run_id), request.POST.get("plan", "")
    if run.cancels and run.state == PLANNED:
        form = ConfirmForm(request.POST, number=run.counts.get(CHANGED, 0))
        if not form.is_valid():
            return _rows_page(request, run, form, 422)
    try:
        if not beginning.start(run, plan) and run.plan != plan:
            messages.info(request, ANOTHER)
    except RetriedAlready:
        messages.info(request, TRIED)
        return redirect("contracts:bulk-run", run.retries)
    return redirect("contracts:bulk-run", run_id)


@require_POST
@requires("contracts.change")
def stop(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    beginning.stop(own_run_or_404(request, run_id))
    return redirect("contracts:bulk-run", run_id)


@require_POST
@requires("contracts.change")
def resume(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    beginning.resume(own_run_or_404(request, run_id))
    return redirect("contracts:bulk-run", run_id)


@within(JOB_SECONDS)
@require_POST
@requires("contracts.change")
def retry(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """A new preview of the same change, for the contracts that were left alone."""
    run = running.settled(run_or_404(request, run_id))
    if not run.can_be_retried:
        return _nothing_left(request, run)
    again = beginning.retry(run, user=request.user.pk, who=request.user.get_username())
    return redirect("contracts:bulk-run", again.run_id)


@within(JOB_SECONDS)
@require_POST
@requires("contracts.change")
def undo(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """A new run that brings the terms from before this one back, with a preview of its own."""
    run = running.settled(run_or_404(request, run_id))
    if not run.can_be_undone:
        return _nothing_left(request, run)
    back = beginning.undo(run, words(run.order), user=request.user.pk, who=request.user.get_username())
    return redirect("contracts:bulk-run", back.run_id)


def _nothing_left(request: HttpRequest, run: Run) -> HttpResponse:
    messages.info(request, STOPPING if run.is_stopping else NOTHING_LEFT)
    return redirect("contracts:bulk-run", run.run_id)
