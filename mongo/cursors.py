"""Cursors: where a list goes on, as a text that its reader hands back and cannot make up."""

import base64
from collections.abc import Callable
from typing import Any, NamedTuple

import bson
from bson.errors import BSONError
from django.utils.crypto import constant_time_compare, salted_hmac

from mongo.codec import CODEC_OPTIONS, decoded

# In characters: an address may be twice as long, and holds a filter besides.
LONGEST = 4_000
MARK_BYTES, SEAL_BYTES = 8, 8
UNREADABLE = "This is no cursor. Send the next of the page before, as it is."
FOREIGN = "This cursor belongs to another filter. Begin without one."


class Place(NamedTuple):
    """Where an entry stands in the order of time: its milliseconds since 1970, None without a date, and its _id."""

    at: int | None
    own: Any


class CursorUnreadable(ValueError):
    """A text is no cursor of ours, or one of another list; the message says which."""


def mark_of(text: str) -> bytes:
    """What a list is recognised by: `text` names its filter."""
    return _hmac("mark", text.encode("utf-8", "surrogatepass"), MARK_BYTES)


def written(place: Place, mark: bytes) -> str:
    """The cursor that tells a place to the list with this mark."""
    content = mark + bson.encode({"t": place.at, "i": place.own}, codec_options=CODEC_OPTIONS)
    return _text(_hmac("seal", content, SEAL_BYTES) + content)


def fits(place: Place) -> bool:
    """Whether the cursor of a place is short enough to be read again: an _id may have any length."""
    return len(written(place, bytes(MARK_BYTES))) <= LONGEST


def end_of(found: list[Any], place_of: Callable[[Any], Place]) -> Place | None:
    """Where a list goes on after what was found, less what no cursor can hold; None where nothing remains."""
    while found:
        if fits(place := place_of(found[-1])):
            return place
        found.pop()
    return None


def read(cursor: str, mark: bytes) -> Place:
    """The place that a cursor of the list with this mark tells. Raises CursorUnreadable."""
    sealed = _bytes(cursor) if len(cursor) <= LONGEST else b""
    seal, content = sealed[:SEAL_BYTES], sealed[SEAL_BYTES:]
    if not constant_time_compare(seal, _hmac("seal", content, SEAL_BYTES)):
        raise CursorUnreadable(UNREADABLE)
    if content[:MARK_BYTES] != mark:
        raise CursorUnreadable(FOREIGN)
    try:
        told = decoded(content[MARK_BYTES:])
    except BSONError as error:
        raise CursorUnreadable(UNREADABLE) from error
    at = told["t"]
    return Place(None if at is None else int(at), told["i"])


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """What a text stands for; nothing where it is not the one way to write that."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
    return content if _text(content) == text else b""


def _hmac(purpose: str, content: bytes, size: int) -> bytes:
    return salted_hmac(f"mongo.cursors.{purpose}", content, algorithm="sha256").digest()[:size]
