"""The page for somebody who tries too often."""

from http import HTTPStatus
from math import ceil

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Up to so many, a wait is told in seconds.
FEW_SECONDS = 45


def too_many_requests(request: HttpRequest, wait_seconds: int) -> HttpResponse:
    """The page that says so, and in how many seconds there is room for one more."""
    status = HTTPStatus.TOO_MANY_REQUESTS
    response = render(request, "429.html", {"advice": advice(wait_seconds)}, status=status)
    response["Retry-After"] = str(wait_seconds)
    return response


def advice(wait_seconds: int) -> str:
    """What to do, in words; minutes are rounded up."""
    count, unit = wait_seconds, "second"
    if wait_seconds > FEW_SECONDS:
        count, unit = ceil(wait_seconds / 60), "minute"
    return f"Wait {f'a {unit}' if count == 1 else f'{count} {unit}s'}, then try again."
