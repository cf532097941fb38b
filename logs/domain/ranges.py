"""Ranges of time as an address asks for them, in some zone, and the even pieces that a chart cuts them into."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from logs.domain.moments import NoMoment, bound_of

# What an address calls the time up to now; the last is without a bound.
QUICK: Mapping[str, timedelta | None] = MappingProxyType(
    {
        "15m": timedelta(minutes=15),
        "1h": timedelta(hours=1),
        "6h": timedelta(hours=6),
        "24h": timedelta(hours=24),
        "7d": timedelta(days=7),
        "30d": timedelta(days=30),
        "90d": timedelta(days=90),
        "all": None,
    }
)
QUICK_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "15m": "15 minutes",
        "1h": "1 hour",
        "6h": "6 hours",
        "24h": "24 hours",
        "7d": "7 days",
        "30d": "30 days",
        "90d": "90 days",
        "all": "All time",
    }
)
STANDARD = "7d"

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = tuple(
    [timedelta(seconds=n) for n in (1, 5, 15, 30)]
    + [timedelta(minutes=n) for n in (1, 5, 15, 30)]
    + [timedelta(hours=n) for n in (1, 3, 6, 12)]
    + [timedelta(days=n) for n in (1, 2, 7, 14, 28, 91, 364)]
)
MOST_PIECES = 60
# Entries of a clock that has stopped, or of a year that will never be, would leave a chart with a single bar.
FURTHEST = timedelta(days=3650)
# A chart keeps so far from the ends of the calendar that no piece of it and no zone reaches beyond them.
FIRST, LAST = datetime(50, 1, 1, tzinfo=UTC), datetime(9950, 1, 1, tzinfo=UTC)

_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?", re.ASCII)


class NoZone(ValueError):
    """A text names no time zone; the message says what to write."""


def zone_of(name: str) -> ZoneInfo:
    """Raises NoZone."""
    try:
        return ZoneInfo(name)
    except (ValueError, LookupError, OSError) as error:
        raise NoZone(f"“{name[:80]}” is no time zone. Write one such as UTC or Europe/Berlin.") from error


def bound_in(zone: ZoneInfo, text: str, *, is_end: bool = False) -> datetime:
    """The bound that a day, a time of a clock in the zone, or a moment sets. Raises NoMoment."""
    try:
        if _LOCAL.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
        if len(text) == len("2026-11-21"):
            day = bound_of(text, is_end=is_end).date()
            return datetime.combine(day, time(), zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, NoMoment):
            raise
        raise NoMoment(f"{text} is no time of the calendar.") from error
    return bound_of(text, is_end=is_end)


def pieces(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Bounds of even pieces that cover the time from start to end, at round times of the zone's clock, in UTC.

    There are at most MOST_PIECES of them and two more; the first may begin before the start. What is further from
    the end than FURTHEST, or too near to the ends of the calendar, is left out.
    """
    start, end = (min(max(moment, FIRST), LAST) for moment in (start, end))
    start = max(start, end - FURTHEST)
    length = max(end - start, STEPS[0])
    step = next((step for step in STEPS if length <= step * MOST_PIECES), STEPS[-1])
    marks = midnights if step >= DAY else _hours if step >= HOUR else _minutes
    return until(end, marks(start, step, zone))


def until(end: datetime, marks: Iterable[datetime]) -> tuple[datetime, ...]:
    """The bounds of pieces, of which there is at least one, up to the first mark at the end or after it."""
    bounds: list[datetime] = []
    for mark in marks:
        bounds.append(mark)
        if len(bounds) > 1 and mark >= end:
            break
    return tuple(bounds)


def midnights(start: datetime, step: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    """Those of the zone, in UTC, every `step` of whole days, from the one at or before the start on."""
    first = start.astimezone(zone).date()
    # Weeks begin on a Monday, as the first day of all does.
    first -= (first - date.min) % step if step % timedelta(days=7) == timedelta(0) else timedelta(0)
    while True:
        yield datetime.combine(first, time(), zone).astimezone(UTC)
        first += step


def _hours(start: datetime, step: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    """Multiples of the step since midnight; where clocks are put on or back, one piece is shorter or longer."""
    day = start.astimezone(zone).date()
    last = None
    while True:
        midnight = datetime.combine(day, time())
        marks = [(midnight + n * step).replace(tzinfo=zone).astimezone(UTC) for n in range(DAY // step)]
        at = max(bisect_left(marks, start) - (start not in marks), 0) if last is None else 0
        for mark in marks[at:]:
            if last is None or mark > last:
                yield mark
                last = mark
        day += DAY


def _minutes(start: datetime, step: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    """Multiples of the step since midnight by the clock of the start: an hour that there is twice passes evenly."""
    local = start.astimezone(zone).replace(tzinfo=None)
    mark = start - (local - datetime.combine(local, time())) % step
    while True:
        yield mark
        mark += step
