"""What differs between two states of a contract, and how two people's changes merge.

States are flat: a dotted path to the value that the document holds there; a table of rows is one value.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile, zip_longest
from typing import Any

Flat = Mapping[str, Any]

# Kinds whose values are equal or not, and hold no others.
_SIMPLE = frozenset({str, int, bool, datetime, type(None)})


@dataclass(frozen=True, slots=True)
class Change:
    path: str
    before: Any
    after: Any

    def as_document(self) -> dict[str, Any]:
        return {"path": self.path, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed to different values."""

    path: str
    base: Any
    theirs: Any
    mine: Any


@dataclass(frozen=True, slots=True)
class Merge:
    """`values` holds mine where both changed a field; `taken` are the paths that only they changed."""

    values: Flat
    clashes: tuple[Clash, ...]
    taken: tuple[Change, ...]


def changes(before: Flat, after: Flat) -> tuple[Change, ...]:
    """The paths of either state whose values differ, in the order of `after`; a missing path counts as None."""
    paths = dict.fromkeys([*after, *before])
    pairs = ((path, before.get(path), after.get(path)) for path in paths)
    return tuple(Change(path, old, new) for path, old, new in pairs if not same(old, new))


def merge(base: Flat, theirs: Flat, mine: Flat) -> Merge:
    """Three-way merge by path: a field that one side changed takes that side's value."""
    values: dict[str, Any] = {}
    clashes: list[Clash] = []
    taken: list[Change] = []
    for path, own in mine.items():
        was, other = base.get(path), theirs.get(path)
        values[path] = own
        if same(other, was):
            continue
        if same(own, was):
            values[path] = other
            taken.append(Change(path, was, other))
        elif not same(own, other):
            clashes.append(Clash(path, was, other, own))
    return Merge(values, tuple(clashes), tuple(taken))


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal; NaN, which other services may keep in a row, is not equal even to itself."""
    if type(one) is type(other) and type(one) in _SIMPLE:
        return bool(one == other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return repr(one) == repr(other) or bool(one == other)


@dataclass(frozen=True, slots=True)
class RowChange:
    """How one row of a table changed: number from 1, and both rows; None where there is none."""

    number: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def row_changes(before: Sequence[Any], after: Sequence[Any]) -> tuple[RowChange, ...]:
    """The rows that differ, by position."""
    longest = max(len(before), len(after))
    pairs = ((n, _row(before, n), _row(after, n)) for n in range(longest))
    return tuple(RowChange(n + 1, old, new) for n, old, new in pairs if not same(old, new))


def _row(rows: Sequence[Any], number: int) -> Any:
    return rows[number] if number < len(rows) else None


def row_pairs(before: Sequence[Any], after: Sequence[Any]) -> tuple[tuple[int | None, int | None], ...]:
    """Positions of the rows that stand beside each other; None where a table has no such row.

    What is equal at the top and at the bottom is paired first, so that a row put in between moves no other.
    """
    top = _equal(zip(before, after, strict=False))
    bottom = _equal(zip(reversed(before[top:]), reversed(after[top:]), strict=False))
    old, new = len(before) - bottom, len(after) - bottom
    between = zip_longest(range(top, old), range(top, new))
    return (*((n, n) for n in range(top)), *between, *((old + n, new + n) for n in range(bottom)))


def _equal(pairs: Iterable[tuple[Any, Any]]) -> int:
    """How many pairs are equal before the first that is not."""
    return sum(1 for _ in takewhile(lambda pair: same(*pair), pairs))
