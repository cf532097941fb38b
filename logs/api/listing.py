"""The logs read page by page, newest first."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from logs import repository
from logs.api import schemas
from logs.api.shown import shown
from logs.api.viewing import note_viewed
from logs.domain.filters import LogFilter
from logs.domain.moments import NoMoment, bound_of
from logs.kinds import LOGS, Log
from mongo import cursors, paging
from mongo.middleware import allow
from mongo.searching import PROBE_SECONDS
from users.api import After, Limit, RequestInvalid, answer, documented
from users.bearer import needs

router = Router(tags=["logs"])

READ = needs("logs:read")
LONGEST_MOMENT = 40
NO_TIME = "Entries without a date lie in no time. Leave this out."

From = Annotated[
    str | None,
    Query(
        alias="from",
        max_length=LONGEST_MOMENT,
        description="The first moment, or a day in UTC.",
        example="2026-11-01",
    ),
]
To = Annotated[
    str | None,
    Query(
        alias="to",
        max_length=LONGEST_MOMENT,
        description="The first moment that is too late, or the last day.",
        example="2026-11-21T12:00:00Z",
    ),
]
Undated = Annotated[bool, Query(description="Only entries without a usable date, which no other list has.")]


def _operation(log: Log) -> None:
    filters = schemas.FILTERS[log.name]

    @router.get(
        f"/logs/{log.name}",
        auth=READ,
        **documented(f"list{log.name.capitalize()}", f"Read the log of {log.name}", schemas.Entries),
    )
    def find(
        request: HttpRequest,
        fields: Annotated[filters, Query()],  # type: ignore[valid-type]
        start: From = None,
        end: To = None,
        undated: Undated = False,
        after: After = None,
        limit: Limit = 50,
    ) -> HttpResponse:
        if undated:
            _refuse_times(start, end)
        wanted = LogFilter(
            fields={name: (text,) for name, text in fields.model_dump(by_alias=True, exclude_none=True).items()},
            start=_bound("from", start),
            end=_bound("to", end, is_end=True),
            is_undated=undated,
        )
        note_viewed(request, log)
        allow(request, paging.SECONDS + PROBE_SECONDS)
        return _page(log, wanted, after, limit)


def _page(log: Log, wanted: LogFilter, after: str | None, limit: int) -> HttpResponse:
    try:
        found = repository.find_page(log, wanted, after=after, limit=limit)
    except cursors.CursorUnreadable as problem:
        raise RequestInvalid(("after", str(problem))) from problem
    return answer({"items": [shown(document) for document in found.documents], "next": found.after})


def _refuse_times(start: str | None, end: str | None) -> None:
    if problems := [(name, NO_TIME) for name, text in (("from", start), ("to", end)) if text is not None]:
        raise RequestInvalid(*problems)


def _bound(name: str, text: str | None, *, is_end: bool = False) -> datetime | None:
    try:
        return None if text is None else bound_of(text, is_end=is_end)
    except NoMoment as problem:
        raise RequestInvalid((name, str(problem))) from problem


for _log in LOGS.values():
    _operation(_log)
