"""The figures of the overview and of all contracts: counts, recurring fees, and what ends next."""

from collections.abc import Sequence
from datetime import date, timedelta

from contracts.domain.filters import ContractFilter
from contracts.domain.worklists import END_WINDOWS
from contracts.queries.matching import IN_FORCE, Query, ending, matching
from contracts.queries.prices import CURRENCY, is_price, price
from contracts.queries.shares import Pipeline
from mongo.expressions import end_of

INACTIVE = [False, 0, "false", "False", "FALSE"]


def sizes() -> Pipeline:
    """How many there are of each status and type."""
    return [{"$group": {"_id": {"status": "$status", "type": "$contract_type"}, "n": {"$sum": 1}}}]


def fees() -> Pipeline:
    """Recurring fee of what is in force per currency, and how many documents hold a fee that is no price.

    The currency of the most contracts comes first.
    """
    return [{"$match": IN_FORCE}, *_fees()]


def ends(today: date, windows: Sequence[int]) -> Pipeline:
    """One document: how many in force end within each number of days, by its text; none where nothing does."""
    last_days = {str(days): end_of(today + timedelta(days=days)) for days in windows}
    counts = {name: {"$sum": {"$cond": [{"$lte": ["$end_date", last]}, 1, 0]}} for name, last in last_days.items()}
    return [{"$match": matching(ContractFilter(ends=max(windows)), today)}, {"$group": {"_id": None, **counts}}]


def ending_next(today: date) -> Query:
    """What ends within the widest window."""
    return ending(today, END_WINDOWS[-1])


def _fees() -> Pipeline:
    add_ons = {"$cond": [{"$isArray": "$add_ons"}, "$add_ons", []]}
    active = {"$filter": {"input": add_ons, "as": "a", "cond": {"$not": [{"$in": ["$$a.active", INACTIVE]}]}}}
    fees = {"$map": {"input": active, "as": "a", "in": price("$$a.monthly_fee")}}
    return [
        {
            "$group": {
                "_id": CURRENCY,
                "fee": {"$sum": {"$add": [price("$base_monthly_fee"), {"$sum": fees}]}},
                "n": {"$sum": 1},
                "odd": {"$sum": {"$cond": [is_price("$base_monthly_fee"), 0, 1]}},
            }
        },
        {"$sort": {"n": -1, "_id": 1}},
    ]
