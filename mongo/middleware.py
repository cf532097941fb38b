"""Bounds the time that a request may spend on MongoDB, and turns its errors into a page that explains them."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pymongo
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from mongo.errors import MongoError, MongoNotConfigured, MongoRefused, MongoUnavailable, OutcomeUnknown

# All operations of one request together, in seconds: a read, or a write with the look-up after a lost answer.
PAGE_SECONDS = 2.5
CHANGE_SECONDS = 8.0
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
RETRY_AFTER_SECONDS = 5

View = Callable[..., Any]


def within(seconds: float) -> Callable[[View], View]:
    """Mark a view whose answer may take MongoDB longer than a page may, as a file of all contracts does."""

    def mark(view: View) -> View:
        view.mongo_seconds = seconds  # type: ignore[attr-defined]
        return view

    return mark


class MongoMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with ExitStack() as bound:
            bound.enter_context(pymongo.timeout(PAGE_SECONDS if request.method in SAFE_METHODS else CHANGE_SECONDS))
            request.mongo_bound = bound  # type: ignore[attr-defined]
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        """Give a view that is marked so the time it needs."""
        if seconds := getattr(view, "mongo_seconds", None):
            allow(request, seconds)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer(request, error) if isinstance(error, MongoError) else None


def allow(request: HttpRequest, seconds: float) -> None:
    """Give a request so much time from now on; a bound inside another could only be shorter."""
    bound: ExitStack = request.mongo_bound  # type: ignore[attr-defined]
    bound.close()
    bound.enter_context(pymongo.timeout(seconds))


def answer(request: HttpRequest, error: MongoError) -> HttpResponse:
    """The page for an error of MongoDB: 200 where it is not configured, else 503 and when to try again."""
    if "application/json" in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse({"title": "MongoDB", "detail": str(error), "status": 503}, status=503)
    else:
        response = _page(request, error)
    if response.status_code == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _page(request: HttpRequest, error: MongoError) -> HttpResponse:
    not_configured = isinstance(error, MongoNotConfigured)
    context = {
        "error": error,
        "not_configured": not_configured,
        "refused": isinstance(error, MongoRefused),
        "unavailable": isinstance(error, MongoUnavailable),
        "outcome_unknown": isinstance(error, OutcomeUnknown),
    }
    return render(request, "mongo_error.html", context, status=200 if not_configured else 503)
