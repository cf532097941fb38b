"""MongoDB's side of the questions about contracts: filters and pipelines built from plain values."""

from contracts.queries.figures import ending_next, fees, sizes
from contracts.queries.keys import by_key, key_of
from contracts.queries.listing import counts, ids, is_plain, page, rows, shares
from contracts.queries.matching import ending
from contracts.queries.named import named
from contracts.queries.worklists import NEXT_FIELDS, worklists

__all__ = [
    "NEXT_FIELDS",
    "by_key",
    "counts",
    "ending",
    "ending_next",
    "fees",
    "ids",
    "is_plain",
    "key_of",
    "named",
    "page",
    "rows",
    "shares",
    "sizes",
    "worklists",
]
