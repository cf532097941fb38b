"""Pages that belong to no application: the theme, health, and what is said when things go wrong."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from config.api import edge
from config.ui.context import THEMES
from mongo.client import ping
from mongo.errors import MongoError, MongoNotConfigured
from users import kept
from users.middleware import KEPT

ONE_YEAR = 365 * 24 * 60 * 60
PING_SECONDS = 0.5
SIGNED_IN_AGAIN = "You signed in again since this form was opened. Your entries are kept."


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
    """A view says in a sentence what is not there; where no view was found there is none."""
    reason = exception.args[0] if exception.args else None
    return _problem(request, HTTPStatus.NOT_FOUND, reason=reason if isinstance(reason, str) else "")


def server_error(request: HttpRequest) -> HttpResponse:
    return _problem(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def _problem(request: HttpRequest, status: HTTPStatus, **context: Any) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return edge.failed(request, status)
    return render(request, f"{status.value}.html", context, status=status)
