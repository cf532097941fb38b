"""What the list shows, as a file."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from contracts import downloads
from contracts.forms.filters import FilterForm
from mongo.client import JOB_SECONDS, READ_SECONDS, WRITE_SECONDS
from mongo.middleware import within
from mongo.ratelimit import check_rate_limit, limit_key
from users.access import requires
from users.actor import actor_of
from users.views import too_many_requests

# What one person may take: each file walks over everything that it is asked for.
EXPORTS, EXPORT_SECONDS = 10, 60


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
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"}
    content_type = downloads.CONTENT_TYPES[form]
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers=headers)
    key = limit_key(f"user:{request.user.get_username()}", "exports", EXPORT_SECONDS)
    decision = check_rate_limit(key, EXPORTS, EXPORT_SECONDS, seconds=WRITE_SECONDS)
    if not decision.allowed:
        return too_many_requests(request, decision.reset_seconds)
    pieces = downloads.begin(wanted, form, name=name, actor=actor_of(request), now=now)
    return StreamingHttpResponse(pieces, content_type=content_type, headers=headers)
