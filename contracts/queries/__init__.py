"""MongoDB's side of the questions about contracts: filters and pipelines built from plain values."""

from contracts.queries.figures import overview
from contracts.queries.keys import by_key, key_of
from contracts.queries.listing import counts, ids, is_plain, page, rows, shares
from contracts.queries.matching import ending
from contracts.queries.named import named
from contracts.queries.worklists import worklists

__all__ = [
    "by_key",
    "counts",
    "ending",
    "ids",
    "is_plain",
    "key_of",
    "named",
    "overview",
    "page",
    "rows",
    "shares",
    "worklists",
]
