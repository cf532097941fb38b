"""Tiers of prices: contiguous slabs, upper bound inclusive, the last one open."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from contracts.domain.errors import Problem
from contracts.domain.fields import Field

# Trades are counted, so a tier starts one after the last; value is continuous, so tiers touch.
VOLUME_STEP = 1
VALUE_STEP = 0

Bound = int | Decimal | None
TierRow = tuple[Bound, Bound, Decimal | None]


def tier_problems(table: Field, rows: Sequence[TierRow], step: int) -> Iterator[Problem]:
    """What is wrong with rows of (from, to, price): gaps, overlaps, missing cells, a last tier that is closed.

    `step` is the distance from one tier's end to the next one's start. Numbers that are negative or not finite are
    the business of the cells' own rules.
    """
    low, high, price = (column.path for column in table.columns)
    for number, (start, end, cost) in enumerate(rows):
        path = f"{table.path}.{number}"
        if start is None:
            yield Problem(f"{path}.{low}", "Say where the tier starts.")
        elif number == 0:
            yield from _first(f"{path}.{low}", start, step)
        else:
            yield from _follows(f"{path}.{low}", start, rows[number - 1][1], step)
        yield from _end(f"{path}.{high}", start, end, step, is_last=number == len(rows) - 1)
        if cost is None:
            yield Problem(f"{path}.{price}", "Give the price; 0 if it is free.")


def _first(path: str, start: Bound, step: int) -> Iterator[Problem]:
    if start not in range(step + 1):
        yield Problem(path, "The first tier starts at 0 or 1." if step else "The first tier starts at 0.")


def _follows(path: str, start: Bound, previous: Bound, step: int) -> Iterator[Problem]:
    if previous is None or start is None:
        return
    # Adding nothing would still round a bound of many digits.
    expected = previous + step if step else previous
    if start < expected:
        yield Problem(path, f"This overlaps the tier above. Start at {expected:,}.")
    elif start > expected:
        yield Problem(path, f"This leaves a gap after the tier above. Start at {expected:,}.")


def _end(path: str, start: Bound, end: Bound, step: int, *, is_last: bool) -> Iterator[Problem]:
    if is_last and end is not None:
        yield Problem(path, "The last tier has no end. Leave this empty, or add a tier after it.")
    elif not is_last and end is None:
        yield Problem(path, "Only the last tier may be open. Say where this one ends.")
    elif end is not None and start is not None and (end < start or (end == start and (not step or end == 0))):
        yield Problem(path, "The tier ends before it starts." if end < start else "The tier holds nothing.")
