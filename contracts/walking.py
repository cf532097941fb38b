"""Contracts page by page for machines: whoever goes on from a cursor misses none, however many come meanwhile."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.domain.filters import ContractFilter
from contracts.queries.walk import walk
from mongo import cursors
from mongo.client import reading
from mongo.cursors import Place

# A search reads every contract.
SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Walked:
    """Live documents in the order in which they were made, and the cursor of the next page; None after the last."""

    documents: tuple[dict[str, Any], ...]
    next: str | None


def page(wanted: ContractFilter, after: str | None, *, limit: int, today: date) -> Walked:
    """The contracts that match, from a cursor on. Raises CursorUnreadable and MongoError."""
    mark = cursors.mark_of(repr(sorted(wanted.parameters.items())))
    query = walk(wanted, today, None if after is None else cursors.read(after, mark))
    with reading(SECONDS) as db:
        found = list(db.contracts.find(query, sort=[("_id", 1)], limit=limit + 1))
    shown = tuple(found[:limit])
    more = len(found) > limit
    return Walked(shown, cursors.written(Place(None, shown[-1]["_id"]), mark) if more else None)
