"""Entries as lines of a file: all that they hold, however strange it is."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import Any
from uuid import UUID

from bson import ObjectId

from logs.kinds import Log
from mongo.cells import csv_line, guarded
from mongo.client import Document
from mongo.extended import encoded, iso
from users.downloads import CSV, NDJSON

# Heads the last column of a table: what an entry holds that no other column is for.
OTHERS = "others"
# What tells of the entry and not of what happened comes after the rest.
LAST = ("createdAt", "entryId", "_id")

Path = tuple[str, ...]


def ndjson(log: Log, documents: Iterable[Document]) -> Iterator[str]:
    """A line for each entry, with its end, as `import_logs` reads it: what JSON cannot say is Extended JSON."""
    for document in documents:
        yield f"{_json(document)}\n"


def table(log: Log, documents: Iterable[Document]) -> Iterator[str]:
    """The header of a table in CSV, and a row for each entry. Lists and groups are JSON in their cell."""
    paths = _paths(log)
    yield csv_line([*(".".join(path) for path in paths), OTHERS])
    for document in documents:
        yield csv_line(_cells(document, paths))


LINES: Mapping[str, Callable[[Log, Iterable[Document]], Iterator[str]]] = {CSV: table, NDJSON: ndjson}


def _paths(log: Log) -> list[Path]:
    """Where the columns' values lie; a group whose fields have columns has none itself."""
    names = [name for name in log.labels if not any(other.startswith(f"{name}.") for other in log.labels)]
    return [tuple(name.split(".")) for name in sorted(names, key=LAST.__contains__)]


def _cells(document: Document, paths: Iterable[Path]) -> list[str]:
    others = dict(document)
    cells = [_cell(_taken(others, *path)) for path in paths]
    return [*cells, _json(others) if others else ""]


def _taken(document: Document, name: str, *rest: str) -> Any:
    """What lies at a path, which then is no longer there; None where nothing does."""
    if not rest:
        return document.pop(name, None)
    group = document.get(name)
    if not isinstance(group, Mapping):
        return None
    left = dict(group)
    value = _taken(left, *rest)
    if left:
        document[name] = left
    else:
        del document[name]
    return value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    # A number may begin with a minus: a spreadsheet takes it for that number, and can add it up.
    is_number = isinstance(value, int | float | Decimal) and isfinite(value)
    return str(value) if is_number or isinstance(value, ObjectId | UUID) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(encoded(value), ensure_ascii=False)
