"""Entries as JSON, whatever other services have put into them."""

import math
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bson import ObjectId

from mongo.extended import encoded, iso

# What is money stands there as text, however it is stored.
MONEY = frozenset({"amount"})
# A double holds every whole number up to it.
MOST_EXACT = 2**53


def shown(document: Mapping[str, Any]) -> dict[str, Any]:
    """An entry under its own names: ids, times and money as text, other numbers as numbers if a double holds them.

    What JSON has no notation for is Extended JSON, as in {"$binary": …}.
    """
    return {name: _money(value) if name in MONEY else _value(value) for name, value in document.items()}


def _money(value: Any) -> Any:
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return str(value) if is_number else _value(value)


def _value(value: Any) -> Any:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= MOST_EXACT else str(value)
    if isinstance(value, Mapping):
        return {name: _value(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, ObjectId | UUID):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    return _number(value) if isinstance(value, Decimal) else encoded(value)


def _number(value: Decimal) -> Any:
    """A decimal number as one of JSON, if a reader with doubles finds all its digits again; else as text."""
    if not value.is_finite():
        return str(value)
    double = float(value)
    return double if Decimal(repr(double)) == value else str(value)
