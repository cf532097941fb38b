"""What the console says: one line of what was refused, and the traceback of what went wrong."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from config import urls as project
from config.middleware import RefusalFilter, RequestIdFilter

LINE = settings.LOGGING["formatters"]["line"]["format"]


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("Something is wrong")


def refused(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


broken.login_required = refused.login_required = False
urlpatterns = [path("broken", broken), path("refused", refused), *project.urlpatterns]
handler500 = "config.views.server_error"

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def console() -> Iterator[io.StringIO]:
    """What the settings' handler writes, caught."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logging.Formatter(LINE))
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter({"request_id": RequestIdFilter, "refusals": RefusalFilter}[name]())
    logging.getLogger("django.request").addHandler(handler)
    yield text
    logging.getLogger("django.request").removeHandler(handler)


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


def test_a_refused_request_is_one_line(console: io.StringIO, browser: Client) -> None:
    assert browser.get("/refused").status_code == 403
    assert console.getvalue().count("\n") == 1
    assert "Forbidden" in console.getvalue()


def test_what_is_not_there_is_one_line(console: io.StringIO, browser: Client) -> None:
    assert browser.get("/nowhere").status_code == 404
    assert console.getvalue().count("\n") == 1


def test_a_mistake_keeps_its_traceback(console: io.StringIO, browser: Client) -> None:
    assert browser.get("/broken").status_code == 500
    assert "Traceback" in console.getvalue()
    assert "ZeroDivisionError: Something is wrong" in console.getvalue()
