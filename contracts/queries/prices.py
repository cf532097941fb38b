"""What other services may write for a price, and what counts as one."""

from decimal import Decimal

from mongo.expressions import Expression, number_of

USUAL_CURRENCY = "USD"
# The currency of a contract that names none.
CURRENCY = {"$ifNull": ["$currency", USUAL_CURRENCY]}


def is_price(path: str) -> Expression:
    """Whether nothing is written there, which costs nothing, or a number that is not below zero."""
    return {"$or": [{"$in": [{"$type": path}, ["missing", "null"]]}, {"$gte": [number_of(path), Decimal(0)]}]}


def price(path: str) -> Expression:
    """The price that is written there; what is none costs nothing."""
    return {"$max": [number_of(path), Decimal(0)]}
