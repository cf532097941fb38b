"""What a page of a log looks through, stretch of time by stretch of time, as stages that an index serves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from bson import MaxKey
from bson.datetime_ms import DatetimeMS

from mongo.client import Document
from mongo.cursors import Place
from mongo.expressions import is_of

Stages = list[Document]
# Milliseconds since 1970, from the first to before the last; None is without a bound.
Span = tuple[int | None, int | None]

HOUR = 60 * 60 * 1000
# How far the stretches reach: an hour, half a day, six days and so on. Not every server stops reading where a page
# is full, so a page must not begin with all there is.
REACHES = [HOUR * 12**power for power in range(5)]
LEAST_MS, MOST_MS = -(2**63), 2**63 - 1

DATED: Document = {"$match": {"$expr": is_of("$timestamp", "date")}}
# An index on the timestamp serves comparisons, and no condition on types. The first finds what holds no date; the
# second finds lists as well, for an expression compares values of all types, and lists come before dates.
UNDATED: Document = {
    "$match": {
        "$or": [
            {"timestamp": {"$not": {"$gte": DatetimeMS(LEAST_MS)}}},
            {"$expr": {"$lt": ["$timestamp", DatetimeMS(LEAST_MS)]}},
        ]
    }
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which entries of a log: `leading` fields begin one of its indexes, before the timestamp; `rest` are others.

    `start` is the first moment, `end` the first one after; undated entries know neither.
    """

    leading: Mapping[str, Any] = field(default_factory=dict)
    rest: Mapping[str, Any] = field(default_factory=dict)
    start: datetime | None = None
    end: datetime | None = None
    is_undated: bool = False


def whole(query: Query) -> Stages:
    """The stages that find all entries at once, to count them."""
    return [*_matching(query, (_ms(query.start), _ms(query.end))), UNDATED if query.is_undated else DATED]


def stretches(query: Query, place: Place | None, *, descending: bool, now: datetime) -> Iterator[Stages]:
    """The stages of one stretch after the other, from a place on; that entries are dated is not asked for yet."""
    beyond = [] if place is None else [_beyond(place.own, descending)]
    if query.is_undated:
        yield [*_matching(query), UNDATED, *beyond]
        return
    if place is not None and place.at is not None and (descending or not isinstance(place.own, MaxKey)):
        yield [*_matching(query, (place.at, place.at + 1)), *beyond]
    spans = _down(query, place, now) if descending else _up(query, place)
    for span in spans:
        yield _matching(query, span)


def _beyond(own: Any, descending: bool) -> Document:
    """What comes after an id. A query compares ids of one type only, an expression those of all."""
    return {"$match": {"$expr": {"$lt" if descending else "$gt": ["$_id", {"$literal": own}]}}}


def _matching(query: Query, span: Span = (None, None)) -> Stages:
    """The conditions, first those that an index holds: not every server finds them among others."""
    return [{"$match": part} for part in ({**query.leading, **_within(span)}, dict(query.rest)) if part]


def _within(span: Span) -> Document:
    """Dates are whole milliseconds, so "after the one before" is "from".

    The embedded server loses what lies on an inclusive bound of a descending index. Beyond the first and the last
    date of all there is none to leave out.
    """
    start, end = span
    bounds = {}
    if start is not None and start > LEAST_MS:
        bounds["$gt"] = DatetimeMS(start - 1)
    if end is not None and end <= MOST_MS:
        bounds["$lt"] = DatetimeMS(end)
    return {"timestamp": bounds} if bounds else {}


def _down(query: Query, place: Place | None, now: datetime) -> Iterator[Span]:
    start, end = _ms(query.start), _ms(query.end)
    begin = place.at if place else end
    anchor = begin if begin is not None else int(DatetimeMS(now))
    least = LEAST_MS if start is None else start
    edges = [anchor - reach for reach in REACHES if anchor - reach > least]
    return ((low, high) for high, low in pairwise([begin, *edges, start]))


def _up(query: Query, place: Place | None) -> Iterator[Span]:
    start, end = _ms(query.start), _ms(query.end)
    begin = place.at + 1 if place and place.at is not None else start
    if begin is None:
        # Nobody knows where the oldest entry is.
        return iter([(None, end)])
    most = MOST_MS if end is None else end
    edges = [begin + reach for reach in REACHES if begin + reach < most]
    return pairwise([begin, *edges, end])


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else int(DatetimeMS(moment))
