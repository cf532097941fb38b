"""The figures of the overview: counts, recurring fees, and what ends next."""

from datetime import date
from decimal import Decimal

from contracts.domain.worklists import END_WINDOWS
from contracts.queries.matching import IN_FORCE, ending
from contracts.queries.shares import CURRENCY, Pipeline
from contracts.queries.worklists import NEXT_FIELDS
from mongo.expressions import Expression, number_of

INACTIVE = [False, 0, "false", "False", "FALSE"]


def overview(today: date) -> Pipeline:
    """One document for the overview: counts, recurring fee per currency, what ends next."""
    in_force = {"$match": IN_FORCE}
    return [
        {
            "$facet": {
                "statuses": [{"$group": {"_id": "$status", "n": {"$sum": 1}}}],
                "types": [{"$group": {"_id": "$contract_type", "n": {"$sum": 1}}}],
                "fees": [in_force, *_fees()],
                "next": [
                    {"$match": ending(today, END_WINDOWS[-1])},
                    {"$sort": {"end_date": 1, "_id": 1}},
                    {"$limit": 8},
                    {"$project": dict.fromkeys(NEXT_FIELDS, 1)},
                ],
            }
        }
    ]


def _fees() -> Pipeline:
    """Recurring fee per currency, largest first, and how many documents hold a fee that is no price."""
    add_ons = {"$cond": [{"$isArray": "$add_ons"}, "$add_ons", []]}
    active = {"$filter": {"input": add_ons, "as": "a", "cond": {"$not": [{"$in": ["$$a.active", INACTIVE]}]}}}
    fees = {"$map": {"input": active, "as": "a", "in": _price("$$a.monthly_fee")}}
    return [
        {
            "$group": {
                "_id": CURRENCY,
                "fee": {"$sum": {"$add": [_price("$base_monthly_fee"), {"$sum": fees}]}},
                "n": {"$sum": 1},
                "odd": {"$sum": {"$cond": [_is_price("$base_monthly_fee"), 0, 1]}},
            }
        },
        {"$sort": {"n": -1, "_id": 1}},
    ]


def _is_price(path: str) -> Expression:
    """Whether nothing is written there, which costs nothing, or a number that is not below zero."""
    return {"$or": [{"$in": [{"$type": path}, ["missing", "null"]]}, {"$gte": [number_of(path), Decimal(0)]}]}


def _price(path: str) -> Expression:
    return {"$max": [number_of(path), Decimal(0)]}
