"""What goes wrong, as problem documents (RFC 9457): one table from errors to answers."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import HttpError, Throttled, ValidationError

from config.api.wording import found
from contracts.domain.errors import (
    AccountHasContract,
    ContractChanged,
    ContractIdTaken,
    ContractInvalid,
    ContractNotFound,
    Problem,
)
from mongo.errors import MongoError, MongoNotConfigured, MongoSlow, MongoUnavailable, OutcomeUnknown
from mongo.middleware import RETRY_AFTER_SECONDS, SAFE_METHODS
from mongo.repeats import KeyReused
from users.api import RequestInvalid
from users.bearer import Refused

CONTENT_TYPE = "application/problem+json"
# Problems that a status alone does not tell apart.
TYPE = "urn:problem-type:counterpart:"
PLAIN = "about:blank"

# So many errors help; thousands of the same kind do not. Names and values in them may be as long as a body.
MOST_ERRORS, LONGEST_PATH, LONGEST_MESSAGE = 100, 200, 500

NOT_READ = "This request cannot be read."
NOTHING_HERE = "There is nothing at this address. Addresses of the API have no slash at their end."
INVALID = "Something in the request cannot be taken; errors says what. Nothing was changed."
TOO_LARGE = "This is too large. Send less at once."
CHANGED = "Somebody changed the contract after you read it. Read it again, then decide anew. Nothing was changed."
TOO_MANY = "Too many requests came with this token. Wait a moment."
LOST = (
    "MongoDB's answer was lost, so it is not known whether this was done. Look whether it was, or send the very "
    "same request again with the same Idempotency-Key: what was done is not done twice."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One problem document and the headers that come with it."""

    status: int
    detail: str
    type: str = PLAIN
    errors: tuple[Problem, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(request: HttpRequest, told: Told) -> HttpResponse:
    """The answer that tells of a problem; the request's id is what the logs know it by."""
    document: dict[str, Any] = {
        "type": told.type,
        "title": HTTPStatus(told.status).phrase,
        "status": told.status,
        "detail": told.detail,
        "request_id": getattr(request, "request_id", ""),
    }
    if told.errors:
        document["errors"] = [{"path": one.path, "message": one.message} for one in told.errors]
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, content_type=CONTENT_TYPE, status=told.status, headers=told.headers)


def install(api: NinjaAPI) -> None:
    """Let the API answer every error of the table with its problem document."""

    def handler(tell: Callable[[Any], Told]) -> Callable[[HttpRequest, Any], HttpResponse]:
        return lambda request, error: answer(request, tell(error))

    for kind, tell in TABLE.items():
        api.add_exception_handler(kind, handler(tell))
    api.add_exception_handler(MongoSlow, _slow)
    # What is not in the table is a mistake of ours: Django logs it and asks config.views for the answer.
    api.add_exception_handler(Exception, _raise)


def _slow(request: HttpRequest, error: MongoSlow) -> HttpResponse:
    """What reads too much reads as much another time; a change only waited for others."""
    too_much = Told(status=HTTPStatus.SERVICE_UNAVAILABLE, detail=str(error), type=f"{TYPE}too-much")
    return answer(request, too_much if request.method in SAFE_METHODS else _away(error))


def _raise(request: HttpRequest, error: Exception) -> HttpResponse:
    raise error


def _of_http(error: HttpError) -> Told:
    # Ninja wraps whatever a parser raises.
    refusal = error.__cause__ if isinstance(error.__cause__, HttpError) else error
    headers = refusal.headers if isinstance(refusal, Refused) else {}
    return Told(status=refusal.status_code, detail=str(refusal), headers=headers)


def _of_throttle(error: Throttled) -> Told:
    return Told(status=HTTPStatus.TOO_MANY_REQUESTS, detail=TOO_MANY)


def _of_validation(error: ValidationError) -> Told:
    return _invalid([found(one) for one in error.errors[:MOST_ERRORS]])


def _invalid(errors: Sequence[Problem]) -> Told:
    told = tuple(
        Problem(_cut(one.path, LONGEST_PATH), _cut(one.message, LONGEST_MESSAGE)) for one in errors[:MOST_ERRORS]
    )
    return Told(status=HTTPStatus.UNPROCESSABLE_ENTITY, detail=INVALID, type=f"{TYPE}invalid", errors=told)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _taken(field: str) -> Callable[[Exception], Told]:
    def told(error: Exception) -> Told:
        errors = (Problem(field, str(error)),)
        return Told(status=HTTPStatus.CONFLICT, detail=str(error), type=f"{TYPE}taken", errors=errors)

    return told


def _away(error: MongoError) -> Told:
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return Told(status=HTTPStatus.SERVICE_UNAVAILABLE, detail=str(error), headers=headers)


def _refused(error: MongoError) -> Told:
    return Told(status=HTTPStatus.SERVICE_UNAVAILABLE, detail=str(error), type=f"{TYPE}refused")


def _unknown(_: OutcomeUnknown) -> Told:
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return Told(status=HTTPStatus.SERVICE_UNAVAILABLE, detail=LOST, type=f"{TYPE}outcome-unknown", headers=headers)


def _simple(status: HTTPStatus, detail: str) -> Callable[[Exception], Told]:
    return lambda _: Told(status=status, detail=detail)


TABLE: dict[type[Exception], Callable[[Any], Told]] = {
    HttpError: _of_http,
    Throttled: _of_throttle,
    ValidationError: _of_validation,
    ContractNotFound: lambda error: Told(status=HTTPStatus.NOT_FOUND, detail=str(error)),
    ContractInvalid: lambda error: _invalid(error.problems),
    RequestInvalid: lambda error: _invalid([Problem(*one) for one in error.problems]),
    ContractChanged: lambda _: Told(
        status=HTTPStatus.PRECONDITION_FAILED, detail=CHANGED, type=f"{TYPE}contract-changed"
    ),
    AccountHasContract: _taken("account_id"),
    ContractIdTaken: _taken("contract_id"),
    KeyReused: lambda error: _invalid((Problem("Idempotency-Key", str(error)),)),
    OutcomeUnknown: _unknown,
    MongoNotConfigured: lambda error: Told(
        status=HTTPStatus.SERVICE_UNAVAILABLE, detail=str(error), type=f"{TYPE}not-configured"
    ),
    MongoUnavailable: _away,
    # The same request meets the same refusal.
    MongoError: _refused,
    RequestDataTooBig: _simple(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE),
    SuspiciousOperation: _simple(HTTPStatus.BAD_REQUEST, NOT_READ),
    UnreadablePostError: _simple(HTTPStatus.BAD_REQUEST, NOT_READ),
    Http404: _simple(HTTPStatus.NOT_FOUND, NOTHING_HERE),
}


def of_status(status: HTTPStatus) -> Told:
    """What is told where only a status is known, as when Django itself refuses a request."""
    details = {
        HTTPStatus.BAD_REQUEST: NOT_READ,
        HTTPStatus.FORBIDDEN: "This is not allowed.",
        HTTPStatus.NOT_FOUND: NOTHING_HERE,
        HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here, and it was noted. Try again in a moment.",
    }
    return Told(status=status, detail=details[status])
