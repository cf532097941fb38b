"""The site map with some pages more: forms whose entries are kept, and an action without a page of its own."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

from config.urls import handler403, handler404, handler500
from config.urls import urlpatterns as site
from users import kept

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]


@kept.keepable
def form(request: HttpRequest, number: int = 0) -> HttpResponse:
    entries = kept.take(request)
    return JsonResponse({"entries": None if entries is None else dict(entries.lists())})


@require_POST
def action(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


urlpatterns = [
    path("form/", form),
    path("other-form/", form),
    path("forms/<int:number>/", form),
    path("action/", action),
    *site,
]
