"""The rows of an import as a table to take away: what became of each, and every reason for which it was refused."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from contracts.domain import fields
from contracts.planning import NEW
from mongo.cells import guarded
from mongo.lines import BOM

HEADER = ("line", "outcome", "contract_id", "account_id", "field", "reason")


def pieces(batches: Iterator[Iterable[Mapping[str, Any]]], *, is_done: bool) -> Iterator[str]:
    """The table in CSV, piece by piece as rows are read; no cell of it is a formula to a spreadsheet.

    What is new in a preview has been added once the import `is_done`.

    The first batch is read at once, so that what fails by then is still to be answered by a page.
    """
    words = {NEW: "added"} if is_done else {}
    beginning = BOM.decode() + _text([HEADER]) + _text(_cells(next(batches), words))
    return chain([beginning], (_text(_cells(batch, words)) for batch in batches))


def _text(lines: Iterable[Iterable[str]]) -> str:
    table = io.StringIO()
    csv.writer(table).writerows(lines)
    return table.getvalue()


def _cells(rows: Iterable[Mapping[str, Any]], words: Mapping[str, str]) -> Iterator[list[str]]:
    return ([guarded(str(cell)) for cell in line] for row in rows for line in _lines(row, words))


def _lines(row: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    """One line for a row, or as many as there are problems with it; outcomes are called as `words` say."""
    known = (row["line"], words.get(row["outcome"], row["outcome"]), row["contract_id"], row["account_id"])
    for problem in row["problems"] or [{"path": "", "message": ""}]:
        yield (*known, fields.label_of(problem["path"]), problem["message"])
