"""The entries right before and after one in time, and the list in which it stands between them."""

from dataclasses import dataclass, replace
from datetime import datetime

from bson.datetime_ms import DatetimeMS

from logs import exploring, ids
from logs.asking import SPAN, Asked
from logs.domain.filters import LogFilter
from logs.exploring import NEIGHBOURS
from logs.queries.matching import mark
from logs.scope import Scope
from logs.shown.filters import hidden
from logs.shown.rows import list_url
from mongo import cursors
from mongo.client import Document
from mongo.errors import MongoSlow
from mongo.paging import place_of


@dataclass(frozen=True, slots=True)
class Around:
    """The neighbours of an entry, newest first, and the list around them; `is_known` is false where time was up."""

    newer: tuple[Document, ...] = ()
    older: tuple[Document, ...] = ()
    list_url: str = ""
    is_known: bool = True


def reaching(asked: Asked, document: Document, *, is_kept: bool) -> Asked:
    """What is asked for; of all time where the time is not to be kept, or the entry does not lie in it."""
    wanted = asked.wanted
    if wanted.is_undated or (is_kept and _is_within(document, wanted)):
        return asked
    return replace(
        asked,
        wanted=replace(wanted, start=None, end=None, last="all"),
        last="all",
        start="",
        end="",
        parameters=(*hidden(asked, *SPAN), ("last", "all")),
    )


def around(scope: Scope, document: Document, asked: Asked, *, now: datetime) -> Around:
    """The neighbours of an entry among those that are asked for. Raises MongoError."""
    try:
        older, newer = exploring.neighbours(scope.log, document, asked.wanted, now=now)
    except MongoSlow:
        return Around(list_url=_list_url(scope, asked, document, None), is_known=False)
    # The page begins after the furthest of them; where there are fewer, it is the first page.
    ahead = older[::-1] if asked.oldest_first else newer
    after = cursors.written(place_of(ahead[0]), mark(scope.log, asked.wanted)) if len(ahead) == NEIGHBOURS else None
    return Around(newer, older, _list_url(scope, asked, document, after))


def is_dated(document: Document) -> bool:
    """Whether an entry has a date, by which it stands among the others."""
    return place_of(document).at is not None


def _is_within(document: Document, wanted: LogFilter) -> bool:
    moment = document.get("timestamp")
    if not isinstance(moment, datetime):
        return isinstance(moment, DatetimeMS) and wanted.start is None and wanted.end is None
    return (wanted.start is None or wanted.start <= moment) and (wanted.end is None or moment < wanted.end)


def _list_url(scope: Scope, asked: Asked, document: Document, after: str | None) -> str:
    # A cursor that is too long for an address comes of an id that is so, too.
    place = after if after and len(after) <= cursors.LONGEST else None
    return list_url(scope, replace(asked, after=place, before=None), ("entry", ids.written(document["_id"]) or ""))
