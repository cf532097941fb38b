"""The numbers beside the worklists, which every page asks for once it is there."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from contracts import repository
from contracts.shown.worklists import aside, shown
from mongo.errors import MongoError
from users import kept
from users.access import requires

# One page after another shows the same numbers for a while; a change of one's own is seen at once, since the cookie
# of config.middleware makes it another request.
KEPT_SECONDS = 30


def _signed_out(request: HttpRequest) -> HttpResponse:
    return _none()


def _none() -> HttpResponse:
    """No numbers: the links stand there as they are."""
    return HttpResponse(status=204)


@kept.background(_signed_out)
@cache_control(private=True, max_age=KEPT_SECONDS)
@require_safe
@requires("contracts.see")
def worklists(request: HttpRequest) -> HttpResponse:
    username = request.user.get_username()
    try:
        counts = repository.worklists(username, today=datetime.now(UTC).date())
    except MongoError:
        return _none()
    return render(request, "components/_worklist_counts.html", {"worklists": aside(shown(username, counts=counts))})
