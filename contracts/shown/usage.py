"""An account's month as pages show it, or why it could not be counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from contracts import usage
from contracts.domain.lifecycle import add_months
from contracts.domain.limits import measured
from contracts.domain.model import Contract
from contracts.domain.months import EARLIEST
from contracts.domain.usage import ONE_DAY, has_ended, in_force
from contracts.shown.invoice import InvoiceShown, invoice_of
from contracts.shown.limits import LimitShown, limits_of
from contracts.shown.year import Rows, Year, day_by_day, year_of
from contracts.usage import AccountUsage, Totals
from mongo.errors import MongoError, MongoSlow

MOST_CURRENCIES = 10
LONGEST_CURRENCY = 24


@dataclass(frozen=True, kw_only=True)
class MonthShown:
    """A month of usage by the terms of a contract.

    `found` and all that follows from it is None or empty where the month could not be counted; `problem` says why.
    `last_day` is the month's last in force. `no_line` says why no straight line leads there: early, ended or
    not_in_force; "" where one does, and for a month that is over.
    """

    first: date
    as_of: datetime
    terms: Contract
    limits: tuple[LimitShown, ...]
    problem: str = ""
    is_slow: bool = False
    found: AccountUsage | None = None
    year: Year | None = None
    invoice: InvoiceShown | None = None
    last_day: date | None = None
    no_line: str = ""

    @cached_property
    def name(self) -> str:
        """`November 2026`."""
        return f"{self.first:%B %Y}"

    @cached_property
    def end(self) -> str:
        """The month's last day in force: `30 Nov`."""
        return f"{self.last_day.day} {self.last_day:%b}" if self.last_day else ""

    @cached_property
    def is_past(self) -> bool:
        return has_ended(self.first, self.as_of)

    @cached_property
    def terms_at(self) -> str:
        """Which moment's terms are those that count."""
        days = in_force(self.terms, self.first)
        is_cut = days is not None and add_months(self.first, 1) > days[1] + ONE_DAY
        return "on the contract’s last day" if is_cut else "at the month’s end"

    @property
    def previous(self) -> date | None:
        """The first day of the month before, if that can be shown."""
        return add_months(self.first, -1) if self.first > EARLIEST else None

    @property
    def following(self) -> date | None:
        """The first day of the next month, if that has begun."""
        return add_months(self.first, 1) if self.is_past else None

    @property
    def today(self) -> int:
        """Which day of the month is today, counted from 0; -1 where the month is over."""
        return -1 if self.is_past else self.as_of.day - 1

    @property
    def days(self) -> tuple[Rows, Rows]:
        """Each day's trades, and the month's up to its end."""
        return day_by_day(self.found) if self.found else ([], [])

    @cached_property
    def others(self) -> list[tuple[str, Totals]]:
        """Totals in the other currencies, those with most trades; a currency may be a text of any length."""
        found = list(self.found.others.items()) if self.found else []
        return [(_cut(code), totals) for code, totals in found[:MOST_CURRENCIES]]

    @property
    def more_currencies(self) -> int:
        return max(len(self.found.others) - MOST_CURRENCIES, 0) if self.found else 0

    @cached_property
    def types(self) -> Rows:
        """Trades by type, most first."""
        return _by_type(self.found.by_type) if self.found else []


def month_of(terms: Contract, first: date, *, now: datetime) -> MonthShown:
    """The month that begins on a day, measured by the terms."""
    try:
        found = usage.of_month(terms, first, now=now)
    except MongoError as error:
        agreed = limits_of(terms, measured(terms, None, month=first, as_of=now))
        is_slow = isinstance(error, MongoSlow)
        return MonthShown(first=first, as_of=now, terms=terms, limits=agreed, problem=str(error), is_slow=is_slow)
    days = in_force(terms, first)
    return MonthShown(
        first=first,
        as_of=now,
        terms=terms,
        limits=limits_of(terms, found.limits),
        found=found,
        year=year_of(found, terms),
        invoice=invoice_of(found, terms),
        last_day=days[1] if days else None,
        no_line=_why_no_line(found, days),
    )


def _why_no_line(found: AccountUsage, days: tuple[date, date] | None) -> str:
    if has_ended(found.month, found.as_of) or found.expected:
        return ""
    if days is None:
        return "not_in_force"
    return "ended" if found.as_of.date() > days[1] else "early"


def _cut(code: str) -> str:
    return code if len(code) <= LONGEST_CURRENCY else f"{code[:LONGEST_CURRENCY]}…"


def _by_type(counts: Mapping[str, int]) -> Rows:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(name.replace("_", " ").capitalize(), count, f"{count:,}") for name, count in ordered]
