"""How much of its tightest limit each contract uses, computed where the contracts lie."""

from datetime import date
from typing import Any

from contracts.domain.limits import FULL
from contracts.queries.prices import CURRENCY
from contracts.usage import beside
from mongo.client import Document
from mongo.expressions import Expression, number_of

Pipeline = list[Document]

# Any use of a limit of zero, and what is beyond all reason.
MOST_SHARE = 999_999


def share(today: date) -> Pipeline:
    """Stages that add `share`: percent of the tightest limit used in today's month, as computed last.

    A whole number from 1 on, rounded down up to 100 and up beyond, so that it never says more or less than is true;
    null without a transaction in the month, and without a limit that is measured.
    """
    own = {"$filter": {"input": "$used_month.currencies", "cond": {"$eq": ["$$this.currency", CURRENCY]}}}
    # Without a trade nothing is used; trades without an amount in the contract's currency tell nothing.
    most = {"$max": {"$map": {"input": own, "in": "$$this.largest"}}}
    largest = {"$cond": [{"$eq": ["$used_month.trades", 0]}, 0, most]}
    shares = [
        _share_of(_whole(number_of("$usage_limits.max_monthly_trades", trimmed=True)), "$used_month.trades"),
        _share_of(number_of("$usage_limits.max_trade_value", trimmed=True), largest),
    ]
    rounded = {"$cond": [{"$gt": ["$$most", FULL]}, {"$ceil": "$$most"}, {"$floor": "$$most"}]}
    whole = {"$toInt": {"$min": [rounded, MOST_SHARE]}}
    # Less than one stays as it is, so that some use is told from none; so does null, which is below every number.
    found = {"$cond": [{"$lt": ["$$most", 1]}, "$$most", whole]}
    return [
        *beside(today.replace(day=1)),
        {"$set": {"share": {"$let": {"vars": {"most": {"$max": shares}}, "in": found}}}},
    ]


def _share_of(limit: Any, used: Any) -> Expression:
    """Percent of a limit, one below zero counting as zero; null without one, and where its use is not known."""
    percent = {"$divide": [{"$multiply": [{"$max": ["$$used", 0]}, 100]}, "$$limit"]}
    of_nothing = {"$cond": [{"$gt": ["$$used", 0]}, MOST_SHARE, 0]}
    known = {"$and": [{"$isNumber": "$$used"}, {"$isNumber": "$$limit"}]}
    share = {"$cond": [{"$gt": ["$$limit", 0]}, percent, of_nothing]}
    return {"$let": {"vars": {"used": used, "limit": limit}, "in": {"$cond": [known, share, None]}}}


def _whole(number: Any) -> Expression:
    """The number, where it is a whole one; else null."""
    return {"$let": {"vars": {"n": number}, "in": {"$cond": [{"$eq": ["$$n", {"$trunc": "$$n"}]}, "$$n", None]}}}
