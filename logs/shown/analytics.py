"""What transactions come to as the page of analytics shows it: every figure with the list of its entries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from logs.asking import SPAN, can_be_value
from logs.days import ACCOUNT
from logs.domain.analytics import Analytics, InCurrency, Part, Piece, Sum
from logs.domain.ranges import DAY
from logs.shown.days import LONGEST_NAME, Days
from logs.shown.leaf import one_line
from logs.shown.times import day_words
from logs.shown.words import on_clock
from mongo.extended import iso

# More of them stand behind a summary.
MOST_CURRENCIES, MOST_TYPES = 4, 12
LONGEST_UNIT = 8
UNNAMED = "Missing, no text, or very long"
CENT = Decimal("0.01")
# With more digits than that, nobody misses the cents.
MOST_ROUNDED = Decimal("1E+20")

Bar = tuple[str, int, str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: its name, how many transactions, how many of them failed, and the lists of either.

    `url` is "" where no list can be asked for; `beyond` leads further, to the analytics of an account.
    """

    label: str
    count: int
    failed: int
    url: str
    failed_url: str
    beyond: str = ""

    @property
    def rate(self) -> str:
        return rate(self.failed, self.count)


class Money(NamedTuple):
    """A line of a currency's table. The average is rounded to cents; None where there is no amount."""

    row: Row
    total: Decimal
    average: Decimal | None
    odd: int


class Currency(NamedTuple):
    """The table of one currency: the most frequent types, the others together, and all.

    `unit` stands beside amounts, "" where the currency's name is no code; then the heading alone tells it.
    """

    label: str
    is_usable: bool
    unit: str
    url: str
    lines: tuple[Money, ...]
    others: int
    whole: Money


def rate(part: int, whole: int) -> str:
    """`3.4 %`; never 0 % of something, nor 100 % of less than all."""
    if not whole:
        return ""
    share = part * 100 / whole
    if part and share < 0.1:
        return "under 0.1 %"
    return "over 99.9 %" if part < whole and share > 99.9 else f"{share:.1f} %"


