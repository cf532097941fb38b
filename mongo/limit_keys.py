"""The keys of rate limits, and what a limit may be."""

from hashlib import sha256
from urllib.parse import quote

LONGEST_KEY = 200
MOST_REQUESTS = 1_000
LONGEST_WINDOW = 3_600
# A part of a key that is longer stands in it by its digest.
LONGEST_PART = 60


class InvalidLimit(ValueError):
    """A limit that cannot be kept; `field` names what is wrong with it."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field} {problem}")


def limit_key(caller: str, purpose: str, window_seconds: int, key: str = "") -> str:
    """The key of one caller's limit; no other caller, purpose, window or key leads to the same one.

    `caller` says of which kind it is, as in "user:maya" or "token:backend". Raises InvalidLimit.
    """
    _validate_text("caller", caller)
    _validate_text("purpose", purpose)
    if key:
        _validate_text("key", key)
    _validate_whole("window_seconds", window_seconds, LONGEST_WINDOW)
    return "/".join((_part(caller), _part(purpose), str(window_seconds), _part(key)))


def validate(key: str, max_requests: int, window_seconds: int) -> None:
    """Raise InvalidLimit unless the three make a limit."""
    _validate_text("key", key)
    _validate_whole("max_requests", max_requests, MOST_REQUESTS)
    _validate_whole("window_seconds", window_seconds, LONGEST_WINDOW)


def _validate_text(field: str, value: object) -> None:
    if not isinstance(value, str):
        raise InvalidLimit(field, "must be a text.")
    if not value:
        raise InvalidLimit(field, "must not be empty.")
    if len(value) > LONGEST_KEY:
        raise InvalidLimit(field, f"must have at most {LONGEST_KEY} characters.")
    # Half a surrogate pair cannot be stored, and a zero character ends a text for some readers.
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidLimit(field, "holds a character that no text may hold.")


def _validate_whole(field: str, value: object, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise InvalidLimit(field, f"must be a whole number from 1 to {most:,}.")


def _part(text: str) -> str:
    """A part of a key, without the slash between parts. No quoted text holds "=", so none looks like a digest."""
    quoted = quote(text, safe=" :@,+")
    return quoted if len(quoted) <= LONGEST_PART else "=" + sha256(text.encode()).hexdigest()[:40]
