"""All contracts in a few numbers, for machines."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contracts import repository
from contracts.queries.figures import ends
from mongo.client import reading
from mongo.searching import searching

WINDOWS = (30, 60, 90)
# A machine waits longer than a page may. All contracts are read, and on a small server 100,000 take some seconds.
SECONDS = 8.0


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
    """The statistics of all contracts: three operations, which a `$facet` would make several times as long.

    Raises MongoError, MongoSlow among them.
    """
    # What an index answers comes first: where MongoDB is away, nobody waits for the rest.
    with reading() as db:
        ending = next(db.contracts.aggregate(ends(today, WINDOWS)), {})
    with searching(SECONDS):
        sizes, fees = repository.sizes(SECONDS), repository.fees(SECONDS)
    return Statistics(
        by_status=_counts(sizes, "status"),
        by_type=_counts(sizes, "type"),
        expiring={days: ending.get(str(days), 0) for days in WINDOWS},
        fees=tuple(_fee(entry) for entry in fees),
    )


def _counts(groups: Iterable[Mapping[str, Any]], part: str) -> dict[str, int]:
    """Sizes by one part of the groups' _id; what other services leave out counts under "", other kinds as text."""
    found: Counter[str] = Counter()
    for group in groups:
        name = group["_id"].get(part)
        found["" if name is None else str(name)] += group["n"]
    return dict(found)


def _fee(entry: Mapping[str, Any]) -> Fee:
    # A sum is a whole number where no contract has any fee.
    return Fee(str(entry["_id"]), Decimal(entry["fee"]), entry["n"], entry["odd"])
