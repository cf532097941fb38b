"""The time that a list asks for, in words and as a form fills it in."""

from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from logs.asking import SPAN, Asked
from logs.domain.ranges import QUICK_LABELS
from logs.scope import Scope
from logs.shown.filters import address, hidden, home
from logs.shown.words import on_clock

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# Offered besides the one in use and the browser's own; an address may name any other.
ZONES = (
    "UTC",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Helsinki",
    "Africa/Lagos",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
)
# What is offered where a question takes too long.
SHORTER = ("24h", "7d")


class Quick(NamedTuple):
    """A range up to now, and the address that asks for it."""

    label: str
    url: str
    is_current: bool


class Times(NamedTuple):
    """`words` tell the time asked for; `start` and `end` are what the form's fields hold, on the zone's clock."""

    words: str
    quick: tuple[Quick, ...]
    start: str
    end: str
    zone: str
    zones: tuple[tuple[str, str], ...]


def times_of(scope: Scope, asked: Asked) -> Times:
    """What the choice of time shows."""
    name = asked.zone.key
    return Times(
        words=QUICK_LABELS[asked.last] if asked.last else span_words(asked),
        quick=_quick(scope, asked),
        start="" if asked.last else _field(asked.wanted.start, asked.zone),
        end="" if asked.last else _field(asked.wanted.end, asked.zone),
        zone=name,
        zones=tuple((zone, zone.replace("_", " ")) for zone in sorted({*ZONES, name}, key=_order)),
    )


def shorter(scope: Scope, asked: Asked) -> tuple[Quick, ...]:
    """Ranges up to now in which there is less to count; of an absolute time nobody knows whether it is longer."""
    names = list(takewhile(lambda name: name != asked.last, QUICK_LABELS))
    return _quick(scope, asked, [name for name in names if name in SHORTER])


def _quick(scope: Scope, asked: Asked, names: Iterable[str] = QUICK_LABELS) -> tuple[Quick, ...]:
    rest = hidden(asked, *SPAN)
    return tuple(
        Quick(QUICK_LABELS[name], address(home(scope, asked), [*rest, ("last", name)]), asked.last == name)
        for name in names
    )


def _order(zone: str) -> tuple[bool, str]:
    return zone != "UTC", zone


def _field(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment as a field for dates and times wants it."""
    if moment is None:
        return ""
    local = on_clock(moment, zone).replace(tzinfo=None)
    return local.isoformat(
        timespec="milliseconds" if local.microsecond else "minutes" if not local.second else "auto"
    )


def span_words(asked: Asked) -> str:
    """`21 Nov 2026 13:00 – 14:30`, or from or until one of them."""
    start, end = (moment and on_clock(moment, asked.zone) for moment in (asked.wanted.start, asked.wanted.end))
    if start and end:
        until = clock(end) if start.date() == end.date() else long_words(end)
        return f"{long_words(start)} – {until}"
    return f"From {long_words(start)}" if start else f"Until {long_words(end)}" if end else "All time"


def day_words(moment: datetime) -> str:
    return f"{moment.day} {MONTHS[moment.month - 1]}"


def long_words(moment: datetime) -> str:
    return f"{day_words(moment)} {moment.year} {clock(moment)}"


def clock(moment: datetime) -> str:
    """`14:02`, with seconds where there are any."""
    if moment.microsecond:
        return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03}"
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
