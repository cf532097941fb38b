"""What a walk goes on with: contracts in the order of their _id, revisions of one in that of their version."""

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


def older(contract_id: str, after: Place | None) -> Query:
    """The revisions of a contract before a version, whatever kind of value it is; all of them without one.

    A list has no place among versions: it would be sorted by one of its items and compared as a whole.
    """
    version = {"$ifNull": ["$version", None]}
    conditions: list[Query] = [{"$not": [{"$isArray": [version]}]}]
    if after is not None:
        conditions.append({"$lt": [version, {"$literal": after.own}]})
    return {"contract_id": contract_id, "$expr": {"$and": conditions}}
