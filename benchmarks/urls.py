"""The site map with one address more: fixed HTML behind the same middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls as site

page = b""

handler400 = site.handler400
handler403 = site.handler403
handler404 = site.handler404
handler500 = site.handler500


def constant(request: HttpRequest) -> HttpResponse:
    """What a page sent when it was asked for once; the middleware has loaded session and user."""
    return HttpResponse(page)


urlpatterns = [*site.urlpatterns, path("constant/", constant)]
