"""What the address of a log's page asks for, and what of it cannot be answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from logs import ids
from logs.domain.filters import LogFilter, Values
from logs.domain.moments import NoMoment
from logs.domain.ranges import QUICK, STANDARD, NoZone, bound_in, zone_of
from logs.kinds import Log

Query = Mapping[str, Sequence[str]]

# Sign before the name of a field that must not hold the value.
NOT = "-"
LONGEST_VALUE, LONGEST_TEXT, MOST_VALUES = 500, 200, 40
LONGEST_NAME, MOST_COLUMNS = 200, 20
ORDERS = ("newest", "oldest")
SPAN = ("last", "from", "to")
# Where somebody is in a list, which no view of it keeps.
PLACES = ("after", "before", "entry", "tail")
# What is no field of an entry.
OWN = ("q", *SPAN, "zone", "order", "columns", *PLACES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page shows. `start` and `end` are the texts of the address, `parameters` all of it that is not a
    page's place: what a saved view keeps.
    """

    wanted: LogFilter
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    last: str = STANDARD
    start: str = ""
    end: str = ""
    columns: tuple[str, ...] = ()
    oldest_first: bool = False
    after: str | None = None
    before: str | None = None
    entry: str | None = None
    is_tail: bool = False
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> str:
        return urlencode(self.parameters)

    def query_with(self, *more: tuple[str, str], without: Sequence[str] = ()) -> str:
        """The query string with some parameters more, instead of those that go by certain names."""
        kept = [(name, value) for name, value in self.parameters if name not in without]
        return urlencode([*kept, *more])


class Complaints(Exception):
    """An address asks for what cannot be shown; each complaint names the parameter and is fit to show."""

    def __init__(self, complaints: Sequence[str]) -> None:
        super().__init__(" ".join(complaints))
        self.complaints = tuple(complaints)


def can_be_asked(log: Log, name: str) -> bool:
    """Whether entries can be filtered by a field: the log's own, or any below what its writers fill freely."""
    if name in log.filters:
        return True
    first, _, rest = name.partition(".")
    if not rest:
        return name in log.labels and name not in ("timestamp", "createdAt", "_id", "entity", *log.open)
    parts = rest.split(".")
    return first in log.open and len(name) <= LONGEST_NAME and all(_is_plain(part) for part in parts)


def can_be_value(text: str) -> bool:
    """Whether an address can ask for a text."""
    return 0 < len(text) <= LONGEST_VALUE and "\0" not in text


def _is_plain(part: str) -> bool:
    """What no query takes for anything but a name."""
    return bool(part) and not part.startswith("$") and "\0" not in part


def read(query: Query, log: Log, *, now: datetime, account: str | None = None, is_undated: bool = False) -> Asked:
    """What an address asks of a log, whose parameters may stand in it several times. Raises Complaints."""
    reader = _Reader(query, log)
    zone = reader.zone()
    span = reader.span(zone, now)
    wanted = LogFilter(
        fields=reader.fields(),
        without=reader.fields(NOT),
        text=reader.text(),
        **({} if is_undated else span),
        account=account,
        is_undated=is_undated,
    )
    asked = Asked(
        wanted=wanted,
        zone=zone,
        last=wanted.last,
        start=reader.one("from"),
        end=reader.one("to"),
        columns=reader.columns() or log.columns,
        oldest_first=reader.order() == "oldest",
        after=reader.one("after") or None,
        before=reader.one("before") or None,
        entry=reader.entry() or None,
        is_tail=reader.tail(),
        parameters=reader.parameters,
    )
    reader.complaints += _at_odds(asked)
    if reader.complaints:
        raise Complaints(list(dict.fromkeys(reader.complaints)))
    return asked


def _at_odds(asked: Asked) -> Iterator[str]:
    if asked.after and asked.before:
        yield "after and before: ask for one of them."
    if asked.is_tail and (asked.start or asked.end or asked.oldest_first):
        yield "tail: it shows what comes, newest first. Leave out from, to and order."


