"""Cells of a table that a spreadsheet shows as what they are, and never runs."""

import csv
import io
import re
from collections.abc import Iterable

# Spreadsheets take a cell that starts so for a formula; an apostrophe keeps it a text.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` made the cell from."""
    return cell[1:] if _GUARDED.match(cell) else cell


def csv_line(cells: Iterable[str]) -> str:
    """The cells as a row of CSV, with its end."""
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
