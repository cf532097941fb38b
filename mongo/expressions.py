"""Aggregation expressions that hold whatever type other services wrote, and the bounds of what is usable."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

Expression = dict[str, Any]

# What lies beyond is no usable date.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
# An amount, up or down, lies below it.
MOST_MONEY = Decimal("1E+34")
# What MongoDB turns into a text in every version; from 8.0 on, binary data stops the whole operation instead.
WRITABLE = ["string", "objectId", "int", "long", "double", "decimal", "bool", "date"]
NUMERIC = ["decimal", "double", "int", "long", "string"]


def midnight(day: date) -> datetime:
    """The moment at which a day begins in UTC."""
    return datetime.combine(day, time(), UTC)


def end_of(day: date) -> datetime:
    """The last moment of a day in UTC: other services may write a time of day where a day belongs."""
    return datetime.combine(day, time.max, UTC)


def text_of(path: str) -> Expression:
    """The value at a path as a text; an empty one where it is nothing that can be written out."""
    text = {"$convert": {"input": path, "to": "string", "onError": "", "onNull": ""}}
    return {"$cond": [{"$in": [{"$type": path}, WRITABLE]}, text, ""]}


def number_of(path: str, *, trimmed: bool = False) -> Expression:
    """The number at a path, also in a text, with `trimmed` also between spaces.

    Null for a date or a flag, which would convert too, for NaN, and beyond all amounts.
    """
    written = {"$cond": [is_of(path, "string"), {"$trim": {"input": text_of(path)}}, path]} if trimmed else path
    number = {"$convert": {"input": written, "to": "decimal", "onError": None, "onNull": None}}
    # NaN is neither above nor below anything, and null is below every number.
    is_number = {"$and": [{"$gt": ["$$number", -MOST_MONEY]}, {"$lt": ["$$number", MOST_MONEY]}]}
    usable = {"$let": {"vars": {"number": number}, "in": {"$cond": [is_number, "$$number", None]}}}
    return {"$cond": [{"$in": [{"$type": path}, NUMERIC]}, usable, None]}


def is_of(path: str, kind: str) -> Expression:
    """Whether the very value at a path is of a type; a query's `$type` would look inside lists too."""
    return {"$eq": [{"$type": path}, kind]}


def holds(query: Mapping[str, Any]) -> Expression:
    """Whether a document matches a query, where a query cannot stand: in a `$cond`.

    It knows values, `$eq`, `$in`, the comparisons of dates and numbers, `$not` of an array, `$and`, `$or`, `$expr`.
    """
    return {"$and": [_holds(name, wanted) for name, wanted in query.items()]}


def _holds(name: str, wanted: Any) -> Expression:
    if name in ("$and", "$or"):
        return {name: [holds(part) for part in wanted]}
    if name == "$expr":
        return {"$and": [wanted]}
    operators = wanted if isinstance(wanted, Mapping) else {"$eq": wanted}
    return {"$and": [_compares(f"${name}", operator, value) for operator, value in operators.items()]}


def _compares(path: str, operator: str, value: Any) -> Expression:
    if operator in ("$eq", "$in"):
        # A query finds a value in a list as well; and a text here would be taken for a path.
        any_of = {"$literal": value if operator == "$in" else [value]}
        is_listed = {"$ne": [{"$setIntersection": [_list(path), any_of]}, []]}
        return {"$or": [{"$in": [path, any_of]}, {"$and": [{"$isArray": path}, is_listed]}]}
    if operator in ("$gt", "$gte", "$lt", "$lte"):
        # A query compares values of one type, an expression those of all.
        same = is_of(path, "date") if isinstance(value, datetime) else {"$isNumber": path}
        return {"$and": [same, {operator: [path, value]}]}
    if (operator, value) == ("$not", {"$type": "array"}):
        return {"$not": [{"$isArray": path}]}
    raise ValueError(f"{operator} has no expression of its own here.")


def _list(path: str) -> Expression:
    return {"$cond": [{"$isArray": path}, path, []]}
