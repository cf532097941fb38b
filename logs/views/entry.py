"""One entry by its id: a page of its own, a panel beside the list, and a file of all that it holds."""

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from logs import exploring, ids
from logs.asking import SPAN, Asked, Complaints, read
from logs.downloads import taken
from logs.scope import Scope
from logs.shown.around import Around, around, is_dated, reaching
from logs.shown.differences import changes_of
from logs.shown.entry import EntryShown
from logs.shown.raw import raw_json
from logs.shown.rows import columns_of, list_url, rows_of
from logs.shown.tree import Tree
from logs.views.viewing import note_viewed
from mongo import paging
from mongo.client import READ_SECONDS, WRITE_SECONDS, Document
from mongo.middleware import within
from mongo.searching import PROBE_SECONDS
from users.actor import actor_of

# Asks for the entry as a file; no field of a log is called so.
FORM = "as"
GONE, KEPT = "There is no such entry.", " Entries of the audit trail are kept for a limited time."
# The entry, that somebody looks at it, and what lies on either side of it.
SECONDS = READ_SECONDS + WRITE_SECONDS + 2 * (paging.SECONDS + PROBE_SECONDS)


@vary_on_headers("HX-Request")
@require_safe
@within(SECONDS)
def entry(request: HttpRequest, scope: Scope, entry_id: str) -> HttpResponse:
    is_part, now = bool(request.htmx and not request.htmx.history_restore_request), datetime.now(UTC)
    try:
        document = _document_or_404(scope, entry_id)
    except Http404 as gone:
        if not is_part:
            raise
        context = {"scope": scope, "entry_id": entry_id, "reason": str(gone)}
        return render(request, "logs/_gone.html", context, status=404)
    asked, complaints = _asked(request, scope, document, now)
    note_viewed(request, scope, asked)
    if request.GET.get(FORM) == "json":
        taken(scope.log, entry_id, actor=actor_of(request), now=now)
        return _file(document)
    # A page by itself tells what was before and after, however long ago, unless its address has a time.
    asked = reaching(asked, document, is_kept=is_part or any(name in request.GET for name in SPAN))
    beside = around(scope, document, asked, now=now)
    shown = EntryShown(document, scope, asked, now)
    context = {
        "scope": scope,
        "asked": asked,
        "complaints": complaints,
        "shown": shown,
        "changes": changes_of(document, Tree(scope.log, asked)),
        "closed": list_url(scope, asked),
        "permalink": request.build_absolute_uri(shown.url),
        "around": beside,
        **_rows(shown, beside),
    }
    return render(request, "logs/_panel.html" if is_part else "logs/entry.html", context)


def _document_or_404(scope: Scope, entry_id: str) -> Document:
    try:
        document = exploring.get(scope.log, ids.read(entry_id), account=scope.account)
    except ids.NoEntryId:
        raise Http404("This is no id of an entry.") from None
    if document is None:
        raise Http404(GONE + (KEPT if scope.log.name == "audit" else ""))
    return document


def _asked(request: HttpRequest, scope: Scope, document: Document, now: datetime) -> tuple[Asked, tuple[str, ...]]:
    """What the list was asked for, or else everything, and what of it cannot be answered."""
    is_undated = not is_dated(document)
    query = {name: values for name, values in request.GET.lists() if name != FORM}
    try:
        return read(query, scope.log, now=now, account=scope.account, is_undated=is_undated), ()
    except Complaints as problem:
        asked = read({}, scope.log, now=now, account=scope.account, is_undated=is_undated)
        return asked, problem.complaints


def _file(document: Document) -> HttpResponse:
    response = HttpResponse(raw_json(document), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="entry.json"'
    response["Cache-Control"] = "no-store"
    return response


def _rows(shown: EntryShown, beside: Around) -> dict[str, object]:
    """The entry between its neighbours as rows of the list, and the rows right above and below it."""
    documents = [*beside.newer, shown.document, *beside.older]
    if shown.asked.oldest_first:
        documents.reverse()
    rows = rows_of(documents, shown.here, shown.scope, shown.now)
    at = len(beside.older if shown.asked.oldest_first else beside.newer)
    return {
        "columns": columns_of(shown.scope.log, shown.asked),
        "rows": rows if len(rows) > 1 else (),
        "previous": rows[at - 1] if at else None,
        "next": rows[at + 1] if at + 1 < len(rows) else None,
    }
