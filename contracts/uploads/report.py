"""The rows of an import as a table to take away: what became of each, and every reason for which it was refused."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from contracts.domain import fields
from contracts.files.table import guarded

HEADER = ("line", "outcome", "contract_id", "account_id", "field", "reason")


def text(rows: Iterable[Mapping[str, Any]]) -> str:
    """The table in CSV; no cell of it is a formula to a spreadsheet."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(HEADER)
    for row in rows:
        writer.writerows([guarded(str(cell)) for cell in cells] for cells in _lines(row))
    return table.getvalue()


def _lines(row: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """One line for a row, or as many as there are problems with it."""
    known = (row["line"], row["outcome"], row["contract_id"], row["account_id"])
    for problem in row["problems"] or [{"path": "", "message": ""}]:
        yield (*known, fields.label_of(problem["path"]), problem["message"])
