"""Numbers, money and times in words, as plain text: pure functions without markup."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from contracts.domain import currency as currencies

NOTHING = "–"
NBSP = "\N{NO-BREAK SPACE}"

# A number longer than this is shown in scientific notation: nobody can read it, and it may be thousands of digits.
LONGEST = 60

STATUSES = {
    "draft": ("Draft", "muted"),
    "active": ("Active", "ok"),
    "pending_renewal": ("Pending renewal", "info"),
    "expired": ("Expired", "warn"),
    "cancelled": ("Cancelled", "bad"),
}

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
LONG_MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def status_words(status: str) -> str:
    """A contract's status as people say it; an unknown one as it is."""
    return STATUSES[status][0] if status in STATUSES else str(status)


def format_money(amount: Decimal | int | None, currency: str) -> str:
    """`1,234.50 USD`: exact, with at least the currency's digits; a dash for None."""
    if amount is None:
        return NOTHING
    return f"{_grouped(Decimal(amount), currencies.digits(currency))}{NBSP}{currency}".rstrip()


def format_number(value: Decimal | int | None) -> str:
    """`12,345.5`: exact, without needless zeros; a dash for None."""
    return NOTHING if value is None else _grouped(Decimal(value), 0)


def format_percent(value: Decimal | int | None) -> str:
    """`99.95 %`; the value is in percent already."""
    return NOTHING if value is None else f"{format_number(value)}{NBSP}%"


def _grouped(value: Decimal, least_digits: int) -> str:
    if not value.is_finite() or abs(value.adjusted()) > LONGEST:
        return str(value)
    whole, _, fraction = f"{value:,f}".partition(".")
    fraction = fraction.rstrip("0").ljust(least_digits, "0")
    return f"{whole}.{fraction}" if fraction else whole


def format_day(day: date) -> str:
    """`3 Dec 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def format_long_day(day: date) -> str:
    """`Thursday, 3 December 2026`."""
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {LONG_MONTHS[day.month - 1]} {day.year}"


def format_moment(moment: datetime) -> str:
    """`21 Nov 2026 14:02 UTC`; a naive moment is taken as UTC."""
    moment = in_utc(moment)
    return f"{format_day(moment)} {moment.hour:02}:{moment.minute:02} UTC"


def in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def relative_day(day: date, today: date) -> str:
    """`today`, `in 12 days`, `3 months ago`."""
    days = (day - today).days
    if days in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[days + 1]
    return _direction(_span_of_days(abs(days)), past=days < 0)


def relative_moment(moment: datetime, now: datetime) -> str:
    """`just now`, `2 min ago`, `in 3 hours`; days and more as of dates."""
    seconds = (in_utc(moment) - in_utc(now)).total_seconds()
    size = abs(seconds)
    if size < MINUTE:
        return "just now"
    if size < HOUR:
        return _direction(f"{int(size // MINUTE)} min", past=seconds < 0)
    if size < DAY:
        return _direction(_counted(int(size // HOUR), "hour"), past=seconds < 0)
    return _direction(_span_of_days(int(size // DAY)), past=seconds < 0)


def _span_of_days(days: int) -> str:
    if days < 60:
        return _counted(days, "day")
    if days < 730:
        return _counted(round(days / 30.44), "month")
    return _counted(int(days / 365.2425), "year")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _direction(span: str, *, past: bool) -> str:
    return f"{span} ago" if past else f"in {span}"


@lru_cache(maxsize=1024)
def initials(name: str) -> str:
    """Two letters that stand for a name, as in an avatar; `?` where it has none."""
    words = re.findall(r"[^\W_]+", name)
    letters = [word[0] for word in (words[:1] + words[1:][-1:])] if len(words) > 1 else list("".join(words)[:2])
    return "".join(letters).upper()[:2] or "?"


def short_number(value: Decimal | int | float) -> str:
    """`1.2k`, `38M`: for axes, where the exact number stands elsewhere."""
    size = float(value)
    for unit, suffix in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(size) >= unit:
            return f"{size / unit:.3g}{suffix}"
    return f"{size:.3g}"
