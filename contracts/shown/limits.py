"""The limits of a contract as pages show them: what was agreed, what is used of it, and a verdict in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property

from contracts import presentation
from contracts.domain import fields
from contracts.domain.fields import Field
from contracts.domain.limits import FULL, LimitUse, Number, percent_of
from contracts.domain.model import MONEY, Contract

_VERDICTS = (
    ("within", "ok", "circle-check", "Within the limit"),
    ("near", "warn", "triangle-alert", "Near the limit"),
    ("heading_over", "warn", "trending-up", "Heading over the limit"),
    ("over", "bad", "circle-alert", "Over the limit"),
    ("unlimited", "muted", "circle-dot", "No limit agreed"),
    ("no_data", "muted", "circle-question-mark", "Use not known"),
    ("not_measured", "muted", "circle-dot", "Not measured"),
    ("unreadable", "warn", "triangle-alert", "Limit cannot be read"),
)
VERDICTS = {state: {"tone": tone, "icon": icon, "words": words} for state, tone, icon, words in _VERDICTS}
# Beyond this a share of a limit tells no more.
MOST_PERCENT = 999_999
NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class LimitShown:
    """A limit beside its use; `unreadable` is what stands where the limit cannot be read."""

    field: Field
    use: LimitUse
    unreadable: str = ""

    @cached_property
    def verdict(self) -> dict[str, str]:
        """By tone, icon and words, so that none of them stands alone."""
        if self.unreadable:
            return VERDICTS["unreadable"]
        is_heading_over = self.use.state in ("within", "near") and self.use.crosses_on
        return VERDICTS["heading_over" if is_heading_over else self.use.state]

    @cached_property
    def percent(self) -> str:
        return in_words(self.use.percent)

    @cached_property
    def percent_expected(self) -> str:
        """Where the month leads."""
        return in_words(self._expected)

    @cached_property
    def beyond(self) -> Number | None:
        """How much of the use lies beyond the limit, below zero where it is within; None without one of them."""
        if self.use.used is None or self.use.limit is None:
            return None
        with localcontext(MONEY):
            return self.use.used - max(self.use.limit, 0)

    @property
    def spare(self) -> Number:
        """What is left of the limit."""
        return -(self.beyond or 0)

    @cached_property
    def bars(self) -> tuple[float, float | None] | None:
        """Used and expected in percent, to be drawn; any use of a limit of zero is far beyond it."""
        if self.beyond is None:
            return None
        if self.use.percent is None:
            return (2.0 * float(FULL) if self.use.state == "over" else 0.0), None
        return _drawn(self.use.percent), None if self._expected is None else _drawn(self._expected)

    @cached_property
    def _expected(self) -> Decimal | None:
        return percent_of(self.use.projected, self.use.limit)


def limits_of(terms: Contract, uses: Iterable[LimitUse]) -> tuple[LimitShown, ...]:
    """The limits in the order of their fields."""
    by_name = {field.name: field for field in fields.LIMITS}
    odd = presentation.unreadable(terms)
    return tuple(LimitShown(by_name[use.name], use, odd.get(by_name[use.name].path, "")) for use in uses)


def in_words(percent: Number | None) -> str:
    """`82 %`: whole, rounded down up to 100 and up beyond, so that it says neither more nor less than is true."""
    if percent is None:
        return ""
    if percent > MOST_PERCENT:
        return f"more than {MOST_PERCENT:,}{NBSP}%"
    if 0 < percent < 1:
        return f"under 1{NBSP}%"
    whole = int(percent)
    return f"{whole + 1 if percent > max(whole, FULL) else whole:,}{NBSP}%"


def _drawn(percent: Decimal) -> float:
    return float(min(percent, MOST_PERCENT))
