"""How many entries there were when: the pieces of a chart with their words and the addresses they lead to."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from logs.asking import SPAN, Asked
from logs.domain.ranges import DAY, STEPS
from logs.exploring import Bar, Histogram
from logs.scope import Scope
from logs.shown.filters import address, hidden
from logs.shown.times import MONTHS, clock, day_words, long_words
from logs.shown.words import on_clock

# What tells of a failure, one and several of them.
ALARMING = {"audit": ("refusal", "refusals")}
FAILURES = ("failure", "failures")
MOST_MARKS = 8
MONTH = timedelta(days=28)
UNITS = (
    (DAY, "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
    (timedelta(seconds=1), "second"),
)


class Piece(NamedTuple):
    """A bar: its bounds as an address tells them, how many entries, what is said of it, and the list of them."""

    start: str
    end: str
    count: int
    alarming: int
    words: str
    url: str


class Mark(NamedTuple):
    """The words below the bar of this number: a day, a time of the clock, or both."""

    at: int
    day: str
    clock: str = ""


class Chart(NamedTuple):
    """`url` is the list without a time; `marks` are what stands below the bars.

    `step` is how long a bar is, `wider` the list of twice the time; `beyond` are entries that no bar counts.
    """

    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]
    total: int
    beyond: int
    alarming: int
    alarming_words: str
    span: str
    step: str
    url: str
    wider: str
    zone: str

    @property
    def matching(self) -> int:
        """All entries of the list, in a bar or in none."""
        return self.total + self.beyond


def chart_of(found: Histogram, scope: Scope, asked: Asked) -> Chart:
    bars = found.bars
    rest, words = hidden(asked, *SPAN), ALARMING.get(scope.log.name, FAILURES)
    # One in the middle is as long as most are, even where clocks are put on.
    step = bars[len(bars) // 2].end - bars[len(bars) // 2].start
    pieces = tuple(_piece(bar, step, asked, scope.base, [*rest], words) for bar in bars)
    alarming = sum(bar.alarming for bar in bars)
    first, last = (_roughly(on_clock(at, asked.zone), step) for at in (bars[0].start, bars[-1].end))
    return Chart(
        pieces=pieces,
        marks=tuple(_marks(bars, step, asked)),
        total=sum(bar.count for bar in bars),
        beyond=found.beyond,
        alarming=alarming,
        alarming_words=words[alarming != 1],
        span=f"{long_words(first)} – {long_words(last)}",
        step=step_words(step),
        url=address(scope.base, rest),
        wider=_wider(bars, scope, rest) if not asked.last else "",
        zone=asked.zone.key,
    )


def _piece(
    bar: Bar, step: timedelta, asked: Asked, base: str, rest: list[tuple[str, str]], words: tuple[str, str]
) -> Piece:
    start, end = bound(bar.start), bound(bar.end)
    first, last = (_roughly(on_clock(at, asked.zone), step) for at in (bar.start, bar.end))
    number = f"{bar.count:,}" if bar.count else "no"
    said = f"{_when(first, last, step)}: {number} {'entry' if bar.count == 1 else 'entries'}"
    if bar.alarming:
        said += f", {bar.alarming:,} {words[bar.alarming != 1]}"
    url = address(base, [*rest, ("from", start), ("to", end)]) if bar.count else ""
    return Piece(start, end, bar.count, bar.alarming, said, url)


def bound(moment: datetime) -> str:
    """A bound as an address tells it: in UTC, so that no clock that is put back makes two of it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds" if moment.microsecond else "seconds")[:-6] + "Z"


def _roughly(moment: datetime, step: timedelta) -> datetime:
    """Without what is much less than a bar: time up to now begins at any millisecond."""
    return moment.replace(microsecond=0, second=moment.second if step < timedelta(minutes=1) else 0)


def _when(start: datetime, end: datetime, step: timedelta) -> str:
    if step < DAY:
        return f"{day_words(start)} {start.year} {clock(start)} – {clock(end)}"
    last = end - timedelta(milliseconds=1)
    if start.date() == last.date():
        return f"{day_words(start)} {start.year}"
    return f"{day_words(start)} – {day_words(last)} {last.year}"


def step_words(step: timedelta) -> str:
    """`3 hours`, `1 day`."""
    unit, name = next((unit, name) for unit, name in UNITS if step >= unit)
    number = round(step / unit)
    return f"{number} {name}{'' if number == 1 else 's'}"


def _marks(bars: Sequence[Bar], step: timedelta, asked: Asked) -> list[Mark]:
    """What stands below the bars, at round times of the clock."""
    local = [on_clock(bar.start, asked.zone) for bar in bars]
    if step >= MONTH:
        return [Mark(at, f"{MONTHS[local[at].month - 1]} {local[at].year}") for at in _every(bars)]
    for interval in (longer for longer in STEPS if step < longer < DAY):
        round_ones = [at for at, moment in enumerate(local) if not _since_midnight(moment) % interval]
        if 1 < len(round_ones) <= MOST_MARKS:
            return [_mark(local[at], at, is_first=at == round_ones[0]) for at in round_ones]
    days = [at for at, moment in enumerate(local) if not _since_midnight(moment)]
    return [Mark(days[at], day_words(local[days[at]])) for at in _every(days)]


def _since_midnight(moment: datetime) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)


def _mark(moment: datetime, at: int, *, is_first: bool) -> Mark:
    """The time, with its day where that is new."""
    if not _since_midnight(moment):
        return Mark(at, day_words(moment))
    return Mark(at, day_words(moment) if is_first else "", clock(moment))


def _every(several: Sequence[object]) -> range:
    """The positions of at most MOST_MARKS of them, evenly apart."""
    return range(0, len(several), -(-len(several) // MOST_MARKS) or 1)


def _wider(bars: Sequence[Bar], scope: Scope, rest: Iterable[tuple[str, str]]) -> str:
    """The list of twice the time, with what is shown in its middle; "" at the ends of the calendar."""
    more = max((bars[-1].end - bars[0].start) / 2, timedelta(minutes=1))
    try:
        start, end = bars[0].start - more, bars[-1].end + more
    except OverflowError:
        return ""
    return address(scope.base, [*rest, ("from", bound(_whole(start))), ("to", bound(_whole(end)))])


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
