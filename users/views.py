"""The page for somebody who tries too often."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# The limits of sign-in and passwords count the requests of one minute.
WAIT_SECONDS = 60


def too_many_requests(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = WAIT_SECONDS
    return response
