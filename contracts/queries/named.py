"""Contracts by what people call them, the likeliest first."""

from collections.abc import Sequence

from contracts.domain.fields import Field
from contracts.queries.matching import holding
from contracts.queries.shares import Pipeline
from mongo.expressions import text_of


def named(text: str, limit: int, shown: Sequence[Field]) -> Pipeline:
    """The first contracts that hold the text: those whose id it is, then those whose name begins with it."""
    lower = {"$literal": text.lower()}
    ids = [{"$toLower": text_of("$contract_id")}, {"$toLower": text_of("$account_id")}]
    begins = {"$eq": [{"$indexOfBytes": [{"$toLower": text_of("$account_name")}, lower]}, 0]}
    rank = {"$cond": [{"$in": [lower, ids]}, 0, {"$cond": [begins, 1, 2]}]}
    return [
        {"$match": holding(text)},
        {"$project": {**dict.fromkeys((field.path for field in shown), 1), "_rank": rank}},
        {"$sort": {"_rank": 1, "account_name": 1, "_id": 1}},
        {"$limit": limit},
    ]
