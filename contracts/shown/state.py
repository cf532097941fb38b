"""A state of a contract to be laid beside another: its values by path, and what stands where one cannot be read."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from contracts.documents import flat
from contracts.domain import fields
from contracts.domain.fields import Field
from contracts.domain.model import Contract
from contracts.presentation import Shown, unreadable

# What other services keep in a row, and nobody here knows.
EXTRA = Field("extra", "Other fields", fields.TEXT)

Row = Sequence[Shown]


class State:
    """A contract, field by field and row by row."""

    def __init__(self, contract: Contract) -> None:
        self._values = flat(contract)
        self._unreadable = unreadable(contract)
        self._odd = {odd.path: odd.found for odd in contract.oddities if not odd.is_understood}

    def shown(self, field: Field) -> Shown:
        return Shown(field, self._values[field.path], self._unreadable.get(field.path, ""))

    def has_rows(self, table: Field) -> bool:
        """Whether the table can be read as one, though it may be empty."""
        return table.path not in self._unreadable

    def rows(self, table: Field) -> Iterator[Row]:
        """The rows of a table, EXTRA last in each; what is no row stands at its place in the document."""
        left = iter(self._values[table.path])
        for number in count():
            path = f"{table.path}.{number}"
            if path in self._odd:
                yield _no_row(table, self._odd[path])
            elif (row := next(left, None)) is not None:
                yield [*(self._cell(column, row, path) for column in table.columns), _extra(table, row)]
            else:
                return

    def _cell(self, column: Field, row: Mapping[str, Any], path: str) -> Shown:
        return Shown(column, row.get(column.name), self._odd.get(f"{path}.{column.name}", ""))


def _no_row(table: Field, found: str) -> Row:
    first, *others = table.columns
    return [Shown(first, None, found), *(Shown(column, None) for column in others), Shown(EXTRA, "")]


def _extra(table: Field, row: Mapping[str, Any]) -> Shown:
    known = {column.name for column in table.columns}
    return Shown(EXTRA, ", ".join(f"{name}: {value}" for name, value in row.items() if name not in known))
