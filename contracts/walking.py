"""Contracts and their histories page by page for machines: whoever goes on from a cursor misses nothing."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.domain.filters import ContractFilter
from contracts.queries.walk import older, walk
from contracts.revisions import SUMMARY
from mongo import cursors
from mongo.client import reading
from mongo.cursors import Place
from mongo.errors import MongoRefused
from mongo.searching import searching

# A search reads every contract.
SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Walked:
    """Documents in the order of their list, and the cursor of the next page; None after the last."""

    documents: tuple[dict[str, Any], ...]
    next: str | None


def page(wanted: ContractFilter, after: str | None, *, limit: int, today: date) -> Walked:
    """The live contracts that match, in the order in which they were made, from a cursor on.

    Raises CursorUnreadable and MongoError.
    """
    mark = cursors.mark_of(repr(sorted(wanted.parameters.items())))
    query = walk(wanted, today, None if after is None else cursors.read(after, mark))
    with searching(SECONDS) as db:
        found = list(db.contracts.find(query, sort=[("_id", 1)], limit=limit + 1))
    return _walked(found, limit, mark, "_id")


def history(contract_id: str, after: str | None, *, limit: int) -> Walked:
    """The revisions of a contract, deleted or not, newest first, from a cursor on.

    Raises CursorUnreadable and MongoError.
    """
    mark = cursors.mark_of(f"revisions {contract_id}")
    query = older(contract_id, None if after is None else cursors.read(after, mark))
    with reading() as db:
        found = list(db.contract_revisions.find(query, SUMMARY, sort=[("version", -1)], limit=limit + 1))
    return _walked(found, limit, mark, "version")


def _walked(found: list[dict[str, Any]], limit: int, mark: bytes, order: str) -> Walked:
    """A page that ends after an entry whose cursor can be read again; those behind it wait for the next one."""
    if len(found) <= limit:
        return Walked(tuple(found), None)
    shown = found[:limit]
    place = cursors.end_of(shown, lambda entry: Place(None, entry.get(order)))
    if place is None:
        raise MongoRefused("An entry has an id that is too long to go on after it. Ask for more at once.")
    return Walked(tuple(shown), cursors.written(place, mark))
