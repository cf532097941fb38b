"""A query as an expression: it holds for exactly the documents that the query finds."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pymongo.database import Database

from mongo.client import Document
from mongo.expressions import holds

DAY = datetime(2026, 11, 21, tzinfo=UTC)
VALUES: tuple[Any, ...] = (
    None,
    "active",
    "Active",
    "$x",
    "",
    7,
    80,
    80.0,
    Decimal("80.5"),
    float("nan"),
    True,
    DAY,
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, tzinfo=UTC),
    ["active", 7],
    [["active"]],
    [DAY],
    [],
    {"active": 1},
)
QUERIES: tuple[Document, ...] = (
    {},
    {"x": "active"},
    {"x": {"$eq": "$x"}},
    {"x": {"$in": ["active", "Active"]}},
    {"x": {"$gte": 80}},
    {"x": {"$gt": 80}},
    {"x": {"$lt": DAY, "$not": {"$type": "array"}}},
    {"x": {"$gte": DAY, "$lte": DAY, "$not": {"$type": "array"}}},
    {"$and": [{"x": {"$gte": 7}}, {"x": {"$lte": 80}}, {"x": {"$not": {"$type": "array"}}}]},
    {"$or": [{"x": "active"}, {"x": {"$gt": DAY}, "$expr": {"$ne": ["$x", 1]}}]},
)


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_an_expression_holds_for_what_its_query_finds(mongo: Database[Document], query: Document) -> None:
    mongo.odd.insert_many([{"_id": number, "x": value} for number, value in enumerate(VALUES)] + [{"_id": -1}])
    by_query = {found["_id"] for found in mongo.odd.find(query)}
    by_expression = {found["_id"] for found in mongo.odd.aggregate([{"$match": {"$expr": holds(query)}}])}
    assert by_expression == by_query


@pytest.mark.parametrize("wanted", [{"$regex": "a"}, {"$not": {"$type": "string"}}, {"$exists": True}])
def test_what_it_does_not_know_it_refuses(wanted: Document) -> None:
    with pytest.raises(ValueError, match="no expression"):
        holds({"x": wanted})
