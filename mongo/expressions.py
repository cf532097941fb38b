"""Aggregation expressions that hold whatever type other services wrote."""

from typing import Any

Expression = dict[str, Any]

# What MongoDB turns into a text in every version; from 8.0 on, binary data stops the whole operation instead.
WRITABLE = ["string", "objectId", "int", "long", "double", "decimal", "bool", "date"]


def text_of(path: str) -> Expression:
    """The value at a path as a text; an empty one where it is nothing that can be written out."""
    text = {"$convert": {"input": path, "to": "string", "onError": "", "onNull": ""}}
    return {"$cond": [{"$in": [{"$type": path}, WRITABLE]}, text, ""]}


def is_of(path: str, kind: str) -> Expression:
    """Whether the very value at a path is of a type; a query's `$type` would look inside lists too."""
    return {"$eq": [{"$type": path}, kind]}
