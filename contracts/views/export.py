"""What the list shows, as a file."""

from datetime import UTC, datetime
from functools import partial

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contracts import downloads
from contracts.forms.filters import FilterForm
from mongo.client import JOB_SECONDS, READ_SECONDS, WRITE_SECONDS
from mongo.middleware import within
from users.access import requires
from users.actor import actor_of
from users.downloads import answer


# It is counted, all ids are read, and the download noted, before the first byte; what follows has time of its own.
@within(READ_SECONDS + JOB_SECONDS + 2 * WRITE_SECONDS)
@require_safe
@requires("contracts.export")
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Every contract that the query string asks for, in the order of the list; `form` is ndjson or csv."""
    filters = FilterForm(request.GET)
    if not filters.is_valid():
        return render(request, "contracts/list.html", {"complaints": filters.complaints()}, status=400)
    now = datetime.now(UTC)
    wanted = filters.to_filter("")
    name = downloads.file_name(wanted, form, now.date())
    begin = partial(downloads.begin, wanted, form, name=name, actor=actor_of(request), now=now)
    return answer(request, form, name, begin)
