"""Answers with contracts, and what a request must have seen before it changes one."""

from http import HTTPStatus

from django.http import HttpResponse, HttpResponseNotModified
from ninja.errors import HttpError

from contracts.api.documents import Document, etag_of, is_known, seen_in, shown
from contracts.seen import Seen
from users.api import RequestInvalid, answer

MISSING = "Send the ETag of the contract as you read it in If-Match, so that no change of somebody else is lost."
FOREIGN = "This is no ETag of a contract. Send the one that you read, alone and as it is."


def whole(document: Document, status: int = HTTPStatus.OK, **headers: str) -> HttpResponse:
    """A contract with its ETag."""
    return answer(shown(document), status, {**_validator(etag_of(document)), **headers})


def whole_or_known(document: Document, known: str | None) -> HttpResponse:
    """A contract with its ETag; without content where the client has that already."""
    etag = etag_of(document)
    if known is not None and is_known(known, etag):
        return HttpResponseNotModified(headers=_validator(etag))
    return answer(shown(document), headers=_validator(etag))


def _validator(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": "private, no-cache"}


def seen_by(if_match: str | None) -> Seen:
    """What the client saw. Raises HttpError (428) where it does not say, RequestInvalid for no tag of ours."""
    if not if_match:
        raise HttpError(HTTPStatus.PRECONDITION_REQUIRED, MISSING)
    seen = seen_in(if_match)
    if seen is None:
        raise RequestInvalid(("If-Match", FOREIGN))
    return seen
