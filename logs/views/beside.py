"""What stands beside the list, each part asked for by itself: the chart, the values of a field, the counts.

The list is there without them, so each says in its own place when it took too long or could not be had.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from logs import asking, exploring, repository
from logs.asking import SPAN, Asked, Complaints, can_be_asked
from logs.scope import Scope
from logs.shown.chart import chart_of
from logs.shown.facets import facet_of
from logs.shown.filters import address, hidden, label_of
from logs.views.viewing import note_viewed
from mongo.client import READ_SECONDS, WRITE_SECONDS
from mongo.errors import MongoSlow, MongoUnavailable
from mongo.middleware import within
from mongo.searching import PROBE_SECONDS

# Whose the entries are may have to be read first, and that somebody looks at them be written.
SECONDS = READ_SECONDS + WRITE_SECONDS + exploring.SECONDS + PROBE_SECONDS

# What a part shows besides what all of them do; it is asked for with the scope, what is asked of it, and when.
Part = Callable[..., dict[str, Any]]


def part(
    template: str, *, label: str = "", is_undated: bool = False
) -> Callable[[Part], Callable[..., HttpResponse]]:
    """A view that answers with a fragment, or with a page around it for those without JavaScript.

    `label` heads the page; that of a field is the field's own.
    """

    def make(shown: Part) -> Callable[..., HttpResponse]:
        @vary_on_headers("HX-Request")
        @require_safe
        @within(SECONDS)
        @wraps(shown)
        def view(request: HttpRequest, scope: Scope, **names: str) -> HttpResponse:
            now = datetime.now(UTC)
            context: dict[str, Any] = {"scope": scope, "part": template, "label": label, **names}
            try:
                query = dict(request.GET.lists())
                asked = asking.read(query, scope.log, now=now, account=scope.account, is_undated=is_undated)
            except Complaints as problem:
                return _answer(request, context | {"complaints": problem.complaints}, status=400)
            note_viewed(request, scope, asked)
            context |= {"asked": asked, "list": address(scope.base, asked.parameters)}
            if name := names.get("name"):
                context["label"] = label_of(scope.log, name)
            try:
                context |= shown(scope, asked, now, **names)
            except MongoSlow:
                context["is_late"] = True
            except MongoUnavailable as error:
                context["problem"] = str(error)
            return _answer(request, context)

        return view

    return make


def _answer(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    is_whole = not request.htmx or request.htmx.boosted or request.htmx.history_restore_request
    return render(request, "logs/beside.html" if is_whole else context["part"], context, status=status)


@part("logs/_histogram.html", label="Entries over time")
def histogram(scope: Scope, asked: Asked, now: datetime) -> dict[str, Any]:
    found = exploring.histogram(scope.log, asked.wanted, asked.zone, now=now)
    return {"chart": chart_of(found, scope, asked) if found else None}


@part("logs/_facet.html")
def values(scope: Scope, asked: Asked, now: datetime, name: str) -> dict[str, Any]:
    if not can_be_asked(scope.log, name):
        raise Http404("This log has no such field, or none that can be filtered by.")
    found = exploring.values_of(scope.log, asked.wanted, name)
    return {"facet": facet_of(name, found, scope, asked)}


@part("logs/_count.html", label="Number of entries")
def count(scope: Scope, asked: Asked, now: datetime) -> dict[str, Any]:
    return {"total": repository.count(scope.log, asked.wanted)}


@part("logs/_undated.html", label="Entries without a usable date", is_undated=True)
def undated_count(scope: Scope, asked: Asked, now: datetime) -> dict[str, Any]:
    return {
        "total": repository.count(scope.log, asked.wanted),
        "undated": address(f"{scope.base}undated/", hidden(asked, *SPAN)),
    }
