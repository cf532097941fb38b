"""Contracts as NDJSON: one document a line, as plain JSON or as Extended JSON v2."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from contracts.domain import fields
from contracts.domain.errors import Problem
from contracts.files import values
from contracts.files.rows import Row, row_of
from contracts.files.values import ValueUnreadable

LONGEST_LINE = 1_000_000
BOM = b"\xef\xbb\xbf"
GROUPS = {path.partition(".")[0] for path in fields.BY_PATH if "." in path}
# MongoDB's own key means nothing elsewhere.
UNNAMED = {"_id"}


def rows(stream: BinaryIO) -> Iterator[Row]:
    """The contracts of a file, one a line; a line that cannot be read is a row with a problem."""
    for number, line in _lines(stream):
        text = line.removeprefix(BOM).strip() if number == 1 else line.strip()
        if text:
            yield _row(number, text)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers; of one that is too long, enough to see that it is."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        yield number, line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE + 1)


def _row(number: int, text: bytes) -> Row:
    try:
        document = _document(text)
    except ValueUnreadable as error:
        return Row(line=number, problems=(Problem("", str(error)),))
    found, problems, ignored = _flat(document)
    return row_of(number, found, problems=tuple(problems), ignored=tuple(ignored))


def _document(text: bytes) -> Mapping[str, Any]:
    if len(text) > LONGEST_LINE:
        raise ValueUnreadable(f"This line is longer than {LONGEST_LINE:,} bytes.")
    try:
        document = values.parse(text.decode())
    except UnicodeDecodeError as error:
        raise ValueUnreadable(f"This is not UTF-8: byte {error.start + 1} of the line.") from error
    if not isinstance(document, dict):
        raise ValueUnreadable("Give one contract a line, as an object in braces.")
    return document


def _flat(document: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem], list[str]]:
    """Values by path, problems, and the names that no contract has."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    ignored: list[str] = []
    for path, raw in _leaves(document):
        if path in found:
            problems.append(Problem(path, "This stands here twice."))
        elif path in fields.BY_PATH:
            try:
                found[path] = values.decoded(raw)
            except ValueUnreadable as error:
                problems.append(Problem(path, str(error)))
        elif path in GROUPS:
            problems.append(Problem(path, "A group of fields in braces belongs here."))
        elif path not in UNNAMED:
            ignored.append(path)
    return found, problems, ignored


def _leaves(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Path and value of each field, written in a group or with a dot; a group that is null empties its fields."""
    for name, raw in document.items():
        if name not in GROUPS:
            yield name, raw
        elif raw is None:
            yield from ((path, None) for path in fields.BY_PATH if path.startswith(f"{name}."))
        elif isinstance(raw, dict):
            yield from ((f"{name}.{inner}", item) for inner, item in raw.items())
        else:
            yield name, raw