class Shown:
    """The cards of the page, made of what the transactions come to."""

    def __init__(self, days: Days, found: Analytics) -> None:
        self.days, self.found = days, found
        self.count, self.failed, self.later = found.count, found.failed, found.later
        self.rate = rate(found.failed, found.count)
        self.is_cut = found.is_cut
        self.has_weeks = any(piece.end - piece.start > 2 * DAY for piece in found.pieces)
        self.in_currencies = found.currencies
        currencies = [self._currency(one) for one in self.in_currencies]
        self.currencies, self.more_currencies = currencies[:MOST_CURRENCIES], currencies[MOST_CURRENCIES:]
        self.first_currency = next((one for one in currencies if one.is_usable), None)

    @property
    def every(self) -> int:
        """One label to so many bars."""
        number = len(self.found.pieces)
        return 1 if number <= 8 else 7 if number <= 40 else 14

    @property
    def mark(self) -> int:
        """The bar that goes on growing; none of days gone by."""
        return -1 if self.days.asked.wanted.end else len(self.found.pieces) - 1

    @property
    def bars(self) -> list[tuple[str, int, str]]:
        return [(self._label(one), one.count, _counted(one)) for one in self.found.pieces]

    @property
    def failed_bars(self) -> list[tuple[str, int, str]]:
        return [(self._label(one), one.failed, _counted(one)) for one in self.found.pieces]

    @property
    def rows(self) -> list[Row]:
        """Days, or weeks, with transactions, latest first."""
        return [self._piece(piece) for piece in reversed(self.found.pieces) if piece.count]

    @property
    def statuses(self) -> list[Bar]:
        return list(self._bars("status", self.found.statuses))

    @property
    def by_currency(self) -> list[Bar]:
        return list(self._bars("currency", [_part(one) for one in self.in_currencies[:MOST_TYPES]]))

    @property
    def types(self) -> list[Row]:
        return [self._row(part, ("type", part.name)) for part in self.found.types[:MOST_TYPES]]

    @property
    def accounts(self) -> list[Row]:
        return [self._account(part) for part in self.found.accounts]

    def _bars(self, field: str, parts: Sequence[Part]) -> Iterator[Bar]:
        named = sorted(parts, key=lambda part: (not part.name, -part.count))
        rest = self.count - sum(part.count for part in parts)
        for part in named:
            yield _name(part.name), part.count, f"{part.count:,}", self._url(part, (field, part.name))
        if rest > 0:
            yield "All others", rest, f"{rest:,}", ""

    def _url(self, part: Part, *pairs: tuple[str, str], without: Sequence[str] = ()) -> str:
        """The list of a part, where an address can ask for it."""
        can_be_asked = part.can_be_listed and all(can_be_value(one) for _, one in pairs)
        return self.days.list_of(*pairs, without=without) if can_be_asked else ""

    def _row(self, part: Part, *pairs: tuple[str, str], without: Sequence[str] = (), beyond: str = "") -> Row:
        url = self._url(part, *pairs, without=without)
        failed = self._url(part, *pairs, *self.days.failing, without=without) if part.failed else ""
        return Row(_name(part.name), part.count, part.failed, url, failed, beyond if url else "")

    def _account(self, part: Part) -> Row:
        return self._row(part, (ACCOUNT, part.name), beyond=self.days.of_account(part.name))

    def _piece(self, piece: Piece) -> Row:
        zone = self.days.asked.zone
        span = [("from", _bound(piece.start, zone)), ("to", _bound(piece.end, zone, is_end=True))]
        part = Part(self._label(piece, is_long=True), piece.count, piece.failed)
        return self._row(part, *span, without=SPAN)

    def _label(self, piece: Piece, *, is_long: bool = False) -> str:
        day = on_clock(piece.start, self.days.asked.zone)
        words = f"{day_words(day)} {day.year}" if is_long else day_words(day)
        return f"Week of {words}" if self.has_weeks and is_long else words

    def _currency(self, one: InCurrency) -> Currency:
        whole = self._money(one.whole, is_whole=True)
        lines = tuple(self._money(found) for found in one.sums[:MOST_TYPES])
        others = whole.row.count - sum(line.row.count for line in lines)
        unit = one.currency if len(one.currency) <= LONGEST_UNIT else ""
        return Currency(_name(one.currency), bool(one.currency), unit, whole.row.url, lines, others, whole)

    def _money(self, one: Sum, *, is_whole: bool = False) -> Money:
        part = Part("All types" if is_whole else one.type, one.count, one.failed)
        pairs = [("currency", one.currency), *([] if is_whole else [("type", one.type)])]
        return Money(self._row(part, *pairs), one.total, _rounded(one.average), one.odd)


def _part(one: InCurrency) -> Part:
    return Part(one.currency, one.whole.count, one.whole.failed, bool(one.currency))


def _name(text: str) -> str:
    """A value in a line; some are blank, and would not be seen at all."""
    return (one_line(text, LONGEST_NAME) or "(blank)") if text else UNNAMED


def _counted(piece: Piece) -> str:
    count = f"{piece.count:,} transaction{'' if piece.count == 1 else 's'}"
    return f"{count}, {piece.failed:,} failed" if piece.failed else count


def _rounded(amount: Decimal | None) -> Decimal | None:
    """To cents, but for what they would tell little of."""
    if amount is None or not 1 <= abs(amount) < MOST_ROUNDED:
        return amount
    return amount.quantize(CENT, ROUND_HALF_UP)


def _bound(moment: datetime, zone: ZoneInfo, *, is_end: bool = False) -> str:
    """What an address says for a bound: the day where it is one, the last one at an end; else the moment."""
    local = on_clock(moment, zone)
    if local.time() == time():
        return str(local.date() - DAY if is_end else local.date())
    return iso(moment)
