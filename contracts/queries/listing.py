"""A page of the list and the numbers on its tabs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from contracts.domain.fields import Field
from contracts.domain.filters import ContractFilter
from contracts.queries.matching import IN_FORCE, matching, used_as_much
from contracts.queries.shares import Pipeline, share

_SORT_FIELDS = {
    "name": "account_name",
    "status": "status",
    "type": "contract_type",
    "usage": "share",
    "fee": "base_monthly_fee",
    "end": "end_date",
    "changed": "updated_at",
}
_AS_OF = {"as_of": "$used_month.computed_at"}


def counts(wanted: ContractFilter, today: date) -> Pipeline:
    """How many match in each status with each account manager, whichever of both is wanted.

    It serves the tabs and the choice of managers in one pass; a `$facet` would use no index.
    """
    others = replace(wanted, status="", account_manager="")
    group = {"_id": {"status": "$status", "manager": "$account_manager"}, "n": {"$sum": 1}}
    return [{"$match": matching(others, today)}, *_used_as_much(wanted, today), {"$group": group}]


def is_plain(wanted: ContractFilter) -> bool:
    """Whether nothing has to be computed to tell what matches and in what order: then `rows` finds a page."""
    return wanted.usage is None and wanted.sort.lstrip("-") not in ("usage", "end")


def rows(wanted: ContractFilter, today: date, skip: int, limit: int, listed: Sequence[Field]) -> dict[str, Any]:
    """What `find` takes for one page that is plain; ties are broken by _id."""
    return {
        "filter": matching(wanted, today),
        "projection": [field.path for field in listed],
        "sort": list(_order(wanted).items()),
        "skip": skip,
        "limit": limit,
    }


def shares(own_ids: Sequence[Any], today: date) -> Pipeline:
    """The `share` of contracts by their _id, and when it was computed, `as_of`."""
    return [{"$match": {"_id": {"$in": list(own_ids)}}}, *share(today), {"$project": {"share": 1, **_AS_OF}}]


def page(wanted: ContractFilter, today: date, skip: int, limit: int, listed: Sequence[Field]) -> Pipeline:
    """The rows of one page that is not plain, with `share` and when it was computed, `as_of`, beside them.

    Ties are broken by _id; an open end sorts as the latest, and what has no share as the least.
    """
    stages, order = _ordered(wanted, today)
    stages += [{"$sort": order}, {"$skip": skip}, {"$limit": limit}]
    if "share" not in order and wanted.usage is None:
        # The page's rows alone need it.
        stages += share(today)
    projection: dict[str, Any] = dict.fromkeys([*(listed_field.path for listed_field in listed), "share"], 1)
    return [*stages, {"$project": projection | _AS_OF}]


def ids(wanted: ContractFilter, today: date) -> Pipeline:
    """The _id of everything that matches, in the order of the pages."""
    stages, order = _ordered(wanted, today)
    # Sorting whole documents would take their memory, too.
    return [*stages, {"$project": dict.fromkeys(order, 1)}, {"$sort": order}, {"$project": {"_id": 1}}]


def _ordered(wanted: ContractFilter, today: date) -> tuple[Pipeline, dict[str, int]]:
    """Stages that find what matches, with what it is to be sorted by, and that order."""
    order = _order(wanted)
    stages: Pipeline = [{"$match": matching(wanted, today)}, *_used_as_much(wanted, today)]
    if "share" in order and wanted.usage is None:
        stages += share(today)
    elif "end_date" in order:
        stages.append({"$set": {"_open": {"$cond": [{"$gt": ["$end_date", None]}, 0, 1]}}})
        order = {"_open": order["end_date"], **order}
    return stages, order


def _order(wanted: ContractFilter) -> dict[str, int]:
    """The field that the list is sorted by, ties broken by _id."""
    return {_SORT_FIELDS[wanted.sort.lstrip("-")]: -1 if wanted.sort.startswith("-") else 1, "_id": 1}


def _used_as_much(wanted: ContractFilter, today: date) -> Pipeline:
    """Only contracts in force whose tightest limit is used as much as is wanted."""
    if wanted.usage is None:
        return []
    return [{"$match": IN_FORCE}, *share(today), {"$match": used_as_much(wanted.usage)}]
