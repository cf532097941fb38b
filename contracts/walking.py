"""Contracts and their histories page by page for machines: whoever goes on from a cursor misses nothing."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pymongo.collection import Collection

from contracts.domain.filters import ContractFilter
from contracts.queries.walk import older, walk
from contracts.revisions import SUMMARY
from mongo import cursors, paging
from mongo.client import Document, reading
from mongo.codec import AS_STORED, decoded
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
        return _walked(db.contracts, query, mark, limit=limit, order=("_id", 1))


def history(contract_id: str, after: str | None, *, limit: int) -> Walked:
    """The revisions of a contract, deleted or not, newest first, from a cursor on.

    Raises CursorUnreadable and MongoError.
    """
    mark = cursors.mark_of(f"revisions {contract_id}")
    query = older(contract_id, None if after is None else cursors.read(after, mark))
    with reading() as db:
        return _walked(db.contract_revisions, query, mark, limit=limit, order=("version", -1), fields=SUMMARY)


def _walked(
    collection: Collection[Document],
    query: Document,
    mark: bytes,
    *,
    limit: int,
    order: tuple[str, int],
    fields: Document | None = None,
) -> Walked:
    """A page that ends after an entry whose cursor can be read again; those behind it wait for the next one."""
    stored = collection.with_options(codec_options=AS_STORED)
    with stored.find(query, fields, sort=[order], limit=limit + 1) as entries:
        raw, has_more = paging.fitting(entries, limit)
    shown = [decoded(bytes(entry.raw)) for entry in raw]
    if not has_more:
        return Walked(tuple(shown), None)
    place = cursors.end_of(shown, lambda entry: Place(None, entry.get(order[0])))
    if place is None:
        raise MongoRefused("An entry has an id that is too long to go on after it. Ask for more at once.")
    return Walked(tuple(shown), cursors.written(place, mark))
