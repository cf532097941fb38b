"""The entries of a file: each as it would be stored, or what is wrong with it.

A log takes in what happened, also what is odd: unknown types, statuses and fields are kept. Refused is what could
not be found again, counted or stored.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import bson
from bson import ObjectId

from logs.domain.entries import LARGEST_BYTES
from logs.fields import Kind
from mongo.client import Document
from mongo.codec import CODEC_OPTIONS
from mongo.errors import MongoRefused, translated
from mongo.extended import EVERY_KIND, ValueUnreadable, decoded
from mongo.lines import document, lines

LONGEST_NAME = 500
PLACE_OF_ID = ObjectId("0" * 24)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field of an entry, or with all of it where `field` is empty."""

    field: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as it would be stored, its `_id` and `entryId` only where the file gives them.

    `line` is where it stands, from 1; `size` is that line's length in bytes.
    """

    line: int
    size: int
    document: Document = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def entries(stream: BinaryIO, kind: Kind) -> Iterator[Entry]:
    """The entries of a file, one a line, as plain JSON or as Extended JSON v2."""
    for number, text in lines(stream):
        try:
            found, problems = _read(document(text, noun="entry"), kind)
        except ValueUnreadable as error:
            found, problems = {}, (Problem("", str(error)),)
        yield Entry(line=number, size=len(text), document=found, problems=problems)


def _read(content: Mapping[str, Any], kind: Kind) -> tuple[Document, tuple[Problem, ...]]:
    found: Document = {}
    problems: dict[str, str] = {}
    readers = {**kind.required, **kind.optional}
    for name, raw in content.items():
        try:
            value = _value(name, raw)
            found[name] = readers[name](value) if name in readers and value is not None else value
        except ValueUnreadable as error:
            problems[name] = str(error)
    missing = [name for name in kind.required if found.get(name) is None and name not in problems]
    problems = problems | dict.fromkeys(missing, "This is missing.") or _unstorable(found)
    return _completed(found, kind), tuple(Problem(name[:80], message) for name, message in problems.items())


def _completed(found: Document, kind: Kind) -> Document:
    """The entry without ids that are null, which would be taken for values of an index, and with its createdAt."""
    given = {name: value for name, value in found.items() if value is not None or name not in kind.identity}
    return given if given.get("createdAt") else {**given, "createdAt": given.get("timestamp")}


def _value(name: str, raw: Any) -> Any:
    _check(name)
    value = decoded(raw, EVERY_KIND)
    check_names(value)
    return value


def check_names(value: Any) -> None:
    """Raise ValueUnreadable where a name inside a value cannot be that of a field."""
    for name in _names(value):
        _check(name)


def _names(value: Any) -> Iterator[str]:
    """The names of all fields inside a value."""
    if isinstance(value, dict):
        yield from value
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _names(item)


def _check(name: str) -> None:
    """Raise ValueUnreadable for the name of a field that MongoDB, or who asks it, could not make use of."""
    if not name:
        raise ValueUnreadable("A field without a name cannot be stored.")
    if name.startswith("$") or "\0" in name:
        raise ValueUnreadable(f"“{name[:80]}” is no name of a field: MongoDB has a meaning of its own for it.")
    if len(name) > LONGEST_NAME:
        raise ValueUnreadable(f"The name “{name[:80]}…” is longer than {LONGEST_NAME} characters.")


def _unstorable(found: Document) -> dict[str, str]:
    """What MongoDB could not hold, found as the driver finds it when it writes."""
    problem = refusal(found)
    if not problem:
        return {}
    refusals = {name: refusal({name: value}) for name, value in found.items()}
    return {name: message for name, message in refusals.items() if message} or {"": problem}


def refusal(found: Document) -> str:
    """Why MongoDB could not hold a document that has no `_id` yet; empty where it can."""
    try:
        with translated():
            encoded = bson.encode({"_id": PLACE_OF_ID, **found}, codec_options=CODEC_OPTIONS)
    except MongoRefused as error:
        return str(error)
    return "" if len(encoded) <= LARGEST_BYTES else "MongoDB cannot hold this: it is larger than 16 MB."
