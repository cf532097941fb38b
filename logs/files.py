"""The entries of a file: each as it would be stored, or what is wrong with it.

A log takes in what happened, also what is odd: unknown types, statuses and fields are kept. Refused is what could
not be found again, counted or stored.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import bson
from bson import ObjectId

from logs import fields
from logs.domain.entries import judged
from logs.domain.values import LARGEST_BYTES, SHOWN
from logs.fields import Kind
from mongo.client import Document
from mongo.codec import CODEC_OPTIONS
from mongo.errors import MongoRefused, translated
from mongo.extended import ValueUnreadable
from mongo.lines import document, lines

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
    found, problems = judged(kind.rules, content, fields.read)
    problems = problems or _unstorable(found)
    if problems:
        return {}, tuple(Problem(name[:SHOWN], message) for name, message in problems.items())
    # What is null stays so, but for ids: that would be taken for a value of an index.
    told = {name: found.get(name) for name in content if name in found or name not in kind.identity}
    return told if told.get("createdAt") else {**told, "createdAt": told["timestamp"]}, ()


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
