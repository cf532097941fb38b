"""How many contracts each worklist holds, all counted in one pass."""

from collections.abc import Iterable, Mapping
from datetime import date

from contracts.domain.filters import ContractFilter
from contracts.queries.matching import IN_FORCE, Query, matching, used_as_much
from contracts.queries.shares import Pipeline, share
from mongo.expressions import Expression, holds

NEXT_FIELDS = ("contract_id", "account_id", "account_name", "end_date", "status")


def worklists(wanted: Mapping[str, ContractFilter], today: date, *, most: int = 0) -> Pipeline:
    """One document: how many match each filter, by its key; and as `rows` those `most` that use most of a limit.

    A filter counts what its list shows: the very same query is asked of each contract. Rows of contracts that are
    not in force have a share of null.
    """
    counts = {key: {"$sum": {"$cond": [holds(_query(one, today)), 1, 0]}} for key, one in wanted.items()}
    rows = {"rows": _using_most(most)} if most else {}
    return [
        {"$match": {"$or": [IN_FORCE, *_others(wanted.values(), today)]}},
        *share(today),
        {"$set": {"share": {"$cond": [holds(IN_FORCE), "$share", None]}}},
        {"$group": {"_id": None, **counts, **rows}},
    ]


def _query(wanted: ContractFilter, today: date) -> Query:
    query = matching(wanted, today)
    return query if wanted.usage is None else {"$and": [query, used_as_much(wanted.usage)]}


def _others(wanted: Iterable[ContractFilter], today: date) -> list[Query]:
    """What is wanted of contracts that are not in force."""
    return [matching(one, today) for one in wanted if not one.is_of_those_in_force]


def _using_most(most: int) -> Expression:
    row = {name: f"${name}" for name in ("_id", *NEXT_FIELDS, "share")}
    return {"$topN": {"n": most, "sortBy": {"share": -1, "_id": 1}, "output": row}}
