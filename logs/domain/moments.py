"""Moments and days as texts: RFC 3339, always with a zone, since a time without one is somebody's guess."""

import re
from datetime import UTC, date, datetime, time, timedelta

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.ASCII)


class NoMoment(ValueError):
    """A text is no moment, or none of the calendar; the message says what to write."""


def moment_of(text: object) -> datetime:
    """The moment in UTC that a text with a zone tells, of the years 1 to 9999. Raises NoMoment."""
    if isinstance(text, str) and _MOMENT.fullmatch(text):
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise NoMoment(f"{text} is no moment of the calendar.") from error
    raise NoMoment("Give a date and time with its zone, such as 2026-11-21T12:00:00Z.")


def bound_of(text: str, *, is_end: bool = False) -> datetime:
    """The bound that a moment or a day sets in UTC; a day as the end is the last one. Raises NoMoment."""
    if not _DAY.fullmatch(text):
        try:
            return moment_of(text)
        except NoMoment as error:
            raise NoMoment(f"{error} A day such as 2026-11-21 will do, too.") from error
    try:
        day = datetime.combine(date.fromisoformat(text), time(), UTC)
        return day + timedelta(days=1) if is_end else day
    except (ValueError, OverflowError) as error:
        raise NoMoment(f"{text} is no day of the calendar.") from error
