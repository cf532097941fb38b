"""Contracts as NDJSON: one document a line, as plain JSON or as Extended JSON v2."""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.domain import fields
from contracts.domain.errors import Problem
from contracts.files.rows import Row, row_of
from mongo.extended import ValueUnreadable, decoded
from mongo.lines import Readable, document, lines

GROUPS = {path.partition(".")[0] for path in fields.BY_PATH if "." in path}
# MongoDB's own key means nothing elsewhere.
UNNAMED = {"_id"}


def rows(stream: Readable, first: int = 1) -> Iterator[Row]:
    """The contracts of a file, one a line; a line that cannot be read is a row with a problem.

    `first` is the number of the line that the stream stands at.
    """
    for number, text in lines(stream, first):
        yield _row(number, text)


def _row(number: int, text: bytes) -> Row:
    try:
        found, problems, ignored = _flat(document(text, noun="contract"))
    except ValueUnreadable as error:
        return Row(line=number, problems=(Problem("", str(error)),))
    return row_of(number, found, problems=tuple(problems), ignored=tuple(ignored))


def _flat(content: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem], list[str]]:
    """Values by path, problems, and the names that no contract has."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    ignored: list[str] = []
    for path, raw in _leaves(content):
        if path in found:
            problems.append(Problem(path, "This stands here twice."))
        elif path in fields.BY_PATH:
            try:
                found[path] = decoded(raw)
            except ValueUnreadable as error:
                problems.append(Problem(path, str(error)))
        elif path in GROUPS:
            problems.append(Problem(path, "A group of fields in braces belongs here."))
        elif path not in UNNAMED:
            ignored.append(path)
    return found, problems, ignored


def _leaves(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Path and value of each field, written in a group or with a dot; a group that is null empties its fields."""
    for name, raw in content.items():
        if name not in GROUPS:
            yield name, raw
        elif raw is None:
            yield from ((path, None) for path in fields.BY_PATH if path.startswith(f"{name}."))
        elif isinstance(raw, dict):
            yield from ((f"{name}.{inner}", item) for inner, item in raw.items())
        else:
            yield name, raw
