"""What the transactions of a time come to, as a pipeline that finds them once and sums them up in several ways."""

from collections.abc import Sequence
from datetime import datetime

from logs.metering import Pipeline
from logs.queries.sums import AMOUNTS, BEYOND, most, short, transactions
from mongo.client import Document
from mongo.expressions import is_of, number_of
from mongo.stretches import Query, whole

# Of a list beside a chart.
MOST_NAMED = 10

COUNTS: Document = {"count": {"$sum": 1}, "failed": {"$sum": "$failed"}}


def analytics(query: Query, bounds: Sequence[datetime], failing: Sequence[str], *, by_account: bool) -> Pipeline:
    """Transactions with an entry that matches, each once with its latest, summed up in one document.

    They are counted by the pieces between the bounds, by type and currency, by status and, if wanted, by account.
    """
    failed = {"$in": ["$last.status", {"$literal": list(failing)}]}
    parts = {"pieces": _pieces(bounds), "sums": _sums(), "statuses": _named("$last.status")}
    if by_account:
        parts["accounts"] = _named("$_id.user", can_be_listed={"$min": "$is_text"})
    return [
        *transactions(whole(query)),
        {
            "$set": {
                "amount": number_of("$last.amount"),
                "failed": {"$cond": [failed, 1, 0]},
                "is_text": is_of("$last.userId", "string"),
            }
        },
        {"$facet": parts},
    ]


def _pieces(bounds: Sequence[datetime]) -> Pipeline:
    cut = {"groupBy": "$last.timestamp", "boundaries": list(bounds), "default": BEYOND, "output": COUNTS}
    return [{"$bucket": cut}]


def _sums() -> Pipeline:
    own = {"type": short("$last.type"), "currency": short("$last.currency")}
    return [{"$group": {"_id": own, **COUNTS, **AMOUNTS}}, *most()]


def _named(path: str, **more: Document) -> Pipeline:
    return [{"$group": {"_id": short(path), **COUNTS, **more}}, *most(MOST_NAMED)]
