"""All contracts in a few numbers, for machines."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.queries.figures import statistics
from mongo.client import reading

WINDOWS = (30, 60, 90)


@dataclass(frozen=True, slots=True)
class Fee:
    """The recurring fee of a month in one currency, of contracts in force; `odd` of them have an unreadable fee."""

    currency: str
    amount: Decimal
    contracts: int
    odd: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """`expiring` counts contracts in force whose last day lies within so many days."""

    by_status: Mapping[str, int]
    by_type: Mapping[str, int]
    expiring: Mapping[int, int]
    fees: tuple[Fee, ...]

    @property
    def total(self) -> int:
        return sum(self.by_status.values())


def of_all(today: date) -> Statistics:
    """The statistics of all contracts: one operation. Raises MongoError."""
    with reading() as db:
        found = next(db.contracts.aggregate(statistics(today, WINDOWS)))
    return Statistics(
        by_status=_counts(found["statuses"]),
        by_type=_counts(found["types"]),
        expiring={days: sum(entry["n"] for entry in found[f"ends_{days}"]) for days in WINDOWS},
        fees=tuple(_fee(entry) for entry in found["fees"]),
    )


def _counts(groups: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Sizes by name; what other services leave out, or write as another kind of value, counts under its text."""
    found: Counter[str] = Counter()
    for group in groups:
        found["" if group["_id"] is None else str(group["_id"])] += group["n"]
    return dict(found)


def _fee(entry: Mapping[str, Any]) -> Fee:
    # A sum is a whole number where no contract has any fee.
    return Fee(str(entry["_id"]), Decimal(entry["fee"]), entry["n"], entry["odd"])
