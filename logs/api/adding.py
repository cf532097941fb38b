"""Entries of other services taken into the logs, in batches."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from bson import ObjectId
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Body, Router

from logs import batches
from logs.api import bodies, schemas
from logs.kinds import LOGS, Log
from mongo import repeats
from users.api import IdempotencyKey, RequestInvalid, answer, caller_of, documented
from users.bearer import needs

router = Router(tags=["logs"])

WRITE = needs("logs:write")


def _operation(log: Log) -> None:
    sent = schemas.ENTRIES[log.name]

    @router.post(
        f"/logs/{log.name}",
        auth=WRITE,
        **documented(
            f"add{log.name.capitalize()}",
            f"Add entries to the log of {log.name}, all or none",
            schemas.Stored,
            ok=HTTPStatus.CREATED,
        ),
    )
    def add(request: HttpRequest, entries: Annotated[sent, Body()], key: IdempotencyKey = None) -> HttpResponse:  # type: ignore[valid-type]
        return _added(request, log, entries, key)


def _added(request: HttpRequest, log: Log, sent: Any, key: str | None) -> HttpResponse:
    """The answer once a majority of the servers has the entries."""
    now = datetime.now(UTC)
    entries = bodies.read(sent, log.name, now=now, via=request.auth.name)
    if not settings.MONGODB_LOGS_ENABLED and log.name != "audit":
        return answer({"stored": 0, "ids": []}, HTTPStatus.CREATED)
    try:
        stored = batches.store(log.collection, entries, _ids(request, len(entries), key, now))
    except batches.EntryIdTaken as problem:
        paths = [f"{position}.entryId" if isinstance(sent, list) else "entryId" for position in problem.positions]
        raise RequestInvalid(*((path, str(problem)) for path in paths)) from problem
    return answer({"stored": stored.new, "ids": [str(own) for own in stored.ids]}, HTTPStatus.CREATED)


def _ids(request: HttpRequest, count: int, key: str | None, now: datetime) -> Sequence[ObjectId]:
    """New ids, or those that the same request had when it came before. Raises KeyReused, and MongoError."""
    if key is None:
        return batches.ids(count, now)
    caller = caller_of(request)
    asked = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
    return batches.ids(count, repeats.note(caller, key, asked, now), f"{caller}\n{key}")


for _log in LOGS.values():
    _operation(_log)
