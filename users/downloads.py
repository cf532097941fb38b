"""Files to take away: how many somebody may take, in which pieces they go, and how one ends that is not whole."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from mongo.client import WRITE_SECONDS
from mongo.errors import MongoError
from mongo.lines import BOM
from mongo.ratelimit import check_rate_limit, limit_key
from users.views import too_many_requests

# What one person may take, of all lists together: each file walks over everything that it is asked for.
EXPORTS, EXPORT_SECONDS = 10, 60

FORMS = CSV, NDJSON = "csv", "ndjson"
CONTENT_TYPES = {CSV: "text/csv; charset=utf-8", NDJSON: "application/x-ndjson"}
PIECE_BYTES = 64 * 1024

Pieces = Iterator[bytes]


class DownloadBroken(Exception):
    """MongoDB went away in the middle of a file. The browser is to see that the file is not whole."""

    def __init__(self, what: str, error: MongoError) -> None:
        super().__init__(f"A download of {what} broke off. {error}")


def answer(request: HttpRequest, form: str, name: str, begin: Callable[[], Pieces]) -> HttpResponseBase:
    """The file of this name, whose pieces `begin` gives; or the page for somebody who takes too many.

    For HEAD it is not begun, and counts for nothing.
    """
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"}
    if request.method == "HEAD":
        return HttpResponse(content_type=CONTENT_TYPES[form], headers=headers)
    key = limit_key(f"user:{request.user.get_username()}", "exports", EXPORT_SECONDS)
    decision = check_rate_limit(key, EXPORTS, EXPORT_SECONDS, seconds=WRITE_SECONDS)
    if not decision.allowed:
        return too_many_requests(request, decision.reset_seconds)
    return StreamingHttpResponse(begin(), content_type=CONTENT_TYPES[form], headers=headers)


def pieces(texts: Iterable[str], form: str, what: str) -> Pieces:
    """The texts of a file, one after the other, as it is sent; `what` says of what it is a download.

    Raises MongoError before the first piece, while a page can still say so, and DownloadBroken after it.
    """
    found = _pieces(texts, form)
    first = next(found)
    return chain([first], _or_broken(found, what))


def _pieces(texts: Iterable[str], form: str) -> Pieces:
    """At least one, and none is large: each is compressed and sent by itself."""
    held = bytearray(BOM if form == CSV else b"")
    for text in texts:
        held += text.encode()
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    yield bytes(held)


def _or_broken(found: Pieces, what: str) -> Pieces:
    try:
        yield from found
    except MongoError as error:
        raise DownloadBroken(what, error) from error
