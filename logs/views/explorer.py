"""The list of a log's entries: filters, time, columns, order and pages, all in the address. Entries come first;
what stands beside them is asked for by the page itself (beside.py)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from logs import asking, exploring, repository
from logs.asking import Asked, Complaints
from logs.repository import Found
from logs.scope import Scope
from logs.shown.filters import address, home
from logs.shown.listing import Empty, context_of, salvaged
from logs.views.viewing import note_viewed
from mongo import paging
from mongo.client import READ_SECONDS
from mongo.cursors import CursorUnreadable
from mongo.errors import MongoSlow
from mongo.middleware import within
from mongo.searching import PROBE_SECONDS

PAGE = 50
# What people write into fields of the page, and mend there.
TYPED = ("q",)
# An empty page looks a second time, without the time asked for; whose the entries are may have to be read as well.
SECONDS = READ_SECONDS + 2 * (paging.SECONDS + PROBE_SECONDS)


@require_safe
def to_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    return redirect(scope.base)


@vary_on_headers("HX-Request")
@require_safe
@within(SECONDS)
def explorer(request: HttpRequest, scope: Scope) -> HttpResponse:
    return _list(request, scope, is_undated=False)


@vary_on_headers("HX-Request")
@require_safe
@within(SECONDS)
def undated(request: HttpRequest, scope: Scope) -> HttpResponse:
    return _list(request, scope, is_undated=True)


def _list(request: HttpRequest, scope: Scope, *, is_undated: bool) -> HttpResponse:
    query, now = dict(request.GET.lists()), datetime.now(UTC)
    if len(query.get("columns", ())) > 1:
        return HttpResponseRedirect(_with_one_columns(request))
    try:
        asked = asking.read(query, scope.log, now=now, account=scope.account, is_undated=is_undated)
    except Complaints as problem:
        asked = salvaged(query, scope, now=now, is_undated=is_undated)
        typed = {name: request.GET.get(name, "") for name in TYPED}
        return _answer(request, scope, asked, status=400, complaints=problem.complaints, typed=typed)
    note_viewed(request, scope, asked)
    try:
        found = _page(scope, asked, now)
    except CursorUnreadable:
        return _answer(request, scope, asked, status=400, is_lost=True)
    except MongoSlow:
        return _answer(request, scope, asked, status=503, is_slow=True)
    empty = None if found.documents else _empty(scope, asked, now)
    return _answer(request, scope, asked, found=found, empty=empty, now=now)


def _with_one_columns(request: HttpRequest) -> str:
    """The address of a form with a box for each column."""
    query = request.GET.copy()
    query["columns"] = ",".join(dict.fromkeys(name for name in query.pop("columns") if name))
    return f"{request.path}?{query.urlencode()}"


def _page(scope: Scope, asked: Asked, now: datetime) -> Found:
    return repository.find_page(
        scope.log,
        asked.wanted,
        limit=PAGE,
        after=asked.after,
        before=asked.before,
        oldest_first=asked.oldest_first,
        now=now,
    )


def _empty(scope: Scope, asked: Asked, now: datetime) -> Empty:
    """Why there is no entry: the newest of any time tells whether it is for the time that was asked for."""
    wanted = asked.wanted
    if asked.after or asked.before:
        return Empty("end")
    if not wanted.is_undated and asked.last != "all":
        try:
            found = exploring.newest(scope.log, replace(wanted, start=None, end=None, last=""), most=1, now=now)
        except MongoSlow:
            return Empty("time")
        if found:
            return Empty("time", found[0].get("timestamp"))
    return Empty("filter" if wanted.is_narrowed else "log")


def _answer(request: HttpRequest, scope: Scope, asked: Asked, status: int = 200, **more: Any) -> HttpResponse:
    part = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    template = "logs/_results.html" if part else "logs/list.html"
    context = {
        "part": part,
        "again": request.get_full_path(),
        "first": address(home(scope, asked), asked.parameters),
    }
    return render(request, template, context | context_of(scope, asked, **more), status=status)
