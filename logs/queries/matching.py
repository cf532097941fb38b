"""From a filter of a log to the query that pages and counts are made of."""

from logs.domain.filters import LogFilter
from logs.kinds import Log
from mongo.codec import canonical_json
from mongo.cursors import mark_of
from mongo.stretches import Query


def query_of(log: Log, wanted: LogFilter) -> Query:
    """The query, led by the field that leaves the fewest entries."""
    leader = next((name for name in log.leading if name in wanted.fields), None)
    return Query(
        leading={name: value for name, value in wanted.fields.items() if name == leader},
        rest={name: value for name, value in wanted.fields.items() if name != leader},
        start=wanted.start,
        end=wanted.end,
        is_undated=wanted.is_undated,
    )


def mark(log: Log, wanted: LogFilter) -> bytes:
    """What cursors of this list are recognised by."""
    return mark_of(
        canonical_json(
            {
                "log": log.name,
                "fields": wanted.fields,
                "from": wanted.start,
                "to": wanted.end,
                "undated": wanted.is_undated,
            }
        )
    )
