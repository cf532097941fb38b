"""A request id for every request: in the logs, in the answer's header and on every error page."""

import logging
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# Longer than any answer is kept.
CHANGED_SECONDS = 60

_current: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdMiddleware:
    """Gives `request.request_id`; ids that clients send are not trusted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex[:16]
        _current.set(request.request_id)
        response = self.get_response(request)
        response[HEADER] = request.request_id
        return response


class ChangedMiddleware:
    """Gives a browser another cookie once somebody has sent something: what it kept before is not asked again.

    Answers that a browser may keep for a moment vary by its cookies.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in SAFE_METHODS and settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.set_cookie(
                "changed",
                request.request_id,
                max_age=CHANGED_SECONDS,
                samesite="Lax",
                secure=settings.HTTPS,
                httponly=True,
            )
        return response


class RefusalFilter(logging.Filter):
    """Takes the traceback out of what was refused, where nothing is wrong with the server: one line says it all."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR) < HTTPStatus.INTERNAL_SERVER_ERROR:
            record.exc_info = record.exc_text = None
        return True


class RequestIdFilter(logging.Filter):
    """Puts the id of the request at hand into each log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        record.request_id = getattr(request, "request_id", None) or _current.get()
        return True
