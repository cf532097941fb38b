"""A bulk change's beginning: contracts are ticked in the list, then it is said what to do with them."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contracts import repository
from contracts.bulk import beginning, selecting
from contracts.bulk import repository as runs
from contracts.bulk.beginning import TooManyContracts
from contracts.bulk.model import OPEN, Run, Undo
from contracts.domain.filters import Span
from contracts.forms.bulk import OrderForm, entries_of
from contracts.forms.filters import FilterForm
from contracts.shown.bulk import state_of, words
from contracts.views.access import own_run_or_404, sees_all_runs
from mongo.client import JOB_SECONDS
from mongo.errors import MongoError
from mongo.middleware import within
from users import kept
from users.access import requires, usernames_of_managers
from users.notices import Notice

BACK = Notice(tone="info", title="Your entries are back", text="Nothing is changed yet.")
BEGUN = "This change is being carried out already, so it cannot become another one."


class NothingChosen(Exception):
    """No contract is left to be changed; the message says why."""


# All ids are read and stored before the answer.
@within(JOB_SECONDS)
@kept.keepable
@require_http_methods(["GET", "HEAD", "POST"])
@requires("contracts.change")
def bulk(request: HttpRequest) -> HttpResponse:
    """The runs of the last days; sent by the list's form, a new one over the contracts that were ticked.

    Ticks that were sent after the session had ended begin theirs once their owner is back: it changes nothing.
    """
    ticks = request.POST if request.method == "POST" else kept.take(request)
    if ticks is not None:
        return _begin(request, ticks)
    sees_all = sees_all_runs(request.user)
    user = None if sees_all else request.user.pk
    span = Span.asked(request.GET.get("page", ""), runs.count(user), runs.PAGE_SIZE)
    entries = [
        {"run": run, "words": words(run.order), "state": state_of(run)} for run in runs.page(user, span.skip)
    ]
    return render(request, "contracts/bulk/runs.html", {"entries": entries, "sees_all": sees_all, "span": span})


def _begin(request: HttpRequest, ticks: QueryDict) -> HttpResponse:
    query = QueryDict(ticks.get("query", ""))
    keys = ticks.getlist("id")
    try:
        ids = _matching(query) if ticks.get("scope") == "all" else _ticked(keys)
        run = beginning.prepare(ids, user=request.user.pk, who=request.user.get_username())
    except (NothingChosen, TooManyContracts) as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('contracts:list')}?{query.urlencode()}")
    except MongoError as error:
        return _again(request, ticks, error)
    if ticks.get("scope") != "all" and len(ids) < len(set(keys)):
        messages.info(request, f"{len(set(keys)) - len(ids):,} of the contracts ticked are no longer there.")
    return redirect("contracts:bulk-choose", run.run_id)


def _again(request: HttpRequest, ticks: QueryDict, error: MongoError) -> HttpResponse:
    """What was ticked, to be sent once more."""
    notice = Notice(tone="bad", title="Nothing was begun", text=f"{error} What you ticked is kept on this page.")
    context = {"notice": notice, "ticks": ticks, "keys": ticks.getlist("id"), "query": ticks.get("query", "")}
    return render(request, "contracts/bulk/again.html", context, status=503)


def _ticked(keys: Sequence[str]) -> list[Any]:
    if not keys:
        raise NothingChosen("Tick the contracts to change first.")
    if ids := selecting.ticked(keys):
        return ids
    raise NothingChosen("The contracts that were ticked are no longer there.")


def _matching(query: QueryDict) -> list[Any]:
    form = FilterForm(query)
    if not form.is_valid():
        raise NothingChosen(" ".join(form.complaints()))
    if ids := repository.matching_ids(form.to_filter(""), today=datetime.now(UTC).date()):
        return ids
    raise NothingChosen("No contract matches any more.")


@kept.keepable
@require_http_methods(["GET", "HEAD", "POST"])
@requires("contracts.change")
def choose(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """What is to be done with the contracts; until it is carried out, it may become something else."""
    if request.method == "POST":
        return _chosen(request, run_id)
    run = own_run_or_404(request, run_id)
    if run.state not in OPEN or isinstance(run.order, Undo):
        return redirect("contracts:bulk-run", run_id)
    entries = kept.take(request)
    form = OrderForm(entries, managers=usernames_of_managers(), initial=entries_of(run))
    return _page(request, form, run, notice=BACK if entries is not None else None)


def _chosen(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    form = OrderForm(request.POST, managers=usernames_of_managers())
    try:
        run = own_run_or_404(request, run_id)
        if not form.is_valid():
            return _page(request, form, run, 422)
        if not beginning.order(run, form.order(), form.cleaned_data["reason"]):
            messages.info(request, BEGUN)
    except Http404 as gone:
        text = f"{gone} Copy from your entries below what you need, then tick the contracts again."
        notice = Notice(tone="bad", title="Which contracts were ticked is not known any more", text=text)
        return _page(request, form, None, 404, notice, is_gone=True)
    except MongoError as error:
        text = f"{error} Your entries are below; try again in a moment."
        return _page(request, form, None, 503, Notice(tone="bad", title="Nothing was changed", text=text))
    return redirect("contracts:bulk-run", run_id)


def _page(
    request: HttpRequest,
    form: OrderForm,
    run: Run | None,
    status: int = 200,
    notice: Notice | None = None,
    *,
    is_gone: bool = False,
) -> HttpResponse:
    context = {"form": form, "forms": [form], "run": run, "notice": notice, "is_gone": is_gone}
    return render(request, "contracts/bulk/choose.html", context, status=status)
