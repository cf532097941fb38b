"""Contracts in normal form as lines of a file, one contract at a time."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.documents import from_document, to_document
from contracts.domain.fields import BY_PATH, CHOICE, DATE, FLAG, LINES, MOMENT, ROWS, TEXT, Field
from contracts.domain.model import Contract
from contracts.files.rows import nested
from mongo.cells import csv_line, guarded
from mongo.extended import encoded, iso

Document = Mapping[str, Any]
PLAIN, EXTENDED, CSV = "ndjson", "extended", "csv"


@dataclass(frozen=True, slots=True)
class Line:
    """A contract as it stands in the file; `as_found` are paths whose value could not be understood."""

    text: str
    contract_id: str = ""
    as_found: tuple[str, ...] = ()


def lines(documents: Iterable[Document], form: str = PLAIN) -> Iterator[Line]:
    """The lines of a file, each with its end; `form` is PLAIN or EXTENDED (one JSON document a line) or CSV."""
    if form == CSV:
        yield Line(csv_line(BY_PATH))
    for document in documents:
        contract = from_document(document)
        found = _as_found(contract, document)
        yield Line(_WRITERS[form](contract, found), contract.contract_id, tuple(found))


def _as_found(contract: Contract, document: Document) -> dict[str, Any]:
    """What could not be understood, by the path of its field or of the group that is none."""
    found = {}
    for oddity in contract.oddities:
        if not oddity.is_understood:
            path = next((path for path in BY_PATH if f"{oddity.path}.".startswith(f"{path}.")), oddity.path)
            group, _, name = path.rpartition(".")
            found[path] = (document[group] if group else document)[name]
    return found


def _plain(contract: Contract, found: Mapping[str, Any]) -> str:
    values = {path: plain(field, contract.at(path)) for path, field in BY_PATH.items()}
    return _json_line(nested(values), found)


def _extended(contract: Contract, found: Mapping[str, Any]) -> str:
    return _json_line(encoded(to_document(contract)), found)


def _json_line(document: dict[str, Any], found: Mapping[str, Any]) -> str:
    for path, raw in found.items():
        group, _, name = path.rpartition(".")
        (document[group] if group else document)[name] = encoded(raw)
    return json.dumps(document, ensure_ascii=False) + "\n"


def _table(contract: Contract, found: Mapping[str, Any]) -> str:
    cells = []
    for path, field in BY_PATH.items():
        raw = found.get(path, found.get(path.partition(".")[0]))
        cells.append(_cell(field, contract.at(path)) if raw is None else _found_cell(raw))
    return csv_line(cells)


def _cell(field: Field, value: Any) -> str:
    if field.kind in (TEXT, CHOICE):
        return guarded(value)
    if field.kind in (LINES, ROWS):
        return json.dumps(plain(field, value), ensure_ascii=False) if value else ""
    if field.kind == FLAG:
        return "true" if value else "false"
    # What other services wrote may lie below zero, and begins as a formula does.
    return "" if value is None else guarded(str(plain(field, value)))


def _found_cell(raw: Any) -> str:
    return guarded(raw if isinstance(raw, str) else json.dumps(encoded(raw), ensure_ascii=False))


def plain(field: Field, value: Any) -> Any:
    """A field's value as plain JSON: days and moments as ISO 8601, decimal numbers as text, to stay exact."""
    if field.kind == ROWS:
        return [_plain_row(field, row) for row in value]
    if field.kind == LINES:
        return list(value)
    if isinstance(value, Decimal):
        return str(value)
    if value is not None and field.kind == MOMENT:
        return iso(value)
    return value.isoformat() if field.kind == DATE and isinstance(value, date) else value


def _plain_row(table: Field, row: Any) -> dict[str, Any]:
    known = {column.name: plain(column, getattr(row, column.name)) for column in table.columns}
    # What others keep in a row is of kinds that only they know.
    return {**known, **encoded(row.extra)}


_WRITERS: dict[str, Callable[[Contract, Mapping[str, Any]], str]] = {
    PLAIN: _plain,
    EXTENDED: _extended,
    CSV: _table,
}
