"""What the page of analytics was asked for, in words and as its forms and links need it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from logs.asking import SPAN, Asked
from logs.days import ACCOUNT, OFFERED
from logs.domain.ranges import QUICK_LABELS
from logs.scope import Scope
from logs.shown.filters import Pairs, address, hidden
from logs.shown.leaf import one_line
from logs.shown.times import ZONES, Quick, day_words, span_words
from logs.shown.words import on_clock

LONGEST_NAME = 60
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Days:
    """What the page was asked for, in words and as its forms and links need it."""

    scope: Scope
    asked: Asked

    @property
    def base(self) -> str:
        return f"{self.scope.base}analytics/"

    @property
    def account(self) -> str:
        return next(iter(self.asked.wanted.fields.get(ACCOUNT, ())), "")

    @property
    def account_words(self) -> str:
        return one_line(self.account, LONGEST_NAME)

    @property
    def zone(self) -> str:
        return self.asked.zone.key

    @property
    def zone_words(self) -> str:
        return self.zone.replace("_", " ")

    @property
    def zones(self) -> list[tuple[str, str]]:
        return [(name, name.replace("_", " ")) for name in sorted({*ZONES, self.zone})]

    @property
    def words(self) -> str:
        if self.asked.last:
            return f"The last {QUICK_LABELS[self.asked.last]}"
        start, end, zone = self.asked.wanted.start, self.asked.wanted.end, self.asked.zone
        if not start or not end or (self.first, self.last) != (self.asked.start, self.asked.end):
            return span_words(self.asked)
        first, last = _day_words(start, zone), _day_words(end - MILLISECOND, zone)
        return first if first == last else f"{first} – {last}"

    @property
    def first(self) -> str:
        """What a field for days holds."""
        return "" if self.asked.last else _day(self.asked.wanted.start, self.asked.zone)

    @property
    def last(self) -> str:
        end = self.asked.wanted.end
        return _day(end - MILLISECOND, self.asked.zone) if end else ""

    @property
    def quick(self) -> list[Quick]:
        kept = hidden(self.asked, *SPAN)
        return [
            Quick(QUICK_LABELS[name], address(self.base, [*kept, ("last", name)]), self.asked.last == name)
            for name in OFFERED
        ]

    @property
    def all_accounts(self) -> str:
        return address(self.base, hidden(self.asked, ACCOUNT))

    # What the forms carry along besides their own fields.

    @property
    def beside_account(self) -> Pairs:
        return hidden(self.asked, ACCOUNT)

    @property
    def beside_days(self) -> Pairs:
        return hidden(self.asked, *SPAN)

    @property
    def beside_zone(self) -> Pairs:
        return hidden(self.asked, "zone")

    @property
    def entries(self) -> str:
        return self.list_of()

    @property
    def failed(self) -> str:
        return self.list_of(*self.failing)

    @property
    def undated(self) -> str:
        kept = [pair for pair in self.asked.parameters if pair[0] == ACCOUNT]
        return address(f"{self.scope.base}undated/", kept)

    @property
    def failing(self) -> Pairs:
        field, values = self.scope.log.alarming
        return [(field, value) for value in values]

    @property
    def list_asked(self) -> Asked:
        """The list of the failures, as its rows need it."""
        field, values = self.scope.log.alarming
        wanted = replace(self.asked.wanted, fields={**self.asked.wanted.fields, field: values})
        return replace(self.asked, wanted=wanted, parameters=(*self.asked.parameters, *self.failing))

    def list_of(self, *pairs: tuple[str, str], without: Sequence[str] = ()) -> str:
        """The list of entries with some more asked for."""
        return address(self.scope.base, [*hidden(self.asked, *without), *pairs])

    def of_account(self, name: str) -> str:
        return address(self.base, [*hidden(self.asked, ACCOUNT), (ACCOUNT, name)])


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    return str(on_clock(moment, zone).date()) if moment else ""


def _day_words(moment: datetime, zone: ZoneInfo) -> str:
    local = on_clock(moment, zone)
    return f"{day_words(local)} {local.year}"
