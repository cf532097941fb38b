"""One's own views of a log."""

from datetime import UTC, datetime
from functools import partial, wraps
from typing import Any

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import URLPattern

from logs import asking
from logs.asking import Complaints
from logs.kinds import Log
from logs.scope import Scope
from logs.shown.kept import in_words, query_of
from logs.views.access import Guard, ScopedView
from users import saved_pages
from users.saved_lists import Listing, Preset, Reading
from users.saved_pages import ListingView


def read(log: Log, query: str) -> Reading:
    """What a query string asks of the log."""
    try:
        asked = asking.read(dict(QueryDict(query).lists()), log, now=datetime.now(UTC))
    except Complaints as problem:
        return Reading(complaints=problem.complaints)
    return Reading(query=query_of(log, asked), words=tuple(in_words(log, asked)))


def _listing(scope: Scope) -> Listing:
    reads = partial(read, scope.log)
    return Listing(
        page=f"logs/{scope.log.name}",
        title=scope.title,
        url=scope.base,
        about=f"{scope.title}, filtered as you need them again and again",
        keeps="Search, filters, time, columns and order",
        read=reads,
        heading="Ready-made",
        presets=tuple(
            Preset(label, f"{scope.base}?{reads(query).query}", "funnel") for label, query in scope.log.presets
        ),
    )


def _of_log(view: ListingView) -> ScopedView:
    @wraps(view)
    def shown_to(request: HttpRequest, scope: Scope, **address: Any) -> HttpResponseBase:
        return view(request, _listing(scope), **address)

    return shown_to


def addresses(guard: Guard) -> list[URLPattern]:
    """The pages of the views, as they lie below the list."""
    return saved_pages.addresses(lambda view: guard(_of_log(view)))
