"""All contracts that match, in the order of their _id, by which every one can be told from every other."""

from datetime import date

from contracts.domain.filters import ContractFilter
from contracts.queries.matching import Query, matching
from mongo.cursors import Place


def walk(wanted: ContractFilter, today: date, after: Place | None) -> Query:
    """What comes after a place, whatever kind of value its `_id` is; from the beginning without one."""
    query = matching(wanted, today)
    if after is None:
        return query
    # Outside an expression only values of one kind are compared.
    return {"$and": [query, {"$expr": {"$gt": ["$_id", {"$literal": after.own}]}}]}
