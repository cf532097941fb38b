"""Two states of a contract side by side: field by field, and tables row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from contracts.domain import diff, fields
from contracts.domain.fields import Field
from contracts.domain.model import Contract
from contracts.presentation import EMPTY, Shown
from contracts.shown.state import EXTRA, Row, State

GROUPS = (
    ("Parties", (*fields.IDENTITY[1:], *fields.PARTIES)),
    ("Term", (*fields.TERM, *fields.DERIVED)),
    ("Price", fields.PRICE),
    ("Limits", fields.LIMITS),
    ("Service level", fields.SERVICE_LEVEL),
    ("Notes", fields.NOTES),
)


@dataclass(frozen=True)
class Beside:
    """One value on both sides: `change` is same, added, removed or changed."""

    before: Shown
    after: Shown

    @property
    def field(self) -> Field:
        return self.after.field

    @cached_property
    def change(self) -> str:
        if diff.same(_content(self.before), _content(self.after)):
            return "same"
        if _is_empty(self.before):
            return "added"
        return "removed" if _is_empty(self.after) else "changed"

    @property
    def lines_before(self) -> list[tuple[str, bool]]:
        """The entries of a list, and whether the other side lacks them; [] for what is none."""
        return _lines(self.before, self.after)

    @property
    def lines_after(self) -> list[tuple[str, bool]]:
        return _lines(self.after, self.before)


@dataclass(frozen=True)
class RowBeside:
    """A row of a table on both sides, with its numbers from 1; None on a side that has no such row."""

    before: int | None
    after: int | None
    cells: tuple[Beside, ...]

    @cached_property
    def change(self) -> str:
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "changed" if any(cell.change != "same" for cell in self.cells) else "same"


@dataclass(frozen=True)
class TableBeside:
    """A table on both sides."""

    field: Field
    columns: tuple[Field, ...]
    rows: tuple[RowBeside, ...]

    @cached_property
    def change(self) -> str:
        return "changed" if any(row.change != "same" for row in self.rows) else "same"


@dataclass(frozen=True)
class Group:
    """Fields that belong together, tables last."""

    label: str
    values: tuple[Beside, ...]
    tables: tuple[TableBeside, ...]

    @cached_property
    def differing(self) -> list[str]:
        """Labels of the fields that differ."""
        return [part.field.label for part in (*self.values, *self.tables) if part.change != "same"]

    @property
    def size(self) -> int:
        """How many fields there are, a table being one."""
        return len(self.values) + len(self.tables)

    def only_differing(self) -> "Group":
        """The group without what is the same on both sides; a table that differs stays whole, as its rows go on."""
        values = (value for value in self.values if value.change != "same")
        return Group(self.label, tuple(values), tuple(table for table in self.tables if table.change != "same"))


def groups_of(before: Contract, after: Contract) -> list[Group]:
    """All fields that people compare, in groups."""
    sides = State(before), State(after)
    return [_group(label, group, *sides) for label, group in GROUPS]


def _group(label: str, group: Sequence[Field], before: State, after: State) -> Group:
    readable = (field for field in group if before.has_rows(field) and after.has_rows(field))
    tables = [field for field in readable if field.kind == fields.ROWS]
    values = (Beside(before.shown(field), after.shown(field)) for field in group if field not in tables)
    return Group(label, tuple(values), tuple(_table(field, before, after) for field in tables))


def _table(table: Field, before: State, after: State) -> TableBeside:
    old, new = list(before.rows(table)), list(after.rows(table))
    has_more = any(row[-1].value for row in (*old, *new))
    columns = (*table.columns, EXTRA) if has_more else table.columns
    pairs = diff.row_pairs([list(map(_content, row)) for row in old], [list(map(_content, row)) for row in new])
    return TableBeside(table, columns, tuple(_row(columns, old, new, *pair) for pair in pairs))


def _row(
    columns: Sequence[Field], old: Sequence[Row], new: Sequence[Row], was: int | None, now: int | None
) -> RowBeside:
    nothing = [Shown(column, None) for column in columns]
    sides = (nothing if was is None else old[was], nothing if now is None else new[now])
    cells = [Beside(before, after) for _, before, after in zip(columns, *sides, strict=False)]
    return RowBeside(_number(was), _number(now), tuple(cells))


def _number(position: int | None) -> int | None:
    return None if position is None else position + 1


def _content(side: Shown) -> list[object]:
    return [side.value, side.unreadable]


def _lines(own: Shown, other: Shown) -> list[tuple[str, bool]]:
    if own.field.kind != fields.LINES or own.unreadable:
        return []
    there = [] if other.unreadable else other.value
    return [(line, line not in there) for line in own.value]


def _is_empty(side: Shown) -> bool:
    return not side.unreadable and side.value in EMPTY