class _Reader:
    """Takes an address apart; what is wrong with it gathers in `complaints`."""

    def __init__(self, query: Query, log: Log) -> None:
        self.query = {name: [value for value in values if value] for name, values in query.items()}
        self.log = log
        self.complaints: list[str] = [*self._unknown(), *self._too_much()]

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, value) for name, values in self.query.items() if name not in PLACES for value in values)

    def _unknown(self) -> Iterator[str]:
        for name in self.query:
            if name not in OWN and not can_be_asked(self.log, name.removeprefix(NOT)):
                yield f"“{name[:80]}” is no field of this log. Fields are {', '.join(self.log.filters)}."

    def _too_much(self) -> Iterator[str]:
        values = [value for values in self.query.values() for value in values]
        if len(values) > MOST_VALUES:
            yield f"An address can ask for at most {MOST_VALUES} values."
        for name, own in self.query.items():
            if name not in ("q", "after", "before", "entry") and any(len(one) > LONGEST_VALUE for one in own):
                yield f"{name[:80]}: a value can have at most {LONGEST_VALUE} characters."
            if any("\0" in one for one in own):
                yield f"{name[:80]}: a value cannot hold the character NUL."

    def one(self, name: str) -> str:
        """The only value of a parameter, "" without one."""
        values = self.query.get(name, [])
        if len(set(values)) > 1:
            self.complaints.append(f"{name}: give it once.")
        return values[0] if values else ""

    def zone(self) -> ZoneInfo:
        try:
            return zone_of(self.one("zone") or "UTC")
        except NoZone as problem:
            self.complaints.append(f"zone: {problem}")
            return ZoneInfo("UTC")

    def text(self) -> str:
        text = self.one("q").strip()
        if len(text) > LONGEST_TEXT:
            self.complaints.append(f"q: what is searched can have at most {LONGEST_TEXT} characters.")
        return text

    def order(self) -> str:
        order = self.one("order") or ORDERS[0]
        if order not in ORDERS:
            self.complaints.append(f"order: “{order[:80]}” is none. It is newest or oldest.")
        return order

    def tail(self) -> bool:
        """Whether what comes is to be shown."""
        if (text := self.one("tail")) not in ("", "1"):
            self.complaints.append(f"tail: “{text[:80]}” is none. It is 1.")
        return text == "1"

    def entry(self) -> str:
        """The id of the entry that is open beside the list."""
        text = self.one("entry")
        try:
            if text:
                ids.read(text)
        except ids.NoEntryId:
            self.complaints.append(f"entry: “{text[:80]}” is no id of an entry.")
        return text

    def columns(self) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(name for name in self.one("columns").split(",") if name))
        for name in names:
            if name not in self.log.labels and not can_be_asked(self.log, name):
                self.complaints.append(f"columns: “{name[:80]}” is no field of this log.")
        if len(names) > MOST_COLUMNS:
            self.complaints.append(f"columns: at most {MOST_COLUMNS} can be shown.")
        return names

    def fields(self, sign: str = "") -> dict[str, Values]:
        return {
            name.removeprefix(sign): tuple(dict.fromkeys(values))
            for name, values in self.query.items()
            if values and name not in OWN and name.startswith(NOT) == bool(sign)
        }

    def span(self, zone: ZoneInfo, now: datetime) -> dict[str, object]:
        """The time asked for: a quick range up to now, or bounds of its own."""
        quick, start, end = self.one("last"), self._bound("from", zone), self._bound("to", zone)
        if not quick and (self.query.get("from") or self.query.get("to")):
            if start and end and start >= end:
                self.complaints.append("from: it must be earlier than to.")
            return {"start": start, "end": end}
        if quick and (self.query.get("from") or self.query.get("to")):
            self.complaints.append("last: ask for it or for from and to, not for both.")
        quick = quick or STANDARD
        if quick not in QUICK:
            self.complaints.append(f"last: “{quick[:80]}” is none. It is {', '.join(QUICK)}.")
        reach = QUICK.get(quick)
        return {"start": now - reach if reach else None, "last": quick}

    def _bound(self, name: str, zone: ZoneInfo) -> datetime | None:
        if not (text := self.one(name)):
            return None
        try:
            return bound_in(zone, text, is_end=name == "to").astimezone(UTC)
        except NoMoment as problem:
            self.complaints.append(f"{name}: {problem}")
            return None
