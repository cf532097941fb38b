"""Times as rows of SQL tell them: as texts of many makes, and as numbers that count from some day on."""

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A number is taken for a time in the one unit in which it lies between these years: no two of them overlap.
FIRST, LAST = datetime(1980, 1, 1, tzinfo=UTC).timestamp(), datetime(2200, 1, 1, tzinfo=UTC).timestamp()
TICKS_A_SECOND = (1, 1_000, 1_000_000, 1_000_000_000)
MICROSECONDS = 1_000_000
# Day numbers as SQLite's julianday() gives them, of which 1970 begins with this one.
JULIAN_EPOCH, SECONDS_A_DAY = 2_440_587.5, 86_400

_NUMBER = re.compile(r"[0-9]{9,19}(\.[0-9]{1,9})?")
_SPACED_OFFSET = re.compile(r"\s+(?=[+-][0-9]{2}:?[0-9]{2}$)")
_NAMED_UTC = re.compile(r"\s*(UTC|GMT|Z)$", re.I)


def moment(value: object) -> datetime | None:
    """The moment in UTC that a text in ISO 8601 or a number tells; without a zone it is in UTC. None for none."""
    if isinstance(value, str):
        text = value.strip()
        return _of_number(float(text)) if _NUMBER.fullmatch(text) else _of_text(text)
    return _of_number(value) if isinstance(value, int | float) else None


def _of_number(number: int | float) -> datetime | None:
    for ticks in TICKS_A_SECOND:
        if FIRST <= number / ticks < LAST:
            return EPOCH + timedelta(microseconds=round(number * MICROSECONDS / ticks))
    seconds = (number - JULIAN_EPOCH) * SECONDS_A_DAY
    return EPOCH + timedelta(seconds=seconds) if FIRST <= seconds < LAST else None


def _of_text(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(_NAMED_UTC.sub("Z", _SPACED_OFFSET.sub("", text)))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
