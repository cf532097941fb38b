"""How many requests a token may make in a minute, and how every answer tells it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja.throttling import BaseThrottle

from mongo.ratelimit import check_rate_limit, headers, limit_key
from users.api import caller_of

NAME = "token"
WINDOW_SECONDS = 60
_FORM = {"type": "string", "pattern": '^"token";'}
HEADERS: dict[str, Any] = {
    "RateLimit": {
        "description": "r: requests left; t: in how many seconds there is room for more.",
        "schema": _FORM,
    },
    "RateLimit-Policy": {"description": "q: how many requests; w: in how many seconds.", "schema": _FORM},
}


class TokenLimit(BaseThrottle):
    """Counts a request of a token that may make it; one that cannot be counted is let through."""

    def allow_request(self, request: HttpRequest) -> bool:
        key = limit_key(caller_of(request), "api", WINDOW_SECONDS)
        request.limit = check_rate_limit(key, settings.API_REQUESTS_PER_MINUTE, WINDOW_SECONDS)
        return request.limit.allowed


def tell(request: HttpRequest, response: HttpResponse) -> None:
    """Put the headers of the limit on an answer to a token that was counted."""
    decision = getattr(request, "limit", None)
    if decision is not None:
        for name, value in headers(NAME, decision, settings.API_REQUESTS_PER_MINUTE, WINDOW_SECONDS).items():
            response[name] = value
