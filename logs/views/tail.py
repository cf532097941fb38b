"""What has come into a log since a list was last asked: rows for a page that shows them as they come."""

from datetime import UTC, datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from logs import asking, exploring
from logs.scope import Scope
from logs.shown.rows import rows_of
from logs.views.viewing import note_viewed
from mongo import paging
from mongo.client import READ_SECONDS, WRITE_SECONDS
from mongo.cursors import CursorUnreadable
from mongo.middleware import within
from mongo.searching import PROBE_SECONDS

# Where it is to begin, and where it goes on because there was more than one answer holds.
SINCE, ON = "since", "on"
# Whose the entries are may have to be read first, and that somebody looks at them be written.
SECONDS = READ_SECONDS + WRITE_SECONDS + paging.SECONDS + PROBE_SECONDS


@require_safe
@within(SECONDS)
def tail(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The rows that have come, oldest first, and where to go on; what a page has got already may come again."""
    now = datetime.now(UTC)
    query = {name: values for name, values in request.GET.lists() if name not in (SINCE, ON)}
    try:
        asked = asking.read(query, scope.log, now=now, account=scope.account)
        note_viewed(request, scope, asked)
        since, on = (request.GET.get(name, "") for name in (SINCE, ON))
        found = exploring.news(scope.log, asked.wanted, since, on=on, now=now)
    except (asking.Complaints, CursorUnreadable) as problem:
        return HttpResponse(str(problem), status=HTTPStatus.BAD_REQUEST, content_type="text/plain; charset=utf-8")
    rows = rows_of(found.documents, asked, scope, now)
    return render(request, "logs/_news.html", {"rows": rows, "cursor": found.cursor, "on": found.on})
