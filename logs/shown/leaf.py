"""One value of an entry as text, of whichever type some service has written it: named, and cut where it is long."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from bson import Binary, Code, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS

from logs.shown.words import moment_text

# What is read at a glance, what is unfolded, and what a button copies, in characters.
GLANCE, UNFOLDED, COPIED = 400, 20_000, 20_000
MOST_BYTES = 64

# What would change how the text around it is read, or would not be seen at all: as a picture or by its number.
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"} | {0x7F: "␡"}
_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_UNSEEN = (*range(0x80, 0xA0), *_DIRECTIONS, 0x200B, 0xFEFF, *range(0xE0000, 0xE0080))
VISIBLE = str.maketrans(_PICTURES | {code: f"⟨U+{code:04X}⟩" for code in _UNSEEN})


class Leaf(NamedTuple):
    """A value: the name of its type, the text at a glance, and what is unfolded after it.

    `left_out` counts the characters that are not shown at all, `whole` is what can be copied, None for too much.
    """

    kind: str
    text: str
    rest: str
    left_out: int
    whole: str | None

    @property
    def is_named(self) -> bool:
        """Whether the type is told beside the value: JSON has no notation for it."""
        return self.kind not in ("text", "number", "flag", "null", "list", "object")

    @property
    def size(self) -> int:
        return len(self.text) + len(self.rest) + self.left_out


def visible(text: str) -> str:
    """The text with what is unseen, or turns its direction, made visible."""
    return text.translate(VISIBLE)


def one_line(text: str, most: int) -> str:
    """The beginning of a text in one line, for a title; it ends in … where it is cut."""
    words = visible(" ".join(text[: most * 4].split()))
    return words if len(words) <= most and len(text) <= most * 4 else f"{words[: most - 1]}…"


def leaf_of(value: Any) -> Leaf:
    """Any value that holds no others."""
    kind, text = _told(value)
    return Leaf(
        kind=kind,
        text=visible(text[:GLANCE]),
        rest=visible(text[GLANCE : GLANCE + UNFOLDED]),
        left_out=max(len(text) - GLANCE - UNFOLDED, 0),
        whole=text if len(text) <= COPIED else None,
    )


def _told(value: Any) -> tuple[str, str]:
    """The name of the type and the whole text."""
    if isinstance(value, str) and not isinstance(value, Code):
        return "text", value
    for own, name, text in _KINDS:
        if isinstance(value, own):
            return name, text(value)
    return type(value).__name__, str(value)


def _moment(value: datetime) -> str:
    return f"{moment_text(value)} UTC"


def _binary(value: bytes) -> str:
    subtype = value.subtype if isinstance(value, Binary) else 0
    more = " …" if len(value) > MOST_BYTES else ""
    return f"{len(value):,} bytes, subtype {subtype}: {value[:MOST_BYTES].hex(' ')}{more}"


def _regex(value: Regex[Any]) -> str:
    pattern = value.pattern if isinstance(value.pattern, str) else value.pattern.decode(errors="replace")
    flags = "".join(letter for letter, flag in _FLAGS.items() if value.flags & flag)
    return f"/{pattern}/{flags}"


def _stamp(value: Timestamp) -> str:
    return f"{_moment(datetime.fromtimestamp(value.time, UTC))}, no. {value.inc}"


_FLAGS: Mapping[str, int] = {"i": 2, "l": 4, "m": 8, "s": 16, "u": 32, "x": 64}
# The first that fits counts: a flag is a number, too.
_KINDS: tuple[tuple[type, str, Callable[[Any], str]], ...] = (
    (type(None), "null", lambda value: "null"),
    (bool, "flag", lambda value: "true" if value else "false"),
    (Int64, "int64", str),
    (int, "number", str),
    (float, "double", repr),
    (Decimal, "decimal", str),
    (datetime, "date", _moment),
    (DatetimeMS, "date beyond the calendar", lambda value: f"{int(value)} ms since 1970"),
    (ObjectId, "ObjectId", str),
    (UUID, "UUID", str),
    (Regex, "regular expression", _regex),
    (Code, "code", str),
    (Timestamp, "timestamp", _stamp),
    (MinKey, "MinKey", lambda value: "less than all others"),
    (MaxKey, "MaxKey", lambda value: "greater than all others"),
    (bytes, "binary", _binary),
)
