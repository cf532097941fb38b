"""Contracts as CSV: one column a field, headed by its dotted path; tables as JSON in their cell, lists too.

A list may also stand there as texts with commas between.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Any

from contracts.domain import fields
from contracts.domain.errors import Problem
from contracts.domain.fields import CHOICE, LINES, ROWS, TEXT, Field
from contracts.files.rows import Row, row_of
from mongo.cells import unguarded
from mongo.extended import ValueUnreadable, decoded, parse
from mongo.lines import BOM, LONGEST_LINE, Readable

COMMA = ","
_NOT_UTF8 = re.compile("[\ud800-\udfff]")


class ColumnsUnreadable(Exception):
    """The header of a file does not name fields of a contract, so nothing of the file is read."""


def rows(stream: Readable) -> Iterator[Row]:
    """The contracts of a file, one a row. Raises ColumnsUnreadable, before any row is given."""
    try:
        names, length = header(stream)
    except csv.Error as error:
        yield _unreadable(1, error)
        return
    yield from body(stream, _columns(names), first=length + 1)


def header(stream: Readable, delimiter: str = COMMA) -> tuple[list[str], int]:
    """What heads each column, and how many lines that takes. Raises csv.Error."""
    reader = csv.reader(_lines(stream, mark=BOM), strict=True, delimiter=delimiter)
    return [name.strip() for name in next(reader, [])], reader.line_num


def body(stream: Readable, columns: Sequence[Field | None], *, first: int, delimiter: str = COMMA) -> Iterator[Row]:
    """The rows below the header; `columns` says which field each column fills, None for one that is left out.

    `first` is the number of the line that the stream stands at.
    """
    reader = csv.reader(_lines(stream), strict=True, delimiter=delimiter)
    line = first
    try:
        for cells in reader:
            if any(cells):
                yield _row(line, columns, cells)
            line = first + reader.line_num
    except csv.Error as error:
        # Where the row starts: no other row has this number.
        yield _unreadable(line, error)


def records(stream: Readable, delimiter: str = COMMA) -> Iterator[list[str]]:
    """The cells of each row that has any; what cannot be read ends it, as one row more."""
    try:
        yield from (row for row in csv.reader(_lines(stream), strict=True, delimiter=delimiter) if any(row))
    except csv.Error:
        yield []


def _unreadable(line: int, error: csv.Error) -> Row:
    # Where quotes do not match, nobody knows where the next row starts.
    problem = Problem("", f"From here on the file cannot be read: {error}.")
    return Row(line=line, problems=(problem,), is_last=True)


def _lines(stream: Readable, mark: bytes = b"") -> Iterator[str]:
    """The lines; bytes that are no UTF-8 become characters that no text holds, so that one row alone is refused.

    Raises csv.Error where a line is too long: in the rest of it, quotes may end that began before.
    """
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise csv.Error(f"a line is longer than {LONGEST_LINE:,} bytes")
        yield line.removeprefix(mark).decode(errors="surrogateescape")
        mark = b""


def _columns(names: Sequence[str]) -> list[Field]:
    if not any(names):
        raise ColumnsUnreadable("The first line of the file names no columns.")
    for number, name in enumerate(names, 1):
        if name not in fields.BY_PATH:
            shown = _NOT_UTF8.sub("\ufffd", name[:80])
            raise ColumnsUnreadable(f"Column {number} is headed “{shown}”, which is no field of a contract.")
        if name in names[: number - 1]:
            raise ColumnsUnreadable(f"Two columns are headed “{name}”.")
    return [fields.BY_PATH[name] for name in names]


def _row(line: int, columns: Sequence[Field | None], cells: Sequence[str]) -> Row:
    if len(cells) != len(columns):
        number = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
        problem = Problem("", f"This row has {number}; the header has {len(columns)}.")
        return Row(line=line, problems=(problem,))
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for field, cell in zip(columns, cells, strict=True):
        if field is None:
            continue
        try:
            found[field.path] = _value(field, cell)
        except ValueUnreadable as error:
            problems.append(Problem(field.path, str(error)))
    return row_of(line, found, problems=tuple(problems))


def _value(field: Field, cell: str) -> Any:
    if _NOT_UTF8.search(cell):
        raise ValueUnreadable("This is not UTF-8.")
    text = unguarded(cell)
    if field.kind in (TEXT, CHOICE):
        return text
    if not text.strip():
        return None
    if field.kind == LINES and not text.lstrip().startswith(("[", "{")):
        return [part for part in map(str.strip, text.split(COMMA)) if part]
    return _json(field, text) if field.kind in (LINES, ROWS) else text


def _json(field: Field, text: str) -> Any:
    try:
        return decoded(parse(text))
    except ValueUnreadable as error:
        if field.kind == LINES:
            raise ValueUnreadable(f'{error} Write ["one", "two"], or the texts with commas between.') from error
        row = ", ".join(f'"{column.name}": "…"' for column in field.columns[:2])
        raise ValueUnreadable(f"{error} Write a list of rows, such as [{{{row}}}].") from error
