"""Months as addresses name them, in UTC."""

import re
from datetime import date

# Before this no date is a usable one.
EARLIEST = date(1900, 1, 1)
PATTERN = r"[12]\d{3}-(0[1-9]|1[0-2])"
_MONTH = re.compile(PATTERN, re.ASCII)


class BadMonth(ValueError):
    """A month that cannot be shown is asked for; the message says why."""


def month_named(asked: str | None, today: date) -> date:
    """The first day of the month that is asked for, by default the running one. Raises BadMonth."""
    if asked is None:
        return today.replace(day=1)
    if not _MONTH.fullmatch(asked):
        raise BadMonth(f"“{asked[:40]}” is no month; one is written as in {today:%Y-%m}.")
    month = date.fromisoformat(f"{asked}-01")
    if month > today:
        raise BadMonth(f"{asked} has not begun, so nothing can have been used in it.")
    if month < EARLIEST:
        raise BadMonth(f"{asked} lies before {EARLIEST.year}, where nothing is counted.")
    return month
