"""The entries of a page as rows of an explorer's list, with the addresses they lead to."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from logs import ids
from logs.asking import Asked
from logs.kinds import Log
from logs.scope import Scope
from logs.shown.cells import Cell, Column, cell_of, column_of
from mongo.client import Document


class RowShown(NamedTuple):
    """An entry in a list. `id` is that of addresses and `url` that of its page, "" where the id fits into none;
    `listed` is the list with the entry beside it. `tone`: "bad" where it tells of a failure.
    """

    id: str
    url: str
    listed: str
    cells: tuple[Cell, ...]
    tone: str
    is_open: bool


def columns_of(log: Log, asked: Asked) -> tuple[Column, ...]:
    """The columns asked for, behind the time, which is always the first."""
    own = asked.columns
    if asked.wanted.account is not None and not any(name == "columns" for name, _ in asked.parameters):
        # It would be the same in every row.
        own = tuple(name for name in own if name not in log.of_account)
    names = ("timestamp", *(name for name in own if name != "timestamp"))
    return tuple(column_of(log, name) for name in names)


def rows_of(documents: Sequence[Document], asked: Asked, scope: Scope, now: datetime) -> tuple[RowShown, ...]:
    """The entries as rows of the list that is asked for."""
    columns, query = columns_of(scope.log, asked), asked.query
    field, alarming = scope.log.alarming
    # Ids need no quoting, so that the rest of an address is put together once for all rows.
    rest, listed = f"/?{query}" if query else "/", list_url(scope, asked, ("entry", ""))
    rows = []
    for document in documents:
        own, found = ids.written(document["_id"]) or "", document.get(field)
        row = RowShown(
            id=own,
            url=f"{scope.base}{own}{rest}" if own else "",
            listed=f"{listed}{own}" if own else "",
            cells=tuple([cell_of(column, document, scope.log, asked.zone, now) for column in columns]),
            tone="bad" if isinstance(found, str) and found in alarming else "",
            is_open=bool(own) and asked.entry == own,
        )
        rows.append(row)
    return tuple(rows)


def entry_url(scope: Scope, asked: Asked, own: str) -> str:
    """The page of an entry, which knows what the list was asked for."""
    query = asked.query
    return f"{scope.base}{own}/?{query}" if query else f"{scope.base}{own}/"


def list_url(scope: Scope, asked: Asked, *more: tuple[str, str]) -> str:
    """This very page of the list, with some parameters more."""
    live = "1" if asked.is_tail else None
    places = [
        (name, place) for name, place in (("after", asked.after), ("before", asked.before), ("tail", live)) if place
    ]
    query = asked.query_with(*places, *more)
    base = f"{scope.base}undated/" if asked.wanted.is_undated else scope.base
    return f"{base}?{query}" if query else base
