"""What entries of the logs come to."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from zoneinfo import ZoneInfo

from logs.domain.ranges import DAY, midnights, until

DECIMALS = Decimal("0.000001")
# As many digits as totals may have, and then some.
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class TypeTotals:
    """Transactions of one account, type and currency, each counted once with what its latest entry says.

    `odd` are those whose amount is no number; they are in the count and not in the total. "" stands for a type or
    a currency that is missing or no text.
    """

    user_id: str
    type: str
    currency: str
    count: int
    total: Decimal
    odd: int

    @property
    def average(self) -> Decimal | None:
        """Of the amounts that are numbers, to six decimals; None where there is none."""
        return average(self.total, self.count - self.odd)


def average(total: Decimal, amounts: int) -> Decimal | None:
    """To six decimals; None of no amounts."""
    if not amounts:
        return None
    exact = _EXACT.divide(total, Decimal(amounts))
    if abs(exact) >= Decimal("1E+50"):
        return exact
    plain = _EXACT.normalize(_EXACT.quantize(exact, DECIMALS))
    # Ten is not told as 1E+1.
    return _EXACT.quantize(plain, Decimal(1)) if plain == plain.to_integral_value() else plain


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """Entries of one agent with one status; the average of their durations in milliseconds, None without any.

    `odd` are those whose duration is there and no number.
    """

    agent_id: str
    status: str
    count: int
    average_duration: float | None
    odd: int


@dataclass(frozen=True, slots=True)
class ActionCount:
    """Entries of the audit trail that tell of one action."""

    action: str
    count: int


# A chart of more days shows weeks.
MOST_DAYS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """A day, or a week, with the transactions whose latest entry lies in it; `failed` are some of them."""

    start: datetime
    end: datetime
    count: int
    failed: int


@dataclass(frozen=True, slots=True)
class Part:
    """Transactions that share a value, "" where it is no text or a very long one.

    `can_be_listed`: all of them have that very text.
    """

    name: str
    count: int
    failed: int
    can_be_listed: bool = True


@dataclass(frozen=True, slots=True)
class Sum:
    """Transactions of one type and one currency; `odd` are those whose amount is no number: no total has them."""

    type: str
    currency: str
    count: int
    failed: int
    total: Decimal
    odd: int

    @property
    def average(self) -> Decimal | None:
        return average(self.total, self.count - self.odd)


@dataclass(frozen=True, slots=True)
class InCurrency:
    """The sums in one currency, most transactions first."""

    currency: str
    sums: tuple[Sum, ...]

    @property
    def whole(self) -> Sum:
        """All types together; nothing of different currencies is ever added."""
        count, failed, odd = (sum(getattr(one, name) for one in self.sums) for name in ("count", "failed", "odd"))
        total = Decimal(0)
        for one in self.sums:
            total = _EXACT.add(total, one.total)
        return Sum("", self.currency, count, failed, total, odd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Analytics:
    """What the transactions of a time come to, each counted once, with its latest entry of that time.

    `later` are those whose latest entry lies after the last piece. `is_cut`: there are more types and currencies
    than `sums` has; all else is complete. `statuses` and `accounts` are the most frequent ones.
    """

    pieces: tuple[Piece, ...]
    later: int
    failed_later: int
    sums: tuple[Sum, ...]
    is_cut: bool
    statuses: tuple[Part, ...]
    accounts: tuple[Part, ...]

    @property
    def count(self) -> int:
        return self.later + sum(piece.count for piece in self.pieces)

    @property
    def failed(self) -> int:
        return self.failed_later + sum(piece.failed for piece in self.pieces)

    @property
    def currencies(self) -> tuple[InCurrency, ...]:
        """Most transactions first, those without a usable currency last."""
        names = dict.fromkeys(one.currency for one in self.sums)
        found = [InCurrency(name, tuple(one for one in self.sums if one.currency == name)) for name in names]
        return tuple(sorted(found, key=lambda one: (not one.currency, -one.whole.count, one.currency)))

    @property
    def types(self) -> tuple[Part, ...]:
        """All currencies together, which counts may be; most transactions first."""
        counts, failed = _by_type(self.sums, "count"), _by_type(self.sums, "failed")
        return tuple(Part(name, count, failed[name], bool(name)) for name, count in counts.most_common())


def _by_type(sums: Iterable[Sum], name: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in sums:
        found[one.type] += getattr(one, name)
    return found


def day_bounds(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Midnights of the zone, in UTC, that enclose a time; of a long one those of Mondays."""
    is_long = end - start > MOST_DAYS_SHOWN * DAY
    return until(end, midnights(start, 7 * DAY if is_long else DAY, zone))
