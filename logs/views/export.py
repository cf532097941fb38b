"""What a list of entries finds, as a file."""

from datetime import UTC, datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from logs import asking, downloads
from logs.asking import Complaints
from logs.scope import Scope
from mongo.client import JOB_SECONDS, WRITE_SECONDS
from mongo.middleware import within
from mongo.paging import COUNT_SECONDS
from users.actor import actor_of
from users.downloads import answer

# It is counted, the first entries are read, and the download noted, before the first byte; what follows has time of
# its own.
SECONDS = COUNT_SECONDS + JOB_SECONDS + 2 * WRITE_SECONDS


@within(SECONDS)
@require_safe
def export(request: HttpRequest, scope: Scope, form: str, is_undated: bool = False) -> HttpResponseBase:
    """Every entry that the query string asks for, in the order of the list; `form` is ndjson or csv."""
    if not scope.can_export:
        raise PermissionDenied
    now, query = datetime.now(UTC), dict(request.GET.lists())
    try:
        asked = asking.read(query, scope.log, now=now, account=scope.account, is_undated=is_undated)
    except Complaints as problem:
        return render(
            request, "logs/export_bad.html", {"scope": scope, "complaints": problem.complaints}, status=400
        )
    name = downloads.file_name(scope.log, asked.wanted, form, now.date())
    begin = partial(downloads.begin, scope.log, asked, form, name=name, actor=actor_of(request), now=now)
    return answer(request, form, name, begin)


@within(SECONDS)
@require_safe
def leaving(request: HttpRequest, scope: Scope, form: str) -> HttpResponseBase:
    """What of the audit trail goes next."""
    now = datetime.now(UTC)
    name = f"audit-trail-{now.date()}-leaving.{form}"
    begin = partial(downloads.begin_leaving, form, name=name, actor=actor_of(request), now=now)
    return answer(request, form, name, begin)
