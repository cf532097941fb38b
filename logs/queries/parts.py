"""What an explorer shows beside the entries, as pipelines: how many there are when, and with which values."""

from collections.abc import Sequence
from datetime import datetime

from logs.kinds import Log
from logs.queries.sums import BEYOND, most, short
from mongo.stretches import Query, Stages, whole

MOST_VALUES = 12


def histogram(log: Log, query: Query, bounds: Sequence[datetime]) -> Stages:
    """Entries that match by the piece of time they lie in or BEYOND, `count` of them and `alarming` among these."""
    field, values = log.alarming
    is_alarming = {"$in": [f"${field}", {"$literal": list(values)}]}
    return [
        *whole(query),
        {
            "$bucket": {
                "groupBy": "$timestamp",
                "boundaries": list(bounds),
                "default": BEYOND,
                "output": {"count": {"$sum": 1}, "alarming": {"$sum": {"$cond": [is_alarming, 1, 0]}}},
            }
        },
    ]


def values_of(query: Query, name: str) -> Stages:
    """The most frequent values of a field among the entries that match, one more than are shown; "" for others."""
    return [
        *whole(query),
        {"$group": {"_id": short(f"${name}"), "count": {"$sum": 1}}},
        *most(MOST_VALUES),
    ]
