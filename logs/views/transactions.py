"""What transactions come to, and all that was logged of one of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from logs import analytics as questions
from logs import asking, days, repository
from logs.analytics import Latest, entries_of, in_time
from logs.asking import Asked, Complaints
from logs.domain.filters import LogFilter
from logs.scope import Scope
from logs.shown.analytics import Shown
from logs.shown.days import Days
from logs.shown.rows import columns_of, rows_of
from logs.shown.transaction import FIELDS, TransactionShown
from mongo import paging
from mongo.middleware import within
from mongo.searching import PROBE_SECONDS

ID = "transactionId"
PARAMETERS = (ID, "zone")
# More entries of a transaction stand in the list.
MOST_ENTRIES, MOST_UNDATED = 100, 20
ANALYTICS_SECONDS = questions.SECONDS + paging.SECONDS + 2 * (PROBE_SECONDS + paging.COUNT_SECONDS)
TRANSACTION_SECONDS = 2 * (paging.SECONDS + PROBE_SECONDS)


@require_safe
@within(ANALYTICS_SECONDS)
def analytics(request: HttpRequest, scope: Scope) -> HttpResponse:
    now = datetime.now(UTC)
    try:
        asked = days.read(dict(request.GET.lists()), scope.log, now=now)
    except Complaints as problem:
        context = {"scope": scope, "days": Days(scope, days.read({}, scope.log, now=now))}
        context |= {"complaints": problem.complaints, "typed": request.GET.get(days.ACCOUNT, "")}
        return render(request, "logs/transactions/analytics.html", context, status=400)
    context = {"scope": scope, "days": Days(scope, asked), **_figures(scope, asked, now)}
    return render(request, "logs/transactions/analytics.html", context)


def _figures(scope: Scope, asked: Asked, now: datetime) -> dict[str, Any]:
    """What the cards show; None stands for what takes MongoDB too long."""
    shown, wanted = Days(scope, asked), asked.wanted
    # An index answers this soonest: where MongoDB is away, nobody waits for the rest.
    failures = in_time(lambda: questions.failures(scope.log, wanted, now=now))
    found = in_time(
        lambda: questions.analytics(
            scope.log, wanted, asked.zone, by_account=days.ACCOUNT not in wanted.fields, now=now
        )
    )
    rows = None if failures is None else rows_of(failures, shown.list_asked, scope, now)
    return {
        "shown": found and Shown(shown, found),
        "rows": rows,
        "columns": columns_of(scope.log, asked),
        "entries": repository.count(scope.log, wanted),
        "undated": repository.count(scope.log, LogFilter(fields=wanted.fields, is_undated=True)),
    }


@require_safe
@within(TRANSACTION_SECONDS)
def transaction(request: HttpRequest, scope: Scope) -> HttpResponse:
    now = datetime.now(UTC)
    try:
        asked = _one(dict(request.GET.lists()), scope, now)
    except Complaints as problem:
        context = {"scope": scope, "complaints": problem.complaints}
        return render(request, "logs/transactions/transaction_bad.html", context, status=400)
    shown = TransactionShown(scope, asked, *_entries(scope, asked), now=now)
    context = {"scope": scope, "shown": shown}
    if not shown.entries:
        return render(request, "logs/transactions/transaction_none.html", context, status=404)
    return render(request, "logs/transactions/transaction.html", context)


def _one(query: Mapping[str, Sequence[str]], scope: Scope, now: datetime) -> Asked:
    """The list of all entries of one transaction. Raises Complaints."""
    complaints = [f"“{name[:80]}” cannot be asked for here." for name in query if name not in PARAMETERS]
    if len({value for value in query.get(ID, ()) if value}) != 1:
        complaints.append(f"{ID}: name one transaction.")
    if complaints:
        raise Complaints(complaints)
    return asking.read({**query, "last": ["all"]}, scope.log, now=now, account=scope.account)


def _entries(scope: Scope, asked: Asked) -> tuple[Latest, Latest]:
    """The latest entries, and those without a usable date. Raises MongoError."""
    dated = asked.wanted
    undated = LogFilter(fields=dated.fields, account=scope.account, is_undated=True)
    return (
        entries_of(scope.log, dated, FIELDS, most=MOST_ENTRIES),
        entries_of(scope.log, undated, FIELDS, most=MOST_UNDATED),
    )
