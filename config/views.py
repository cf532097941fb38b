"""Pages that belong to no application: the overview, the theme, health, and what is said when things go wrong."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from config.ui.context import THEMES
from config.ui.format import STATUSES as STATUS_WORDS
from config.ui.format import format_number
from contracts import repository, revisions
from contracts.documents import from_document
from contracts.presentation import revision
from contracts.shown.worklists import aside, grouped, shown
from logs import usage
from mongo.client import ping
from mongo.errors import MongoError, MongoNotConfigured
from users import kept
from users.access import can, requires
from users.middleware import KEPT

ONE_YEAR = 365 * 24 * 60 * 60
PING_SECONDS = 0.5
DAYS_SHOWN = 30
SIGNED_IN_AGAIN = "You signed in again since this form was opened. Your entries are kept."
TYPE_WORDS = {
    "basic": ("Basic", "muted"),
    "professional": ("Professional", "info"),
    "enterprise": ("Enterprise", "accent"),
    "custom": ("Custom", "warn"),
}


@require_safe
@requires("contracts.see")
def overview(request: HttpRequest) -> HttpResponse:
    today = datetime.now(UTC).date()
    found, username = repository.overview(today), request.user.get_username()
    by_status = {str(entry["_id"]): entry["n"] for entry in found["statuses"]}
    by_type = {str(entry["_id"]): entry["n"] for entry in found["types"]}
    counts, standing = repository.worklists_and_standing(username, today=today)
    worklists = shown(username, counts=counts)
    days, counted_at = usage.days_of_all(today - timedelta(days=DAYS_SHOWN - 1), today)
    context = {
        "today": today,
        "total": sum(by_status.values()),
        "in_force": by_status.get("active", 0) + by_status.get("pending_renewal", 0),
        "by_status": _counted(by_status, STATUS_WORDS, "status"),
        "by_type": _counted(by_type, TYPE_WORDS, "contract_type"),
        "fees": [(str(entry["_id"]), entry["fee"], entry["n"]) for entry in found["fees"]],
        "odd_fees": sum(entry["odd"] for entry in found["fees"]),
        "worklists": aside(worklists),
        "worklist_groups": grouped(worklists),
        "ending": {"ends": counts["ends_30"], "notice": counts["notice_30"]},
        "next": [(repository.key_of(entry), from_document(entry)) for entry in found["next"]],
        "standing": standing,
        # On the first day of a month nothing is known of it before it is computed.
        "knows_month": counted_at is not None and counted_at.date() >= today.replace(day=1),
        "days": [(f"{day.day.day} {day.day:%b}", day.transactions, _in_words(day, counted_at)) for day in days],
        "days_sum": (sum(day.transactions for day in days), sum(day.trades for day in days)),
        "counted_at": counted_at,
        "recent": [revision(entry) for entry in revisions.recent(8)],
        "can_change": can(request.user, "contracts.change"),
    }
    return render(request, "overview.html", context)


def _in_words(day: usage.DayOfAll, counted_at: datetime | None) -> str:
    if counted_at is None or day.day > counted_at.date():
        return "not counted yet"
    so_far = " so far" if day.day == counted_at.date() else ""
    return f"{format_number(day.transactions)} transactions{so_far}, {format_number(day.trades)} of them trades"


def _counted(
    counts: dict[str, int], known: dict[str, tuple[str, str]], parameter: str
) -> list[tuple[str, int, str, str]]:
    """Label, number, tone and address of the list, known names first, then those that other services made up."""
    found = []
    for name in [*known, *(name for name in counts if name not in known)]:
        label, tone = known.get(name, (name, "muted"))
        if counts.get(name):
            found.append((label, counts[name], tone, f"{reverse('contracts:list')}?{urlencode({parameter: name})}"))
    return found


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the colour theme in a cookie and go back to where the switch was pressed."""
    chosen = request.POST.get("theme", "auto")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    response = redirect(back)
    response.set_cookie(
        "theme",
        chosen if chosen in THEMES else "auto",
        max_age=ONE_YEAR,
        samesite="Lax",
        secure=settings.HTTPS,
        httponly=True,
    )
    return response


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Liveness: the process answers. It asks nobody else, so that a database's outage restarts no worker."""
    return JsonResponse({"status": "ok", "version": settings.VERSION})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Readiness: 503 without SQL; "degraded" without MongoDB, whose pages say so themselves."""
    sql, mongo = _sql(), _mongo()
    if sql != "up":
        return JsonResponse({"status": "down", "sql": sql, "mongo": mongo}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return JsonResponse({"status": "ok" if mongo == "up" else "degraded", "sql": sql, "mongo": mongo})


def _sql() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "down"
    return "up"


def _mongo() -> str:
    try:
        ping(PING_SECONDS)
    except MongoNotConfigured:
        return "not configured"
    except MongoError:
        return "down"
    return "up"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of ours with a token from before a new sign-in loses nothing; one from elsewhere is refused."""
    if request.headers.get("Sec-Fetch-Site") == "same-origin" and kept.is_keepable(request) and kept.keep(request):
        again = request.user.is_authenticated
        messages.info(request, SIGNED_IN_AGAIN if again else KEPT)
        return redirect(kept.page_of(request))
    return render(request, "csrf.html", {"reason": reason}, status=HTTPStatus.FORBIDDEN)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem(request, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    return _problem(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def _problem(request: HttpRequest, status: HTTPStatus, **context: Any) -> HttpResponse:
    return render(request, f"{status.value}.html", context, status=status)
